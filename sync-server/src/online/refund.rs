//! Money back over the provider, of one payment (`POST /online-payments/{id}/refund`) or of an invoice (`POST /invoices/{id}/refund`).
//! What is on its way back counts as gone from the moment in which it is asked for, under the tenant's lock: two at once cannot give back
//! more than there is.

use axum::extract::State;
use domain::api::Refusal;
use domain::errors::{ErrorCode, FieldErrors, FieldProblem};
use domain::ids::OnlinePaymentId;
use domain::invoices::{Invoice, Refund};
use domain::money::Money;
use domain::online::{OnlinePayment, receipt_lines, share_out};
use domain::yookassa::{PaymentStatus, RefundStatus};

use super::asked::{Asked, AskedReceipt};
use super::rows::{RefundRow, Row};
use super::schemas::OnlineRefundBody;
use super::{GiveBack, Sweep, connection, link, store, wait};
use crate::db::{StoreError, TenantTx};
use crate::http::{MoneyErrors, PathId, Problem};
use crate::writes::{MaybeObject, Reply, Write, WriteHeaders};
use crate::{AppState, auth, invoices, jobs};

/// Give money back over the provider
///
/// All that is left of a payment, or a part. What is on its way counts at once; the provider's answer is waited for a few seconds, and
/// `refunds` says how far it is.
#[utoipa::path(
    post, path = "/online-payments/{id}/refund", operation_id = "refundOnlinePayment", tag = "payments",
    params(("id" = OnlinePaymentId, Path, description = "The payment's id"), WriteHeaders),
    request_body = Option<OnlineRefundBody>,
    responses((status = 200, description = "As it is now", body = OnlinePayment), MoneyErrors)
)]
pub(super) async fn refund_online_payment(
    State(state): State<AppState>,
    PathId(id): PathId<OnlinePaymentId>,
    mut write: Write<MaybeObject>,
) -> Result<Reply, Problem> {
    let row = store::find(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    let asked = domain::online::GiveBack::from_json(&write.body.0, row.amount.currency())?;
    arrange(&state, &mut write.tx, std::slice::from_ref(&row), asked.amount, asked.reason.as_deref()).await?;
    let tenant = write.tx.tenant();
    let begun = wait::find(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    let kept = write.finish(&state, None, Reply::ok(&begun)?).await?;
    let ended = wait::until(&state, tenant, id, |_, refunds| !is_any_on_its_way(refunds)).await?;
    ended.map_or(Ok(kept), |ended| Reply::ok(&ended))
}

/// Gives back over the provider what came over it on an invoice, and ends the request: 200 once it went back, 202 while it is on its
/// way or if the provider would not.
pub(crate) async fn give_back(
    state: &AppState,
    mut write: Write<MaybeObject>,
    invoice: &Invoice,
    refund: &Refund,
) -> Result<Reply, Problem> {
    let mut rows = store::on_invoice(&mut write.tx, invoice.id).await?;
    rows.retain(|row| row.is_on_invoice && row.status == PaymentStatus::Succeeded);
    // The newest first.
    rows.reverse();
    let ids = arrange(state, &mut write.tx, &rows, refund.amount(), refund.reason()).await?;
    let tenant = write.tx.tenant();
    let kept = write.finish(state, None, Reply::accepted(invoice)?).await?;
    for id in ids {
        wait::until(state, tenant, id, |_, refunds| !is_any_on_its_way(refunds)).await?;
    }
    let mut tx = state.db.tenant(tenant).await?;
    let now = invoices::find(&mut tx, invoice.id).await?;
    tx.commit().await?;
    let Some(now) = now else { return Ok(kept) };
    let went = |invoice: &Invoice| invoice.money(&invoice.refunded).map(Money::minor);
    if went(&now) > went(invoice) { Reply::ok(&now) } else { Reply::accepted(&now) }
}

fn is_any_on_its_way(refunds: &[RefundRow]) -> bool {
    refunds.iter().any(|refund| refund.status == RefundStatus::Pending && refund.trouble.is_none())
}

/// Keeps refunds that come to an amount (all that is left if none is said), each with its key and its job. Gives the payments that they
/// are of.
pub(super) async fn arrange(
    state: &AppState,
    tx: &mut TenantTx,
    rows: &[Row],
    amount: Option<Money>,
    reason: Option<&str>,
) -> Result<Vec<OnlinePaymentId>, Problem> {
    let ids: Vec<_> = rows.iter().map(|row| row.id.0).collect();
    let refunds = store::refunds_of(tx, &ids).await?;
    let left: Result<Vec<(usize, Money)>, _> =
        rows.iter().enumerate().map(|(at, row)| row.left(&refunds).map(|left| (at, left))).collect();
    let left = left.map_err(StoreError::damaged)?;
    let currency = rows.first().map_or_else(Default::default, |row| row.amount.currency());
    let all = Money::sum(left.iter().map(|(_, left)| *left), currency).map_err(StoreError::damaged)?;
    if all.minor() <= 0 {
        return Err(Problem::new(ErrorCode::Conflict));
    }
    let Some(shares) = share_out(&left, amount.unwrap_or(all)) else {
        return Err(Refusal::from(FieldErrors::one("amount", FieldProblem::OutOfRange)).into());
    };
    let now = auth::to_micros(state.now());
    let mut of = Vec::new();
    for (at, amount) in shares {
        let row = &rows[at];
        let id = state.new_id();
        let receipt = receipt(tx, row, amount).await?;
        let asked = Asked::refund(reason, receipt).seal(&state.sealer, tx.tenant(), id)?;
        let refund = RefundRow {
            id,
            payment: row.id,
            key: state.new_id().to_string(),
            asked,
            amount,
            status: RefundStatus::Pending,
            theirs: None,
            reason: None,
            trouble: None,
            created: now,
        };
        store::insert_refund(tx, &refund).await?;
        jobs::enqueue(tx, &GiveBack { id }).await?;
        of.push(row.id);
    }
    Sweep::arrange(tx, now).await?;
    Ok(of)
}

/// The receipt of a refund, where the payment had one.
async fn receipt(tx: &mut TenantTx, row: &Row, amount: Money) -> Result<Option<AskedReceipt>, StoreError> {
    if !row.has_receipt {
        return Ok(None);
    }
    let (invoice, fiscal) =
        (invoices::find(tx, row.invoice).await?, connection::fiscal_of(tx, &row.shop).await?);
    let Some((invoice, fiscal)) = invoice.zip(fiscal) else { return Ok(None) };
    let contact = link::contact(tx, invoice.client_id, None).await?;
    let is_prepayment = row.purpose == domain::online::Purpose::Deposit;
    let lines = receipt_lines(&invoice, amount);
    Ok((!contact.is_nowhere()).then(|| AskedReceipt::new(contact, fiscal, lines, is_prepayment)))
}
