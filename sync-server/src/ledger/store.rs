//! Every statement about the books. They are added to and read; the server's role can do no more.

use domain::api::{Field, Kind, ListSpec, Listing, Use};
use domain::ledger::{Account, Posting, Source};
use domain::money::{Currency, Money};
use jiff::civil::Date;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::db::{StoreError, TenantTx};
use crate::listing::{self, Column, Found, Table};

/// How many records are followed at a time.
const AT_ONCE: i64 = 500;

/// What the books can be filtered and sorted by.
static SPEC: ListSpec = ListSpec {
    list: "ledger",
    fields: &[
        Field::new("at", Kind::Moment, Use::Both),
        Field::new("day", Kind::Line, Use::Both),
        Field::new("source", Kind::Word(Source::NAMES), Use::Filter),
        Field::new("sourceId", Kind::Id, Use::Filter),
        Field::new("invoiceId", Kind::Id, Use::Filter),
        Field::new("debit", Kind::Line, Use::Filter),
        Field::new("credit", Kind::Line, Use::Filter),
    ],
    sort: "-at",
};

/// Where they are kept.
pub(super) static LIST: Table = Table {
    spec: &SPEC,
    table: "ledger",
    json: "jsonb_build_object('id', id, 'at', at, 'day', day, 'source', source, 'sourceId', source_id, 'invoiceId', invoice_id, \
           'debit', debit, 'credit', credit, 'amount', trim_scale(minor::numeric / 100), 'currency', currency)::text",
    living: "true",
    columns: &[
        Column::new("at", "at"),
        Column::new("day", "day::text"),
        Column::new("source", "source"),
        Column::new("sourceId", "source_id"),
        Column::new("invoiceId", "invoice_id"),
        Column::new("debit", "debit"),
        Column::new("credit", "credit"),
    ],
}
.checked();

/// A page of the books.
pub(super) async fn list(tx: &mut TenantTx, listing: &Listing) -> Result<Vec<Found>, StoreError> {
    listing::list(tx, &LIST, listing, |_| {}).await
}

/// What was posted about a record.
pub(super) async fn about(tx: &mut TenantTx, source: Uuid) -> Result<Vec<Posting>, StoreError> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select day::text as "day!", source, source_id, invoice_id, debit, credit, minor, currency
           from ledger
           where tenant_id = $1
             and source_id = $2"#,
        tenant.0,
        source
    )
    .fetch_all(tx.conn())
    .await?;
    let account = |name: String| name.parse::<Account>().map_err(StoreError::damaged);
    rows.into_iter()
        .map(|row| {
            let source = Source::from_wire(&row.source);
            Ok(Posting {
                source: source.ok_or_else(|| StoreError::damaged("a posting of an unknown source"))?,
                source_id: row.source_id,
                invoice_id: row.invoice_id.map(Into::into),
                day: row.day,
                debit: account(row.debit)?,
                credit: account(row.credit)?,
                amount: Money::new(row.minor, row.currency.parse().map_err(StoreError::damaged)?),
            })
        })
        .collect()
}

/// Adds postings.
pub(super) async fn insert(tx: &mut TenantTx, postings: &[Posting]) -> Result<(), StoreError> {
    if postings.is_empty() {
        return Ok(());
    }
    let tenant = tx.tenant();
    let days: Vec<&str> = postings.iter().map(|posting| posting.day.as_str()).collect();
    let sources: Vec<&str> = postings.iter().map(|posting| posting.source.as_str()).collect();
    let ids: Vec<Uuid> = postings.iter().map(|posting| posting.source_id).collect();
    let invoices: Vec<Option<Uuid>> =
        postings.iter().map(|posting| posting.invoice_id.map(Into::into)).collect();
    let debits: Vec<String> = postings.iter().map(|posting| posting.debit.to_string()).collect();
    let credits: Vec<String> = postings.iter().map(|posting| posting.credit.to_string()).collect();
    let minors: Vec<i64> = postings.iter().map(|posting| posting.amount.minor()).collect();
    let currencies: Vec<String> =
        postings.iter().map(|posting| posting.amount.currency().to_string()).collect();
    sqlx::query!(
        "insert into ledger (tenant_id, day, source, source_id, invoice_id, debit, credit, minor, currency)
         select $1, day::date, source, source_id, invoice_id, debit, credit, minor, currency
         from unnest($2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::bigint[], $9::text[])
              as new (day, source, source_id, invoice_id, debit, credit, minor, currency)",
        tenant.0,
        &days as &[&str],
        &sources as &[&str],
        &ids,
        &invoices as &[Option<Uuid>],
        &debits,
        &credits,
        &minors,
        &currencies
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How far the books are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct State {
    /// The number of the log up to which all is posted.
    pub(super) followed: i64,
    /// The last number of an invoice.
    pub(super) last_invoice: u64,
}

/// How far the books are; at the beginning if nobody has asked.
pub(super) async fn state(tx: &mut TenantTx) -> Result<State, StoreError> {
    let tenant = tx.tenant();
    let row = sqlx::query!(
        "select followed, last_invoice
         from ledger_state
         where tenant_id = $1",
        tenant.0
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(State::default()) };
    let last_invoice = u64::try_from(row.last_invoice).map_err(StoreError::damaged)?;
    Ok(State { followed: row.followed, last_invoice })
}

/// An invoice has this number: the next one has a higher one.
pub(super) async fn count_number(tx: &mut TenantTx, number: u64) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into ledger_state (tenant_id, last_invoice)
         values ($1, $2)
         on conflict (tenant_id) do update
         set last_invoice = greatest(ledger_state.last_invoice, excluded.last_invoice)",
        tenant.0,
        i64::try_from(number).map_err(StoreError::damaged)?
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The books have followed the log up to this number.
pub(super) async fn keep_followed(tx: &mut TenantTx, followed: i64) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into ledger_state (tenant_id, followed)
         values ($1, $2)
         on conflict (tenant_id) do update
         set followed = greatest(ledger_state.followed, excluded.followed)",
        tenant.0,
        followed
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether there is a record of money after this number of the log.
pub(super) async fn is_behind(tx: &mut TenantTx, followed: i64) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    let is_behind = sqlx::query_scalar!(
        r#"select exists(select from records
                         where tenant_id = $1
                           and kind in ('payment', 'invoice', 'till')
                           and seq > $2) as "is_behind!""#,
        tenant.0,
        followed
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(is_behind)
}

/// A record of money.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) kind: String,
    pub(super) id: Uuid,
    /// `None` once removed.
    pub(super) body: Option<Json>,
    pub(super) seq: i64,
}

