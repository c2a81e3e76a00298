//! Every statement about payments over the internet and their refunds. Whoever writes has locked the tenant.

use domain::api::Listing;
use domain::ids::{AppointmentId, InvoiceId, OnlinePaymentId};
use domain::money::Money;
use domain::online::{Purpose, Trouble};
use domain::yookassa::{PaymentStatus, RefundStatus};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use super::rows::{Act, ActKind, RefundRow, Row};
use crate::db::{StoreError, TenantTx};
use crate::listing::{self, Column, Found, Table};

/// Where what they can be filtered and sorted by is kept.
pub(super) static LIST: Table = Table {
    spec: &domain::online::LIST,
    table: "online_payments",
    json: "to_json(id)::text",
    living: "true",
    columns: &[
        Column::new("id", "id"),
        Column::new("invoiceId", "invoice_id"),
        Column::new("appointmentId", "appointment_id"),
        Column::new("purpose", "purpose"),
        Column::new("status", "status"),
        Column::new("trouble", "trouble"),
        Column::new("createdAt", "created_at"),
        Column::new("updatedAt", "updated_at"),
    ],
}
.checked();

/// A page of ids.
pub(super) async fn list(tx: &mut TenantTx, listing: &Listing) -> Result<Vec<Found>, StoreError> {
    listing::list(tx, &LIST, listing, |_| {}).await
}

/// A new payment.
pub(super) async fn insert(tx: &mut TenantTx, row: &Row) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into online_payments (tenant_id, id, purpose, invoice_id, appointment_id, shop, is_installation, key, asked,
                                      minor, currency, is_hold, has_receipt, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)",
        tenant.0,
        row.id.0,
        row.purpose.as_str(),
        row.invoice.0,
        row.visit.map(|id| id.0),
        row.shop,
        row.is_installation,
        row.key,
        row.asked,
        row.amount.minor(),
        row.amount.currency().to_string(),
        row.is_hold,
        row.has_receipt,
        row.created.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Payments, in the order in which they were asked for.
pub(super) async fn load(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Row>, StoreError> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select id, purpose, invoice_id, appointment_id, shop, is_installation, key, asked, minor, currency, is_hold, has_receipt,
                status, theirs, url, is_test, captured_minor, expires_at, reason, trouble, is_on_invoice, act, act_key, act_minor,
                act_asked, created_at, updated_at
         from online_payments
         where tenant_id = $1
           and id = any($2)
         order by created_at, id",
        tenant.0,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            let currency = row.currency.parse().map_err(StoreError::damaged)?;
            let unknown = |what: &str| StoreError::damaged(format!("an online payment of an unknown {what}"));
            let act = match (row.act, row.act_key) {
                (Some(word), Some(key)) => Some(Act {
                    kind: ActKind::parse(&word).ok_or_else(|| unknown("act"))?,
                    key,
                    part: row.act_minor.map(|minor| Money::new(minor, currency)),
                    asked: row.act_asked,
                }),
                _ => None,
            };
            Ok(Row {
                id: row.id.into(),
                purpose: Purpose::from_wire(&row.purpose).ok_or_else(|| unknown("purpose"))?,
                invoice: row.invoice_id.into(),
                visit: row.appointment_id.map(Into::into),
                shop: row.shop,
                is_installation: row.is_installation,
                key: row.key,
                asked: row.asked,
                amount: Money::new(row.minor, currency),
                is_hold: row.is_hold,
                has_receipt: row.has_receipt,
                status: PaymentStatus::from_wire(&row.status).ok_or_else(|| unknown("status"))?,
                theirs: row.theirs,
                url: row.url,
                is_test: row.is_test,
                captured: row.captured_minor.map(|minor| Money::new(minor, currency)),
                expires: row.expires_at.map(jiff_sqlx::Timestamp::to_jiff),
                reason: row.reason,
                trouble: row.trouble.as_deref().and_then(Trouble::from_wire),
                is_on_invoice: row.is_on_invoice,
                act,
                created: row.created_at.to_jiff(),
                updated: row.updated_at.to_jiff(),
            })
        })
        .collect()
}

/// A payment.
pub(super) async fn find(tx: &mut TenantTx, id: OnlinePaymentId) -> Result<Option<Row>, StoreError> {
    Ok(load(tx, &[id.0]).await?.pop())
}

/// Which of ours is an object of a shop.
pub(super) async fn of_theirs(
    tx: &mut TenantTx,
    shop: &str,
    theirs: &str,
) -> Result<Option<OnlinePaymentId>, StoreError> {
    let tenant = tx.tenant();
    let id = sqlx::query_scalar!(
        "select id from online_payments where tenant_id = $1 and shop = $2 and theirs = $3",
        tenant.0,
        shop,
        theirs
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(Into::into))
}

/// All on an invoice.
pub(super) async fn on_invoice(tx: &mut TenantTx, invoice: InvoiceId) -> Result<Vec<Row>, StoreError> {
    let tenant = tx.tenant();
    let ids = sqlx::query_scalar!(
        "select id from online_payments where tenant_id = $1 and invoice_id = $2",
        tenant.0,
        invoice.0
    )
    .fetch_all(tx.conn())
    .await?;
    load(tx, &ids).await
}

/// All for a visit.
pub(super) async fn for_visit(tx: &mut TenantTx, visit: AppointmentId) -> Result<Vec<Row>, StoreError> {
    let tenant = tx.tenant();
    let ids = sqlx::query_scalar!(
        "select id from online_payments where tenant_id = $1 and appointment_id = $2",
        tenant.0,
        visit.0
    )
    .fetch_all(tx.conn())
    .await?;
    load(tx, &ids).await
}

