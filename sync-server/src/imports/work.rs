//! The work behind a run and an undo: batch after batch on a thread that may wait, each batch one transaction with its
//! rows, its progress and its counts. When the process dies, what was committed stands, and the next run goes on there.

use std::collections::HashSet;
use std::sync::Arc;

use domain::errors::ErrorCode;
use domain::imports::{Business, Content, Import, ImportError, Prepared, Report, Restore, RowReport};
use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use uuid::Uuid;

use super::base::ServerBase;
use super::preview::{job, size};
use super::store;
use super::take_out::take_out;
use super::views::{ALL, Counts, Kept, Stored};
use crate::AppState;
use crate::db::{Cause, StoreError};
use crate::sync;

/// Rows to a transaction.
pub(super) const BATCH: usize = 250;
/// How long a process may be silent before another may go on.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// Why a run ended before its time.
#[derive(Debug, thiserror::Error)]
pub(super) enum WorkError {
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the import says nothing of its kind or map")]
    Incomplete,
    #[error("the business was suspended meanwhile")]
    Suspended,
    #[error("another worker has taken the import over")]
    Superseded,
}

impl WorkError {
    /// What she is told of it.
    fn code(&self) -> ErrorCode {
        match self {
            Self::Import(_) | Self::Incomplete => ErrorCode::ValidationFailed,
            Self::Suspended => ErrorCode::TenantSuspended,
            Self::Store(error) if error.is_passing() => ErrorCode::Unavailable,
            Self::Store(_) | Self::Superseded => ErrorCode::Internal,
        }
    }
}

/// Until when whoever begins now holds an import.
pub(super) fn lease(now: Timestamp) -> Timestamp {
    // As the database keeps it, so that it can be compared with what stands there.
    let until = now.checked_add(LEASE).unwrap_or(now);
    crate::auth::to_micros(until)
}

/// Runs an import, and answers nobody.
pub(super) fn begin_run(state: AppState, business: Business, import: Stored, file: Vec<u8>, cause: Cause) {
    begin(state, business, import, move |state, handle, business, import| {
        run(state, handle, business, import, &file, cause)
    });
}

/// Undoes an import, and answers nobody.
pub(super) fn begin_undo(state: AppState, business: Business, import: Stored, cause: Cause) {
    begin(state, business, import, move |state, handle, business, import| {
        take_out(state, handle, business, import, cause)
    });
}

/// Waits for a place without holding anything, then works. Whoever wants to know how it ends asks for the import.
fn begin(
    state: AppState,
    business: Business,
    mut import: Stored,
    work: impl FnOnce(&AppState, &Handle, &Business, &mut Stored) -> Result<(), WorkError> + Send + 'static,
) {
    let handle = Handle::current();
    tokio::spawn(async move {
        let places = state.import_places.clone();
        let Some(place) = wait_for_place(&state, &business, &mut import, places).await else { return };
        drop(spawn_blocking(move || {
            let _place = place;
            let done = work(&state, &handle, &business, &mut import);
            ended(&state, &handle, &business, &import, done);
        }));
    });
}

/// A place to work; meanwhile the import stays held. None if somebody else has taken it over.
async fn wait_for_place(
    state: &AppState,
    business: &Business,
    import: &mut Stored,
    places: Arc<Semaphore>,
) -> Option<OwnedSemaphorePermit> {
    loop {
        if let Ok(place) = timeout(LEASE.unsigned_abs() / 3, places.clone().acquire_owned()).await {
            return place.ok();
        }
        let renewed = async {
            let mut tx = state.db.tenant(business.tenant).await?;
            sync::lock(&mut tx).await?;
            if store::lease_of(&mut tx, import.id).await? != import.lease_until {
                return Ok::<_, StoreError>(false);
            }
            import.lease_until = Some(lease(state.now()));
            store::update(&mut tx, import, state.now()).await?;
            tx.commit().await?;
            Ok(true)
        };
        match renewed.await {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => {
                tracing::warn!(import = %import.id, error = %error, "an import waits for its place");
            }
        }
    }
}

/// A mistake of the file is written down; a database that is away leaves the import to be run again.
fn ended(
    state: &AppState,
    handle: &Handle,
    business: &Business,
    Stored { id, lease_until: lease, .. }: &Stored,
    done: Result<(), WorkError>,
) {
    let id = *id;
    let error = match done {
        Ok(()) => return,
        // Its state is no longer ours to write.
        Err(WorkError::Superseded) => {
            tracing::warn!(import = %id, "an import was taken over by another worker");
            return;
        }
        Err(error) => error,
    };
    tracing::error!(import = %id, error = %error, "an import ended before its time");
    let mark = async {
        let mut tx = state.db.tenant(business.tenant).await?;
        sync::lock(&mut tx).await?;
        // Whoever has taken it over meanwhile writes its state now.
        if store::lease_of(&mut tx, id).await? != *lease {
            return tx.commit().await;
        }
        if let Some(mut import) = store::find(&mut tx, id).await? {
            "failed".clone_into(&mut import.state);
            let failure = Some(error.code().as_str().to_owned());
            import.keep(&Kept { failure, ..import.kept() });
            import.lease_until = None;
            store::update(&mut tx, &import, state.now()).await?;
        }
        tx.commit().await
    };
    if let Err(error) = handle.block_on(mark) {
        tracing::warn!(import = %id, error = %error, "it stays marked as running until its lease ends");
    }
}

