//! `POST /invoices/{id}/refund`: money that she gives back herself, in cash or by a transfer. What a provider took, it gives back: that
//! is the business of `online`.

use axum::extract::State;
use domain::api::Refusal;
use domain::ids::{InvoiceId, PaymentId};
use domain::invoices::{Invoice, Refund};
use domain::payments::Payment;

use super::schemas::InvoiceRefund;
use crate::http::{MoneyErrors, PathId, Problem, now_text};
use crate::writes::{MaybeObject, Reply, Write, WriteHeaders};
use crate::{AppState, auth, online, sync, till};

/// Give money back
#[utoipa::path(
    post, path = "/invoices/{id}/refund", operation_id = "refundInvoice", tag = "invoices",
    params(("id" = InvoiceId, Path, description = "The invoice's id"), WriteHeaders),
    request_body = Option<InvoiceRefund>,
    responses((status = 200, description = "As it is now", body = Invoice),
        (status = 202, description = "On its way back over the provider; the invoice as it is now", body = Invoice), MoneyErrors)
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
    if refund.is_over_provider(&invoice) {
        return online::give_back(&state, write, &invoice, &refund).await;
    }
    let body = refund.as_payment(&invoice, tenant.today(state.now())).map_err(Refusal::from)?;
    let payment = PaymentId(state.new_id());
    let payment = Payment::new_from_json(payment, &body, tenant.currency(), &now_text(state.now()))?;
    till::check_open(&mut write.tx, &payment).await?;
    let (head, _) = Box::pin(sync::write_payment(&mut write.tx, payment)).await??;
    let invoice = super::find(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    let reply = Reply::ok(&invoice)?.tagged(&super::tag(&invoice)?);
    write.finish(&state, Some(head), reply).await
}
