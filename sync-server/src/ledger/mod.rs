//! The books: one line for each amount that moved, written in the transaction of its cause.
//!
//! A shared room. Nobody posts anything: the store of `sync` calls `follow` wherever a record is written, whoever writes it (REST, a
//! device, an import), and `domain::ledger` says what follows. May use `db`, `http` and the tenant's lock.

mod jobs;
mod list;
mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::ids::TenantId;
use domain::invoices::Invoice;
use domain::ledger::{KINDS, corrections, of_record, taken_back_on};
use domain::money::{Currency, Money};
use domain::sync::RecordKind;
use domain::till::Figures;
use jiff::civil::Date;
use serde_json::Value as Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::AppState;
use crate::db::{StoreError, TenantTx};
use crate::sync;

pub use jobs::CatchUp;

/// The routes of this room.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list::list_ledger))
}

/// Posts what follows from a record that was written or removed. `is_new` if there was none.
pub(crate) async fn follow(
    tx: &mut TenantTx,
    kind: &str,
    id: Uuid,
    body: Option<&Json>,
    is_new: bool,
) -> Result<(), StoreError> {
    if !KINDS.iter().any(|known| known.as_str() == kind) {
        return Ok(());
    }
    let standing = if is_new { Vec::new() } else { store::about(tx, id).await? };
    let wanted = of_record(kind, id, body);
    let postings = corrections(&standing, &wanted, taken_back_on(kind, body).as_deref());
    store::insert(tx, &postings).await?;
    if kind == RecordKind::Invoice.as_str()
        && let Some(invoice) = body.and_then(|body| serde_json::from_value::<Invoice>(body.clone()).ok())
    {
        store::count_number(tx, invoice.number).await?;
    }
    Ok(())
}

/// The number of the next invoice. The tenant must be locked; it is taken by the invoice that is written with it, in the same
/// transaction or not at all.
pub(crate) async fn next_number(tx: &mut TenantTx) -> Result<u64, StoreError> {
    Ok(store::state(tx).await?.last_invoice + 1)
}

/// Posts what the books have not followed yet: what was recorded before there were books, or by a server of the version before.
/// Locks the tenant only if there is something. Gives how many records were looked at.
pub(crate) async fn catch_up(tx: &mut TenantTx) -> Result<usize, StoreError> {
    let followed = store::state(tx).await?.followed;
    if !store::is_behind(tx, followed).await? {
        return Ok(0);
    }
    sync::lock(tx).await?;
    let mut followed = store::state(tx).await?.followed;
    let mut count = 0;
    loop {
        let records = store::behind(tx, followed).await?;
        let Some(last) = records.last().map(|record| record.seq) else { break };
        count += records.len();
        for record in records {
            follow(tx, &record.kind, record.id, record.body.as_ref(), false).await?;
        }
        followed = last;
    }
    store::keep_followed(tx, followed).await?;
    Ok(count)
}

/// What the books say of the cash of a day.
pub(crate) async fn cash_of(tx: &mut TenantTx, day: Date, currency: Currency) -> Result<Figures, StoreError> {
    let [opening, came, went] = store::cash_of(tx, day, currency).await?;
    let money = |minor| Money::new(minor, currency);
    Ok(Figures { opening: money(opening), came: money(came), went: money(went) })
}

/// What a day brought, by the way it was paid, less what was given back.
pub(crate) async fn brought_by(
    tx: &mut TenantTx,
    day: Date,
    currency: Currency,
) -> Result<BTreeMap<String, Money>, StoreError> {
    let sums = store::brought_by(tx, day, currency).await?;
    Ok(sums.into_iter().map(|(provider, minor)| (provider, Money::new(minor, currency))).collect())
}

/// Whether the books of a business balance and say of each invoice what it says of itself: the sums that differ, for the log.
pub(crate) async fn differences(tx: &mut TenantTx) -> Result<u64, StoreError> {
    store::differences(tx).await
}

/// Posts for one business what is not posted, in a transaction of its own.
pub(crate) async fn catch_up_now(state: &AppState, tenant: TenantId) -> Result<usize, StoreError> {
    let mut tx = state.db.tenant(tenant).await?;
    let count = catch_up(&mut tx).await?;
    tx.commit().await?;
    Ok(count)
}