/// Which of these visits have something that their end decides on: a hold, or money that was taken before them.
pub(super) async fn with_money(tx: &mut TenantTx, visits: &[Uuid]) -> Result<Vec<AppointmentId>, StoreError> {
    let tenant = tx.tenant();
    let ids = sqlx::query_scalar!(
        r#"select distinct appointment_id as "visit!"
           from online_payments
           where tenant_id = $1
             and appointment_id = any($2)
             and purpose = 'deposit'
             and status in ('waiting_for_capture', 'succeeded')"#,
        tenant.0,
        visits
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// What is not over and began lately, the oldest first: payments, and refunds.
pub(super) async fn open(
    tx: &mut TenantTx,
    since: Timestamp,
    most: i64,
) -> Result<(Vec<Uuid>, Vec<Uuid>), StoreError> {
    let tenant = tx.tenant();
    let payments = sqlx::query_scalar!(
        "select id
         from online_payments
         where tenant_id = $1
           and status in ('pending', 'waiting_for_capture')
           and created_at > $2
         order by created_at
         limit $3",
        tenant.0,
        since.to_sqlx() as _,
        most
    )
    .fetch_all(tx.conn())
    .await?;
    let refunds = sqlx::query_scalar!(
        "select id
         from online_refunds
         where tenant_id = $1
           and status = 'pending'
           and created_at > $2
         order by created_at
         limit $3",
        tenant.0,
        since.to_sqlx() as _,
        most
    )
    .fetch_all(tx.conn())
    .await?;
    Ok((payments, refunds))
}

/// How many need somebody to look.
pub(super) async fn count_trouble(tx: &mut TenantTx) -> Result<i64, StoreError> {
    let tenant = tx.tenant();
    let count = sqlx::query_scalar!(
        r#"select (select count(*) from online_payments where tenant_id = $1 and trouble is not null)
                + (select count(*) from online_refunds where tenant_id = $1 and trouble is not null) as "count!""#,
        tenant.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(count)
}

/// Keeps what changes about a payment after it was asked for.
pub(super) async fn update(tx: &mut TenantTx, row: &Row, now: Timestamp) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    let act = row.act.as_ref();
    sqlx::query!(
        "update online_payments
         set status = $3, theirs = $4, url = $5, is_test = $6, captured_minor = $7, expires_at = $8, reason = $9, trouble = $10,
             is_on_invoice = $11, act = $12, act_key = $13, act_minor = $14, act_asked = $15, asked = $16, updated_at = $17
         where tenant_id = $1
           and id = $2",
        tenant.0,
        row.id.0,
        row.status.as_str(),
        row.theirs,
        row.url,
        row.is_test,
        row.captured.map(Money::minor),
        row.expires.map(jiff_sqlx::ToSqlx::to_sqlx) as _,
        row.reason,
        row.trouble.map(Trouble::as_str),
        row.is_on_invoice,
        act.map(|act| act.kind.as_str()),
        act.map(|act| act.key.as_str()),
        act.and_then(|act| act.part).map(Money::minor),
        act.and_then(|act| act.asked.as_deref()),
        row.asked,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A new refund.
pub(super) async fn insert_refund(tx: &mut TenantTx, refund: &RefundRow) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into online_refunds (tenant_id, id, payment_id, key, asked, minor, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7)",
        tenant.0,
        refund.id,
        refund.payment.0,
        refund.key,
        refund.asked,
        refund.amount.minor(),
        refund.created.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The refunds of these payments, in order.
pub(super) async fn refunds_of(tx: &mut TenantTx, payments: &[Uuid]) -> Result<Vec<RefundRow>, StoreError> {
    let tenant = tx.tenant();
    let ids = sqlx::query_scalar!(
        "select id from online_refunds where tenant_id = $1 and payment_id = any($2)",
        tenant.0,
        payments
    )
    .fetch_all(tx.conn())
    .await?;
    load_refunds(tx, &ids).await
}

/// Refunds, in the order in which they were asked for.
pub(super) async fn load_refunds(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<RefundRow>, StoreError> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select refund.id, refund.payment_id, refund.key, refund.asked, refund.minor, payment.currency, refund.status,
                refund.theirs, refund.reason, refund.trouble, refund.created_at
         from online_refunds refund
         join online_payments payment on payment.tenant_id = refund.tenant_id and payment.id = refund.payment_id
         where refund.tenant_id = $1
           and refund.id = any($2)
         order by refund.created_at, refund.id",
        tenant.0,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            let status = RefundStatus::from_wire(&row.status);
            Ok(RefundRow {
                id: row.id,
                payment: row.payment_id.into(),
                key: row.key,
                asked: row.asked,
                amount: Money::new(row.minor, row.currency.parse().map_err(StoreError::damaged)?),
                status: status.ok_or_else(|| StoreError::damaged("a refund of an unknown status"))?,
                theirs: row.theirs,
                reason: row.reason,
                trouble: row.trouble.as_deref().and_then(Trouble::from_wire),
                created: row.created_at.to_jiff(),
            })
        })
        .collect()
}

/// A refund.
pub(super) async fn find_refund(tx: &mut TenantTx, id: Uuid) -> Result<Option<RefundRow>, StoreError> {
    Ok(load_refunds(tx, &[id]).await?.pop())
}

/// Keeps what changes about a refund after it was asked for.
pub(super) async fn update_refund(
    tx: &mut TenantTx,
    refund: &RefundRow,
    now: Timestamp,
) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update online_refunds
         set status = $3, theirs = $4, reason = $5, trouble = $6, asked = $7, updated_at = $8
         where tenant_id = $1
           and id = $2",
        tenant.0,
        refund.id,
        refund.status.as_str(),
        refund.theirs,
        refund.reason,
        refund.trouble.map(Trouble::as_str),
        refund.asked,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
