//! What the server is asked to do, as she sees it: what waits, what is out, what died and why; and taking back what was not sent.
//!
//! A deadline is in the server's time, and only the server lets an intent die of it: a clock of a device decides nothing. Until it is
//! asked, what is overdue by all that is known here is shown as such.

use std::collections::BTreeMap;

use domain::dates::format_seconds;
use domain::errors::{ErrorCode, FieldProblem};
use domain::ids::IntentId;
use domain::sync::RecordKind;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Number, Value as Json};
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
    /// What it is about, as she would call it: a service, a section of the settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// How much money, as REST says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Number>,
}

impl AskedIntent {
    pub(super) fn new(stored: StoredIntent, server_now: Timestamp) -> Self {
        let StoredIntent { intent, state, code, fields, created } = stored;
        let passed =
            |deadline: &String| deadline.parse::<Timestamp>().is_ok_and(|deadline| deadline < server_now);
        let named = |name| Some(intent.body.get(name)?.as_str()?.to_owned());
        Self {
            about: named("name").or_else(|| named("section")),
            amount: intent.body.get("amount").and_then(Json::as_number).cloned(),
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
        self.store.read(|tx| {
            let shown = tx.intents()?.into_iter();
            let shown = shown.filter(|stored| with_done || stored.state != IntentState::Done);
            let shown = shown.map(|stored| AskedIntent::new(stored, now));
            shown
                .map(|mut shown| {
                    // An edit that leaves the name alone, or a removal, says the name that stands.
                    if shown.about.is_none() && shown.action.starts_with("service.") {
                        let standing = tx.record(RecordKind::Service.as_str(), shown.target)?;
                        shown.about =
                            standing.and_then(|record| Some(record.body["name"].as_str()?.to_owned()));
                    }
                    Ok(shown)
                })
                .collect()
        })
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
