//! `POST /online-payments/{id}/capture` and `/cancel`: a hold is taken, or let go. Both may be asked for on every plan: what is held ends
//! one way or the other.

use axum::extract::State;
use domain::errors::ErrorCode;
use domain::ids::OnlinePaymentId;
use domain::money::Money;
use domain::online::{OnlinePayment, Take, receipt_lines};
use domain::yookassa::PaymentStatus;
use serde_json::json;

use super::asked::{Asked, AskedReceipt};
use super::rows::{Act, ActKind, Row};
use super::schemas::CaptureBody;
use super::{Sweep, connection, jobs as calls, link, store, wait};
use crate::db::{StoreError, TenantTx};
use crate::http::{MoneyErrors, PathId, Problem};
use crate::writes::{MaybeObject, NoBody, Reply, Write, WriteHeaders};
use crate::{AppState, invoices, jobs};

/// Take held money
///
/// All that is held, or a part: the rest goes back to the client at once. Once. The provider's answer is waited for a few seconds.
#[utoipa::path(
    post, path = "/online-payments/{id}/capture", operation_id = "captureOnlinePayment", tag = "payments",
    params(("id" = OnlinePaymentId, Path, description = "The payment's id"), WriteHeaders),
    request_body = Option<CaptureBody>,
    responses((status = 200, description = "As it is now", body = OnlinePayment), MoneyErrors)
)]
pub(super) async fn capture_online_payment(
    State(state): State<AppState>,
    PathId(id): PathId<OnlinePaymentId>,
    mut write: Write<MaybeObject>,
) -> Result<Reply, Problem> {
    let mut row = held(&mut write.tx, id, ActKind::Capture).await?;
    let take = Take::from_json(&write.body.0, row.amount)?;
    arrange(&state, &mut write.tx, &mut row, ActKind::Capture, take.amount).await?;
    answer(&state, write, id).await
}

/// Let held money go
#[utoipa::path(
    post, path = "/online-payments/{id}/cancel", operation_id = "cancelOnlinePayment", tag = "payments",
    params(("id" = OnlinePaymentId, Path, description = "The payment's id"), WriteHeaders),
    responses((status = 200, description = "As it is now", body = OnlinePayment), MoneyErrors)
)]
pub(super) async fn cancel_online_payment(
    State(state): State<AppState>,
    PathId(id): PathId<OnlinePaymentId>,
    mut write: Write<NoBody>,
) -> Result<Reply, Problem> {
    let mut row = held(&mut write.tx, id, ActKind::Cancel).await?;
    arrange(&state, &mut write.tx, &mut row, ActKind::Cancel, None).await?;
    answer(&state, write, id).await
}

/// A payment that holds money of which nothing else was decided.
async fn held(tx: &mut TenantTx, id: OnlinePaymentId, kind: ActKind) -> Result<Row, Problem> {
    let row = store::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    let is_decided = row.act.as_ref().is_some_and(|act| act.kind != kind);
    if row.status != PaymentStatus::WaitingForCapture || is_decided {
        return Err(Problem::new(ErrorCode::Conflict).details(json!({ "status": row.status })));
    }
    Ok(row)
}

/// Keeps what is to happen to a hold, with its key and its job. What was decided already stays as it was.
pub(super) async fn arrange(
    state: &AppState,
    tx: &mut TenantTx,
    row: &mut Row,
    kind: ActKind,
    part: Option<Money>,
) -> Result<(), StoreError> {
    if row.act.is_some() {
        return Ok(());
    }
    let part = part.filter(|part| part.minor() < row.amount.minor());
    let tenant = tx.tenant();
    // The receipt that went along with the whole is not that of a part.
    let asked = match part.filter(|_| row.has_receipt) {
        None => None,
        Some(part) => {
            let invoice = invoices::find(tx, row.invoice).await?;
            let fiscal = connection::fiscal_of(tx, &row.shop).await?;
            let contact =
                link::contact(tx, invoice.as_ref().and_then(|invoice| invoice.client_id), None).await?;
            match (invoice, fiscal) {
                (Some(invoice), Some(fiscal)) if !contact.is_nowhere() => {
                    let lines = receipt_lines(&invoice, part);
                    let receipt = AskedReceipt::new(contact, fiscal, lines, true);
                    Asked::capture(Some(receipt)).seal(&state.sealer, tenant, row.id.0)?
                }
                _ => None,
            }
        }
    };
    row.act = Some(Act { kind, key: state.new_id().to_string(), part, asked });
    row.trouble = None;
    store::update(tx, row, state.now()).await?;
    jobs::enqueue(tx, &calls::Act { id: row.id.0 }).await?;
    Sweep::arrange(tx, state.now()).await
}

async fn answer<B>(state: &AppState, mut write: Write<B>, id: OnlinePaymentId) -> Result<Reply, Problem> {
    let tenant = write.tx.tenant();
    let begun = wait::find(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    let kept = write.finish(state, None, Reply::ok(&begun)?).await?;
    let ended = wait::until(state, tenant, id, |row, _| row.status.is_final() || row.trouble.is_some());
    ended.await?.map_or(Ok(kept), |ended| Reply::ok(&ended))
}
