//! Goal 11: what twenty edits of every entity leave behind once old changes are folded, on the server and for a new device.
//! On a twentieth of the base: every entity costs alike, and a million edits would measure patience.

use client_core::sync::Options;
use serde_json::{Map, json};
use sqlx::PgConnection;

use super::super::Outcome;
use super::super::device::Device;
use super::super::figure::{Bound, Figure};
use super::super::probe::figure;
use super::super::salon::Size;
use super::{Bench, SEED};

const EDITS: usize = 20;
const SIZE: Size = Size { clients: 100, visits: 1_000, notes: 100 };

/// Edits every entity twenty times and folds.
pub(super) async fn measure(bench: &mut Bench) -> Outcome<()> {
    let account = bench.host.register("growth").await?;
    let tenant = account.tenant.id.0;
    let port = bench.host.port();
    let mut a = Device::make(&bench.home("growth")?, &account, port, Options::default())?;
    a.fill(SEED, SIZE, bench.today)?;
    a.sync(&bench.host).await?;
    let mut conn = bench.host.connect().await?;
    fold(&mut conn, tenant).await?;
    let fresh = (stored(&mut conn, tenant).await?, pull(bench, "fresh").await?);
    for round in 0..EDITS {
        a.app.in_batch(|app| {
            for client in app.clients(None)? {
                app.edit_client(client.id, &one("email", &format!("g{round}-{}@mail.ru", client.id)))?;
            }
            for visit in app.appointments(client_core::app::Span::default())? {
                app.edit_appointment(visit.id, &one("note", &format!("правка {round}")))?;
            }
            for note in app.notes(None)? {
                app.edit_note(note.id, &one("body", &format!("{} {round}", note.body)))?;
            }
            Ok(())
        })?;
        a.sync(&bench.host).await?;
    }
    fold(&mut conn, tenant).await?;
    let old = (stored(&mut conn, tenant).await?, pull(bench, "old").await?);
    let of = |what: &str| format!("{what} after {EDITS} edits of each of {}, folded", SIZE.total());
    for (name, old, fresh) in
        [("stored by the server", old.0, fresh.0), ("first pull of a new device", old.1, fresh.1)]
    {
        let figure = Figure::new("11", of(name), "B", &[old]).over("fresh", fresh);
        bench.board.tell(figure.held_to(Bound::TimesFloor(1.6)));
    }
    Ok(())
}

fn one(field: &str, value: &str) -> Map<String, serde_json::Value> {
    [(field.to_owned(), json!(value))].into_iter().collect()
}

/// Bytes that a new device pulls, documents without rows.
async fn pull(bench: &Bench, name: &str) -> Outcome<f64> {
    let account = bench.host.enrol("growth", name).await?;
    let home = bench.home(&format!("growth-{name}"))?;
    let options = Options { rows: false, ..Options::default() };
    let mut device = Device::make(&home, &account, bench.host.port(), options)?;
    Ok(figure(device.sync(&bench.host).await?.bytes.total()))
}

/// What the server does with changes older than thirty days, done now for all of them.
async fn fold(conn: &mut PgConnection, tenant: uuid::Uuid) -> Outcome<()> {
    let sql = "UPDATE sync_log SET bytes = NULL WHERE tenant_id = $1 AND kind = 'change'";
    sqlx::query(sql).bind(tenant).execute(conn).await?;
    Ok(())
}

/// Bytes of documents and log as Postgres keeps them, without page overhead.
async fn stored(conn: &mut PgConnection, tenant: uuid::Uuid) -> Outcome<f64> {
    let sql = "SELECT (SELECT coalesce(sum(pg_column_size(d.*)), 0) FROM documents d WHERE tenant_id = $1)
                    + (SELECT coalesce(sum(pg_column_size(l.*)), 0) FROM sync_log l WHERE tenant_id = $1)";
    let bytes: i64 = sqlx::query_scalar(sql).bind(tenant).fetch_one(conn).await?;
    Ok(figure(bytes.unsigned_abs()))
}
