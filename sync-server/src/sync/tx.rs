//! What the rules of sync need from storage, within one transaction of one tenant.
//!
//! Two implementations: Postgres (`store`) and the simulated world's memory (`memory`). Everything here is already
//! behind the tenant wall: no call names a tenant.

use std::collections::BTreeMap;
use std::future::Future;

use domain::Projection;
use domain::documents::{Chunk, Collection, Document, DocumentError, Hash, Heads, Verdict, genesis_hash};
use domain::ids::{DeviceId, IntentId, TenantId};
use domain::sync::{CompareDoc, Digest, Intent, IntentResult};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::db::StoreError;

/// Where the log stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogState {
    /// The newest number; 0 when the log is empty.
    pub head: u64,
    /// The chain hash at `head`.
    pub chain: Hash,
    /// The log's life.
    pub epoch: Uuid,
    /// The sums of all parts at `head`.
    pub digest: Digest,
}

impl LogState {
    /// Replaces one item's digest in a part's sum.
    pub fn count(&mut self, part: &str, old: Option<Hash>, new: Option<Hash>) {
        let sum = self.digest.entry(part.to_owned()).or_default();
        if let Some(old) = old {
            *sum = sum.minus(old);
        }
        if let Some(new) = new {
            *sum = sum.plus(new);
        }
    }
}

/// What a document's stored bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The one change made so far.
    Change,
    /// The whole document.
    Snapshot,
    /// Nothing: it was erased on purpose.
    Purged,
    /// What was stored is damaged and could not be made anew from the log. Never written; a device that has the
    /// document whole is asked for all of it.
    Damaged,
}

/// A document as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its collection.
    pub collection: Collection,
    /// What the bytes are.
    pub form: Form,
    /// A change chunk or a document chunk.
    pub bytes: Vec<u8>,
    /// Sorted heads.
    pub heads: Heads,
    /// The number of its newest change.
    pub seq: u64,
}

impl StoredDocument {
    /// Opens it; `None` if it was erased or is damaged.
    pub fn open(&self, id: Uuid) -> Result<Option<Document>, DocumentError> {
        match self.form {
            Form::Purged | Form::Damaged => Ok(None),
            Form::Snapshot => Document::load(self.collection, &self.bytes).map(Some),
            Form::Change => {
                let damaged = || DocumentError::Unreadable(format!("the only change of {id} is damaged"));
                let [head] = self.heads[..] else { return Err(damaged()) };
                let chunk = Chunk::check(self.collection, head, &self.bytes).map_err(|_| damaged())?;
                let received = Document::new(self.collection).receive(&[chunk]);
                if received.verdicts == [Verdict::Stored] {
                    Ok(Some(received.document))
                } else {
                    Err(damaged())
                }
            }
        }
    }

    /// The heads of a document that nobody has written yet.
    pub fn blank_heads(collection: Collection) -> Heads {
        vec![genesis_hash(collection)]
    }
}

/// A document that is to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Its id.
    pub id: Uuid,
    /// As it is to be stored.
    pub document: StoredDocument,
    /// Its row; `None` once erased.
    pub row: Option<Projection>,
}

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub seq: u64,
    /// What it is.
    pub kind: EntryKind,
    /// The group it came in.
    pub group: Option<Uuid>,
    /// The document or record.
    pub item: Uuid,
    /// The change's hash; of a record or an erasure the digest of it.
    pub hash: Hash,
    /// The chain hash here.
    pub chain: Hash,
}

/// What an entry of the log is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A change; the bytes are gone once folded into the document.
    Change {
        /// Of which collection.
        collection: Collection,
        /// The chunk, unless folded.
        bytes: Option<Vec<u8>>,
    },
    /// A record of this kind was written or removed.
    Record(String),
    /// A document was erased.
    Purged(Collection),
}

/// A record as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRecord {
    /// Its kind.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// `None` once removed.
    pub body: Option<Json>,
    /// The number of its newest version.
    pub seq: u64,
}

/// The stretches of a first sync, in order: what she needs at 8:55 first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// The tenant and the price list.
    FirstRecords,
    /// The visits of today and the next seven days.
    ComingVisits,
    /// Their clients.
    TheirClients,
    /// The notes about those clients.
    TheirNotes,
    /// All other clients.
    OtherClients,
    /// All other visits.
    OtherVisits,
    /// All other notes.
    OtherNotes,
    /// All other records.
    OtherRecords,
}

impl Phase {
    /// All phases in order.
    pub const ALL: [Self; 8] = [
        Self::FirstRecords,
        Self::ComingVisits,
        Self::TheirClients,
        Self::TheirNotes,
        Self::OtherClients,
        Self::OtherVisits,
        Self::OtherNotes,
        Self::OtherRecords,
    ];

