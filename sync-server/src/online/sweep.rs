//! Going on with what is not over: a payment whose answer was lost, a hold that ends by itself, a refund on its way. Everything is looked
//! at every few minutes until its end, whether or not the provider tells us of it.

use std::time::Duration;

use domain::ids::TenantId;
use domain::yookassa::PaymentStatus;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::calls::{self, Called};
use super::jobs::line;
use super::rows::Row;
use super::{store, store_events};
use crate::AppState;
use crate::db::{StoreError, TenantTx};
use crate::jobs::{Job, JobContext, JobError, enqueue_at};
use crate::system::Stopwatch;

/// So often what is not over is looked at.
const EVERY: i64 = 3 * 60;
/// Held money is looked at in every so many rounds, once it is known to be held: that is once an hour.
const SELDOM: i64 = 20;
/// What is younger is left to its own job.
const YOUNG: SignedDuration = SignedDuration::from_secs(60);
/// How many of each kind are looked at in a round; the others come once these are over.
const AT_ONCE: i64 = 500;
/// A provider that takes so long for an answer is left alone until the next round.
const SLOW: Duration = Duration::from_secs(5);
/// How long what the provider told us is kept, and how long something that does not end is looked at.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 60);

/// A round for one business.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Sweep {
    /// Which round, counted from 1970: of each there is one.
    round: i64,
}

impl Sweep {
    /// Arranges the next round in the transaction that leaves something open.
    pub(super) async fn arrange(tx: &mut TenantTx, now: Timestamp) -> Result<(), StoreError> {
        let round = now.as_second() / EVERY + 1;
        let at = Timestamp::from_second(round * EVERY).map_err(StoreError::damaged)?;
        enqueue_at(tx, &Self { round }, at).await.map(drop)
    }
}

impl Job for Sweep {
    const NAME: &'static str = "online.sweep";
    const PRIORITY: i16 = 10;

    fn key(&self) -> Option<String> {
        Some(self.round.to_string())
    }

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let state = &context.state;
        let mut tx = context.begin().await?;
        let (payments, refunds) = store::open(&mut tx, state.now() - KEPT, AT_ONCE).await?;
        if payments.is_empty() && refunds.is_empty() {
            return Ok(tx.commit().await?);
        }
        // First, so that whatever ends this round does not end the rounds.
        Self::arrange(&mut tx, state.now()).await?;
        let rows = store::load(&mut tx, &payments).await?;
        let refunds = store::load_refunds(&mut tx, &refunds).await?;
        tx.commit().await?;
        let Some(_line) = line(&context, &self).await? else { return Ok(()) };
        let is_old = |created: Timestamp| state.now().duration_since(created) > YOUNG;
        let due = rows.into_iter().filter(|row| is_old(row.created) && self.concerns(row));
        for row in due {
            if !go_on(Box::pin(of_payment(state, context.tenant, &row))).await? {
                return Ok(());
            }
        }
        for refund in refunds.into_iter().filter(|refund| is_old(refund.created)) {
            if !go_on(Box::pin(calls::give_back(state, context.tenant, refund.id))).await? {
                return Ok(());
            }
        }
        Ok(())
    }
}

impl Sweep {
    /// Whether a payment is looked at in this round.
    const fn concerns(self, row: &Row) -> bool {
        let is_quiet = matches!(row.status, PaymentStatus::WaitingForCapture) && row.act.is_none();
        !is_quiet || self.round % SELDOM == 0
    }
}

async fn of_payment(state: &AppState, tenant: TenantId, row: &Row) -> Result<Called, StoreError> {
    let id: Uuid = row.id.0;
    match (&row.theirs, &row.act) {
        (None, _) => calls::create(state, tenant, id).await,
        (Some(_), Some(_)) => calls::act(state, tenant, id).await,
        (Some(_), None) => calls::look(state, tenant, id).await,
    }
}

/// Whether the provider is there and answers in time, so that the round goes on.
async fn go_on(call: impl Future<Output = Result<Called, StoreError>>) -> Result<bool, StoreError> {
    let watch = Stopwatch::start();
    let called = call.await?;
    Ok(matches!(called, Called::Done) && watch.elapsed() < SLOW)
}

/// Sees every hour that rounds go on where something is open, whatever became of a round; and forgets old events.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Watch {}

impl Job for Watch {
    const NAME: &'static str = "online.watch";
    const SCHEDULE: Option<&'static str> = Some("23 * * * *");
    const PRIORITY: i16 = 100;

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let now = context.state.now();
        let mut tx = context.begin().await?;
        let (payments, refunds) = store::open(&mut tx, now - KEPT, 1).await?;
        if !payments.is_empty() || !refunds.is_empty() {
            Sweep::arrange(&mut tx, now).await?;
        }
        store_events::forget_before(&mut tx, now - KEPT).await?;
        Ok(tx.commit().await?)
    }
}
