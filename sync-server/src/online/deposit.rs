//! `POST /appointments/{id}/deposit`: money before a visit, held where a hold lasts until the visit, else taken. It stands on an invoice
//! of its own.

use axum::extract::State;
use axum::http::HeaderMap;
use domain::api::Refusal;
use domain::appointments::AppointmentRow;
use domain::errors::ErrorCode;
use domain::ids::{AppointmentId, InvoiceId};
use domain::invoices::{Context, Invoice, NewInvoice};
use domain::lang::{self, Lang};
use domain::money::{Currency, Money};
use domain::online::{DepositAsk, OnlinePayment, Purpose, Refusing, deposit, may_deposit, may_hold};
use domain::sync::RecordKind;
use domain::yookassa::PaymentStatus;
use serde_json::json;

use super::link::{NewAsk, answer, answer_again, begin};
use super::rows::Row;
use super::schemas::DepositBody;
use super::{connection, store};
use crate::auth::Tenant;
use crate::db::{StoreError, TenantTx};
use crate::http::{MoneyErrors, PathId, Problem, now_text};
use crate::writes::{MaybeObject, Reply, Write, WriteHeaders};
use crate::{AppState, appointments, auth, ledger, settings, sync};

/// Ask for a deposit by a link
///
/// An invoice for the deposit, and a link to pay it. How much follows from the deposit policy of the day on which the visit was booked,
/// unless `amount` says it. Where a hold (7 days at most) lasts until the visit, the money is held and taken once the visit was; else it
/// is taken at once. While a link for a deposit of this visit is open, it is given again.
#[utoipa::path(
    post, path = "/appointments/{id}/deposit", operation_id = "createDeposit", tag = "appointments",
    params(("id" = AppointmentId, Path, description = "The appointment's id"), WriteHeaders),
    request_body = Option<DepositBody>,
    responses((status = 201, description = "Asked for", body = OnlinePayment, headers(("location" = String))),
        (status = 200, description = "The link that is open", body = OnlinePayment), MoneyErrors)
)]
pub(super) async fn create_deposit(
    State(state): State<AppState>,
    PathId(id): PathId<AppointmentId>,
    headers: HeaderMap,
    mut write: Write<MaybeObject>,
) -> Result<Reply, Problem> {
    let visit = appointments::find(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    let tenant = auth::find_tenant(&mut write.tx).await?.ok_or_else(Problem::not_found)?;
    let ask = DepositAsk::from_json(&write.body.0, tenant.currency())?;
    may_deposit(&visit).map_err(Refusal::from)?;
    if tenant.currency() != Currency::RUB {
        return Err(Refusal::from(Refusing::OtherCurrency).into());
    }
    let deposits: Vec<Row> = store::for_visit(&mut write.tx, id)
        .await?
        .into_iter()
        .filter(|row| row.purpose == Purpose::Deposit)
        .collect();
    let is_unpaid = |row: &&Row| row.status == PaymentStatus::Pending && row.trouble.is_none();
    if let Some(open) = deposits.iter().find(is_unpaid) {
        return answer_again(&state, write, open.id).await;
    }
    let has_money =
        |row: &Row| matches!(row.status, PaymentStatus::WaitingForCapture | PaymentStatus::Succeeded);
    if ask.amount.is_none() && deposits.iter().any(has_money) {
        return Err(Problem::new(ErrorCode::Conflict));
    }
    let amount = how_much(&mut write.tx, &tenant, &visit, ask.amount).await?;
    let starts = visit.visit_time().map(|time| time.starts_at());
    let is_hold = may_hold(ask.is_hold, starts, state.now())?;
    let shop = connection::current(&state, &mut write.tx).await?;
    let invoice = written(&state, &mut write.tx, &tenant, (id, &visit), amount).await?;
    let body = serde_json::to_value(&invoice).map_err(|error| Problem::internal(&error))?;
    let record = sync::write_record(&mut write.tx, RecordKind::Invoice, invoice.id.0, Some(&body));
    let head = Box::pin(record).await?;
    let new = NewAsk {
        invoice: &invoice,
        purpose: Purpose::Deposit,
        visit: Some(id),
        amount,
        is_hold,
        email: ask.email,
    };
    let id = begin(&state, &headers, &mut write.tx, &tenant, &shop, new).await?;
    answer(&state, write, Some(head), id).await
}

async fn how_much(
    tx: &mut TenantTx,
    tenant: &Tenant,
    visit: &AppointmentRow,
    asked: Option<Money>,
) -> Result<Money, Problem> {
    let booked = visit.created_at.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    let booked = booked.ok_or_else(|| StoreError::damaged("a visit that was never booked"))?;
    let policies = settings::policies_of(tx, booked).await?;
    let is_new_client = match visit.client_id {
        Some(client) => appointments::last_visits(tx, &[client]).await?.is_empty(),
        None => true,
    };
    let price = visit.whole_price(tenant.currency());
    Ok(deposit(asked, policies.deposit.as_ref(), price, is_new_client, tenant.currency())?)
}

/// The invoice for a deposit: sent, for a link to it is on its way.
async fn written(
    state: &AppState,
    tx: &mut TenantTx,
    tenant: &Tenant,
    (id, visit): (AppointmentId, &AppointmentRow),
    amount: Money,
) -> Result<Invoice, Problem> {
    let lang: Lang = tenant.locale.parse().unwrap_or_default();
    let name = lang::text(lang, "invoice.item.deposit");
    let body = json!({ "appointmentId": id, "items": [{ "name": name, "price": amount }] });
    let new = NewInvoice::from_json(body.as_object().unwrap_or(&serde_json::Map::new()), tenant.currency())?;
    let now = now_text(state.now());
    let invoice = new.write(&Context {
        id: InvoiceId(state.new_id()),
        number: ledger::next_number(tx).await?,
        currency: tenant.currency(),
        lang,
        today: tenant.today(state.now()),
        now: &now,
        services: &std::collections::BTreeMap::new(),
        visit: Some(visit),
        deposits: &[],
    })?;
    Ok(invoice.send(&now).map_err(Refusal::from)?)
}
