//! `GET /invoices`: newest first.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use domain::api::Listing;
use domain::ids::InvoiceId;
use domain::invoices::Invoice;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::store;
use crate::auth;
use crate::http::{Asked, ListErrors, Page, PageQuery, Problem, Read};
use crate::listing::{page, parameters};

/// Its filters and orders.
struct InvoiceFilters;

impl IntoParams for InvoiceFilters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters(store::LIST.spec)
    }
}

/// List invoices
#[utoipa::path(
    get, path = "/invoices", operation_id = "listInvoices", tag = "invoices",
    params(InvoiceFilters, PageQuery),
    responses((status = 200, description = "A page of invoices, the highest number first unless asked otherwise", body = Page<Invoice>), ListErrors)
)]
pub(super) async fn list_invoices(
    Read { mut tx, .. }: Read,
    Asked(query): Asked,
) -> Result<Json<Page<Invoice>>, Problem> {
    let zone = auth::zone_for(&mut tx, &query).await?;
    let listing = Listing::read(store::LIST.spec, query, &zone, &())?;
    let found = store::list(&mut tx, &listing).await?;
    tx.commit().await?;
    Ok(Json(page(listing, found, |_: InvoiceId, invoice: Invoice| invoice)?))
}
