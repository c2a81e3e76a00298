//! `POST /invoices/{id}/void`: withdrawn before anything was paid. The number stays taken.

use axum::extract::State;
use domain::api::Refusal;
use domain::ids::InvoiceId;
use domain::invoices::Invoice;

use crate::http::{MoneyErrors, PathId, Problem, now_text};
use crate::writes::{NoBody, Reply, Write, WriteHeaders};
use crate::{AppState, auth};

/// Withdraw an invoice
#[utoipa::path(
    post, path = "/invoices/{id}/void", operation_id = "voidInvoice", tag = "invoices",
    params(("id" = InvoiceId, Path, description = "The invoice's id"), WriteHeaders),
    responses((status = 200, description = "As it is now", body = Invoice), MoneyErrors)
)]
pub(super) async fn void_invoice(
    State(state): State<AppState>,
    PathId(id): PathId<InvoiceId>,
    mut write: Write<NoBody>,
) -> Result<Reply, Problem> {
    let invoice = super::find(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    write.changes(super::tag(&invoice)?);
    let tenant = auth::find_tenant(&mut write.tx).await?.ok_or_else(Problem::not_found)?;
    let invoice = invoice.void(tenant.today(state.now()), &now_text(state.now())).map_err(Refusal::from)?;
    let reply = Reply::ok(&invoice)?;
    super::keep(&state, write, &invoice, reply).await
}
