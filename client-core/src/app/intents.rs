//! What the server is asked to do, as she sees it: what waits, what is out, what died and why; and taking back what was not sent.
//!
//! A deadline is in the server's time, and only the server lets an intent die of it: a clock of a device decides nothing. Until it is
//! asked, what is overdue by all that is known here is shown as such.

use std::collections::BTreeMap;

use domain::dates::format_seconds;
use domain::errors::{ErrorCode, FieldProblem};
use domain::ids::IntentId;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use super::{App, AppError, Result};
use crate::store::{IntentState, StoredIntent};
use crate::sync;

/// Something that the server is asked to do.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AskedIntent {
    /// Its id.
    pub id: IntentId,
    /// What is asked.
    pub action: String,
    /// What it is about.
    pub target: Uuid,
    /// Where it stands: an [`IntentState`] word.
    pub state: &'static str,
    /// When it was asked, RFC 3339 by this device's clock.
    pub created_at: Option<String>,
    /// The server does it not later than then, RFC 3339 in the server's time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// Whether that moment has passed, as far as this device knows the server's time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue: Option<bool>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// Which fields are wrong.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldProblem>,
}

impl AskedIntent {
    pub(super) fn new(stored: StoredIntent, server_now: Timestamp) -> Self {
        let StoredIntent { intent, state, code, fields, created } = stored;
        let passed =
            |deadline: &String| deadline.parse::<Timestamp>().is_ok_and(|deadline| deadline < server_now);
        Self {
            id: intent.id,
            action: intent.action,
            target: intent.target,
            state: state.as_str(),
            created_at: format_seconds(created),
            overdue: intent.deadline.as_ref().map(passed),
            deadline: intent.deadline,
            code,
            fields,
        }
    }
}

impl App {
    /// What the server is asked to do, oldest first: what it has not done, or everything that ever was.
    pub fn intents(&self, with_done: bool) -> Result<Vec<AskedIntent>> {
        let now = self.server_now()?;
        let all = self.store.read::<_, AppError>(|tx| Ok(tx.intents()?))?;
        let shown = all.into_iter().filter(|stored| with_done || stored.state != IntentState::Done);
        Ok(shown.map(|stored| AskedIntent::new(stored, now)).collect())
    }

    /// Takes back something the server was asked to do, as long as it was not sent: after that it may be done.
    pub fn cancel_intent(&mut self, id: IntentId) -> Result<AskedIntent> {
        let now = self.server_now()?;
        self.store.write(|tx| {
            let was_waiting = tx.cancel_intent(id)?;
            let stored = tx.intent(id)?.ok_or(AppError::NotFound(id.0))?;
            if was_waiting {
                Ok(AskedIntent::new(stored, now))
            } else {
                Err(AppError::NotWaiting(stored.state.as_str()))
            }
        })
    }

    /// The server's clock, as far as it can be told here: this device's, less what it was ahead when they last spoke.
    fn server_now(&self) -> Result<Timestamp> {
        let ahead: i64 =
            self.store.read::<_, AppError>(|tx| Ok(tx.meta(sync::CLOCK_AHEAD)?))?.unwrap_or_default();
        let now = self.now();
        Ok(now.saturating_sub(SignedDuration::from_secs(ahead)).unwrap_or(now))
    }
}
