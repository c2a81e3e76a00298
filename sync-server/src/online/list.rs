//! `GET /online-payments`: newest first; of an invoice, of a visit, in a state, or those that somebody has to look at.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use std::collections::BTreeMap;

use axum::Json;
use domain::api::Listing;
use domain::ids::OnlinePaymentId;
use domain::online::OnlinePayment;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use uuid::Uuid;

use super::store;
use crate::auth;
use crate::db::StoreError;
use crate::http::{Asked, ListErrors, Page, PageQuery, Problem, Read};
use crate::listing::{page, parameters};

/// Its filters and orders.
struct OnlinePaymentFilters;

impl IntoParams for OnlinePaymentFilters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters(store::LIST.spec)
    }
}

/// List payments over the internet
#[utoipa::path(
    get, path = "/online-payments", operation_id = "listOnlinePayments", tag = "payments",
    params(OnlinePaymentFilters, PageQuery),
    responses((status = 200, description = "A page of payments over the internet, newest first unless asked otherwise", body = Page<OnlinePayment>), ListErrors)
)]
pub(super) async fn list_online_payments(
    Read { mut tx, .. }: Read,
    Asked(query): Asked,
) -> Result<Json<Page<OnlinePayment>>, Problem> {
    let zone = auth::zone_for(&mut tx, &query).await?;
    let listing = Listing::read(store::LIST.spec, query, &zone, &())?;
    let found = store::list(&mut tx, &listing).await?;
    let Page { data, next_cursor } = page(listing, found, |id: OnlinePaymentId, _: Uuid| id)?;
    let ids: Vec<Uuid> = data.iter().map(|id| id.0).collect();
    let rows = store::load(&mut tx, &ids).await?;
    let refunds = store::refunds_of(&mut tx, &ids).await?;
    tx.commit().await?;
    let mut shown = BTreeMap::new();
    for row in rows {
        shown.insert(row.id, row.shown(&refunds).map_err(StoreError::damaged)?);
    }
    let data = data.into_iter().filter_map(|id| shown.remove(&id)).collect();
    Ok(Json(Page { data, next_cursor }))
}