fn run(
    state: &AppState,
    handle: &Handle,
    business: &Business,
    import: &mut Stored,
    file: &[u8],
    cause: Cause,
) -> Result<(), WorkError> {
    let base = ServerBase::new(state.clone(), handle.clone(), business.tenant).caused_by(cause);
    if import.kind == ALL {
        let restore = Restore::read(file)?;
        return all_rows(state, import, &mut Restoring::new(restore, base)?);
    }
    let (Some(kind), Some(map)) = (import.kind(), import.map()) else { return Err(WorkError::Incomplete) };
    let content = Content::read_as(file, &map)?;
    let job = job(kind, file, &map, import);
    let prepared = Prepared::new(&job, &content.table, business)?;
    let mut rows = Rows { all: prepared.len(), import: Import::new(&prepared, base)? };
    all_rows(state, import, &mut rows)
}

/// Begins a batch, if the import is still ours: under the tenant's lock nobody else can take it before we have committed.
pub(super) fn begin_held(base: &mut ServerBase, import: &Stored) -> Result<(), WorkError> {
    base.begin()?;
    let standing = base.lease_of(import.id).and_then(|lease| Ok((lease, base.is_suspended()?)))?;
    let error = match standing {
        (lease, _) if lease != import.lease_until => WorkError::Superseded,
        (_, true) => WorkError::Suspended,
        (_, false) => return Ok(()),
    };
    base.abandon();
    Err(error)
}

/// What is brought in, row by row.
trait Work {
    fn len(&self) -> usize;
    fn base(&mut self) -> &mut ServerBase;
    fn row(&mut self, index: usize) -> Result<RowReport, StoreError>;
    /// How many clients were made from codes so far.
    fn clients_created(&self) -> usize;
}

/// The rows of a file.
struct Rows<'a> {
    all: usize,
    import: Import<'a, ServerBase>,
}

impl Work for Rows<'_> {
    fn len(&self) -> usize {
        self.all
    }

    fn base(&mut self) -> &mut ServerBase {
        self.import.base()
    }

    fn row(&mut self, index: usize) -> Result<RowReport, StoreError> {
        self.import.row(index)
    }

    fn clients_created(&self) -> usize {
        self.import.clients_created()
    }
}

/// The things of a full export.
struct Restoring {
    restore: Restore,
    base: ServerBase,
    records: HashSet<Uuid>,
}

impl Restoring {
    fn new(restore: Restore, mut base: ServerBase) -> Result<Self, StoreError> {
        let records = Restore::standing_records(&mut base)?;
        Ok(Self { restore, base, records })
    }
}

impl Work for Restoring {
    fn len(&self) -> usize {
        self.restore.len()
    }

    fn base(&mut self) -> &mut ServerBase {
        &mut self.base
    }

    fn row(&mut self, index: usize) -> Result<RowReport, StoreError> {
        self.restore.thing(index, &mut self.base, &self.records)
    }

    fn clients_created(&self) -> usize {
        0
    }
}

fn all_rows(state: &AppState, held: &mut Stored, work: &mut impl Work) -> Result<(), WorkError> {
    // The questions of the beginning were asked in a transaction that only reads.
    work.base().abandon();
    let (all, before) = (work.len(), usize::try_from(held.done).unwrap_or_default());
    let mut first = 0;
    loop {
        let last = all.min(first + BATCH);
        begin_held(work.base(), held)?;
        let mut import = held.clone();
        // Rows that an earlier run has brought in are there; they were told of then.
        let (mut told, clients) = (Report::default(), work.clients_created());
        for index in first..last {
            let row = work.row(index)?;
            if index >= before {
                told.add(row);
            }
        }
        told.clients_created = work.clients_created() - clients;
        let kept = import.kept();
        import.keep(&Kept { counts: kept.counts.with(&Counts::of(&told)), ..kept });
        import.done = size(last.max(before));
        import.total = size(all);
        let (is_over, now) = (last == all, state.now());
        if is_over {
            "done".clone_into(&mut import.state);
        }
        import.lease_until = (!is_over).then(|| lease(now));
        let (next, from) = (&import, size(first.max(before)));
        work.base().end(async |tx| {
            store::put_rows(tx, next.id, from, &told.rows).await?;
            store::update(tx, next, now).await
        })?;
        // Kept by now, and so is the lease that is held.
        *held = import;
        if is_over {
            return Ok(());
        }
        first = last;
    }
}
