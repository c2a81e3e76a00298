//! How this device stands to the server: what waits, what was put aside, what she should know.

use std::collections::BTreeMap;

use domain::sync::Others;
use serde::Serialize;
use uuid::Uuid;

use super::{App, AppError, AskedIntent, DeviceIdentity, PlanStanding, Result};
use crate::store::{IntentState, Notice, Quarantined, Result as StoreResult, Tx};
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
    /// Whether this device was disconnected from the account: what waits here stays, and goes once she signs in again.
    pub disconnected: bool,
    /// What the server said of her other devices.
    pub others: Option<OtherDevices>,
    /// Whether the business is suspended, as the server said last: what waits here goes out when it works again.
    pub suspended: bool,
    /// The plan, once signed in.
    pub plan: Option<PlanStanding>,
    /// Changes and intents that the server has not acknowledged.
    pub pending: u64,
    /// Pictures that were taken here and wait to be sent.
    pub pictures_waiting: usize,
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
    pub intents: Vec<AskedIntent>,
    /// What was put aside.
    pub quarantine: Vec<Quarantined>,
    /// What she should know, oldest first.
    pub notices: Vec<Notice>,
}

/// The same in brief, as it stands beside her work at every moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Whether the home has an account, and with it a server for ever.
    pub is_fixed: bool,
    /// Changes and intents that the server has not acknowledged.
    pub pending: u64,
    /// Pictures that were taken here and wait to be sent.
    pub pictures: usize,
    /// When the server last answered, RFC 3339 by this device's clock.
    pub last_contact: Option<String>,
    /// What the server said of her other devices.
    pub others: Option<OtherDevices>,
    /// How much is here so far, while this device has not had everything once.
    pub first_sync: Option<u64>,
    /// Whether the business is suspended, as the server said last.
    pub suspended: bool,
    /// How much was put aside and needs her.
    pub needs_you: usize,
}

/// What the server has not got yet.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Waiting {
    /// How many things of each collection were edited.
    pub edits: BTreeMap<&'static str, u64>,
    /// Pictures that were taken here.
    pub pictures: usize,
    /// What the server is asked to do, and what it would not do.
    pub intents: Vec<AskedIntent>,
}

/// Her other devices, as the server said last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OtherDevices {
    /// How many are connected.
    pub devices: u64,
    /// Whether each has everything that this device had from the server then.
    pub up_to_date: bool,
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

const SAVED_HERE: &str = "saved_here";
const NEEDS_YOU: &str = "needs_you";
const ON_SERVER: &str = "on_server";
const ON_DEVICES: &str = "on_devices";

impl App {
    /// How this device stands to the server.
    pub fn status(&self) -> Result<Status> {
        let (server, device, signed_in) = (self.server()?, self.device()?, self.token()?.is_some());
        let plan = match self.plan() {
            Ok(plan) => Some(plan),
            Err(AppError::NotSignedIn) => None,
            Err(error) => return Err(error),
        };
        let (intents, pictures_waiting) = (self.intents(false)?, self.waiting_pictures()?);
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
            let there = all.saturating_sub(saved_here + needs_you);
            let others: Option<Others> = tx.meta(sync::OTHERS)?;
            let on_server_only = only_on_server(tx, others, &states)?.map_or(there, |some| some.min(there));
            let records = [
                (SAVED_HERE, saved_here),
                (NEEDS_YOU, needs_you),
                (ON_SERVER, on_server_only),
                (ON_DEVICES, there - on_server_only),
            ];
            let head: Option<u64> = tx.meta(sync::HEAD)?;
            let others = other_devices(others, head);
            Ok::<_, AppError>(Status {
                server,
                device,
                signed_in,
                disconnected: tx.meta(sync::DISCONNECTED)?.unwrap_or(false),
                others,
                suspended: tx.meta(sync::SUSPENDED)?.unwrap_or(false),
                plan,
                pending: tx.outbox_len()? + tx.open_intents_len()?,
                pictures_waiting,
                last_contact: tx.meta(sync::LAST_CONTACT)?,
                head,
                in_step: tx.meta(sync::IN_STEP)?,
                records: records.into(),
                not_on_server: states.into_values().collect(),
                intents,
                quarantine,
                notices: tx.notices()?,
            })
        })
    }

    /// The same in brief: cheap, however much is here.
    pub fn standing(&self) -> Result<Standing> {
        let pictures = self.waiting_pictures()?;
        self.store.read(|tx| {
            let head: Option<u64> = tx.meta(sync::HEAD)?;
            let has_had_all =
                tx.meta::<u64>(sync::TRACKED)?.is_some() || tx.meta(sync::RESTORED)?.unwrap_or(false);
            let is_fixed = tx.meta::<String>(super::account::SERVER)?.is_some();
            let first_sync = if has_had_all || !is_fixed {
                None
            } else {
                Some(tx.count_documents()? + tx.count_records()?)
            };
            Ok(Standing {
                is_fixed,
                pending: tx.outbox_len()? + tx.open_intents_len()?,
                pictures,
                last_contact: tx.meta(sync::LAST_CONTACT)?,
                others: other_devices(tx.meta(sync::OTHERS)?, head),
                first_sync,
                suspended: tx.meta(sync::SUSPENDED)?.unwrap_or(false),
                needs_you: tx.quarantined()?.len(),
            })
        })
    }

    /// What the server has not got yet, and what it would not do.
    pub fn waiting(&self) -> Result<Waiting> {
        let mut intents = self.intents(false)?;
        intents.retain(|intent| intent.state != IntentState::Cancelled.as_str());
        let pictures = self.waiting_pictures()?;
        let edited = self.store.read::<_, AppError>(|tx| Ok(tx.outbox_docs()?))?;
        let mut edits = BTreeMap::new();
        for (_, collection) in edited {
            *edits.entry(collection.as_str()).or_default() += 1;
        }
        Ok(Waiting { edits, pictures, intents })
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
}

/// Her other devices, if there are any, held against the newest number of the log.
fn other_devices(others: Option<Others>, head: Option<u64>) -> Option<OtherDevices> {
    let others = others.filter(|others| others.devices > 0)?;
    let up_to_date = head.is_some_and(|head| others.read_to >= head);
    Some(OtherDevices { devices: others.devices, up_to_date })
}

/// How many things are on the server and perhaps on no other device; `None` if nothing is known of others, so that none is said to
/// be there. Of what came before this device had everything only the whole is known.
fn only_on_server(
    tx: &Tx<'_>,
    others: Option<Others>,
    elsewhere: &BTreeMap<Uuid, RecordState>,
) -> StoreResult<Option<u64>> {
    let tracked: Option<u64> = tx.meta(sync::TRACKED)?;
    let (Some(others), Some(tracked)) = (others.filter(|others| others.devices > 0), tracked) else {
        return Ok(None);
    };
    if others.read_to < tracked {
        return Ok(None);
    }
    let documents = tx.spreading()?.into_iter().filter(|doc| !elsewhere.contains_key(doc)).count() as u64;
    Ok(Some(documents + tx.count_records_after(others.read_to)?))
}
