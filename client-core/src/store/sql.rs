//! How ids, hashes and heads stand in columns.

use domain::documents::{Collection, Hash, Heads};
use rusqlite::types::Type;
use rusqlite::{Connection, Params, Row};
use uuid::Uuid;

use super::Result;

pub(super) fn uuid(row: &Row<'_>, column: usize) -> rusqlite::Result<Uuid> {
    row.get(column).map(Uuid::from_bytes)
}

pub(super) fn hash(row: &Row<'_>, column: usize) -> rusqlite::Result<Hash> {
    row.get(column).map(Hash)
}

pub(super) fn collection(row: &Row<'_>, column: usize) -> rusqlite::Result<Collection> {
    parsed(row, column, |text| text.parse().ok())
}

pub(super) fn heads(row: &Row<'_>, column: usize) -> rusqlite::Result<Heads> {
    let bytes: Vec<u8> = row.get(column)?;
    Ok(bytes.as_chunks().0.iter().copied().map(Hash).collect())
}

/// A word that must be one of ours.
pub(super) fn parsed<T>(
    row: &Row<'_>,
    column: usize,
    parse: impl FnOnce(&str) -> Option<T>,
) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    parse(&text).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, format!("{text:?}").into())
    })
}

pub(super) fn heads_blob(heads: &[Hash]) -> Vec<u8> {
    heads.iter().flat_map(|hash| hash.0).collect()
}

/// All rows of a query.
pub(super) fn all<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map(params, read)?.collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

/// The first row of a query, if there is one.
pub(super) fn first<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    Ok(rows.next()?.map(read).transpose()?)
}

/// The one number that a counting query answers.
pub(super) fn count(conn: &Connection, sql: &str, params: impl Params) -> Result<u64> {
    let counted: i64 = conn.prepare_cached(sql)?.query_row(params, |row| row.get(0))?;
    Ok(counted.unsigned_abs())
}

/// Runs a statement; answers how many rows it touched.
pub(super) fn run(conn: &Connection, sql: &str, params: impl Params) -> Result<usize> {
    Ok(conn.prepare_cached(sql)?.execute(params)?)
}
