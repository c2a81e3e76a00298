//! Every statement about the shops that she has connected.

use domain::online::Fiscal;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use crate::db::{StoreError, TenantTx};

/// A shop as it is kept.
#[derive(Clone)]
pub(super) struct ShopRow {
    pub(super) shop: String,
    /// Sealed.
    pub(super) key: Option<Vec<u8>>,
    pub(super) hook: String,
    pub(super) is_current: bool,
    pub(super) refused: Option<Timestamp>,
    pub(super) accepted: Option<Timestamp>,
    pub(super) is_test: Option<bool>,
    pub(super) fiscal: Option<Fiscal>,
}

domain::masked_debug!(ShopRow { shop, is_current });

/// All shops, the current one first.
pub(super) async fn all(tx: &mut TenantTx) -> Result<Vec<ShopRow>, StoreError> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select shop, key, hook, is_current, refused_at, accepted_at, is_test, tax_system, vat
         from online_shops
         where tenant_id = $1
         order by is_current desc, updated_at desc",
        tenant.0
    )
    .fetch_all(tx.conn())
    .await?;
    let small = |number: i16| u8::try_from(number).unwrap_or_default();
    Ok(rows
        .into_iter()
        .map(|row| ShopRow {
            shop: row.shop,
            key: row.key,
            hook: row.hook,
            is_current: row.is_current,
            refused: row.refused_at.map(jiff_sqlx::Timestamp::to_jiff),
            accepted: row.accepted_at.map(jiff_sqlx::Timestamp::to_jiff),
            is_test: row.is_test,
            fiscal: row.vat.map(|vat| Fiscal { tax_system: row.tax_system.map(small), vat: small(vat) }),
        })
        .collect())
}

/// Keeps a shop; if it is the current one, no other is.
pub(super) async fn put(tx: &mut TenantTx, shop: &ShopRow, now: Timestamp) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    if shop.is_current {
        sqlx::query!(
            "update online_shops
             set is_current = false
             where tenant_id = $1
               and shop <> $2
               and is_current",
            tenant.0,
            shop.shop
        )
        .execute(tx.conn())
        .await?;
    }
    sqlx::query!(
        "insert into online_shops (tenant_id, shop, key, hook, is_current, refused_at, accepted_at, is_test, tax_system, vat,
                                   created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
         on conflict (tenant_id, shop) do update
         set key = excluded.key, hook = excluded.hook, is_current = excluded.is_current, refused_at = excluded.refused_at,
             accepted_at = excluded.accepted_at, is_test = excluded.is_test, tax_system = excluded.tax_system,
             vat = excluded.vat, updated_at = excluded.updated_at",
        tenant.0,
        shop.shop,
        shop.key,
        shop.hook,
        shop.is_current,
        shop.refused.map(jiff_sqlx::ToSqlx::to_sqlx) as _,
        shop.accepted.map(jiff_sqlx::ToSqlx::to_sqlx) as _,
        shop.is_test,
        shop.fiscal.and_then(|fiscal| fiscal.tax_system).map(i16::from),
        shop.fiscal.map(|fiscal| i16::from(fiscal.vat)),
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes every key away; no shop is current.
pub(super) async fn forget_keys(tx: &mut TenantTx, now: Timestamp) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update online_shops
         set key = null, is_current = false, updated_at = $2
         where tenant_id = $1",
        tenant.0,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
