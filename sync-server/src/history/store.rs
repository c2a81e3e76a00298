//! Every statement about history: which changes there are, and when they were received.

use std::collections::BTreeMap;

use domain::documents::Hash;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};

/// A change in the log.
pub(super) struct Logged {
    /// Its number.
    pub seq: i64,
    pub document: Uuid,
    pub hash: Hash,
    /// When it was received.
    pub at: Timestamp,
}

/// The newest changes of all documents that the log has before a number, or at all.
pub(super) async fn newest(
    tx: &mut TenantTx,
    before: Option<i64>,
    most: i64,
) -> Result<Vec<Logged>, StoreError> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select seq, item_id, hash, extract(epoch from at)::bigint as "at!"
           from sync_log
           where tenant_id = $1 and kind = 'change' and seq < $2
           order by seq desc
           limit $3"#,
        tenant.0,
        before.unwrap_or(i64::MAX),
        most
    )
    .fetch_all(tx.conn())
    .await?;
    let logged = rows.into_iter().map(|row| {
        Ok(Logged { seq: row.seq, document: row.item_id, hash: read_hash(row.hash)?, at: read_at(row.at)? })
    });
    logged.collect()
}

fn read_hash(bytes: Vec<u8>) -> Result<Hash, StoreError> {
    bytes.try_into().map(Hash).map_err(|_| StoreError::damaged("a hash has 32 bytes"))
}

fn read_at(seconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_second(seconds).map_err(StoreError::damaged)
}

/// When each of these changes of a document was received, as far as the log says.
pub(super) async fn received(
    tx: &mut TenantTx,
    document: Uuid,
    changes: &[Hash],
) -> Result<BTreeMap<Hash, Timestamp>, StoreError> {
    let tenant = tx.tenant();
    let hashes: Vec<Vec<u8>> = changes.iter().map(|hash| hash.0.to_vec()).collect();
    let rows = sqlx::query!(
        r#"select hash, extract(epoch from at)::bigint as "at!"
           from sync_log
           where tenant_id = $1
             and item_id = $2
             and hash = any ($3)"#,
        tenant.0,
        document,
        &hashes
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(|row| Ok((read_hash(row.hash)?, read_at(row.at)?))).collect()
}

/// The documents of which the server has received a change since a moment, and perhaps others, for the log tells time by the
/// database's clock: an hour is more than two clocks differ. At most `most` of them.
pub(super) async fn changed_since(
    tx: &mut TenantTx,
    since: Timestamp,
    most: usize,
) -> Result<Vec<Uuid>, StoreError> {
    let tenant = tx.tenant();
    let ids = sqlx::query_scalar!(
        "select distinct item_id
         from sync_log
         where tenant_id = $1 and kind = 'change' and at >= $2::timestamptz - interval '1 hour'
         limit $3",
        tenant.0,
        since.to_sqlx() as _,
        i64::try_from(most).unwrap_or(i64::MAX)
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids)
}
