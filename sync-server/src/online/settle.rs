//! What a look at the provider's object means: the row moves on, and money that came or went is written into the books in the same
//! transaction. The only place that does; nothing here believes anybody but the API.

use domain::ids::TenantId;
use domain::invoices::Invoice;
use domain::money::Money;
use domain::online::{Purpose, Trouble, record_of};
use domain::payments::{Payment, YOOKASSA};
use domain::sync::RecordKind;
use domain::yookassa::{PaymentStatus, RefundStatus, Step, follow_payment, follow_refund};
use jiff::Timestamp;
use serde_json::{Map, json};
use uuid::Uuid;

use super::rows::Row;
use super::{VisitMoved, store, store_events};
use crate::db::{StoreError, TenantTx};
use crate::http::now_text;
use crate::{AppState, auth, invoices, jobs, sync, yookassa};

/// Follows what the provider's API shows of a payment; an event that led here is over with it.
pub(super) async fn payment(
    state: &AppState,
    tenant: TenantId,
    id: Uuid,
    seen: &yookassa::Payment,
    event: Option<Uuid>,
) -> Result<(), StoreError> {
    let mut tx = state.db.tenant(tenant).await?;
    sync::lock(&mut tx).await?;
    let head = match store::find(&mut tx, id.into()).await? {
        Some(row) => Box::pin(follow(state, &mut tx, row, seen)).await?,
        None => None,
    };
    end(state, tx, head, event).await
}

/// The same of a refund.
pub(super) async fn refund(
    state: &AppState,
    tenant: TenantId,
    id: Uuid,
    seen: &yookassa::Refund,
    event: Option<Uuid>,
) -> Result<(), StoreError> {
    let mut tx = state.db.tenant(tenant).await?;
    sync::lock(&mut tx).await?;
    let head = Box::pin(follow_back(state, &mut tx, id, seen)).await?;
    end(state, tx, head, event).await
}

async fn end(
    state: &AppState,
    mut tx: TenantTx,
    head: Option<u64>,
    event: Option<Uuid>,
) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    if let Some(event) = event {
        store_events::seen(&mut tx, event, "followed", state.now()).await?;
    }
    tx.commit().await?;
    if let Some(head) = head {
        state.live.poke(tenant, head);
    }
    Ok(())
}

async fn follow(
    state: &AppState,
    tx: &mut TenantTx,
    mut row: Row,
    seen: &yookassa::Payment,
) -> Result<Option<u64>, StoreError> {
    let now = state.now();
    let step = match follow_payment(&row.known(), &seen.seen(domain::online::OURS)) {
        Ok(step) => step,
        Err(mismatch) => {
            tracing::warn!(payment = %row.id, %mismatch, "a payment is not what was asked for; nothing was written");
            row.trouble = Some(mismatch.into());
            store::update(tx, &row, now).await?;
            return Ok(None);
        }
    };
    let before = row.clone();
    row.theirs = Some(seen.id.clone());
    row.asked = None;
    row.is_test = seen.is_test;
    if seen.confirmation_url.is_some() {
        row.url.clone_from(&seen.confirmation_url);
    }
    row.expires = seen.expires.or(row.expires);
    // What stood in the way of a look, or of a call that was not the last, stands there no more.
    let is_over = |trouble: &Trouble| {
        matches!(trouble, Trouble::Disconnected | Trouble::NotFound) || matches!(step, Step::Advance(_))
    };
    row.trouble = row.trouble.filter(|trouble| !is_over(trouble));
    let mut head = None;
    if let Step::Advance(status) = step {
        tracing::info!(payment = %row.id, from = %row.status, to = %status, "a payment went on");
        row.status = status;
        if status.is_final() {
            row.act = None;
        }
        // The visit may be over by the time the client pays.
        if let Some(visit) = row.visit.filter(|_| row.purpose == Purpose::Deposit) {
            jobs::enqueue(tx, &VisitMoved { id: visit.0 }).await?;
        }
        if status == PaymentStatus::Canceled {
            row.reason = seen.cancellation.as_ref().map(|cancellation| cancellation.reason.clone());
        }
        if status == PaymentStatus::Succeeded {
            row.captured = Some(seen.amount);
            let came = seen.captured.unwrap_or(now);
            let (written, is_on_invoice) =
                write(state, tx, &row, (row.id.0, seen.amount, came), &seen.id).await?;
            (head, row.is_on_invoice) = (written, is_on_invoice);
            if !is_on_invoice {
                row.trouble = Some(Trouble::NotOnInvoice);
            }
        }
    }
    if row.trouble.is_none() && went_elsewhere(tx, &row, seen).await? {
        tracing::warn!(payment = %row.id, "more went back than was given back here");
        row.trouble = Some(Trouble::RefundedElsewhere);
    }
    if row != before {
        store::update(tx, &row, now).await?;
    }
    Ok(head)
}

