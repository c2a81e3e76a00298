//! Floors: what SQLite and Postgres take for the same rows and bytes when nothing is checked, opened or sent.
//!
//! R is a raw insert into the product's own tables and indexes plus a table of chunks, a thousand a transaction, with
//! SQLCipher and `synchronous=FULL`. C is Postgres' COPY of the same bytes, in (with a primary key, durable) and out.

use std::path::Path;
use std::time::Duration;

use domain::Projection;
use domain::documents::Collection;
use domain::search::fold;
use futures::TryStreamExt as _;
use rusqlite::{Connection, params};
use sqlx::{Connection as _, Executor as _, PgConnection};
use uuid::Uuid;

use super::Outcome;
use super::device::Device;
use super::host::Host;
use super::probe::{self, Stopwatch};

const AT_ONCE: usize = 1_000;

/// A new entity as it goes over the wire, and its row.
#[derive(Clone, Debug)]
pub struct Entity {
    /// Its id.
    pub id: Uuid,
    /// Its first change.
    pub chunk: Vec<u8>,
    /// Its row.
    pub row: Projection,
}

/// What a device has written and not sent yet.
pub fn entities(device: &Device) -> Outcome<Vec<Entity>> {
    device
        .app
        .store()
        .read(|tx| {
            let waiting = tx.outbox_batch(usize::MAX)?;
            let mut found = Vec::with_capacity(waiting.len());
            for entry in waiting {
                let row = tx.row(entry.collection, entry.doc)?.ok_or("an entity without a row")?;
                let row = Projection::from_json(entry.collection, &row)?;
                found.push(Entity { id: entry.doc, chunk: entry.bytes, row });
            }
            Ok::<_, Failed>(found)
        })
        .map_err(|failed| failed.0)
}

/// The store wants an error that it can turn its own into.
struct Failed(Box<dyn std::error::Error + Send + Sync>);

impl<E: Into<Box<dyn std::error::Error + Send + Sync>>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// R: CPU of the raw insert of these entities.
pub fn raw_sqlite(folder: &Path, entities: &[Entity]) -> Outcome<Duration> {
    let rows: Vec<(&Entity, String)> = entities.iter().map(|e| (e, e.row.to_json())).collect();
    let mut conn = Connection::open(folder.join("floor.db"))?;
    conn.execute_batch(&format!("PRAGMA key = \"x'{}'\"", "a7".repeat(32)))?;
    conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -16384")?;
    conn.execute_batch(include_str!("../../../client-core/src/store/schema.sql"))?;
    conn.execute_batch(include_str!("../../../client-core/src/store/schema_2.sql"))?;
    conn.execute_batch(
        "CREATE TABLE chunks (n INTEGER PRIMARY KEY, doc BLOB NOT NULL, bytes BLOB NOT NULL)",
    )?;
    let watch = Stopwatch::start()?;
    for some in rows.chunks(AT_ONCE) {
        let tx = conn.transaction()?;
        for (entity, json) in some {
            tx.prepare_cached("INSERT INTO chunks (doc, bytes) VALUES (?1, ?2)")?
                .execute(params![entity.id.as_bytes(), entity.chunk])?;
            insert_row(&tx, entity, json)?;
        }
        tx.commit()?;
    }
    Ok(watch.spent()?.cpu)
}

fn insert_row(conn: &Connection, entity: &Entity, json: &str) -> rusqlite::Result<()> {
    let id = entity.id.as_bytes();
    match &entity.row {
        Projection::Clients(row) => conn
            .prepare_cached("INSERT INTO clients VALUES (?1, ?2, ?3, ?4, ?5, 0)")?
            .execute(params![id, json, fold(&row.name), row.phone, row.email]),
        Projection::Appointments(row) => {
            let time = row.visit_time();
            conn.prepare_cached("INSERT INTO appointments VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)")?
                .execute(params![
                    id,
                    json,
                    row.client_id.map(|id| id.0.into_bytes()),
                    row.service_id.map(|id| id.0.into_bytes()),
                    time.as_ref().map(|t| t.starts_at().as_second()),
                    time.as_ref().map(|t| t.ends_at().as_second()),
                    time.as_ref().map(domain::dates::VisitTime::starts_at_rfc3339),
                    row.status().as_str(),
                ])
        }
        Projection::Notes(row) => conn
            .prepare_cached("INSERT INTO notes VALUES (?1, ?2, ?3, ?4, 0)")?
            .execute(params![id, json, row.client_id.map(|id| id.0.into_bytes()), row.created_at]),
    }
    .map(drop)
}

