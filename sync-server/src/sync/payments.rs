//! A payment on its way into the log, from REST and from devices alike: what it means for the invoice and the visit that it names
//! is written in the same breath.

use domain::api::Refusal;
use domain::errors::FieldProblem;
use domain::ids::InvoiceId;
use domain::invoices::Invoice;
use domain::payments::Payment;
use domain::sync::RecordKind;

use super::promises;
use super::session::Session;
use super::tx::Tx;
use crate::db::StoreError;

/// Keeps a new payment, with what follows from it. Gives the payment as it was kept, or why it cannot be taken on its invoice.
pub(super) async fn keep<T: Tx>(
    session: &mut Session<'_, T>,
    mut payment: Payment,
) -> Result<Result<Payment, Refusal>, StoreError> {
    if let Some(id) = payment.invoice_id {
        let Some(invoice) = invoice(session, id).await? else {
            return Ok(Err(Refusal::not_found().field("invoiceId", FieldProblem::Unknown)));
        };
        payment = payment.on(&invoice);
        match invoice.take(&payment, &payment.created_at) {
            Ok(invoice) => keep_invoice(session, &invoice).await?,
            Err(error) => return Ok(Err(error.into())),
        }
    }
    let body = serde_json::to_value(&payment).map_err(StoreError::damaged)?;
    session.keep_record(RecordKind::Payment.as_str(), payment.id.0, Some(&body)).await?;
    promises::note_payment(session, &payment).await?;
    Ok(Ok(payment))
}

/// A payment that a device gives back to a restored server, as it is: money that changed hands stays recorded. Its invoice, if the
/// server has an older version of it, learns of it as far as it can.
pub(super) async fn note_offered<T: Tx>(
    session: &mut Session<'_, T>,
    payment: &Payment,
) -> Result<(), StoreError> {
    let Some(id) = payment.invoice_id else { return Ok(()) };
    let Some(invoice) = invoice(session, id).await? else { return Ok(()) };
    match invoice.take(payment, &payment.created_at) {
        Ok(invoice) => keep_invoice(session, &invoice).await,
        Err(error) => {
            tracing::warn!(payment = %payment.id, invoice = %id, %error, "a payment that came back does not fit its invoice");
            Ok(())
        }
    }
}

async fn invoice<T: Tx>(session: &mut Session<'_, T>, id: InvoiceId) -> Result<Option<Invoice>, StoreError> {
    let body = session.record_body(RecordKind::Invoice.as_str(), id.0).await?;
    body.map(serde_json::from_value).transpose().map_err(StoreError::damaged)
}

async fn keep_invoice<T: Tx>(session: &mut Session<'_, T>, invoice: &Invoice) -> Result<(), StoreError> {
    let body = serde_json::to_value(invoice).map_err(StoreError::damaged)?;
    session.keep_record(RecordKind::Invoice.as_str(), invoice.id.0, Some(&body)).await
}
