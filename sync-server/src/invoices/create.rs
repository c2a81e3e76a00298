//! `POST /invoices`: for a visit, or for what she says.

use std::collections::BTreeMap;

use axum::extract::State;
use domain::errors::FieldProblem;
use domain::ids::InvoiceId;
use domain::invoices::{Context, Invoice, NewInvoice};

use super::schemas::InvoiceBody;
use crate::http::{MoneyErrors, Problem, now_text};
use crate::writes::{Reply, Write, WriteHeaders};
use crate::{AppState, appointments, auth, clients, ledger, online, services};

/// Write an invoice
#[utoipa::path(
    post, path = "/invoices", operation_id = "createInvoice", tag = "invoices",
    params(WriteHeaders),
    request_body = InvoiceBody,
    responses((status = 201, description = "Written, as a draft", body = Invoice, headers(("location" = String))), MoneyErrors)
)]
pub(super) async fn create_invoice(
    State(state): State<AppState>,
    mut write: Write,
) -> Result<Reply, Problem> {
    let tenant = auth::find_tenant(&mut write.tx).await?.ok_or_else(Problem::not_found)?;
    let new = NewInvoice::from_json(&write.body.0, tenant.currency())?;
    if let Some(client) = new.client_id
        && clients::find(&mut write.tx, client).await?.is_none()
    {
        return Err(Problem::not_found().field("clientId", FieldProblem::Unknown));
    }
    let visit = match new.appointment_id {
        None => None,
        Some(id) => match appointments::find(&mut write.tx, id).await? {
            None => return Err(Problem::not_found().field("appointmentId", FieldProblem::Unknown)),
            visit => visit,
        },
    };
    let services = if new.needs_services() { services::all(&mut write.tx).await? } else { BTreeMap::new() };
    let deposits = match new.appointment_id {
        Some(id) => online::deposits_kept(&mut write.tx, id).await?,
        None => Vec::new(),
    };
    let now = now_text(state.now());
    let invoice = new.write(&Context {
        id: InvoiceId(state.new_id()),
        number: ledger::next_number(&mut write.tx).await?,
        currency: tenant.currency(),
        lang: tenant.locale.parse().unwrap_or_default(),
        today: tenant.today(state.now()),
        now: &now,
        services: &services,
        visit: visit.as_ref(),
        deposits: &deposits,
    })?;
    let reply = Reply::created(&format!("invoices/{}", invoice.id), &invoice)?;
    super::keep(&state, write, &invoice, reply).await
}
