//! What the provider told us, followed: whatever an event says, it only says where to look. One about nothing of ours changes nothing.

use domain::ids::TenantId;
use domain::online::OURS;
use domain::yookassa::RefundStatus;
use secrecy::ExposeSecret as _;
use serde_json::Value as Json;
use uuid::Uuid;

use super::calls::{self, Called};
use super::store_events::EventRow;
use super::{store, store_events};
use crate::AppState;
use crate::db::{StoreError, TenantTx};

/// What an event is about, of ours.
enum About {
    Payment(Uuid),
    Refund(Uuid),
    /// A payment of ours whose refund nobody here has asked for.
    RefundOf(Uuid),
    /// A refund of ours, perhaps, whose answer is not here yet: its own call goes on until it is.
    Later,
    Nothing,
}

/// Follows an event.
pub(super) async fn follow(state: &AppState, tenant: TenantId, id: Uuid) -> Result<Called, StoreError> {
    let mut tx = state.db.tenant(tenant).await?;
    let Some(event) = store_events::unseen(&mut tx, id).await? else { return Ok(Called::Done) };
    let about = about(state, &mut tx, &event).await?;
    tx.commit().await?;
    let called = match about {
        About::Payment(payment) => {
            calls::look_for(state, tenant, payment, Some(&event.object), Some(id)).await?
        }
        About::Refund(refund) => calls::look_at_refund_for(state, tenant, refund, Some(id)).await?,
        // It says how much went back in all.
        About::RefundOf(payment) => calls::look_for(state, tenant, payment, None, Some(id)).await?,
        About::Later | About::Nothing => Called::Done,
    };
    if matches!(called, Called::Done) {
        let mut tx = state.db.tenant(tenant).await?;
        if store_events::unseen(&mut tx, id).await?.is_some() {
            let outcome = if matches!(about, About::Later) { "later" } else { "unknown" };
            tracing::warn!(event = %id, outcome, "a notification that led to nothing");
            store_events::seen(&mut tx, id, outcome, state.now()).await?;
        }
        tx.commit().await?;
    }
    Ok(called)
}

async fn about(state: &AppState, tx: &mut TenantTx, event: &EventRow) -> Result<About, StoreError> {
    let tenant = tx.tenant();
    let body = state.sealer.open(&place(tenant, event.id), &event.body).map_err(StoreError::damaged)?;
    let body: Json = serde_json::from_slice(body.expose_secret()).map_err(StoreError::damaged)?;
    let object = &body["object"];
    if event.event.starts_with("refund.") {
        let paid = object["payment_id"].as_str().unwrap_or_default();
        let Some(payment) = store::of_theirs(tx, &event.shop, paid).await? else { return Ok(About::Nothing) };
        let refunds = store::refunds_of(tx, &[payment.0]).await?;
        let is_it = |theirs: &Option<String>| theirs.as_deref() == Some(&*event.object);
        let found = refunds.iter().find(|refund| is_it(&refund.theirs));
        // Only one that is open can have an answer that was lost.
        let may_be_lost =
            refunds.iter().any(|refund| refund.theirs.is_none() && refund.status == RefundStatus::Pending);
        return Ok(match found {
            Some(refund) => About::Refund(refund.id),
            None if may_be_lost => About::Later,
            None => About::RefundOf(payment.0),
        });
    }
    if let Some(payment) = store::of_theirs(tx, &event.shop, &event.object).await? {
        return Ok(About::Payment(payment.0));
    }
    // It may have come before the answer to the call that made it. Whoever writes our id into a notification gains nothing: what counts
    // is the id that the provider's API shows in the object.
    let ours = object.pointer(&format!("/metadata/{OURS}")).and_then(Json::as_str);
    let ours = ours.and_then(|id| id.parse::<Uuid>().ok());
    let found = match ours {
        Some(id) => store::find(tx, id.into()).await?,
        None => None,
    };
    Ok(match found.filter(|row| row.theirs.is_none() && row.is_open() && row.shop == event.shop) {
        Some(row) => About::Payment(row.id.0),
        None => About::Nothing,
    })
}

/// What the body of an event is sealed for.
pub(super) fn place(tenant: TenantId, id: Uuid) -> String {
    format!("event {id} of {tenant}")
}
