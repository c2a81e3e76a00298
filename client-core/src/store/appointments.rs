//! Table `appointments`.

use std::collections::BTreeMap;

use domain::appointments::AppointmentRow;
use domain::dates::VisitTime;
use rusqlite::params;
use uuid::Uuid;

use super::sql::{self, all, first, run};
use super::{Result, Tx};

/// Fifteen days in seconds: more than any visit takes, with an hour that the clocks were turned.
const LONGEST: i64 = 15 * 86_400;

/// An appointment that is not deleted.
#[derive(Clone, Debug)]
pub struct AppointmentEntry {
    /// The appointment's id.
    pub id: Uuid,
    /// What its document says.
    pub row: AppointmentRow,
}

/// Starts from this second on and before that one; `None` is open.
#[derive(Clone, Copy, Debug, Default)]
pub struct Between {
    /// Unix seconds, inclusive.
    pub from: Option<i64>,
    /// Unix seconds, exclusive.
    pub until: Option<i64>,
}

/// A walk through all appointments by start and id, or the other way round; those without a time stand last, and in no bounds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Walk {
    /// From the last to the first.
    pub is_descending: bool,
    /// It begins after this one; `None` for the start is one without a time.
    pub after: Option<(Option<i64>, Uuid)>,
    /// Starts not before this second.
    pub from: Option<i64>,
    /// Starts not after this second.
    pub until: Option<i64>,
}