/// The next records of money after this number of the log, in its order.
pub(super) async fn behind(tx: &mut TenantTx, followed: i64) -> Result<Vec<Record>, StoreError> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select kind, id, body, seq
         from records
         where tenant_id = $1
           and kind in ('payment', 'invoice', 'till')
           and seq > $2
         order by seq
         limit $3",
        tenant.0,
        followed,
        AT_ONCE
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            let body = row.body.map(|body| serde_json::from_str(&body)).transpose();
            Ok(Record { kind: row.kind, id: row.id, body: body.map_err(StoreError::damaged)?, seq: row.seq })
        })
        .collect()
}

/// What lay in the till before a day, what came in on it and what went out, in minor units.
pub(super) async fn cash_of(
    tx: &mut TenantTx,
    day: Date,
    currency: Currency,
) -> Result<[i64; 3], StoreError> {
    let tenant = tx.tenant();
    let row = sqlx::query!(
        r#"select coalesce(sum(case when debit = 'money/cash' then minor else -minor end)
                               filter (where day < $2::text::date), 0)::bigint as "opening!",
                  coalesce(sum(minor) filter (where day = $2::text::date and debit = 'money/cash'
                                                and source <> 'till'), 0)::bigint as "came!",
                  coalesce(sum(minor) filter (where day = $2::text::date and credit = 'money/cash'
                                                and source <> 'till'), 0)::bigint as "went!"
           from ledger
           where tenant_id = $1
             and currency = $3
             and day <= $2::text::date
             and (debit = 'money/cash' or credit = 'money/cash')"#,
        tenant.0,
        day.to_string(),
        currency.as_str()
    )
    .fetch_one(tx.conn())
    .await?;
    Ok([row.opening, row.came, row.went])
}

/// What the payments of a day come to, by their way, in minor units.
pub(super) async fn brought_by(
    tx: &mut TenantTx,
    day: Date,
    currency: Currency,
) -> Result<Vec<(String, i64)>, StoreError> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select case when debit like 'money/%' then debit else credit end as "account!",
                  sum(case when debit like 'money/%' then minor else -minor end)::bigint as "minor!"
           from ledger
           where tenant_id = $1
             and day = $2::text::date
             and source = 'payment'
             and currency = $3
           group by 1
           order by 1"#,
        tenant.0,
        day.to_string(),
        currency.as_str()
    )
    .fetch_all(tx.conn())
    .await?;
    let name = |account: String| account.trim_start_matches("money/").to_owned();
    Ok(rows.into_iter().map(|row| (name(row.account), row.minor)).collect())
}

/// How many invoices there are of which the books say something else than they do themselves.
pub(super) async fn differences(tx: &mut TenantTx) -> Result<u64, StoreError> {
    let tenant = tx.tenant();
    let count = sqlx::query_scalar!(
        r#"with said as (
               select id,
                      case when plain_json(body) ->> 'status' in ('draft', 'void') then 0
                           else (plain_json(body) ->> 'payable')::numeric - (plain_json(body) ->> 'paid')::numeric
                      end * 100 as owed
               from records
               where tenant_id = $1
                 and kind = 'invoice'
                 and body is not null
           ), booked as (
               select invoice_id as id,
                      sum(case when debit = 'receivable' then minor when credit = 'receivable' then -minor else 0 end) as owed
               from ledger
               where tenant_id = $1
                 and invoice_id is not null
               group by invoice_id
           )
           select count(*) as "count!"
           from said
           full join booked using (id)
           where coalesce(said.owed, 0) <> coalesce(booked.owed, 0)"#,
        tenant.0
    )
    .fetch_one(tx.conn())
    .await?;
    u64::try_from(count).map_err(StoreError::damaged)
}
