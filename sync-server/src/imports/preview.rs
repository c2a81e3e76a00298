//! What an import would do: a trial of its first rows, on a thread that may wait, with no lock held.

use domain::imports::{
    Business, Content, Import, ImportError, ImportMap, Job, Mode, Prepared, Report, Restore, RowReport,
    Trial, sample,
};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::base::ServerBase;
use super::views::{ALL, Counts, Kept, Stored};
use crate::AppState;
use crate::db::StoreError;
use crate::http::Problem;

/// The rows that a preview tries, so that an answer never keeps its caller waiting.
const TRIED: usize = 5_000;

/// What a preview found.
#[derive(Debug, Default)]
pub(super) struct Preview {
    pub(super) import_id: Option<Uuid>,
    pub(super) kept: Kept,
    pub(super) rows: Vec<RowReport>,
    pub(super) total: i32,
}

/// Why there is no preview.
#[derive(Debug, thiserror::Error)]
pub(super) enum PreviewError {
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<PreviewError> for Problem {
    fn from(error: PreviewError) -> Self {
        match error {
            PreviewError::Import(error) => refused(&error),
            PreviewError::Store(error) => error.into(),
        }
    }
}

/// An answer that says what is wrong with the file or the map.
pub(super) fn refused(error: &ImportError) -> Problem {
    let field = if error.is_of_map() { "map" } else { "file" };
    let code = match error {
        ImportError::FileTooLarge => domain::errors::ErrorCode::PayloadTooLarge,
        _ => domain::errors::ErrorCode::ValidationFailed,
    };
    Problem::new(code).field(field, error.problem())
}

/// Tries an upload out, as it is set up now.
pub(super) async fn preview(
    state: &AppState,
    business: Business,
    import: &Stored,
    file: Vec<u8>,
) -> Result<Preview, Problem> {
    let (state, import, handle) = (state.clone(), import.clone(), Handle::current());
    let place =
        state.import_places.clone().acquire_owned().await.map_err(|error| Problem::internal(&error))?;
    let tried = spawn_blocking(move || {
        // Kept until the work is done, also when nobody waits for it any more.
        let _place = place;
        try_out(&state, &handle, &business, &import, &file)
    })
    .await;
    Ok(tried.map_err(|error| Problem::internal(&error))??)
}

fn try_out(
    state: &AppState,
    handle: &Handle,
    business: &Business,
    import: &Stored,
    file: &[u8],
) -> Result<Preview, PreviewError> {
    if import.kind == ALL {
        return try_all(state, handle, business, file);
    }
    let map = import.map();
    let content = match &map {
        Some(map) => Content::read_as(file, map)?,
        None => Content::read(file)?,
    };
    let total = i32::try_from(content.table.rows.len()).unwrap_or(i32::MAX);
    let columns = content.table.columns.clone();
    let (Some(map), Some(kind)) = (map, import.kind()) else {
        return Ok(Preview { kept: Kept { columns, ..Kept::default() }, total, ..Preview::default() });
    };
    let job = job(kind, file, &map, import);
    let prepared = Prepared::new(&job, &content.table, business)?;
    let base = ServerBase::new(state.clone(), handle.clone(), business.tenant);
    let mut trial = Import::new(&prepared, Trial::new(base))?;
    let mut report = prepared.report();
    for index in 0..prepared.len().min(TRIED) {
        report.add(trial.row(index)?);
    }
    report.clients_created = trial.clients_created();
    let kept =
        Kept { columns, sample: sample(&content, &map), counts: Counts::of(&report), ..Kept::default() };
    Ok(Preview { import_id: Some(prepared.id()), kept, rows: report.rows, total: size(prepared.len()) })
}

/// Tries a full export out.
fn try_all(
    state: &AppState,
    handle: &Handle,
    business: &Business,
    file: &[u8],
) -> Result<Preview, PreviewError> {
    let restore = Restore::read(file)?;
    let mut base = Trial::new(ServerBase::new(state.clone(), handle.clone(), business.tenant));
    let records = Restore::standing_records(&mut base)?;
    let mut report = Report::default();
    for index in 0..restore.len().min(TRIED) {
        report.add(restore.thing(index, &mut base, &records)?);
    }
    let kept = Kept { counts: Counts::of(&report), ..Kept::default() };
    Ok(Preview { import_id: None, kept, rows: report.rows, total: size(restore.len()) })
}

pub(super) fn size(rows: usize) -> i32 {
    i32::try_from(rows).unwrap_or(i32::MAX)
}

/// The import as the domain knows it.
pub(super) fn job<'a>(
    kind: domain::imports::Kind,
    bytes: &'a [u8],
    map: &'a ImportMap,
    import: &Stored,
) -> Job<'a> {
    Job { kind, bytes, map, filters: &[], duplicates: import.duplicates(), mode: Mode::Write }
}
