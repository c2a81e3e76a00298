//! What the server has of a tenant, as an import asks for it: one transaction at a time, from a thread that may wait.
//!
//! The rules of an import are synchronous; so they run on a blocking thread, and each question waits for its answer there.
//! What a batch of rows writes is kept here and handed to the log in one piece, as if a device had pushed it.

use std::collections::BTreeMap;

use domain::Projection;
use domain::appointments::AppointmentRow;
use domain::audit::Door;
use domain::documents::{Author, Chunk, Collection, Document, Hash};
use domain::ids::{AppointmentId, ClientId, IntentId, TenantId};
use domain::imports::{Base, Kept, Known, Problem, Standing, Stop};
use domain::media::Media;
use domain::payments::Payment;
use domain::project;
use domain::services::Service;
use domain::sync::{Intent, RecordKind};
use jiff::Timestamp;
use tokio::runtime::Handle;
use uuid::Uuid;

use super::store;
use crate::db::{Cause, StoreError, TenantTx};
use crate::sync::{self, Form, Session, Tx as _};
use crate::{AppState, auth};

/// The server behind an import.
pub(super) struct ServerBase {
    state: AppState,
    handle: Handle,
    tenant: TenantId,
    cause: Cause,
    tx: Option<TenantTx>,
    /// Documents of this batch with their new changes, in the order in which they came.
    documents: BTreeMap<Uuid, (Document, Vec<Chunk>)>,
    order: Vec<Uuid>,
    intents: Vec<Intent>,
}

impl ServerBase {
    /// For a thread that may wait.
    pub(super) fn new(state: AppState, handle: Handle, tenant: TenantId) -> Self {
        let (documents, order, intents) = (BTreeMap::new(), Vec::new(), Vec::new());
        let cause = Cause::at(Door::Import);
        Self { state, handle, tenant, cause, tx: None, documents, order, intents }
    }

    /// Says who began it.
    pub(super) fn caused_by(self, cause: Cause) -> Self {
        Self { cause: cause.through(Door::Import), ..self }
    }

    /// Begins a batch that writes: nobody else writes for this tenant until it ends.
    pub(super) fn begin(&mut self) -> Result<(), StoreError> {
        let mut tx = self.handle.block_on(self.state.db.tenant(self.tenant))?.caused_by(self.cause.clone());
        self.handle.block_on(sync::lock(&mut tx))?;
        self.tx = Some(tx);
        Ok(())
    }

    /// Appends to the log what the batch has written, tells the devices, and gives the transaction's other work its turn.
    pub(super) fn end(
        &mut self,
        also: impl AsyncFnOnce(&mut TenantTx) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Some(mut tx) = self.tx.take() else { return Ok(()) };
        let (mut documents, order) = (std::mem::take(&mut self.documents), std::mem::take(&mut self.order));
        let intents = std::mem::take(&mut self.intents);
        let now = self.state.now();
        let head = self.handle.clone().block_on(async {
            let mut head = None;
            if !order.is_empty() || !intents.is_empty() {
                let mut session = Session::begin(&mut tx, None).await?;
                for id in order {
                    if let Some((document, chunks)) = documents.remove(&id) {
                        let chunks = chunks.into_iter().map(|chunk| (None, chunk)).collect();
                        session.keep(id, document, chunks).await?;
                    }
                }
                for intent in &intents {
                    sync::run_intent(&mut session, intent, now).await?;
                }
                head = Some(session.finish().await?);
            }
            also(&mut tx).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(head)
        })?;
        if let Some(head) = head {
            self.state.live.poke(self.tenant, head);
        }
        Ok(())
    }

    /// Throws the batch away.
    pub(super) fn abandon(&mut self) {
        self.tx = None;
        self.documents.clear();
        self.order.clear();
        self.intents.clear();
    }

    /// The transaction of the batch, or one that only reads: a trial has no batch and keeps nobody waiting.
    fn tx(&mut self) -> Result<&mut TenantTx, StoreError> {
        if self.tx.is_none() {
            self.tx = Some(self.handle.block_on(self.state.db.tenant(self.tenant))?);
        }
        self.tx.as_mut().ok_or_else(|| StoreError::damaged("there is no transaction"))
    }

    /// Until when somebody holds an import.
    pub(super) fn lease_of(&mut self, id: Uuid) -> Result<Option<Timestamp>, StoreError> {
        let handle = self.handle.clone();
        handle.block_on(store::lease_of(self.tx()?, id))
    }

    /// Whether the business may change nothing just now.
    pub(super) fn is_suspended(&mut self) -> Result<bool, StoreError> {
        let handle = self.handle.clone();
        handle.block_on(auth::is_suspended(self.tx()?))
    }

