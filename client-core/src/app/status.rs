//! How this device stands to the server: what waits, what was put aside, what she should know.

use std::collections::BTreeMap;

use domain::errors::{ErrorCode, FieldProblem};
use domain::ids::IntentId;
use serde::Serialize;
use uuid::Uuid;

use super::{App, AppError, DeviceIdentity, PlanStanding, Result};
use crate::store::{IntentState, Notice, Quarantined, StoredIntent};
use crate::sync;

/// How this device stands to the server.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The server's address.
    pub server: Option<String>,
    /// This device as the server knows it.
    pub device: Option<DeviceIdentity>,
    /// Whether the device can talk to the server: it has a token.
    pub signed_in: bool,
    /// Whether the business is suspended, as the server said last: what waits here goes out when it works again.
    pub suspended: bool,
    /// The plan, once signed in.
    pub plan: Option<PlanStanding>,
    /// Changes and intents that the server has not acknowledged.
    pub pending: u64,
    /// When the server last answered, RFC 3339 by this device's clock.
    pub last_contact: Option<String>,
    /// The newest number of the server's log, as of then.
    pub head: Option<u64>,
    /// Whether device and server held the same when they were last compared.
    pub in_step: Option<bool>,
    /// Documents and records by state.
    pub records: BTreeMap<&'static str, u64>,
    /// Those that are not on the server, or need her.
    pub not_on_server: Vec<RecordState>,
    /// What the server is asked to do, and has not done for good.
    pub intents: Vec<OpenIntent>,
    /// What was put aside.
    pub quarantine: Vec<Quarantined>,
    /// What she should know, oldest first.
    pub notices: Vec<Notice>,
}

/// A record that is not (only) on the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordState {
    /// Its id.
    pub id: Uuid,
    /// `clients`, `appointments`, `notes`, or the intent's action.
    pub kind: String,
    /// `saved_here` or `needs_you`.
    pub state: &'static str,
}

/// Something that the server is asked to do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OpenIntent {
    /// Its id.
    pub id: IntentId,
    /// What is asked.
    pub action: String,
    /// What it is about.
    pub target: Uuid,
    /// Where it stands.
    pub state: &'static str,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// Which fields are wrong.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldProblem>,
}

const SAVED_HERE: &str = "saved_here";
const NEEDS_YOU: &str = "needs_you";
const ON_SERVER: &str = "on_server";

impl App {
    /// How this device stands to the server.
    pub fn status(&self) -> Result<Status> {
        let (server, device, signed_in) = (self.server()?, self.device()?, self.token()?.is_some());
        let plan = match self.plan() {
            Ok(plan) => Some(plan),
            Err(AppError::NotSignedIn) => None,
            Err(error) => return Err(error),
        };
        self.store.read(|tx| {
            let quarantine = tx.quarantined()?;
            let mut states: BTreeMap<Uuid, RecordState> = BTreeMap::new();
            for (id, collection) in tx.outbox_docs()? {
                states.insert(id, RecordState { id, kind: collection.to_string(), state: SAVED_HERE });
            }
            for (id, action) in tx.intent_targets()? {
                states.entry(id).or_insert(RecordState { id, kind: action, state: SAVED_HERE });
            }
            for entry in &quarantine {
                let (id, kind) = (entry.id, entry.collection.to_string());
                states.insert(id, RecordState { id, kind, state: NEEDS_YOU });
            }
            let count = |state| states.values().filter(|record| record.state == state).count() as u64;
            let (saved_here, needs_you) = (count(SAVED_HERE), count(NEEDS_YOU));
            let all = tx.count_documents()? + tx.count_records()?;
            let records = [
                (SAVED_HERE, saved_here),
                (NEEDS_YOU, needs_you),
                (ON_SERVER, all.saturating_sub(saved_here + needs_you)),
            ];
            let open = tx.intents()?.into_iter().filter(|stored| stored.state != IntentState::Done);
            Ok::<_, AppError>(Status {
                server,
                device,
                signed_in,
                suspended: tx.meta(sync::SUSPENDED)?.unwrap_or(false),
                plan,
                pending: tx.outbox_len()? + tx.open_intents_len()?,
                last_contact: tx.meta(sync::LAST_CONTACT)?,
                head: tx.meta(sync::HEAD)?,
                in_step: tx.meta(sync::IN_STEP)?,
                records: records.into(),
                not_on_server: states.into_values().collect(),
                intents: open.map(OpenIntent::from).collect(),
                quarantine,
                notices: tx.notices()?,
            })
        })
    }

    /// How many changes and intents the server has not acknowledged.
    pub fn pending(&self) -> Result<u64> {
        self.store.read(|tx| Ok(tx.outbox_len()? + tx.open_intents_len()?))
    }

    /// Whether the business is suspended, as the server said last.
    pub fn is_suspended(&self) -> Result<bool> {
        self.store.read(|tx| Ok(tx.meta(sync::SUSPENDED)?.unwrap_or(false)))
    }

    /// What she has not been told yet; told once this returns.
    pub fn take_notices(&mut self) -> Result<Vec<Notice>> {
        let fresh = self.store.read::<_, AppError>(|tx| Ok(tx.notices()?))?;
        let fresh: Vec<Notice> = fresh.into_iter().filter(|notice| !notice.shown).collect();
        if !fresh.is_empty() {
            self.store.write::<_, AppError>(|tx| Ok(tx.mark_notices_shown()?))?;
        }
        Ok(fresh)
    }

    /// Takes back something the server was asked to do, as long as it was not sent.
    pub fn cancel_intent(&mut self, id: IntentId) -> Result<()> {
        let cancelled = self.store.write::<_, AppError>(|tx| Ok(tx.cancel_intent(id)?))?;
        if cancelled { Ok(()) } else { Err(AppError::NotFound(id.0)) }
    }
}

impl From<StoredIntent> for OpenIntent {
    fn from(stored: StoredIntent) -> Self {
        let StoredIntent { intent, state, code, fields, .. } = stored;
        let state = state.as_str();
        Self { id: intent.id, action: intent.action, target: intent.target, state, code, fields }
    }
}