/// C: CPU of Postgres and of us for a COPY in with a primary key, committed, and for a COPY out.
#[derive(Clone, Copy, Debug)]
pub struct Copies {
    /// In.
    pub into: Duration,
    /// Out, of the chunks alone.
    pub out: Duration,
    /// Out, of the chunks and the rows.
    pub out_with_rows: Duration,
}

/// Measures C with the chunks and rows of these entities.
pub async fn copies(host: &Host, entities: &[Entity]) -> Outcome<Copies> {
    let mut conn = host.connect().await?;
    conn.execute("DROP TABLE IF EXISTS bench_copy").await?;
    let table = "CREATE TABLE bench_copy (tenant_id uuid, id uuid, collection text, bytes bytea, row text, \
                 PRIMARY KEY (tenant_id, id))";
    conn.execute(table).await?;
    // What is sent is made before the watch runs. The rows are put in afterwards: they are no part of what comes in.
    let lines: Vec<u8> = entities.iter().flat_map(|entity| line(entity).into_bytes()).collect();
    let begin = cost(host)?;
    let mut tx = conn.begin().await?;
    let mut copy = tx.copy_in_raw("COPY bench_copy (tenant_id, id, collection, bytes) FROM STDIN").await?;
    for part in lines.chunks(64 * 1024) {
        copy.send(part).await?;
    }
    copy.finish().await?;
    tx.commit().await?;
    let into = cost(host)?.saturating_sub(begin);
    let (ids, rows): (Vec<Uuid>, Vec<String>) = entities.iter().map(|e| (e.id, e.row.to_json())).unzip();
    sqlx::query("UPDATE bench_copy SET row = n.row FROM unnest($1::uuid[], $2::text[]) n (id, row) WHERE n.id = bench_copy.id")
        .bind(ids)
        .bind(rows)
        .execute(&mut conn)
        .await?;
    conn.execute("VACUUM bench_copy").await?;
    let out = copy_out(host, &mut conn, "id, bytes").await?;
    let out_with_rows = copy_out(host, &mut conn, "id, bytes, row").await?;
    conn.execute("DROP TABLE bench_copy").await?;
    conn.close().await?;
    Ok(Copies { into, out, out_with_rows })
}

async fn copy_out(host: &Host, conn: &mut PgConnection, columns: &str) -> Outcome<Duration> {
    let begin = cost(host)?;
    let sql = format!("COPY (SELECT {columns} FROM bench_copy) TO STDOUT (FORMAT binary)");
    let mut out = conn.copy_out_raw(&sql).await?;
    let mut bytes = 0;
    while let Some(part) = out.try_next().await? {
        bytes += part.len();
    }
    drop(out);
    if bytes == 0 {
        return Err("nothing came out".into());
    }
    Ok(cost(host)?.saturating_sub(begin))
}

/// CPU of Postgres, and of this thread, which moves the bytes.
fn cost(host: &Host) -> Outcome<Duration> {
    Ok(probe::tree_cpu(host.postgres_process())? + probe::thread_cpu()?)
}

fn line(entity: &Entity) -> String {
    let collection = match entity.row {
        Projection::Clients(_) => Collection::Clients,
        Projection::Appointments(_) => Collection::Appointments,
        Projection::Notes(_) => Collection::Notes,
    };
    let mut hex = String::with_capacity(entity.chunk.len() * 2);
    for byte in &entity.chunk {
        hex.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0')));
    }
    format!("{}\t{}\t{collection}\t\\\\x{hex}\n", Uuid::nil(), entity.id)
}
