//! Every statement about plans.

use domain::money::{Currency, Money};
use domain::plans::Plan;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};

/// A change of the plan.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: Uuid,
    pub(super) at: Timestamp,
    /// From, to.
    pub(super) way: (Plan, Plan),
    /// `asked`, `granted` or `renewed`.
    pub(super) cause: &'static str,
    /// When she began to pay.
    pub(super) anchor: Option<Timestamp>,
    pub(super) due: Money,
}

/// How a business stands with its plan.
#[derive(Debug)]
pub(super) struct Standing {
    /// When she began to pay; none on the free plan.
    pub(super) anchor: Option<Timestamp>,
    /// Since when it is this plan; none if it never changed.
    pub(super) since: Option<Timestamp>,
    /// All that is due, in minor units; less than nothing is a credit.
    pub(super) due_minor: i64,
    /// How many changes there were; months that begin by themselves change nothing.
    pub(super) changes: i64,
    /// Whether the plan was `asked` for or `granted`.
    pub(super) cause: Option<String>,
    /// When the last entry was, whatever it says.
    pub(super) last: Option<Timestamp>,
    /// When the last month that is written down began by itself.
    pub(super) month: Option<Timestamp>,
}

/// Writes the plan of the tenant that the transaction sees. The signed word about the old one no longer holds.
pub(super) async fn set_plan(tx: &mut TenantTx, plan: Plan) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update tenants
         set plan = $2,
             entitlement = null
         where id = $1",
        tenant.0,
        plan.as_str()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes the signed word about the plan.
pub(super) async fn set_entitlement(tx: &mut TenantTx, line: &str) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update tenants
         set entitlement = $2
         where id = $1",
        tenant.0,
        line
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Adds a change to the list.
pub(super) async fn insert_change(tx: &mut TenantTx, entry: &Entry) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    let currency = entry.due.currency();
    sqlx::query!(
        "insert into plan_changes (tenant_id, id, at, from_plan, to_plan, cause, anchor, due_minor, currency)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        tenant.0,
        entry.id,
        entry.at.to_sqlx() as _,
        entry.way.0.as_str(),
        entry.way.1.as_str(),
        entry.cause,
        entry.anchor.map(ToSqlx::to_sqlx) as _,
        entry.due.minor(),
        currency.as_str()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How the business stands. The newest change is the one that was written last: the tenant is locked while one is.
pub(super) async fn standing(tx: &mut TenantTx) -> Result<Standing, StoreError> {
    let tenant = tx.tenant();
    let last = sqlx::query!(
        "select at, anchor, cause
         from plan_changes
         where tenant_id = $1
           and cause <> 'renewed'
         order by at desc, id desc
         limit 1",
        tenant.0
    )
    .fetch_optional(tx.conn())
    .await?;
    let sums = sqlx::query!(
        r#"select count(*) filter (where cause <> 'renewed') as "changes!",
                  coalesce(sum(due_minor), 0)::bigint as "due!",
                  max(at) as "last: jiff_sqlx::Timestamp",
                  max(at) filter (where cause = 'renewed') as "month: jiff_sqlx::Timestamp"
           from plan_changes
           where tenant_id = $1"#,
        tenant.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Standing {
        anchor: last.as_ref().and_then(|row| row.anchor).map(jiff_sqlx::Timestamp::to_jiff),
        cause: last.as_ref().map(|row| row.cause.clone()),
        since: last.map(|row| row.at.to_jiff()),
        last: sums.last.map(jiff_sqlx::Timestamp::to_jiff),
        month: sums.month.map(jiff_sqlx::Timestamp::to_jiff),
        due_minor: sums.due,
        changes: sums.changes,
    })
}

/// What was due from changes since a moment; less than nothing is a credit.
pub(super) async fn due_since(
    tx: &mut TenantTx,
    since: Timestamp,
    currency: Currency,
) -> Result<Money, StoreError> {
    let tenant = tx.tenant();
    let due = sqlx::query_scalar!(
        r#"select coalesce(sum(due_minor), 0)::bigint as "due!"
           from plan_changes
           where tenant_id = $1
             and at >= $2
             and currency = $3"#,
        tenant.0,
        since.to_sqlx() as _,
        currency.as_str()
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Money::new(due, currency))
}
