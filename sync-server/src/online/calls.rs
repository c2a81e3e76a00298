//! Calls to the provider about one thing that is kept: what is asked lies in its row, under its key, so a call can be made again by
//! whoever comes next. What comes back goes through [`super::settle`]; what was refused is noted, and what is not known is asked again.

use std::future::Future;

use domain::ids::TenantId;
use domain::online::Trouble;
use domain::yookassa::{PaymentStatus, RefundStatus};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::asked::Asked;
use super::rows::{ActKind, RefundRow, Row};
use super::{connection, settle, store};
use crate::db::StoreError;
use crate::yookassa::{
    CallError, Credentials, IdempotenceKey, Outcome, Payment, Refund, Refusal, RefusalKind, Wish,
};
use crate::{AppState, sync};

/// As long as the provider remembers a key, less what clocks may differ: a day. Later the same key would be a new payment.
const KEY_LASTS: SignedDuration = SignedDuration::from_hours(20);
/// How many pages of the provider's list are walked for one that nobody answered about.
const PAGES: usize = 50;

/// What became of a call.
#[derive(Debug)]
pub(super) enum Called {
    /// There is nothing more to do now.
    Done,
    /// Nobody knows, or it did not get through: it is to be made again.
    Again(CallError),
}

/// Asks for a payment that is kept.
pub(super) async fn create(state: &AppState, tenant: TenantId, id: Uuid) -> Result<Called, StoreError> {
    let Some((row, who)) = payment_and_shop(state, tenant, id).await? else { return Ok(Called::Done) };
    if row.theirs.is_some() || row.status.is_final() {
        return Ok(Called::Done);
    }
    let Some(who) = who else { return disconnected(state, tenant, id).await };
    if is_forgotten(row.created, state.now()) {
        return find_or_close(state, tenant, &row, &who).await;
    }
    let asked = Asked::open(&state.sealer, tenant, id, row.asked.as_deref())?.new_payment(&row);
    let key = key_of(&row.key)?;
    match ask(state, async |client| client.create(&who, &key, &asked).await).await {
        Ok(seen) => settle::payment(state, tenant, id, &seen, None).await.map(|()| Called::Done),
        Err(error) => failed(state, tenant, &who, error, refused_payment(state, tenant, id)).await,
    }
}

/// Looks at a payment.
pub(super) async fn look(state: &AppState, tenant: TenantId, id: Uuid) -> Result<Called, StoreError> {
    look_for(state, tenant, id, None, None).await
}

/// The same, because of an event. Of a payment whose answer was not read yet, the event says under which id to look; whether that is the
/// payment of ours is for the provider's API to say.
pub(super) async fn look_for(
    state: &AppState,
    tenant: TenantId,
    id: Uuid,
    told: Option<&str>,
    event: Option<Uuid>,
) -> Result<Called, StoreError> {
    let Some((row, who)) = payment_and_shop(state, tenant, id).await? else { return Ok(Called::Done) };
    let Some(theirs) = row.theirs.as_deref().or(told) else { return Ok(Called::Done) };
    let Some(who) = who else { return disconnected(state, tenant, id).await };
    match ask(state, async |client| client.payment(&who, theirs).await).await {
        Ok(seen) => settle::payment(state, tenant, id, &seen, event).await.map(|()| Called::Done),
        Err(error) => {
            let gone = note_payment(state, tenant, id, Trouble::NotFound);
            failed(state, tenant, &who, error, gone).await
        }
    }
}

/// Does with a hold what it is kept for.
pub(super) async fn act(state: &AppState, tenant: TenantId, id: Uuid) -> Result<Called, StoreError> {
    let Some((row, who)) = payment_and_shop(state, tenant, id).await? else { return Ok(Called::Done) };
    let (Some(theirs), Some(act)) = (&row.theirs, &row.act) else { return Ok(Called::Done) };
    if row.status != PaymentStatus::WaitingForCapture {
        return Ok(Called::Done);
    }
    let Some(who) = who else { return disconnected(state, tenant, id).await };
    let key = key_of(&act.key)?;
    let asked = Asked::open(&state.sealer, tenant, id, act.asked.as_deref())?;
    let receipt = asked.receipt_of(act.part.unwrap_or(row.amount));
    let made = ask(state, async |client| match act.kind {
        ActKind::Capture => client.capture(&who, &key, theirs, act.part, receipt.as_ref()).await,
        ActKind::Cancel => client.cancel(&who, &key, theirs).await,
    });
    match made.await {
        Ok(seen) => settle::payment(state, tenant, id, &seen, None).await.map(|()| Called::Done),
        Err(error) if error.outcome() == Outcome::Refused && !is_of_key(&error) => {
            // Perhaps it ended meanwhile, by itself or in the provider's cabinet: look before saying no.
            refused_act(state, tenant, id, &act.key).await?;
            look(state, tenant, id).await
        }
        Err(error) => failed(state, tenant, &who, error, async { Ok(()) }).await,
    }
}

