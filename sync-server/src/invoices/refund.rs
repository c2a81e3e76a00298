//! `POST /invoices/{id}/refund`: money that she gives back herself, in cash or by a transfer. What a provider took is given back by the
//! provider; until one is connected, nothing here asks it to.

use axum::extract::State;
use domain::api::Refusal;
use domain::ids::{InvoiceId, PaymentId};
use domain::invoices::{Invoice, Refund};
use domain::payments::Payment;

use super::schemas::InvoiceRefund;
use crate::http::{MoneyErrors, PathId, Problem, now_text};
use crate::writes::{MaybeObject, Reply, Write, WriteHeaders};
use crate::{AppState, auth, sync, till};

/// Give money back
#[utoipa::path(
    post, path = "/invoices/{id}/refund", operation_id = "refundInvoice", tag = "invoices",
    params(("id" = InvoiceId, Path, description = "The invoice's id"), WriteHeaders),
    request_body = Option<InvoiceRefund>,
    responses((status = 200, description = "As it is now", body = Invoice), MoneyErrors)
)]
pub(super) async fn refund_invoice(
    State(state): State<AppState>,
    PathId(id): PathId<InvoiceId>,
    mut write: Write<MaybeObject>,
) -> Result<Reply, Problem> {
    let invoice = super::find(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    write.changes(super::tag(&invoice)?);
    let tenant = auth::find_tenant(&mut write.tx).await?.ok_or_else(Problem::not_found)?;
    let refund = Refund::from_json(&write.body.0, invoice.currency().unwrap_or(tenant.currency()))?;
    let body = refund.as_payment(&invoice, tenant.today(state.now())).map_err(Refusal::from)?;
    let payment = PaymentId(state.new_id());
    let payment = Payment::new_from_json(payment, &body, tenant.currency(), &now_text(state.now()))?;
    till::check_open(&mut write.tx, &payment).await?;
    let (head, _) = Box::pin(sync::write_payment(&mut write.tx, payment)).await??;
    let invoice = super::find(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    let reply = Reply::ok(&invoice)?.tagged(&super::tag(&invoice)?);
    write.finish(&state, Some(head), reply).await
}