/// Whether more went back, as the provider says, than we know of.
async fn went_elsewhere(tx: &mut TenantTx, row: &Row, seen: &yookassa::Payment) -> Result<bool, StoreError> {
    if seen.refunded.minor() == 0 {
        return Ok(false);
    }
    let refunds = store::refunds_of(tx, &[row.id.0]).await?;
    let ours = refunds.iter().filter(|refund| refund.status != RefundStatus::Canceled);
    let ours = Money::sum(ours.map(|refund| refund.amount), row.amount.currency());
    Ok(ours.map_err(StoreError::damaged)?.minor() < seen.refunded.minor())
}

async fn follow_back(
    state: &AppState,
    tx: &mut TenantTx,
    id: Uuid,
    seen: &yookassa::Refund,
) -> Result<Option<u64>, StoreError> {
    let now = state.now();
    let Some(mut refund) = store::find_refund(tx, id).await? else { return Ok(None) };
    let Some(row) = store::find(tx, refund.payment).await? else { return Ok(None) };
    let theirs = row.theirs.clone().unwrap_or_default();
    let step = match follow_refund(&refund.known(&theirs), &seen.seen()) {
        Ok(step) => step,
        Err(mismatch) => {
            tracing::warn!(refund = %id, %mismatch, "a refund is not what was asked for; nothing was written");
            refund.trouble = Some(mismatch.into());
            store::update_refund(tx, &refund, now).await?;
            return Ok(None);
        }
    };
    refund.theirs = Some(seen.id.clone());
    refund.asked = None;
    refund.trouble = None;
    let mut head = None;
    if let Step::Advance(status) = step {
        tracing::info!(refund = %id, to = %status, "a refund went on");
        refund.status = status;
        refund.reason = seen.cancellation.as_ref().map(|cancellation| cancellation.reason.clone());
        if status == RefundStatus::Succeeded {
            let back = refund.amount.checked_neg().map_err(StoreError::damaged)?;
            // The provider does not say when it arrived; it says when it was asked for.
            let (written, is_on_invoice) = write(state, tx, &row, (id, back, seen.created), &seen.id).await?;
            head = written;
            if row.is_on_invoice && !is_on_invoice {
                refund.trouble = Some(Trouble::NotOnInvoice);
            }
        }
    }
    store::update_refund(tx, &refund, now).await?;
    Ok(head)
}

/// Writes money that came or went into the books, once. Gives the new head of the log, and whether it stands on its invoice: money that
/// the invoice cannot take is in the books all the same, for it is there.
async fn write(
    state: &AppState,
    tx: &mut TenantTx,
    row: &Row,
    (id, amount, at): (Uuid, Money, Timestamp),
    theirs: &str,
) -> Result<(Option<u64>, bool), StoreError> {
    let record = record_of(id);
    if sync::record(tx, RecordKind::Payment, record.0).await?.is_some() {
        return Ok((None, row.is_on_invoice));
    }
    let tenant = auth::find_tenant(tx).await?;
    let tenant = tenant.ok_or_else(|| StoreError::damaged("a transaction without its tenant"))?;
    let invoice = invoices::find(tx, row.invoice).await?;
    let mut payment = Payment {
        id: record,
        kind: if amount.minor() < 0 { "refund" } else { "payment" }.to_owned(),
        date: tenant.today(at).to_string(),
        amount: amount.to_json_number(),
        currency: amount.currency().to_string(),
        taxes: std::collections::BTreeMap::new(),
        client_id: invoice.as_ref().and_then(|invoice| invoice.client_id),
        appointment_id: row.visit,
        invoice_id: Some(row.invoice),
        correction: false,
        receipt: None,
        description: None,
        quantity: None,
        provider: YOOKASSA.to_owned(),
        metadata: metadata(row, theirs),
        created_at: now_text(state.now()),
    };
    let takes = |invoice: Invoice| invoice.take(&payment, &payment.created_at).is_ok();
    let is_on_invoice = row.is_on_invoice && invoice.is_some_and(takes);
    if !is_on_invoice {
        tracing::warn!(payment = %row.id, invoice = %row.invoice, "money came or went that its invoice cannot take");
        payment.invoice_id = None;
    }
    let written = Box::pin(sync::write_payment(tx, payment)).await?;
    let (head, _) = written.map_err(|refusal| StoreError::damaged(refusal.code))?;
    Ok((Some(head), is_on_invoice))
}

fn metadata(row: &Row, theirs: &str) -> Map<String, serde_json::Value> {
    let named = [
        ("onlinePaymentId", json!(row.id)),
        ("providerPaymentId", json!(theirs)),
        ("invoiceId", json!(row.invoice)),
    ];
    named.into_iter().map(|(name, id)| (name.to_owned(), id)).collect()
}