/// Asks for a refund that is kept.
pub(super) async fn give_back(state: &AppState, tenant: TenantId, id: Uuid) -> Result<Called, StoreError> {
    let Some((refund, row, who)) = refund_and_shop(state, tenant, id).await? else {
        return Ok(Called::Done);
    };
    let Some(theirs) = row.theirs.clone().filter(|_| refund.status == RefundStatus::Pending) else {
        return Ok(Called::Done);
    };
    let Some(who) = who else {
        note_refund(state, tenant, id, Trouble::Disconnected).await?;
        return Ok(Called::Done);
    };
    if let Some(known) = &refund.theirs {
        return look_at_refund(state, tenant, &who, id, known, None).await;
    }
    if is_forgotten(refund.created, state.now()) {
        return find_or_close_refund(state, tenant, &refund, &theirs, &who).await;
    }
    let asked = Asked::open(&state.sealer, tenant, id, refund.asked.as_deref())?.new_refund(&refund, &theirs);
    let key = key_of(&refund.key)?;
    match ask(state, async |client| client.give_back(&who, &key, &asked).await).await {
        Ok(seen) => settle::refund(state, tenant, id, &seen, None).await.map(|()| Called::Done),
        Err(error) => failed(state, tenant, &who, error, refused_refund(state, tenant, id)).await,
    }
}

/// Looks at a refund, because of an event.
pub(super) async fn look_at_refund_for(
    state: &AppState,
    tenant: TenantId,
    id: Uuid,
    event: Option<Uuid>,
) -> Result<Called, StoreError> {
    let Some((refund, _, Some(who))) = refund_and_shop(state, tenant, id).await? else {
        return Ok(Called::Done);
    };
    match &refund.theirs {
        Some(theirs) => look_at_refund(state, tenant, &who, id, theirs, event).await,
        None => Ok(Called::Done),
    }
}

async fn look_at_refund(
    state: &AppState,
    tenant: TenantId,
    who: &Credentials,
    id: Uuid,
    theirs: &str,
    event: Option<Uuid>,
) -> Result<Called, StoreError> {
    match ask(state, async |client| client.refund(who, theirs).await).await {
        Ok(seen) => settle::refund(state, tenant, id, &seen, event).await.map(|()| Called::Done),
        Err(error) => {
            let gone = note_refund(state, tenant, id, Trouble::NotFound);
            failed(state, tenant, who, error, gone).await
        }
    }
}

/// One call, if the provider can be called at all.
pub(super) async fn ask<T>(
    state: &AppState,
    call: impl AsyncFnOnce(&crate::yookassa::Yookassa) -> Result<T, CallError>,
) -> Result<T, CallError> {
    call(state.online.client()?).await
}

/// What follows from a call that gave no object.
async fn failed(
    state: &AppState,
    tenant: TenantId,
    who: &Credentials,
    error: CallError,
    refused: impl Future<Output = Result<(), StoreError>>,
) -> Result<Called, StoreError> {
    if error.outcome() != Outcome::Refused {
        return Ok(Called::Again(error));
    }
    if is_of_key(&error) {
        // It stays as it is: once she has corrected the key, the same call is made.
        connection::refuse(state, tenant, who).await?;
        return Ok(Called::Done);
    }
    tracing::warn!(%error, "YooKassa said no");
    refused.await.map(|()| Called::Done)
}

/// Whether it is the key that is wrong, and not what was asked.
const fn is_of_key(error: &CallError) -> bool {
    matches!(error, CallError::Refused(Refusal { kind: RefusalKind::Credentials, .. }))
}

fn key_of(key: &str) -> Result<IdempotenceKey, StoreError> {
    IdempotenceKey::new(key).ok_or_else(|| StoreError::damaged("a key that no provider takes"))
}

fn is_forgotten(since: Timestamp, now: Timestamp) -> bool {
    now.duration_since(since) > KEY_LASTS
}

