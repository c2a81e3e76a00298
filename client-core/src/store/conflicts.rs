//! Tables `conflicts` and `conflict_things`, and the look-ups that their upkeep makes in the tables of rows.

use std::collections::{BTreeMap, BTreeSet};

use domain::appointments::{AppointmentRow, Promises};
use domain::clients::ClientRow;
use domain::conflicts::{Changed, Conflict, Shared};
use domain::documents::Collection;
use domain::ids::AppointmentId;
use domain::sync::RecordKind;
use domain::{Projection, notes::NoteRow};
use rusqlite::params;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::sql::{self, all, first, run};
use super::{Result, Tx};

impl Tx<'_> {
    /// Notes that something has changed on which conflicts depend; they are brought up to date with the transaction.
    pub(crate) fn note_changed(&self, changed: Changed) {
        self.changed.borrow_mut().insert(changed);
    }

    /// What has changed since the last time that this was asked.
    pub(crate) fn take_changed(&self) -> BTreeSet<Changed> {
        self.changed.take()
    }

    /// The row of a document, parsed.
    pub(crate) fn parsed_row<T: DeserializeOwned>(
        &self,
        collection: Collection,
        id: Uuid,
    ) -> Result<Option<T>> {
        self.row(collection, id)?.map(|json| Ok(serde_json::from_str(&json)?)).transpose()
    }

    /// Living clients with this phone or address.
    pub(crate) fn clients_with(&self, by: Shared, value: &str) -> Result<Vec<(Uuid, ClientRow)>> {
        let sql = match by {
            Shared::Phone => "SELECT id, row FROM clients WHERE phone = ?1 AND deleted = 0 ORDER BY id",
            Shared::Email => {
                "SELECT id, row FROM clients WHERE lower(email) = ?1 AND email IS NOT NULL AND deleted = 0 ORDER BY id"
            }
        };
        let rows: Vec<(Uuid, String)> =
            all(self.conn, sql, params![value], |row| Ok((sql::uuid(row, 0)?, row.get(1)?)))?;
        rows.into_iter().map(|(id, row)| Ok((id, serde_json::from_str(&row)?))).collect()
    }

    /// Visits of a client that are not deleted.
    pub(crate) fn visits_of_client(&self, client: Uuid) -> Result<Vec<Uuid>> {
        let sql = "SELECT id FROM appointments WHERE client_id = ?1 AND deleted = 0 ORDER BY id";
        all(self.conn, sql, params![client.as_bytes()], |row| sql::uuid(row, 0))
    }

    /// Visits of a service that are not deleted.
    pub(crate) fn visits_of_service(&self, service: Uuid) -> Result<Vec<Uuid>> {
        let sql = "SELECT id FROM appointments WHERE service_id = ?1 AND deleted = 0 ORDER BY id";
        all(self.conn, sql, params![service.as_bytes()], |row| sql::uuid(row, 0))
    }

    /// Visits and notes that name a client, removed ones too.
    pub(crate) fn naming_client(&self, client: Uuid) -> Result<Vec<Uuid>> {
        let sql = "SELECT id FROM appointments WHERE client_id = ?1
                   UNION ALL SELECT id FROM notes WHERE client_id = ?1";
        all(self.conn, sql, params![client.as_bytes()], |row| sql::uuid(row, 0))
    }

    /// What went out about a visit.
    pub(crate) fn promises(&self, visit: Uuid) -> Result<Option<Promises>> {
        let found = self.record(RecordKind::Promises.as_str(), Promises::id_of(AppointmentId(visit)))?;
        Ok(found.and_then(|record| serde_json::from_value(record.body).ok()))
    }

    /// What went out, by visit.
    pub(crate) fn all_promises(&self) -> Result<BTreeMap<Uuid, Promises>> {
        let found = self.records(RecordKind::Promises.as_str())?.into_iter();
        let parsed = found.filter_map(|record| serde_json::from_value::<Promises>(record.body).ok());
        Ok(parsed.map(|promises| (promises.appointment_id.0, promises)).collect())
    }

    /// A conflict.
    pub fn conflict(&self, id: Uuid) -> Result<Option<Conflict>> {
        let sql = "SELECT body FROM conflicts WHERE id = ?1";
        first(self.conn, sql, params![id.as_bytes()], |row| row.get::<_, String>(0))?
            .map(|body| parse(&body))
            .transpose()
    }

    /// The conflicts that wait for her, by id.
    pub fn open_conflicts(&self) -> Result<Vec<Conflict>> {
        let sql = "SELECT body FROM conflicts WHERE kept = 0 ORDER BY id";
        all(self.conn, sql, [], |row| row.get::<_, String>(0))?.iter().map(|body| parse(body)).collect()
    }

    /// All conflicts, those kept on purpose too, by id.
    pub fn all_conflicts(&self) -> Result<Vec<Conflict>> {
        let sql = "SELECT body FROM conflicts ORDER BY id";
        all(self.conn, sql, [], |row| row.get::<_, String>(0))?.iter().map(|body| parse(body)).collect()
    }

    /// The conflicts about a thing.
    pub(crate) fn conflicts_about(&self, thing: Uuid) -> Result<Vec<Conflict>> {
        let sql =
            "SELECT body FROM conflict_things JOIN conflicts ON id = conflict WHERE thing = ?1 ORDER BY id";
        let bodies = all(self.conn, sql, params![thing.as_bytes()], |row| row.get::<_, String>(0))?;
        bodies.iter().map(|body| parse(body)).collect()
    }

    /// Keeps a conflict, in place of one with its id.
    pub(crate) fn put_conflict(&self, conflict: &Conflict) -> Result<()> {
        let sql = "INSERT INTO conflicts (id, kept, body) VALUES (?1, ?2, ?3)
                   ON CONFLICT (id) DO UPDATE SET kept = excluded.kept, body = excluded.body";
        run(self.conn, sql, params![conflict.id.as_bytes(), conflict.kept, conflict.to_json()])?;
        let sql = "INSERT INTO conflict_things (thing, conflict) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        let id = conflict.id.as_bytes();
        conflict
            .about
            .iter()
            .try_for_each(|thing| run(self.conn, sql, params![thing.as_bytes(), id]).map(drop))
    }

    /// Forgets a conflict.
    pub(crate) fn remove_conflict(&self, id: Uuid) -> Result<()> {
        run(self.conn, "DELETE FROM conflict_things WHERE conflict = ?1", params![id.as_bytes()])?;
        run(self.conn, "DELETE FROM conflicts WHERE id = ?1", params![id.as_bytes()]).map(drop)
    }

    /// The rows among which all conflicts are, when no service keeps more than `widest` seconds free and these are offered:
    /// found in the indexes alone, which are named where the planner would rather read every row. More than needed do no harm.
    pub(crate) fn conflict_candidates(
        &self,
        widest: i64,
        is_offered: impl Fn(Uuid) -> bool,
    ) -> Result<Vec<(Uuid, Projection)>> {
        let mut found = BTreeSet::new();
        let ids = |sql: &str| all(self.conn, sql, [], |row| sql::uuid(row, 0));
        for (collection, sql) in [
            (Collection::Clients, "SELECT id FROM clients WHERE instr(row, '\"facts\":{') > 0"),
            (Collection::Appointments, "SELECT id FROM appointments WHERE instr(row, '\"facts\":{') > 0"),
            (Collection::Notes, "SELECT id FROM notes WHERE instr(row, '\"facts\":{') > 0"),
            (
                Collection::Clients,
                "SELECT id FROM clients INDEXED BY clients_by_phone WHERE deleted = 0 AND phone IS NOT NULL AND phone IN
                 (SELECT phone FROM clients INDEXED BY clients_by_phone WHERE phone IS NOT NULL AND deleted = 0
                  GROUP BY phone HAVING count(*) > 1)",
            ),
            (
                Collection::Clients,
                "SELECT id FROM clients INDEXED BY clients_by_email WHERE deleted = 0 AND email IS NOT NULL AND lower(email) IN
                 (SELECT lower(email) FROM clients INDEXED BY clients_by_email WHERE email IS NOT NULL AND deleted = 0
                  GROUP BY lower(email) HAVING count(*) > 1)",
            ),
            (Collection::Clients, "SELECT id FROM clients WHERE deleted = 1"),
            (
                Collection::Appointments,
                "SELECT visit.id FROM clients CROSS JOIN appointments AS visit INDEXED BY appointments_by_client ON visit.client_id = clients.id
                 WHERE clients.deleted = 1 AND visit.deleted = 0
                 AND visit.status IN ('requested', 'booked', 'confirmed')",
            ),
        ] {
            found.extend(ids(sql)?.into_iter().map(|id| (collection, id)));
        }
        let sql = "SELECT DISTINCT service_id FROM appointments WHERE service_id IS NOT NULL";
        for service in ids(sql)?.into_iter().filter(|service| !is_offered(*service)) {
            let visits = self.visits_of_service(service)?.into_iter();
            found.extend(visits.map(|id| (Collection::Appointments, id)));
        }
        let sql = "SELECT id, starts_at, ends_at FROM appointments WHERE deleted = 0 AND starts_at IS NOT NULL
                   AND status IN ('requested', 'booked', 'confirmed', 'completed') ORDER BY starts_at, ends_at, id";
        let spans: Vec<(Uuid, i64, i64)> =
            all(self.conn, sql, [], |row| Ok((sql::uuid(row, 0)?, row.get(1)?, row.get(2)?)))?;
        found.extend(crowded(&spans, 2 * widest).into_iter().map(|id| (Collection::Appointments, id)));
        found.extend(self.all_promises()?.into_keys().map(|id| (Collection::Appointments, id)));
        let mut rows = Vec::with_capacity(found.len());
        for (collection, id) in found {
            let Some(json) = self.row(collection, id)? else { continue };
            rows.push((id, Projection::from_json(collection, &json)?));
        }
        Ok(rows)
    }
}

