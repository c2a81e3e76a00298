//! `GET /ledger`: the lines of the books, from which every figure follows.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use axum::extract::State;
use domain::api::Listing;
use domain::ids::InvoiceId;
use domain::ledger::Source;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{catch_up_now, store};
use crate::http::{Asked, ListErrors, Page, PageQuery, Problem, Read};
use crate::listing::{page, parameters};
use crate::{AppState, auth};

/// Its filters and orders.
struct LedgerFilters;

impl IntoParams for LedgerFilters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters(store::LIST.spec)
    }
}

/// A line of the books: an amount that moved from one account to another.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0ba",
    "at": "2026-12-01T09:30:00.123456+00:00",
    "day": "2026-12-01",
    "source": "payment",
    "sourceId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b6",
    "invoiceId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b8",
    "debit": "money/cash",
    "credit": "receivable",
    "amount": 1000,
    "currency": "RUB",
}))]
pub(super) struct LedgerLine {
    /// The line's id.
    id: Uuid,
    /// When it was written, RFC 3339, the database's clock.
    at: String,
    /// The day it counts for.
    day: String,
    /// The kind of record that it follows from.
    source: Source,
    /// Which one.
    source_id: Uuid,
    /// The invoice that it is about.
    invoice_id: Option<InvoiceId>,
    /// Where the amount goes to: `money/cash`, `money/transfer`, `money/…`, `receivable`, `income`, `tips`, `refunds` or `difference`.
    debit: String,
    /// Where it comes from.
    credit: String,
    /// How much, currency units; above zero.
    #[schema(value_type = f64)]
    amount: Number,
    /// ISO 4217.
    currency: String,
}

/// List the lines of the books
#[utoipa::path(
    get, path = "/ledger", operation_id = "listLedger", tag = "payments",
    params(LedgerFilters, PageQuery),
    responses((status = 200, description = "A page of the books, newest first unless asked otherwise", body = Page<LedgerLine>), ListErrors)
)]
pub(super) async fn list_ledger(
    State(state): State<AppState>,
    Read { principal, tx }: Read,
    Asked(query): Asked,
) -> Result<Json<Page<LedgerLine>>, Problem> {
    tx.commit().await?;
    catch_up_now(&state, principal.tenant).await?;
    let mut tx = state.begin(&principal).await?;
    let zone = auth::zone_for(&mut tx, &query).await?;
    let listing = Listing::read(store::LIST.spec, query, &zone, &())?;
    let found = store::list(&mut tx, &listing).await?;
    tx.commit().await?;
    Ok(Json(page(listing, found, |_: Uuid, line: LedgerLine| line)?))
}
