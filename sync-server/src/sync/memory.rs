//! Sync's storage in memory, for the simulated world: the same rules on maps instead of tables.
//!
//! A transaction reads what is committed (as Postgres does under READ COMMITTED) and its own writes, and the world
//! decides when it commits. A tenant's lock is held from [`Tx::lock`] to the end; who asks meanwhile is told to come
//! back, which is what waiting looks like from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::Projection;
use domain::documents::{Collection, Document, Hash};
use domain::ids::{DeviceId, IntentId, TenantId};
use domain::sync::{
    CompareDoc, Intent, IntentResult, Sum, canonical_json, document_digest, purged_digest, record_digest,
};
use serde_json::json;
use uuid::Uuid;

use super::bugs::{self, Bug};
use super::tx::{
    Entry, EntryKind, FIRST_RECORDS, Form, Kept, LogState, Phase, Refused, StoredDocument, StoredRecord, Tx,
    coming_until,
};
use crate::db::StoreError;

/// A refused chunk: the document, the declared hash, the code.
pub type Quarantined = (Uuid, Hash, String);

/// What one tenant has stored. Whoever looks at it, dumps it or writes on top of it shares what stays as it is.
#[derive(Clone, Debug)]
pub struct Tables {
    state: LogState,
    documents: BTreeMap<Uuid, Arc<StoredDocument>>,
    rows: BTreeMap<Uuid, Arc<Projection>>,
    log: BTreeMap<u64, Arc<Entry>>,
    records: BTreeMap<(String, Uuid), Arc<StoredRecord>>,
    intents: BTreeMap<IntentId, IntentResult>,
    quarantine: BTreeSet<Quarantined>,
}

#[derive(Debug)]
struct Inside {
    tenants: BTreeMap<TenantId, Arc<Tables>>,
    locked: BTreeSet<TenantId>,
    /// Kept beside the tables: whoever restores a dump disconnects again what was disconnected since.
    revoked: BTreeSet<(TenantId, DeviceId)>,
    /// What a plain sequence would hand out; only for writers that did not lock.
    sequence: u64,
}

/// A server's database in memory.
#[derive(Clone, Debug)]
pub struct MemoryServer {
    inside: Arc<Mutex<Inside>>,
}

impl Default for MemoryServer {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryServer {
    /// An empty database.
    #[must_use]
    pub fn new() -> Self {
        let inside = Inside {
            tenants: BTreeMap::new(),
            locked: BTreeSet::new(),
            revoked: BTreeSet::new(),
            sequence: 0,
        };
        Self { inside: Arc::new(Mutex::new(inside)) }
    }

    /// A tenant with its own record, as registering makes it.
    pub fn add_tenant(&self, tenant: TenantId, epoch: Uuid) {
        let parts = ["clients", "appointments", "notes", "records"];
        let digest = parts.map(|part| (part.to_owned(), Sum::default())).into();
        let state = LogState { head: 0, chain: Hash([0; 32]), epoch, digest };
        let tables = Tables {
            state,
            documents: BTreeMap::new(),
            rows: BTreeMap::new(),
            log: BTreeMap::new(),
            records: BTreeMap::new(),
            intents: BTreeMap::new(),
            quarantine: BTreeSet::new(),
        };
        self.inside().tenants.insert(tenant, Arc::new(tables));
        let body = json!({ "id": tenant, "name": "Salon", "timezone": "Europe/Moscow", "locale": "ru",
                           "currency": "RUB", "plan": "ivory" });
        let mut tx = self.begin(tenant);
        let written = futures::executor::block_on(async {
            tx.lock().await?;
            let mut session = super::Session::begin(&mut tx, None).await?;
            session.keep_record("tenant", tenant.0, Some(&body)).await?;
            session.finish().await
        });
        written.expect("an empty database takes a record");
        tx.commit();
    }

    /// Begins a transaction of a tenant.
    #[must_use]
    pub fn begin(&self, tenant: TenantId) -> MemoryTx {
        MemoryTx { server: self.clone(), tenant, holds_lock: false, writes: Vec::new(), own: None }
    }

    /// What a tenant has stored now: a dump, to look at or to restore.
    #[must_use]
    pub fn dump(&self, tenant: TenantId) -> Option<Arc<Tables>> {
        self.inside().tenants.get(&tenant).cloned()
    }

    /// Puts an older dump back, as a restore from a backup does.
    pub fn restore(&self, tenant: TenantId, tables: Arc<Tables>) {
        self.inside().tenants.insert(tenant, tables);
    }