    pub(super) fn rows(
        &mut self,
        collection: Collection,
        text: &str,
    ) -> Result<Vec<(Uuid, Projection)>, StoreError> {
        let handle = self.handle.clone();
        handle.block_on(store::rows(self.tx()?, collection, text))
    }

    /// What is known of pictures.
    pub(super) fn pictures(&mut self) -> Result<Vec<Media>, StoreError> {
        self.records(RecordKind::Media)
    }

    fn records<T: serde::de::DeserializeOwned>(&mut self, kind: RecordKind) -> Result<Vec<T>, StoreError> {
        let handle = self.handle.clone();
        let bodies = handle.block_on(store::records(self.tx()?, kind))?;
        bodies.iter().map(|body| serde_json::from_str(body).map_err(StoreError::damaged)).collect()
    }
}

impl Base for ServerBase {
    type Error = StoreError;

    fn standing(&mut self, collection: Collection, id: Uuid) -> Result<Standing, StoreError> {
        if let Some((document, _)) = self.documents.get_mut(&id) {
            return Ok(Standing::Here(Some(Box::new(project(document)))));
        }
        let handle = self.handle.clone();
        let tx = self.tx()?;
        if let Some((row, _)) = handle.block_on(sync::row(tx, collection, id))? {
            return Ok(Standing::Here(Some(Box::new(row))));
        }
        Ok(match handle.block_on(tx.documents(&[id]))?.remove(&id) {
            None => Standing::Absent,
            Some(stored) if stored.form == Form::Purged => Standing::Erased,
            Some(_) => Standing::Here(None),
        })
    }

    fn open(&mut self, collection: Collection, id: Uuid) -> Result<Document, Stop<StoreError>> {
        if let Some((document, _)) = self.documents.get(&id) {
            return Ok(document.clone());
        }
        let handle = self.handle.clone();
        let tx = self.tx().map_err(Stop::All)?;
        let loaded = handle.block_on(sync::load(tx, collection, id)).map_err(Stop::All)?;
        loaded.ok_or_else(|| Stop::Row(Problem::Other(format!("{id} is not known here"))))
    }

    fn author(&mut self) -> Result<(Author, i64), StoreError> {
        Ok((self.state.author.clone(), self.state.now().as_second()))
    }

    fn keep(&mut self, id: Uuid, kept: Kept) -> Result<(), Stop<StoreError>> {
        let Some(chunk) = kept.chunk else { return Ok(()) };
        if let Some((document, chunks)) = self.documents.get_mut(&id) {
            *document = kept.document;
            chunks.push(chunk);
        } else {
            self.order.push(id);
            self.documents.insert(id, (kept.document, vec![chunk]));
        }
        Ok(())
    }

    fn ask(&mut self, intent: &Intent) -> Result<(), Stop<StoreError>> {
        self.intents.push(intent.clone());
        Ok(())
    }

    fn was_asked(&mut self, intent: IntentId) -> Result<bool, StoreError> {
        if self.intents.iter().any(|asked| asked.id == intent) {
            return Ok(true);
        }
        let handle = self.handle.clone();
        Ok(handle.block_on(self.tx()?.intent(intent))?.is_some())
    }

    fn with_contact(
        &mut self,
        phone: Option<&str>,
        email: Option<&str>,
    ) -> Result<Option<Known>, StoreError> {
        let handle = self.handle.clone();
        handle.block_on(store::with_contact(self.tx()?, phone, email))
    }

    fn with_name(&mut self, folded: &str) -> Result<Option<ClientId>, StoreError> {
        let handle = self.handle.clone();
        handle.block_on(store::with_name(self.tx()?, folded))
    }

    /// All changes of a batch are in the log before its intents are run.
    fn unsent(&mut self, _: Uuid) -> Result<Vec<Hash>, StoreError> {
        Ok(Vec::new())
    }

    fn services(&mut self) -> Result<Vec<Service>, StoreError> {
        self.records(RecordKind::Service)
    }

    fn payments(&mut self) -> Result<Vec<Payment>, StoreError> {
        self.records(RecordKind::Payment)
    }

    fn visits(&mut self) -> Result<Vec<(AppointmentId, AppointmentRow)>, StoreError> {
        let rows = self.rows(Collection::Appointments, "")?;
        let visits = rows.into_iter().filter_map(|(id, row)| match row {
            Projection::Appointments(row) if row.deleted_at.is_none() => Some((AppointmentId(id), *row)),
            _ => None,
        });
        Ok(visits.collect())
    }
}
