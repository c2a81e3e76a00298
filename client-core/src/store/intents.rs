//! Table `intents`: what the server is asked to do, and what became of it.

use std::collections::BTreeMap;

use domain::conflicts::Changed;
use domain::documents::Hash;
use domain::errors::{ErrorCode, FieldProblem};
use domain::ids::IntentId;
use domain::sync::Intent;
use rusqlite::{Row, params};
use uuid::Uuid;

use super::records::SHAPING;
use super::sql::{self, all, count, first, heads_blob, run};
use super::{Result, Tx};

/// Where an intent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntentState {
    /// Never sent; can still be cancelled.
    Pending,
    /// On its way; it may have run.
    Sent,
    /// It ran.
    Done,
    /// The server said no.
    Refused,
    /// Its deadline passed.
    Expired,
    /// She took it back before it was sent.
    Cancelled,
}

impl IntentState {
    const ALL: [Self; 6] =
        [Self::Pending, Self::Sent, Self::Done, Self::Refused, Self::Expired, Self::Cancelled];

    /// Whether the server still has to answer it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Sent)
    }

    /// The word in the table and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// An intent as it lies in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredIntent {
    /// What is asked.
    pub intent: Intent,
    /// Where it stands.
    pub state: IntentState,
    /// Why not.
    pub code: Option<ErrorCode>,
    /// Which fields are wrong.
    pub fields: BTreeMap<String, FieldProblem>,
    /// Seconds since 1970.
    pub created: i64,
}

const COLUMNS: &str = "id, action, target, body, after, deadline, state, code, fields, created";
type Raw = (Intent, String, IntentState, Option<ErrorCode>, String, i64);

fn read(row: &Row<'_>) -> rusqlite::Result<Raw> {
    let intent = Intent {
        id: IntentId(sql::uuid(row, 0)?),
        action: row.get(1)?,
        target: sql::uuid(row, 2)?,
        body: serde_json::Map::new(),
        after: sql::heads(row, 4)?,
        deadline: row.get(5)?,
    };
    let code: Option<String> = row.get(7)?;
    let state = sql::parsed(row, 6, IntentState::parse)?;
    Ok((intent, row.get(3)?, state, code.and_then(|c| ErrorCode::from_wire(&c)), row.get(8)?, row.get(9)?))
}

fn parse((intent, body, state, code, fields, created): Raw) -> Result<StoredIntent> {
    let intent = Intent { body: serde_json::from_str(&body)?, ..intent };
    Ok(StoredIntent { intent, state, code, fields: serde_json::from_str(&fields)?, created })
}