    /// Disconnects a device as REST does, in the tenant's lock; whether the lock was free.
    #[must_use]
    pub fn revoke(&self, tenant: TenantId, device: DeviceId) -> bool {
        let mut inside = self.inside();
        if inside.locked.contains(&tenant) {
            return false;
        }
        inside.revoked.insert((tenant, device));
        true
    }

    /// The document whose changes somebody of this tenant asks for, as REST opens it.
    pub fn asked_for(
        &self,
        tenant: TenantId,
        collection: Collection,
        id: Uuid,
    ) -> Result<Option<Document>, StoreError> {
        let tenant = if bugs::on(Bug::HistoryByIdAlone) { self.owner(id).unwrap_or(tenant) } else { tenant };
        futures::executor::block_on(super::load(&mut self.begin(tenant), collection, id))
    }

    fn owner(&self, id: Uuid) -> Option<TenantId> {
        let inside = self.inside();
        let mut tenants = inside.tenants.iter();
        tenants.find(|(_, tables)| tables.documents.contains_key(&id)).map(|(tenant, _)| *tenant)
    }

    /// Takes the bytes out of all log entries up to a number: their documents hold them.
    pub fn fold(&self, tenant: TenantId, until: u64) {
        if let Some(tables) = self.inside().tenants.get_mut(&tenant) {
            Arc::make_mut(tables).log.range_mut(..=until).for_each(|(_, entry)| without_bytes(entry));
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    /// The newest number.
    #[must_use]
    pub const fn head(&self) -> u64 {
        self.state.head
    }

    /// All documents.
    #[must_use]
    pub const fn documents(&self) -> &BTreeMap<Uuid, Arc<StoredDocument>> {
        &self.documents
    }

    /// All rows.
    #[must_use]
    pub const fn rows(&self) -> &BTreeMap<Uuid, Arc<Projection>> {
        &self.rows
    }

    /// The log.
    #[must_use]
    pub const fn log(&self) -> &BTreeMap<u64, Arc<Entry>> {
        &self.log
    }

    /// All records, also removed ones.
    #[must_use]
    pub const fn records(&self) -> &BTreeMap<(String, Uuid), Arc<StoredRecord>> {
        &self.records
    }

    /// What became of intents.
    #[must_use]
    pub const fn intents(&self) -> &BTreeMap<IntentId, IntentResult> {
        &self.intents
    }

    /// What was refused.
    #[must_use]
    pub const fn quarantine(&self) -> &BTreeSet<Quarantined> {
        &self.quarantine
    }

    fn apply(&mut self, write: Write) {
        match write {
            Write::State(state) => {
                // Without the lock two writers may end in any order; the head is the highest number either saw.
                let head = self.state.head.max(state.head);
                self.state = LogState { head, ..state };
            }
            Write::Document(id, document, row) => {
                self.documents.insert(id, document);
                match row {
                    Some(row) => self.rows.insert(id, row),
                    None => self.rows.remove(&id),
                };
            }
            Write::Forget(id) => {
                self.log.values_mut().filter(|entry| entry.item == id).for_each(without_bytes);
                self.quarantine.retain(|(doc, ..)| *doc != id);
            }
            Write::Entry(entry) => {
                self.log.insert(entry.seq, entry);
            }
            Write::Record(record) => {
                self.records.insert((record.kind.clone(), record.id), record);
            }
            Write::Intent(result) => {
                self.intents.insert(result.id, result);
            }
            Write::Quarantine(refused) => {
                self.quarantine.insert(refused);
            }
        }
    }
}

/// The document holds what the entry did.
fn without_bytes(entry: &mut Arc<Entry>) {
    if let EntryKind::Change { bytes, .. } = &mut Arc::make_mut(entry).kind {
        *bytes = None;
    }
}

#[derive(Clone, Debug)]
enum Write {
    State(LogState),
    Document(Uuid, Arc<StoredDocument>, Option<Arc<Projection>>),
    Forget(Uuid),
    Entry(Arc<Entry>),
    Record(Arc<StoredRecord>),
    Intent(IntentResult),
    Quarantine(Quarantined),
}

/// A transaction in memory. Dropped without [`MemoryTx::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct MemoryTx {
    server: MemoryServer,
    tenant: TenantId,
    holds_lock: bool,
    writes: Vec<Write>,
    /// What is committed with the own writes on top, once there are any.
    own: Option<Box<Tables>>,
}

impl MemoryTx {
    /// Makes the writes visible and lets the lock go.
    pub fn commit(mut self) {
        let writes = std::mem::take(&mut self.writes);
        if let Some(tables) = self.server.inside().tenants.get_mut(&self.tenant) {
            let tables = Arc::make_mut(tables);
            for write in writes {
                tables.apply(write);
            }
        }
    }