impl Tx<'_> {
    pub(super) fn put_appointment(&self, id: Uuid, row: &AppointmentRow, json: &str) -> Result<()> {
        let sql = "INSERT INTO appointments
                   (id, row, client_id, service_id, starts_at, ends_at, starts_text, status, deleted)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                   ON CONFLICT (id) DO UPDATE SET row = excluded.row, client_id = excluded.client_id,
                   service_id = excluded.service_id, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
                   starts_text = excluded.starts_text, status = excluded.status, deleted = excluded.deleted";
        let time = row.visit_time();
        let values = params![
            id.as_bytes(),
            json,
            row.client_id.map(|id| id.0.into_bytes()),
            row.service_id.map(|id| id.0.into_bytes()),
            time.as_ref().map(|t| t.starts_at().as_second()),
            time.as_ref().map(|t| t.ends_at().as_second()),
            time.as_ref().map(VisitTime::starts_at_rfc3339),
            row.status().as_str(),
            row.deleted_at.is_some(),
        ];
        run(self.conn, sql, values).map(drop)
    }

    /// Appointments that are not deleted, by start and id; those without a time come first, if nothing bounds them.
    pub fn appointments(&self, between: Between) -> Result<Vec<AppointmentEntry>> {
        let rows = match (between.from, between.until) {
            (None, None) => {
                let sql = "SELECT id, row FROM appointments WHERE deleted = 0 ORDER BY starts_at, id";
                all(self.conn, sql, [], entry)?
            }
            // A bound that is always there is one at which the index can be entered: a week costs a week, not the calendar.
            (from, until) => {
                let sql = "SELECT id, row FROM appointments WHERE deleted = 0 AND starts_at >= ?1 AND starts_at < ?2
                           ORDER BY starts_at, id";
                let bounds = params![from.unwrap_or(i64::MIN), until.unwrap_or(i64::MAX)];
                all(self.conn, sql, bounds, entry)?
            }
        };
        rows.into_iter().map(parse).collect()
    }

    /// Appointments that share any second with a span, by start and id.
    pub fn appointments_touching(&self, from: i64, until: i64) -> Result<Vec<AppointmentEntry>> {
        // No visit is longer than two weeks; saying so lets the index by start help, however many there are. Those that ended
        // before are passed over in the index: to look each of them up in the table is to decrypt a page for each.
        let sql = "SELECT id, row FROM appointments WHERE id IN
                   (SELECT id FROM appointments WHERE deleted = 0 AND starts_at < ?2 AND ends_at > ?1 AND starts_at > ?3)
                   ORDER BY starts_at, id";
        all(self.conn, sql, params![from, until, from - LONGEST], entry)?.into_iter().map(parse).collect()
    }

    /// A client's appointments that share any second with a span, by start and id; without bounds all, also those without a time.
    pub fn appointments_of(
        &self,
        client: Uuid,
        from: Option<i64>,
        until: Option<i64>,
    ) -> Result<Vec<AppointmentEntry>> {
        let sql = "SELECT id, row FROM appointments WHERE client_id = ?1 AND deleted = 0
                   AND (?2 IS NULL OR ends_at > ?2) AND (?3 IS NULL OR starts_at < ?3) ORDER BY starts_at, id";
        all(self.conn, sql, params![client.as_bytes(), from, until], entry)?.into_iter().map(parse).collect()
    }

    /// Walks until somebody has enough: `go_on` gets one after the other.
    pub fn walk_appointments(
        &self,
        walk: Walk,
        mut go_on: impl FnMut(AppointmentEntry) -> Result<bool>,
    ) -> Result<()> {
        let is_bounded = walk.from.is_some() || walk.until.is_some();
        let untimed = (!is_bounded).then_some(false);
        // Those with a time, and those without: whichever comes first.
        let parts = if walk.is_descending { [untimed, Some(true)] } else { [Some(true), untimed] };
        for is_timed in parts.into_iter().flatten() {
            let after = match walk.after {
                Some((start, _)) if walk.is_descending && start.is_some() && !is_timed => continue,
                Some((None, _)) if !walk.is_descending && is_timed => continue,
                Some((start, id)) if start.is_some() == is_timed => Some((start, id)),
                _ => None,
            };
            if !self.walk_part(walk, is_timed, after, &mut go_on)? {
                return Ok(());
            }
        }
        Ok(())
    }

    fn walk_part(
        &self,
        walk: Walk,
        is_timed: bool,
        after: Option<(Option<i64>, Uuid)>,
        go_on: &mut impl FnMut(AppointmentEntry) -> Result<bool>,
    ) -> Result<bool> {
        let sql = match (is_timed, walk.is_descending) {
            (true, false) => {
                "SELECT id, row FROM appointments WHERE deleted = 0 AND starts_at >= ?1 AND starts_at <= ?2
                 AND (starts_at, id) > (?3, ?4) ORDER BY starts_at, id"
            }
            (true, true) => {
                "SELECT id, row FROM appointments WHERE deleted = 0 AND starts_at >= ?1 AND starts_at <= ?2
                 AND (starts_at, id) < (?3, ?4) ORDER BY starts_at DESC, id DESC"
            }
            (false, false) => {
                "SELECT id, row FROM appointments WHERE deleted = 0 AND starts_at IS NULL AND id > ?1 ORDER BY id"
            }
            (false, true) => {
                "SELECT id, row FROM appointments WHERE deleted = 0 AND starts_at IS NULL AND id < ?1 ORDER BY id DESC"
            }
        };
        // Where nothing was met yet it begins before every id: shorter than all, or longer.
        let (start, id): (i64, Vec<u8>) = match after {
            Some((start, id)) => (start.unwrap_or_default(), id.as_bytes().to_vec()),
            None if walk.is_descending => (i64::MAX, vec![u8::MAX; 17]),
            None => (i64::MIN, Vec::new()),
        };
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = if is_timed {
            // The place where it goes on is a bound, too, by which the index is entered.
            let (from, until) = (walk.from.unwrap_or(i64::MIN), walk.until.unwrap_or(i64::MAX));
            let (from, until) =
                if walk.is_descending { (from, until.min(start)) } else { (from.max(start), until) };
            statement.query(params![from, until, start, id])?
        } else {
            statement.query(params![id])?
        };
        while let Some(row) = rows.next()? {
            if !go_on(parse(entry(row)?)?)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// One appointment that is not deleted.
    pub fn appointment(&self, id: Uuid) -> Result<Option<AppointmentEntry>> {
        let sql = "SELECT id, row FROM appointments WHERE id = ?1 AND deleted = 0";
        first(self.conn, sql, params![id.as_bytes()], entry)?.map(parse).transpose()
    }

    /// The start of a client's last completed visit, RFC 3339.
    pub fn last_visit(&self, client: Uuid) -> Result<Option<String>> {
        let sql = "SELECT starts_text FROM appointments WHERE client_id = ?1 AND status = 'completed' AND deleted = 0
                   AND starts_at IS NOT NULL ORDER BY starts_at DESC, id DESC LIMIT 1";
        first(self.conn, sql, params![client.as_bytes()], |row| row.get(0))
    }

    /// The same for all clients at once.
    pub(super) fn last_visits(&self) -> Result<BTreeMap<Uuid, String>> {
        let sql = "SELECT client_id, starts_text FROM appointments WHERE status = 'completed' AND deleted = 0
                   AND starts_at IS NOT NULL AND client_id IS NOT NULL ORDER BY client_id, starts_at, id";
        // Later ones take the place of earlier ones.
        Ok(all(self.conn, sql, [], |row| Ok((sql::uuid(row, 0)?, row.get(1)?)))?.into_iter().collect())
    }
}

fn entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<(Uuid, String)> {
    Ok((sql::uuid(row, 0)?, row.get(1)?))
}

fn parse((id, row): (Uuid, String)) -> Result<AppointmentEntry> {
    Ok(AppointmentEntry { id, row: serde_json::from_str(&row)? })
}