/// Those of the stretches, sorted by start, that come nearer to another than a gap allows.
fn crowded(spans: &[(Uuid, i64, i64)], gap: i64) -> BTreeSet<Uuid> {
    let (mut found, mut open): (BTreeSet<Uuid>, Vec<(Uuid, i64)>) = (BTreeSet::new(), Vec::new());
    for (id, from, until) in spans {
        open.retain(|(_, open_until)| open_until + gap > *from);
        if !open.is_empty() {
            found.extend(open.iter().map(|(other, _)| *other));
            found.insert(*id);
        }
        open.push((*id, *until));
    }
    found
}

fn parse(body: &str) -> Result<Conflict> {
    Ok(serde_json::from_str(body)?)
}

/// Rows by what they are, for the upkeep.
impl Tx<'_> {
    /// A client's row, deleted ones too.
    pub fn client_row(&self, id: Uuid) -> Result<Option<ClientRow>> {
        self.parsed_row(Collection::Clients, id)
    }

    /// A visit's row, deleted ones too.
    pub(crate) fn visit_row(&self, id: Uuid) -> Result<Option<AppointmentRow>> {
        self.parsed_row(Collection::Appointments, id)
    }

    /// A note's row, deleted ones too.
    pub(crate) fn note_row(&self, id: Uuid) -> Result<Option<NoteRow>> {
        self.parsed_row(Collection::Notes, id)
    }
}
