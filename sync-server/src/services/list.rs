//! `GET /services`: the price list, page by page.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use domain::api::Listing;
use domain::ids::ServiceId;
use domain::services::Service;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::store;
use crate::auth;
use crate::http::{Asked, ListErrors, Page, PageQuery, Problem, Read};
use crate::listing::{page, parameters};

/// Its filters and orders.
struct ServiceFilters;

impl IntoParams for ServiceFilters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters(store::LIST.spec)
    }
}

/// List services
#[utoipa::path(
    get, path = "/services", operation_id = "listServices", tag = "services",
    params(ServiceFilters, PageQuery),
    responses((status = 200, description = "A page of the price list, by id unless asked otherwise", body = Page<Service>), ListErrors)
)]
pub(super) async fn list_services(
    Read { mut tx, .. }: Read,
    Asked(query): Asked,
) -> Result<Json<Page<Service>>, Problem> {
    let zone = auth::zone_for(&mut tx, &query).await?;
    let listing = Listing::read(store::LIST.spec, query, &zone, &())?;
    let found = store::list(&mut tx, &listing).await?;
    tx.commit().await?;
    Ok(Json(page(listing, found, |_: ServiceId, service: Service| service)?))
}
