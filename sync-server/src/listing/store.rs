//! One statement for every list: the columns come from a [`ListSpec`](domain::api::ListSpec), the values are bound. A page goes on after the last
//! entry that was shown, by sort key and id, so what is added or removed meanwhile neither repeats nor hides an entry.

use domain::api::{After, Condition, How, Kind, Listing, Page, Value};
use jiff_sqlx::ToSqlx as _;
use sqlx::{Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::table::{Column, Table};
use crate::db::{StoreError, TenantTx};

/// An entry of a list.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its id.
    pub id: Uuid,
    /// Its JSON.
    pub json: String,
    /// What it was sorted by.
    key: String,
}

impl Found {
    /// Where the list goes on after this entry.
    #[must_use]
    pub fn after(&self) -> After {
        After(Some(self.key.clone()), self.id)
    }

    /// The row that the JSON is.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, StoreError> {
        serde_json::from_str(&self.json).map_err(StoreError::damaged)
    }
}

/// The entries that a listing asks for, and one more if there are more. `narrow` adds conditions of the slice.
pub async fn list(
    tx: &mut TenantTx,
    table: &Table,
    listing: &Listing,
    narrow: impl FnOnce(&mut QueryBuilder<Postgres>),
) -> Result<Vec<Found>, StoreError> {
    let mut query = statement("", tx, table, listing, narrow);
    let rows = query.build().fetch_all(tx.conn()).await?;
    rows.iter()
        .map(|row| Ok(Found { id: row.try_get("id")?, json: row.try_get("json")?, key: row.try_get("key")? }))
        .collect()
}

/// The page that was found, each entry shown.
pub fn page<Id: From<Uuid>, R: serde::de::DeserializeOwned, T>(
    listing: Listing,
    found: Vec<Found>,
    mut show: impl FnMut(Id, R) -> T,
) -> Result<Page<T>, StoreError> {
    let Page { data, next_cursor } = listing.cursor.page(listing.limit, found, Found::after, |found| found);
    let data = data
        .into_iter()
        .map(|found| Ok(show(found.id.into(), found.read()?)))
        .collect::<Result<_, StoreError>>()?;
    Ok(Page { data, next_cursor })
}

/// How Postgres would find the entries that a listing asks for.
#[cfg(test)]
pub(super) async fn plan(tx: &mut TenantTx, table: &Table, listing: &Listing) -> String {
    let mut query = statement("explain ", tx, table, listing, |_| {});
    let lines = query.build().fetch_all(tx.conn()).await.expect("the statement can be planned");
    let lines: Vec<String> = lines.iter().map(|line| line.get(0)).collect();
    lines.join("\n")
}

fn statement(
    begin: &str,
    tx: &TenantTx,
    table: &Table,
    listing: &Listing,
    narrow: impl FnOnce(&mut QueryBuilder<Postgres>),
) -> QueryBuilder<Postgres> {
    let sort = listing.sort;
    let column = table.column(sort.field).sql;
    let mut query = QueryBuilder::new(format!(
        "{begin}select id, {json} as json, ({column})::text as key from {table} where {living} and tenant_id = ",
        json = table.json,
        table = table.table,
        living = table.living,
    ));
    query.push_bind(tx.tenant().0);
    narrow(&mut query);
    for condition in &listing.conditions {
        push_condition(&mut query, table.column(condition.field), condition);
    }
    if let Some(key) = listing.after.clone() {
        let beyond = if sort.is_descending { "<" } else { ">" };
        query.push(format!(" and (({column}), id) {beyond} ("));
        push_values(&mut query, &[key]);
        query.push(", ").push_bind(listing.after_id()).push(")");
    }
    let order = if sort.is_descending { "desc" } else { "asc" };
    query.push(format!(" order by ({column}) {order}, id {order} limit "));
    query.push_bind(listing.limit.and_one());
    query
}

fn push_condition(
    query: &mut QueryBuilder<Postgres>,
    column: &Column,
    Condition { field, how, values }: &Condition,
) {
    if field.kind == Kind::Member {
        query.push(format!(" and jsonb_exists({}, ", column.sql));
        push_values(query, values);
        query.push(")");
        return;
    }
    let how = match how {
        How::Equal => "= (",
        How::In => "in (",
        How::After => "> (",
        How::From => ">= (",
        How::Before => "< (",
        How::Until => "<= (",
    };
    query.push(format!(" and ({}) {how}", column.sql));
    push_values(query, values);
    query.push(")");
    if let Some(present) = column.present {
        query.push(format!(" and {present} is not null"));
    }
}

fn push_values(query: &mut QueryBuilder<Postgres>, values: &[Value]) {
    for (position, value) in values.iter().enumerate() {
        if position > 0 {
            query.push(", ");
        }
        match value {
            Value::Text(text) => query.push_bind(text.clone()),
            Value::Id(id) => query.push_bind(*id),
            Value::Moment(at) => query.push_bind(at.to_sqlx()),
            Value::Never => query.push("'infinity'::timestamptz"),
            Value::Whole(number) => query.push_bind(*number),
            Value::Number(text) => query.push_bind(text.clone()).push("::text::numeric"),
            Value::Flag(flag) => query.push_bind(*flag),
        };
    }
}
