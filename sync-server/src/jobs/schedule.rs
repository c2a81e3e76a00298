//! What recurs: each tenant's jobs "at half past three, by her wall". Every worker looks a few times a minute; the
//! database lets one of them fire. What was due while nobody worked is done once, when somebody works again.

use std::time::Duration;

use domain::ids::TenantId;
use domain::recurrence::Recurrence;
use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;

use super::kinds::Kind;
use super::{store, store_queue};
use crate::AppState;
use crate::db::{JobsDb, StoreError};

/// How often a worker looks for what is due.
const LOOK: Duration = Duration::from_secs(10);
/// How much it takes at a time.
const MOST: i64 = 200;
/// When what could not be fired is tried again.
const AGAIN: SignedDuration = SignedDuration::from_mins(15);

/// Looks until it is dropped.
pub(super) async fn keep(state: AppState, db: JobsDb, kinds: Vec<Kind>) {
    loop {
        if let Err(error) = look(&state, &db, &kinds).await {
            tracing::error!(%error, "what recurs could not be looked at");
        }
        sleep(LOOK).await;
    }
}

/// Plans what is not planned and fires what is due, until nothing is left.
pub(super) async fn look(state: &AppState, db: &JobsDb, kinds: &[Kind]) -> Result<(), StoreError> {
    let now = state.now();
    for kind in kinds {
        let Some(cron) = kind.schedule else { continue };
        loop {
            let tenants = store_queue::unplanned(db.pool(), kind.name, cron, MOST).await?;
            let mut is_any_planned = false;
            for tenant in &tenants {
                match plan(state, kind, cron, *tenant, now).await {
                    Ok(()) => is_any_planned = true,
                    Err(error) => {
                        tracing::error!(%tenant, job = kind.name, %error, "what recurs was not planned");
                    }
                }
            }
            // Those who could not be planned are asked for again with the next look.
            if !is_any_planned {
                break;
            }
        }
    }
    // Names that this build does not know wait for one that does.
    let names: Vec<String> = kinds.iter().map(|kind| kind.name.to_owned()).collect();
    loop {
        let due = store_queue::due(db.pool(), &names, now, MOST).await?;
        let mut is_any_moved = false;
        for due in &due {
            match fire(state, kinds, due, now).await {
                Ok(()) => is_any_moved = true,
                Err(error) => {
                    tracing::error!(tenant = %due.tenant, job = due.name, %error, "what is due could not be fired");
                    // Moved on, so that it does not stand before everybody else's for ever.
                    is_any_moved |= put_off(db, due, now).await;
                }
            }
        }
        if !is_any_moved {
            return Ok(());
        }
    }
}

async fn plan(
    state: &AppState,
    kind: &Kind,
    cron: &str,
    tenant: TenantId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut tx = state.db.tenant(tenant).await?;
    let zone = store::zone(&mut tx).await?;
    let next = next(cron, &zone, now)?;
    store::plan(&mut tx, kind.name, cron, next).await?;
    tx.commit().await
}

async fn fire(
    state: &AppState,
    kinds: &[Kind],
    due: &store_queue::Due,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut tx = state.db.tenant(due.tenant).await?;
    if let Some((kind, cron)) =
        kinds.iter().find_map(|kind| Some((kind, kind.schedule.filter(|_| kind.name == due.name)?)))
    {
        let zone = store::zone(&mut tx).await?;
        store::fire(&mut tx, kind, due.at, next(cron, &zone, now)?).await?;
    }
    tx.commit().await
}

/// Lets what could not be fired wait for a while; whether it does.
async fn put_off(db: &JobsDb, due: &store_queue::Due, now: Timestamp) -> bool {
    let put_off = store_queue::put_off(db.pool(), due, now + AGAIN).await;
    if let Err(error) = &put_off {
        tracing::error!(tenant = %due.tenant, job = due.name, %error, "and could not be put off");
    }
    put_off.is_ok()
}

/// The next time; of a recurrence that never comes, the end of time.
fn next(cron: &str, zone: &str, now: Timestamp) -> Result<Timestamp, StoreError> {
    let recurrence: Recurrence = cron.parse().map_err(StoreError::damaged)?;
    Ok(recurrence.next(now, zone).map_err(StoreError::damaged)?.unwrap_or(Timestamp::MAX))
}
