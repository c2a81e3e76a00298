//! `POST /payments`: she was paid, or paid back.

use axum::extract::State;
use domain::errors::FieldProblem;
use domain::ids::PaymentId;
use domain::payments::Payment;

use super::schemas::NewPayment;
use crate::db::TenantTx;
use crate::http::{MoneyErrors, Problem, now_text};
use crate::writes::{Reply, Write, WriteHeaders};
use crate::{AppState, appointments, auth, clients, sync, till};

/// Record a payment
#[utoipa::path(
    post, path = "/payments", operation_id = "createPayment", tag = "payments",
    params(WriteHeaders),
    request_body = NewPayment,
    responses((status = 201, description = "Recorded", body = Payment, headers(("location" = String))), MoneyErrors)
)]
pub(super) async fn create_payment(
    State(state): State<AppState>,
    mut write: Write,
) -> Result<Reply, Problem> {
    let tenant = auth::find_tenant(&mut write.tx).await?.ok_or_else(Problem::not_found)?;
    let id = PaymentId(state.new_id());
    let payment = Payment::new_from_json(id, &write.body.0, tenant.currency(), &now_text(state.now()))?;
    check_names(&mut write.tx, &payment).await?;
    till::check_open(&mut write.tx, &payment).await?;
    let (head, payment) = Box::pin(sync::write_payment(&mut write.tx, payment)).await??;
    let reply = Reply::created(&format!("payments/{id}"), &payment)?.tagged(&super::tag(&payment)?);
    write.finish(&state, Some(head), reply).await
}

async fn check_names(tx: &mut TenantTx, payment: &Payment) -> Result<(), Problem> {
    if let Some(client) = payment.client_id
        && clients::find(tx, client).await?.is_none()
    {
        return Err(Problem::not_found().field("clientId", FieldProblem::Unknown));
    }
    if let Some(visit) = payment.appointment_id
        && appointments::find(tx, visit).await?.is_none()
    {
        return Err(Problem::not_found().field("appointmentId", FieldProblem::Unknown));
    }
    Ok(())
}
