//! `GET /payments`: what was paid, newest or oldest first.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use domain::api::Listing;
use domain::ids::PaymentId;
use domain::payments::Payment;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::store;
use crate::auth;
use crate::http::{Asked, ListErrors, Page, PageQuery, Problem, Read};
use crate::listing::{page, parameters};

/// Its filters and orders.
struct PaymentFilters;

impl IntoParams for PaymentFilters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters(store::LIST.spec)
    }
}

/// List payments
#[utoipa::path(
    get, path = "/payments", operation_id = "listPayments", tag = "payments",
    params(PaymentFilters, PageQuery),
    responses((status = 200, description = "A page of payments, by id unless asked otherwise", body = Page<Payment>), ListErrors)
)]
pub(super) async fn list_payments(
    Read { mut tx, .. }: Read,
    Asked(query): Asked,
) -> Result<Json<Page<Payment>>, Problem> {
    let zone = auth::zone_for(&mut tx, &query).await?;
    let listing = Listing::read(store::LIST.spec, query, &zone, &())?;
    let found = store::list(&mut tx, &listing).await?;
    tx.commit().await?;
    Ok(Json(page(listing, found, |_: PaymentId, payment: Payment| payment)?))
}
