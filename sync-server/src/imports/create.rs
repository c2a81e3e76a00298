//! `POST /imports`: the file itself is the body. Answers what is guessed of it; nothing is imported yet.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::extract::{Query, Request, State};
use domain::errors::{ErrorCode, FieldProblem};
use domain::imports::{Business, Content, ImportError, Kind, MAX_FILE_BYTES, Restore, guess};
use domain::input::MAX_LINE;
use serde::Deserialize;
use utoipa::IntoParams;

use super::preview::{Preview, preview, refused};
use super::store;
use super::views::{ALL, ImportView, Kept, Stored};
use crate::db::TenantTx;
use crate::http::{Principal, Problem, WriteErrors, read_body};
use crate::writes::Reply;
use crate::{AppState, auth};

/// What is uploaded.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Upload {
    /// What the rows are: `services`, `clients`, `appointments`, `payments`, or `all` for a full export in JSON.
    #[param(example = "clients")]
    #[serde(default)]
    kind: String,
    /// The file's name, for showing; what it is stands in its bytes.
    #[param(example = "people.xlsx")]
    #[serde(default)]
    filename: Option<String>,
    /// A short name of the other program, always the same for its files.
    #[param(example = "salon")]
    #[serde(default)]
    source: Option<String>,
}

/// Upload a file to be imported
#[utoipa::path(
    post, path = "/imports", operation_id = "createImport", tag = "imports",
    params(Upload),
    request_body(content = Vec<u8>, content_type = "application/octet-stream",
        description = "The file itself: CSV, .xlsx or contact cards, at most 32 MiB and 50,000 rows"),
    responses((status = 201, description = "What is guessed of it; nothing is imported yet", body = ImportView,
        headers(("location" = String))), WriteErrors)
)]
pub(super) async fn create_import(
    State(state): State<AppState>,
    principal: Principal,
    query: Result<Query<Upload>, axum::extract::rejection::QueryRejection>,
    request: Request,
) -> Result<Reply, Problem> {
    let Query(upload) = query.map_err(|_| Problem::new(ErrorCode::BadRequest))?;
    let wrong = |field: &str, problem| Problem::new(ErrorCode::ValidationFailed).field(field, problem);
    let kind = Kind::parse(&upload.kind);
    if kind.is_none() && upload.kind != ALL {
        return Err(wrong("kind", FieldProblem::Unknown));
    }
    let filename = upload.filename.unwrap_or_default();
    if filename.chars().count() > MAX_LINE || filename.chars().any(char::is_control) {
        return Err(wrong("filename", FieldProblem::TooLong));
    }
    let file = read_body(request.into_body(), MAX_FILE_BYTES).await?.to_vec();
    let source = upload.source.filter(|source| !source.trim().is_empty());
    let source = source.unwrap_or_else(|| "import".to_owned());
    // Reading may take a while, and a thread that may wait has it.
    let read = move |file: Vec<u8>| -> Result<_, ImportError> {
        let Some(kind) = kind else {
            Restore::read(&file)?;
            return Ok((file, "json".to_owned(), None));
        };
        let content = Content::read(&file)?;
        let map = match guess(kind, &content, &source) {
            Ok(map) => Some(map),
            Err(ImportError::CannotGuess { .. }) => None,
            Err(error) => return Err(error),
        };
        Ok((file, word(&content.format), map))
    };
    let read = tokio::task::spawn_blocking(move || read(file)).await;
    let (file, format, map) =
        read.map_err(|error| Problem::internal(&error))?.map_err(|error| refused(&error))?;
    let now = state.now();
    let mut tx = state.begin(&principal).await?;
    let business = business(&mut tx).await?;
    tx.commit().await?;
    let mut import = Stored {
        id: state.new_id(),
        state: "preview".to_owned(),
        kind: upload.kind,
        filename,
        format,
        map: map.as_ref().and_then(|map| serde_json::to_string(map).ok()),
        duplicates: "ask".to_owned(),
        import_id: None,
        done: 0,
        total: 0,
        report: String::new(),
        lease_until: None,
        created_at: now,
        updated_at: now,
    };
    let found = preview(&state, business, &import, file.clone()).await?;
    take(&mut import, &found);
    let mut tx = state.begin(&principal).await?;
    store::sweep(&mut tx, now).await?;
    store::insert(&mut tx, &import, &file).await?;
    store::put_rows(&mut tx, import.id, 0, &found.rows).await?;
    tx.commit().await?;
    Reply::created(&format!("imports/{}", import.id), &import.show())
}

/// Takes over what a preview found.
pub(super) fn take(import: &mut Stored, found: &Preview) {
    import.import_id = found.import_id;
    import.total = found.total;
    import.done = super::preview::size(found.rows.len());
    import.keep(&Kept { undone: None, ..found.kept.clone() });
}

/// Zone and currency of the business.
pub(super) async fn business(tx: &mut TenantTx) -> Result<Business, Problem> {
    let tenant = auth::find_tenant(tx).await?.ok_or_else(Problem::not_found)?;
    let currency = tenant.currency();
    Ok(Business { tenant: tenant.id, timezone: tenant.timezone, currency })
}

fn word(format: &impl serde::Serialize) -> String {
    let word = serde_json::to_value(format).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