impl Tx<'_> {
    /// What an intent asks may change the price list as it is shown here, and with it conflicts.
    fn note_asked(
        &self,
        action: &str,
        target: Uuid,
        body: Option<&serde_json::Map<String, serde_json::Value>>,
    ) {
        let shapes = |body: &serde_json::Map<String, serde_json::Value>| {
            action != "service.edit" || SHAPING.iter().any(|name| body.contains_key(*name))
        };
        if action.starts_with("service.") && body.is_none_or(shapes) || action == "record.offer" {
            self.note_changed(Changed::Service(target));
        }
    }

    /// Queues an intent; one with this id that is known already stays as it is.
    pub fn add_intent(&self, intent: &Intent, created: i64) -> Result<()> {
        let sql = "INSERT INTO intents (id, action, target, body, after, deadline, state, created)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'pending', ?7) ON CONFLICT (id) DO NOTHING";
        self.note_asked(&intent.action, intent.target, Some(&intent.body));
        let body = serde_json::to_string(&intent.body)?;
        let after = heads_blob(&intent.after);
        let (id, target) = (intent.id.0.into_bytes(), intent.target.as_bytes());
        run(self.conn, sql, params![id, intent.action, target, body, after, intent.deadline, created])
            .map(drop)
    }

    /// All intents, oldest first.
    pub fn intents(&self) -> Result<Vec<StoredIntent>> {
        let sql = format!("SELECT {COLUMNS} FROM intents ORDER BY n");
        all(self.conn, &sql, [], read)?.into_iter().map(parse).collect()
    }

    /// Intents that the server has not answered for good, oldest first.
    pub fn open_intents(&self, limit: u32) -> Result<Vec<StoredIntent>> {
        let sql =
            format!("SELECT {COLUMNS} FROM intents WHERE state IN ('pending', 'sent') ORDER BY n LIMIT ?1");
        all(self.conn, &sql, params![limit], read)?.into_iter().map(parse).collect()
    }

    /// Intents whose effect must be shown from here, because the record that shows it has not arrived: open ones,
    /// and done ones since the device last caught up.
    pub fn unsettled_intents(&self) -> Result<Vec<StoredIntent>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM intents WHERE state IN ('pending', 'sent') OR (state = 'done' AND settled = 0) ORDER BY n"
        );
        all(self.conn, &sql, [], read)?.into_iter().map(parse).collect()
    }

    /// The device has caught up: the records of all done intents are here.
    pub(crate) fn settle_intents(&self) -> Result<()> {
        let sql = "SELECT target, action FROM intents WHERE state = 'done' AND settled = 0";
        for (target, action) in
            all(self.conn, sql, [], |row| Ok((sql::uuid(row, 0)?, row.get::<_, String>(1)?)))?
        {
            self.note_asked(&action, target, None);
        }
        run(self.conn, "UPDATE intents SET settled = 1 WHERE state = 'done' AND settled = 0", []).map(drop)
    }

    /// One intent.
    pub fn intent(&self, id: IntentId) -> Result<Option<StoredIntent>> {
        let sql = format!("SELECT {COLUMNS} FROM intents WHERE id = ?1");
        first(self.conn, &sql, params![id.0.as_bytes()], read)?.map(parse).transpose()
    }

    /// How many intents the server has not answered for good.
    pub fn open_intents_len(&self) -> Result<u64> {
        let sql = "SELECT count(*) FROM intents WHERE state IN ('pending', 'sent')";
        count(self.conn, sql, [])
    }

    /// Moves an intent on.
    pub(crate) fn set_intent(
        &self,
        id: IntentId,
        state: IntentState,
        code: Option<ErrorCode>,
        fields: &BTreeMap<String, FieldProblem>,
    ) -> Result<()> {
        let sql = "UPDATE intents SET state = ?2, code = ?3, fields = ?4 WHERE id = ?1";
        let fields = serde_json::to_string(fields)?;
        let code = code.map(ErrorCode::as_str);
        if !matches!(state, IntentState::Sent | IntentState::Done)
            && let Some(stored) = self.intent(id)?
        {
            self.note_asked(&stored.intent.action, stored.intent.target, None);
        }
        run(self.conn, sql, params![id.0.as_bytes(), state.as_str(), code, fields]).map(drop)
    }

    /// Takes back an intent that was never sent; answers whether that was still possible.
    pub fn cancel_intent(&self, id: IntentId) -> Result<bool> {
        if let Some(stored) = self.intent(id)? {
            self.note_asked(&stored.intent.action, stored.intent.target, None);
        }
        let sql = "UPDATE intents SET state = 'cancelled' WHERE id = ?1 AND state = 'pending'";
        Ok(run(self.conn, sql, params![id.0.as_bytes()])? > 0)
    }

    /// It was about to be sent for the first time, and has not left this device.
    pub(crate) fn unsend_intent(&self, id: IntentId) -> Result<()> {
        let sql = "UPDATE intents SET state = 'pending' WHERE id = ?1 AND state = 'sent'";
        run(self.conn, sql, params![id.0.as_bytes()]).map(drop)
    }

    /// The server did it, at this second of its own clock.
    pub(crate) fn intent_was_done(&self, id: IntentId, second: i64) -> Result<()> {
        run(self.conn, "UPDATE intents SET answered = ?2 WHERE id = ?1", params![id.0.as_bytes(), second])
            .map(drop)
    }

    /// The server was restored: what it did since then, by its own clock, may be undone, so done intents are asked again.
    pub(crate) fn ask_done_intents_again(&self, since: i64) -> Result<usize> {
        crate::conflicts::mark_stale(self)?;
        let sql = "UPDATE intents SET state = 'sent', settled = 0
                   WHERE state = 'done' AND coalesce(answered, created) >= ?1";
        run(self.conn, sql, params![since])
    }

    /// A change will never be stored: intents no longer wait for it.
    pub(crate) fn wait_no_more_for(&self, hash: Hash) -> Result<()> {
        for stored in self.open_intents(u32::MAX)? {
            let after: Vec<Hash> = stored.intent.after.iter().copied().filter(|h| *h != hash).collect();
            if after.len() < stored.intent.after.len() {
                let sql = "UPDATE intents SET after = ?2 WHERE id = ?1";
                run(self.conn, sql, params![stored.intent.id.0.as_bytes(), heads_blob(&after)])?;
            }
        }
        Ok(())
    }

    /// The targets of intents that the server has not answered for good.
    pub fn intent_targets(&self) -> Result<Vec<(Uuid, String)>> {
        let sql = "SELECT target, action FROM intents WHERE state IN ('pending', 'sent') ORDER BY n";
        all(self.conn, sql, [], |row| Ok((sql::uuid(row, 0)?, row.get(1)?)))
    }
}
