//! Invoices: what clients are asked to pay. Records, so only the server writes them; each gets its number in the transaction that
//! writes it. Money on an invoice is a payment (`POST /payments` with `invoiceId`); what is given back by hand is one below zero.
//!
//! May use `db`, `http`, `auth` (zone, currency), `clients`, `appointments` and `services` (what an invoice names), `ledger` (the next
//! number), `till` (closed days), `mail` and the door of `sync`; what a provider took, `online` gives back. The rules are `domain::invoices`. The page that a client sees by a
//! signed link is here, too: it shows what stands on the paper, and nobody's name but that of the business.

mod create;
mod get;
mod links;
mod list;
mod page;
mod pdf;
mod refund;
mod schemas;
mod send;
mod store;
#[cfg(test)]
mod tests;
mod void;

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;
use domain::ids::{InvoiceId, TenantId};
use domain::invoices::Invoice;
use domain::sync::{RecordKind, record_digest};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;
use crate::db::{StoreError, TenantTx};
use crate::http::Problem;
use crate::sync;
use crate::writes::{Reply, Tag, Write};

pub use links::PURPOSE as LINKS;

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create::create_invoice, list::list_invoices))
        .routes(routes!(get::get_invoice))
        .routes(routes!(get::get_invoice_pdf))
        .routes(routes!(send::send_invoice))
        .routes(routes!(void::void_invoice))
        .routes(routes!(refund::refund_invoice))
}

/// What a client opens by a link.
pub fn pages() -> Router<AppState> {
    Router::new().route(links::TEMPLATE, get(page::show_page)).route(links::PDF_TEMPLATE, get(page::send_pdf))
}

/// An invoice.
pub async fn find(tx: &mut TenantTx, id: InvoiceId) -> Result<Option<Invoice>, StoreError> {
    let body = sync::record(tx, RecordKind::Invoice, id.0).await?;
    body.map(|body| serde_json::from_value(body).map_err(StoreError::damaged)).transpose()
}

/// The address of the page of an invoice, for a payer to come back to.
pub(crate) fn page_of(state: &AppState, headers: &HeaderMap, tenant: TenantId, id: InvoiceId) -> String {
    let (path, _) = links::link(&state.invoice_links, tenant, id, state.now());
    format!("{}{path}", state.address_for(headers))
}

/// Keeps an invoice as it is now, and ends.
async fn keep<B>(
    state: &AppState,
    mut write: Write<B>,
    invoice: &Invoice,
    reply: Reply,
) -> Result<Reply, Problem> {
    let reply = reply.tagged(&tag(invoice)?);
    let body = serde_json::to_value(invoice).map_err(|error| Problem::internal(&error))?;
    let written = sync::write_record(&mut write.tx, RecordKind::Invoice, invoice.id.0, Some(&body));
    let head = Box::pin(written).await?;
    write.finish(state, Some(head), reply).await
}

/// The version of an invoice.
fn tag(invoice: &Invoice) -> Result<Tag, Problem> {
    let body = serde_json::to_value(invoice).map_err(|error| Problem::internal(&error))?;
    Ok(Tag::of_record(record_digest(RecordKind::Invoice.as_str(), invoice.id.0, &body)))
}