async fn payment_and_shop(
    state: &AppState,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<(Row, Option<Credentials>)>, StoreError> {
    let mut tx = state.db.tenant(tenant).await?;
    let Some(row) = store::find(&mut tx, id.into()).await? else { return Ok(None) };
    let who = connection::of(state, &mut tx, &row.shop, row.is_installation).await?;
    tx.commit().await?;
    Ok(Some((row, who)))
}

async fn refund_and_shop(
    state: &AppState,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<(RefundRow, Row, Option<Credentials>)>, StoreError> {
    let mut tx = state.db.tenant(tenant).await?;
    let Some(refund) = store::find_refund(&mut tx, id).await? else { return Ok(None) };
    let Some(row) = store::find(&mut tx, refund.payment).await? else { return Ok(None) };
    let who = connection::of(state, &mut tx, &row.shop, row.is_installation).await?;
    tx.commit().await?;
    Ok(Some((refund, row, who)))
}

/// Nobody answered for so long that the key is forgotten: it is looked for in the provider's list. What is not there was never made.
async fn find_or_close(
    state: &AppState,
    tenant: TenantId,
    row: &Row,
    who: &Credentials,
) -> Result<Called, StoreError> {
    let ours = row.id.to_string();
    let is_it = |seen: &Payment| seen.metadata.get(domain::online::OURS) == Some(&ours);
    let mut wish = Wish {
        limit: Some(100),
        since: Some(row.created - SignedDuration::from_hours(1)),
        until: Some(row.created + SignedDuration::from_hours(24)),
        ..Wish::default()
    };
    for _ in 0..PAGES {
        let page = match ask(state, async |client| client.payments(who, &wish).await).await {
            Ok(page) => page,
            Err(error) => return failed(state, tenant, who, error, async { Ok(()) }).await,
        };
        if let Some(seen) = page.items.iter().find(|seen| is_it(seen)) {
            settle::payment(state, tenant, row.id.0, seen, None).await?;
            return Ok(Called::Done);
        }
        let Some(next) = page.next else {
            refused_payment(state, tenant, row.id.0).await?;
            return Ok(Called::Done);
        };
        wish.cursor = Some(next);
    }
    note_payment(state, tenant, row.id.0, Trouble::NotFound).await?;
    Ok(Called::Done)
}

async fn find_or_close_refund(
    state: &AppState,
    tenant: TenantId,
    refund: &RefundRow,
    payment: &str,
    who: &Credentials,
) -> Result<Called, StoreError> {
    let wish = Wish { limit: Some(100), payment: Some(payment.to_owned()), ..Wish::default() };
    let page = match ask(state, async |client| client.refunds(who, &wish).await).await {
        Ok(page) => page,
        Err(error) => return failed(state, tenant, who, error, async { Ok(()) }).await,
    };
    let mut tx = state.db.tenant(tenant).await?;
    let others = store::refunds_of(&mut tx, &[refund.payment.0]).await?;
    tx.commit().await?;
    let is_known = |seen: &Refund| others.iter().any(|other| other.theirs.as_deref() == Some(&*seen.id));
    let is_it = |seen: &&Refund| {
        seen.amount == refund.amount
            && seen.created >= refund.created - SignedDuration::from_mins(5)
            && !is_known(seen)
    };
    match page.items.iter().find(is_it) {
        Some(seen) => settle::refund(state, tenant, refund.id, seen, None).await?,
        None => refused_refund(state, tenant, refund.id).await?,
    }
    Ok(Called::Done)
}

async fn disconnected(state: &AppState, tenant: TenantId, id: Uuid) -> Result<Called, StoreError> {
    note_payment(state, tenant, id, Trouble::Disconnected).await?;
    Ok(Called::Done)
}

/// A payment that the provider would not make.
async fn refused_payment(state: &AppState, tenant: TenantId, id: Uuid) -> Result<(), StoreError> {
    change(state, tenant, id, |row| {
        if row.theirs.is_none() && !row.status.is_final() {
            (row.status, row.trouble) = (PaymentStatus::Canceled, Some(Trouble::Refused));
            row.asked = None;
        }
    })
    .await
}

/// A hold with which the provider would not do what it was asked; under its key, for another act may have come since.
async fn refused_act(state: &AppState, tenant: TenantId, id: Uuid, key: &str) -> Result<(), StoreError> {
    change(state, tenant, id, |row| {
        if row.act.as_ref().is_some_and(|act| act.key == key) {
            (row.act, row.trouble) = (None, Some(Trouble::Refused));
        }
    })
    .await
}

async fn note_payment(
    state: &AppState,
    tenant: TenantId,
    id: Uuid,
    trouble: Trouble,
) -> Result<(), StoreError> {
    change(state, tenant, id, |row| row.trouble = row.trouble.or(Some(trouble))).await
}

async fn change(
    state: &AppState,
    tenant: TenantId,
    id: Uuid,
    change: impl FnOnce(&mut Row),
) -> Result<(), StoreError> {
    let mut tx = state.db.tenant(tenant).await?;
    sync::lock(&mut tx).await?;
    if let Some(mut row) = store::find(&mut tx, id.into()).await? {
        change(&mut row);
        store::update(&mut tx, &row, state.now()).await?;
    }
    tx.commit().await
}

/// A refund that the provider would not make: what it was to give back can be given back again.
async fn refused_refund(state: &AppState, tenant: TenantId, id: Uuid) -> Result<(), StoreError> {
    change_refund(state, tenant, id, |refund| {
        if refund.theirs.is_none() && refund.status == RefundStatus::Pending {
            (refund.status, refund.trouble) = (RefundStatus::Canceled, Some(Trouble::Refused));
            refund.asked = None;
        }
    })
    .await
}

async fn note_refund(
    state: &AppState,
    tenant: TenantId,
    id: Uuid,
    trouble: Trouble,
) -> Result<(), StoreError> {
    change_refund(state, tenant, id, |refund| refund.trouble = refund.trouble.or(Some(trouble))).await
}

async fn change_refund(
    state: &AppState,
    tenant: TenantId,
    id: Uuid,
    change: impl FnOnce(&mut RefundRow),
) -> Result<(), StoreError> {
    let mut tx = state.db.tenant(tenant).await?;
    sync::lock(&mut tx).await?;
    if let Some(mut refund) = store::find_refund(&mut tx, id).await? {
        change(&mut refund);
        store::update_refund(&mut tx, &refund, state.now()).await?;
    }
    tx.commit().await
}