    fn read<R>(&self, read: impl FnOnce(&Tables) -> R) -> Result<R, StoreError> {
        if let Some(own) = &self.own {
            return Ok(read(own));
        }
        let inside = self.server.inside();
        inside
            .tenants
            .get(&self.tenant)
            .map(|tables| read(tables))
            .ok_or_else(|| StoreError::damaged("the tenant has no row"))
    }

    fn write(&mut self, write: Write) -> Result<(), StoreError> {
        let mut own = match self.own.take() {
            Some(own) => own,
            None => Box::new(self.read(Tables::clone)?),
        };
        own.apply(write.clone());
        self.own = Some(own);
        self.writes.push(write);
        Ok(())
    }
}

impl Drop for MemoryTx {
    fn drop(&mut self) {
        if self.holds_lock {
            self.server.inside().locked.remove(&self.tenant);
        }
    }
}

impl Tx for MemoryTx {
    fn tenant(&self) -> TenantId {
        self.tenant
    }

    async fn lock(&mut self) -> Result<(), StoreError> {
        if !self.holds_lock {
            if !self.server.inside().locked.insert(self.tenant) {
                return Err(StoreError::Database(sqlx::Error::PoolTimedOut));
            }
            self.holds_lock = true;
        }
        Ok(())
    }

    async fn is_revoked(&mut self, device: DeviceId) -> Result<bool, StoreError> {
        Ok(self.server.inside().revoked.contains(&(self.tenant, device)))
    }

    async fn state(&mut self) -> Result<LogState, StoreError> {
        self.read(|tables| tables.state.clone())
    }

    async fn keep_state(&mut self, state: &LogState) -> Result<(), StoreError> {
        self.write(Write::State(state.clone()))
    }

    fn numbers(&mut self, state: &LogState, count: u64) -> u64 {
        let mut inside = self.server.inside();
        if self.holds_lock {
            inside.sequence = state.head + count;
            return state.head + 1;
        }
        let first = inside.sequence.max(state.head) + 1;
        inside.sequence = first + count - 1;
        first
    }

    async fn documents(&mut self, ids: &[Uuid]) -> Result<BTreeMap<Uuid, StoredDocument>, StoreError> {
        let mut found: BTreeMap<Uuid, StoredDocument> = self.read(|t| {
            ids.iter().filter_map(|id| t.documents.get(id).map(|d| (*id, (**d).clone()))).collect()
        })?;
        if bugs::on(Bug::TenantNotInKey) {
            for tables in self.server.inside().tenants.values() {
                let theirs = ids.iter().filter_map(|id| Some((*id, (**tables.documents.get(id)?).clone())));
                for (id, document) in theirs {
                    found.entry(id).or_insert(document);
                }
            }
        }
        Ok(found)
    }

    async fn keep_documents(&mut self, kept: &[Kept]) -> Result<(), StoreError> {
        for Kept { id, document, row } in kept {
            if row.is_none() {
                self.write(Write::Forget(*id))?;
            }
            let (document, row) = (Arc::new(document.clone()), row.clone().map(Arc::new));
            self.write(Write::Document(*id, document, row))?;
        }
        Ok(())
    }

    async fn append(&mut self, entries: &[Entry], _: Option<DeviceId>) -> Result<(), StoreError> {
        entries.iter().try_for_each(|entry| self.write(Write::Entry(Arc::new(entry.clone()))))
    }

    async fn has_change(&mut self, hash: Hash) -> Result<bool, StoreError> {
        self.read(|t| t.log.values().any(|entry| entry.hash == hash))
    }

    async fn chain_at(&mut self, seq: u64) -> Result<Option<Hash>, StoreError> {
        self.read(|t| t.log.get(&seq).map(|entry| entry.chain))
    }

    async fn entries(&mut self, after: u64, until: u64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        self.read(|t| {
            t.log
                .range(after + 1..=until.max(after + 1))
                .map(|(_, e)| e)
                .filter(|e| e.seq <= until)
                .take(limit as usize)
                .map(|entry| (**entry).clone())
                .collect()
        })
    }

