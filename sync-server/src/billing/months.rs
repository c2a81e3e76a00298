//! Months that begin by themselves: each is an entry of the ledger, due at the price of the day on which it is written down. Money
//! is not moved yet. A plan that was granted costs nothing, this month and every other.

use domain::plans::{Period, Plan};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store::{self, Entry};
use super::views::Known;
use crate::auth;
use crate::db::{StoreError, TenantTx};
use crate::jobs::{Job, JobContext, JobError};
use crate::sync;

/// Writes down the months that began since the last entry, each night.
#[derive(Debug, Serialize, Deserialize)]
pub struct BeginMonths;

impl Job for BeginMonths {
    const NAME: &'static str = "billing.begin_months";
    const SCHEDULE: Option<&'static str> = Some("40 3 * * *");
    const PRIORITY: i16 = 100;

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let mut tx = context.begin().await?;
        sync::lock(&mut tx).await?;
        let now = auth::to_micros(context.state.now());
        // A business that was removed meanwhile has no months.
        if let Some(known) = Known::find(&mut tx, &context.state.billing, now).await? {
            begin(&mut tx, &known).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Writes down the months that began since the last entry. The tenant must be locked. A change of the plan asks for it, too, for
/// it gives back a part of the month that runs.
pub(super) async fn begin(tx: &mut TenantTx, known: &Known<'_>) -> Result<(), StoreError> {
    for entry in unwritten(known) {
        store::insert_change(tx, &entry).await?;
    }
    Ok(())
}

/// The months that began since the last entry. Due from their first moment, whether or not a night has written them down.
pub(super) fn unwritten(known: &Known<'_>) -> Vec<Entry> {
    let ledger = &known.standing;
    let (Some(anchor), Some(last), Some(cause)) = (ledger.anchor, ledger.last, &ledger.cause) else {
        return Vec::new();
    };
    if known.plan == Plan::default() || cause != "asked" {
        return Vec::new();
    }
    let begun = ledger.month.unwrap_or(anchor);
    let entry = |month: Period| Entry {
        // The same, should it ever be written twice: the second time fails.
        id: Uuid::new_v5(&known.tenant.id.0, format!("month/{}", month.from).as_bytes()),
        at: month.from,
        way: (known.plan, known.plan),
        cause: "renewed",
        anchor: Some(anchor),
        due: known.billing.prices.of(known.plan),
    };
    Period::begun_since(last, begun, known.now, anchor, &known.zone).into_iter().map(entry).collect()
}
