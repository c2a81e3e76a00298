//! What the end of a visit means for money that was asked for before it: a hold is taken once she has done the work, what the
//! cancellation policy leaves the client goes back. Looked at by a job after each change of a visit, whoever made it.

use domain::appointments::{AppointmentRow, moment_of};
use domain::ids::AppointmentId;
use domain::money::Money;
use domain::online::{Fate, Purpose, fate};
use domain::plans::{Feature, Plan};
use domain::yookassa::PaymentStatus;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rows::{ActKind, Row};
use super::{capture, refund, store};
use crate::AppState;
use crate::db::{StoreError, TenantTx};
use crate::http::Problem;
use crate::jobs::{Job, JobContext, JobError, enqueue};
use crate::{appointments, auth, invoices, settings, sync};

/// Sees, in the transaction in which visits come to another state, that somebody looks at the money of those that have some.
pub(crate) async fn follow_visits(tx: &mut TenantTx, visits: &[Uuid]) -> Result<(), StoreError> {
    if visits.is_empty() {
        return Ok(());
    }
    for visit in store::with_money(tx, visits).await? {
        enqueue(tx, &VisitMoved { id: visit.0 }).await?;
    }
    Ok(())
}

/// What was taken before a visit over the internet and is still there, with the numbers of its invoices.
pub(crate) async fn deposits_kept(
    tx: &mut TenantTx,
    visit: AppointmentId,
) -> Result<Vec<(u64, Money)>, StoreError> {
    let rows = store::for_visit(tx, visit).await?;
    let rows: Vec<Row> = rows
        .into_iter()
        .filter(|row| {
            row.purpose == Purpose::Deposit && row.status == PaymentStatus::Succeeded && row.is_on_invoice
        })
        .collect();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let refunds = store::refunds_of(tx, &ids).await?;
    let mut kept = Vec::new();
    for row in rows {
        let left = row.left(&refunds).map_err(StoreError::damaged)?;
        let invoice = invoices::find(tx, row.invoice).await?;
        if let Some(invoice) = invoice.filter(|_| left.minor() > 0) {
            kept.push((invoice.number, left));
        }
    }
    Ok(kept)
}

/// Looks at the money of a visit that came to another state.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct VisitMoved {
    /// The visit.
    pub id: Uuid,
}

impl Job for VisitMoved {
    const NAME: &'static str = "online.visit";

    async fn run(self, context: JobContext) -> Result<(), JobError> {
        let state = &context.state;
        let mut tx = context.begin().await?;
        sync::lock(&mut tx).await?;
        let visit = appointments::find(&mut tx, AppointmentId(self.id)).await?;
        if let Some(visit) = visit {
            let settled = Box::pin(settle(state, &mut tx, AppointmentId(self.id), &visit)).await;
            settled.map_err(|problem| JobError::failed(problem.code()))?;
        }
        Ok(tx.commit().await?)
    }
}

async fn settle(
    state: &AppState,
    tx: &mut TenantTx,
    id: AppointmentId,
    visit: &AppointmentRow,
) -> Result<(), Problem> {
    let tenant = auth::find_tenant(tx).await?.ok_or_else(Problem::not_found)?;
    let plan: Plan = tenant.plan.parse().unwrap_or_default();
    let booked = visit.created_at.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let booked = booked.ok_or_else(|| StoreError::damaged("a visit that was never booked"))?;
    let rule = settings::policies_of(tx, booked).await?.cancel;
    let called_off = moment_of(&visit.events, visit.status().as_str());
    let called_off = called_off.and_then(|at| Timestamp::from_millisecond(at).ok()).unwrap_or(state.now());
    let starts = visit.visit_time().map(|time| time.starts_at());
    let price = visit.whole_price(tenant.currency());
    let rows = store::for_visit(tx, id).await?;
    for mut row in rows.into_iter().filter(|row| row.purpose == Purpose::Deposit) {
        let of = |amount| fate(visit.status(), rule.as_ref(), price, amount, (called_off, starts));
        match row.status {
            PaymentStatus::WaitingForCapture => match of(row.amount) {
                Fate::Nothing => {}
                Fate::Keep(amount) => {
                    capture::arrange(state, tx, &mut row, ActKind::Capture, Some(amount)).await?;
                }
                Fate::LetGo => capture::arrange(state, tx, &mut row, ActKind::Cancel, None).await?,
            },
            PaymentStatus::Succeeded if plan.allows(Feature::AutoRefunds) => {
                let refunds = store::refunds_of(tx, &[row.id.0]).await?;
                let left = row.left(&refunds).map_err(StoreError::damaged)?;
                let back = match of(row.captured.unwrap_or(row.amount)) {
                    Fate::Nothing => 0,
                    Fate::Keep(amount) => left.minor() - amount.minor(),
                    Fate::LetGo => left.minor(),
                };
                // What was given back by hand meanwhile is not given back again.
                if back > 0 && !row_was_touched(&refunds) {
                    let back = Money::new(back, left.currency());
                    refund::arrange(state, tx, std::slice::from_ref(&row), Some(back), None).await?;
                }
            }
            PaymentStatus::Succeeded | PaymentStatus::Pending | PaymentStatus::Canceled => {}
        }
    }
    Ok(())
}

/// Whether something of it went back already, or was asked to.
fn row_was_touched(refunds: &[super::rows::RefundRow]) -> bool {
    !refunds.is_empty()
}