    async fn phase(
        &mut self,
        phase: Phase,
        after: Uuid,
        since: i64,
        limit: u32,
    ) -> Result<Vec<Uuid>, StoreError> {
        self.read(|t| {
            let coming = |row: &Arc<Projection>| match &**row {
                Projection::Appointments(visit) => {
                    let span = since..coming_until(since);
                    visit.visit_time().is_some_and(|time| span.contains(&time.starts_at().as_second()))
                }
                _ => false,
            };
            let expected: BTreeSet<Uuid> =
                t.rows.values().filter(|row| coming(row)).filter_map(|row| row.client(Uuid::nil())).collect();
            let row_of = |id: &Uuid| t.rows.get(id);
            let is_in = |id: &Uuid, collection: Collection| match (phase, collection) {
                (Phase::ComingVisits, Collection::Appointments) => row_of(id).is_some_and(coming),
                (Phase::OtherVisits, Collection::Appointments) => !row_of(id).is_some_and(coming),
                (Phase::TheirClients, Collection::Clients) => expected.contains(id),
                (Phase::OtherClients, Collection::Clients) => !expected.contains(id),
                (Phase::TheirNotes | Phase::OtherNotes, Collection::Notes) => {
                    let theirs =
                        row_of(id).and_then(|row| row.client(*id)).is_some_and(|c| expected.contains(&c));
                    theirs == (phase == Phase::TheirNotes)
                }
                _ => false,
            };
            let mut ids: Vec<Uuid> = if phase.is_records() {
                let early = phase == Phase::FirstRecords;
                t.records
                    .keys()
                    .filter(|(kind, _)| FIRST_RECORDS.contains(&kind.as_str()) == early)
                    .map(|(_, id)| *id)
                    .collect()
            } else {
                t.documents.iter().filter(|(id, d)| is_in(id, d.collection)).map(|(id, _)| *id).collect()
            };
            ids.sort_unstable();
            ids.dedup();
            ids.retain(|id| *id > after);
            ids.truncate(limit as usize);
            ids
        })
    }

    async fn rows(&mut self, _: Collection, ids: &[Uuid]) -> Result<BTreeMap<Uuid, String>, StoreError> {
        self.read(|t| ids.iter().filter_map(|id| t.rows.get(id).map(|row| (*id, row.to_json()))).collect())
    }

    async fn records(&mut self, ids: &[Uuid]) -> Result<Vec<StoredRecord>, StoreError> {
        let is_one = |record: &&Arc<StoredRecord>| ids.contains(&record.id);
        self.read(|t| t.records.values().filter(is_one).map(|record| (**record).clone()).collect())
    }

    async fn keep_record(&mut self, record: &StoredRecord) -> Result<(), StoreError> {
        self.write(Write::Record(Arc::new(record.clone())))
    }

    async fn has_records_of(&mut self, kind: &str) -> Result<bool, StoreError> {
        self.read(|t| t.records.values().any(|record| record.kind == kind && record.body.is_some()))
    }

    async fn intent(&mut self, id: IntentId) -> Result<Option<IntentResult>, StoreError> {
        self.read(|t| t.intents.get(&id).cloned())
    }

    async fn keep_intent(&mut self, _: &Intent, result: &IntentResult) -> Result<(), StoreError> {
        self.write(Write::Intent(result.clone()))
    }

    async fn part(&mut self, part: &str) -> Result<Vec<(CompareDoc, Hash)>, StoreError> {
        self.read(|t| {
            if part == "records" {
                let living = t.records.values().filter_map(|r| r.body.as_ref().map(|body| (r, body)));
                return living
                    .map(|(r, body)| {
                        let canonical = Hash::of(canonical_json(body).as_bytes());
                        let doc = CompareDoc { doc: r.id, heads: vec![canonical], purged: false };
                        (doc, record_digest(&r.kind, r.id, body))
                    })
                    .collect();
            }
            let of_part = t.documents.iter().filter(|(_, document)| document.collection.as_str() == part);
            of_part
                .map(|(id, document)| {
                    let purged = document.form == Form::Purged;
                    let digest =
                        if purged { purged_digest(*id) } else { document_digest(*id, &document.heads) };
                    (CompareDoc { doc: *id, heads: document.heads.clone(), purged }, digest)
                })
                .collect()
        })
    }

    async fn quarantine(&mut self, refused: &Refused<'_>) -> Result<(), StoreError> {
        self.write(Write::Quarantine((refused.doc, refused.hash, refused.code.to_owned())))
    }
}