    /// Whether it sends records rather than documents.
    pub const fn is_records(self) -> bool {
        matches!(self, Self::FirstRecords | Self::OtherRecords)
    }
}

/// How many days from today on a new device gets first. More would make her wait for what she needs today.
pub(super) const COMING_DAYS: i64 = 7;

/// Until when visits are coming, given the first second of today.
pub(super) const fn coming_until(since: i64) -> i64 {
    since + COMING_DAYS * 86_400
}

/// The kinds of records that [`Phase::FirstRecords`] sends.
pub(super) const FIRST_RECORDS: [&str; 2] = ["tenant", "service"];

/// A chunk that was refused, for people to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused<'a> {
    /// The document it was meant for.
    pub doc: Uuid,
    /// The declared hash.
    pub hash: Hash,
    /// The declared collection.
    pub collection: &'a str,
    /// Why.
    pub code: &'a str,
    /// What came.
    pub bytes: &'a [u8],
    /// From whom.
    pub device: Option<DeviceId>,
}

type Stored<T> = Result<T, StoreError>;

/// One transaction of one tenant.
pub trait Tx: Send {
    /// Whose.
    fn tenant(&self) -> TenantId;
    /// Locks the tenant's row until the end of the transaction.
    fn lock(&mut self) -> impl Future<Output = Stored<()>> + Send;
    /// Whether a device of this tenant is connected no more, as of this moment.
    fn is_revoked(&mut self, device: DeviceId) -> impl Future<Output = Stored<bool>> + Send;
    /// Where the log stands: head, chain, epoch and sums of one moment.
    fn state(&mut self) -> impl Future<Output = Stored<LogState>> + Send;
    /// Keeps where the log stands.
    fn keep_state(&mut self, state: &LogState) -> impl Future<Output = Stored<()>> + Send;
    /// The first of `count` numbers for new entries: those after the head that the lock holds still.
    fn numbers(&mut self, state: &LogState, _count: u64) -> u64 {
        state.head + 1
    }
    /// Documents by id; unknown ones are absent.
    fn documents(
        &mut self,
        ids: &[Uuid],
    ) -> impl Future<Output = Stored<BTreeMap<Uuid, StoredDocument>>> + Send;
    /// Keeps documents and their rows (none once erased). No document twice.
    fn keep_documents(&mut self, kept: &[Kept]) -> impl Future<Output = Stored<()>> + Send;
    /// Appends to the log.
    fn append(
        &mut self,
        entries: &[Entry],
        device: Option<DeviceId>,
    ) -> impl Future<Output = Stored<()>> + Send;
    /// Whether a change is in the log.
    fn has_change(&mut self, hash: Hash) -> impl Future<Output = Stored<bool>> + Send;
    /// The chain hash at a number, if the log has it.
    fn chain_at(&mut self, seq: u64) -> impl Future<Output = Stored<Option<Hash>>> + Send;
    /// Entries with `after < seq <= until`, in order.
    fn entries(
        &mut self,
        after: u64,
        until: u64,
        limit: u32,
    ) -> impl Future<Output = Stored<Vec<Entry>>> + Send;
    /// The ids of a phase after an id, in order of id. `since` is the first second of today.
    fn phase(
        &mut self,
        phase: Phase,
        after: Uuid,
        since: i64,
        limit: u32,
    ) -> impl Future<Output = Stored<Vec<Uuid>>> + Send;
    /// The rows of documents of a collection, as JSON text.
    fn rows(
        &mut self,
        collection: Collection,
        ids: &[Uuid],
    ) -> impl Future<Output = Stored<BTreeMap<Uuid, String>>> + Send;
    /// Records by id, also removed ones.
    fn records(&mut self, ids: &[Uuid]) -> impl Future<Output = Stored<Vec<StoredRecord>>> + Send;
    /// Keeps a record, or that it was removed.
    fn keep_record(&mut self, record: &StoredRecord) -> impl Future<Output = Stored<()>> + Send;
    /// Whether there is a record of a kind that was not removed.
    fn has_records_of(&mut self, kind: &str) -> impl Future<Output = Stored<bool>> + Send;
    /// What became of an intent.
    fn intent(&mut self, id: IntentId) -> impl Future<Output = Stored<Option<IntentResult>>> + Send;
    /// Keeps what became of an intent.
    fn keep_intent(
        &mut self,
        intent: &Intent,
        result: &IntentResult,
    ) -> impl Future<Output = Stored<()>> + Send;
    /// All documents of a collection, or all records, with what tells them apart.
    fn part(&mut self, part: &str) -> impl Future<Output = Stored<Vec<(CompareDoc, Hash)>>> + Send;
    /// Keeps a refused chunk for people to look at.
    fn quarantine(&mut self, refused: &Refused<'_>) -> impl Future<Output = Stored<()>> + Send;
}
