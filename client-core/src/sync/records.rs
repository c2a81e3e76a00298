//! Records that came: whole rows of the server, taken as they are. One of them says whether the business may change anything.

use domain::accounts::TenantStatus;
use domain::appointments::Promises;
use domain::sync::{RecordItem, RecordKind};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::{RESTORED, SUSPENDED, notice, repair};
use crate::app::notices;
use crate::store::{Result, Tx};

pub(super) fn receive(tx: &Tx<'_>, item: &RecordItem, at: i64) -> Result<()> {
    if item.record == RecordKind::Promises.as_str() && tx.meta(RESTORED)?.unwrap_or(false) {
        offer_promises(tx, item, at)?;
    }
    tx.put_record(&item.record, item.id, item.body.as_ref(), item.seq)?;
    if let Some(business) = item.body.as_ref().filter(|_| item.record == RecordKind::Tenant.as_str()) {
        let was_suspended = is_suspended(tx)?;
        let status = business.get("status").and_then(Json::as_str).and_then(TenantStatus::from_wire);
        let is_suspended = status == Some(TenantStatus::Suspended);
        tx.set_meta(SUSPENDED, &is_suspended)?;
        if was_suspended && !is_suspended {
            tx.notify(at, notices::RESUMED, &json!({}))?;
        }
    }
    tx.unwant(item.id)
}

/// A restored server may have lost the later entries of what went out about a visit: it adds to what it has what is offered.
fn offer_promises(tx: &Tx<'_>, item: &RecordItem, at: i64) -> Result<()> {
    let Some(theirs) = &item.body else { return Ok(()) };
    // A shape of tomorrow is kept as it came, and not looked into.
    let Ok(theirs) = serde_json::from_value::<Promises>(theirs.clone()) else { return Ok(()) };
    for ours in tx.records_by_id(item.id)?.into_iter().filter(|ours| ours.record == item.record) {
        let known: Promises = serde_json::from_value(ours.body.clone())?;
        let is_there = |cause| theirs.sent.iter().any(|sent| sent.cause == cause);
        if known.sent.iter().any(|sent| !is_there(sent.cause)) {
            tx.add_intent(&repair::offer(&ours.record, ours.id, ours.body), at)?;
        }
    }
    Ok(())
}

/// While the business is suspended the server takes nothing, and says so by saying nothing: what waits here stays. She is told
/// why, once a day.
pub(super) fn tell_suspension(tx: &Tx<'_>, now: Timestamp) -> Result<()> {
    if is_suspended(tx)? { notice::daily(tx, now, notices::SUSPENDED, &json!({})) } else { Ok(()) }
}

fn is_suspended(tx: &Tx<'_>) -> Result<bool> {
    Ok(tx.meta(SUSPENDED)?.unwrap_or(false))
}
