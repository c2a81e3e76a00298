//! `POST /history/undo-device`: takes back everything that a device did since a moment, as far as nobody has changed it since.

use axum::extract::State;
use domain::errors::ErrorCode;
use domain::history::{TakenBack, read_undo_device, undo};
use domain::ids::DeviceId;
use domain::sync::MOST_DOCUMENTS;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store;
use crate::db::TenantTx;
use crate::http::{JsonObject, Problem, WriteErrors};
use crate::writes::{Reply, Write, WriteHeaders};
use crate::{AppState, devices, sync};

/// Whose work is to be taken back, and since when.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "device": "Телефон", "since": "2026-11-20T18:00:00+03:00" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read by `Fields`")]
pub(super) struct UndoDevice {
    /// The `id` of a device, or its name as it stands in histories: `api` is all that was done over REST.
    device: String,
    /// RFC 3339. What was made since, by the clock of whoever made it, and has reached the server since is taken back.
    #[schema(value_type = String, format = "date-time")]
    since: String,
}

/// Take back what a device did
#[utoipa::path(
    post, path = "/history/undo-device", operation_id = "undoDevice", tag = "history",
    params(WriteHeaders),
    request_body = UndoDevice,
    responses(
        (status = 200, description = "Taken back, all at once", body = TakenBack),
        (status = 409, description = "`conflict`: nothing of it is left to take back"),
        (status = 413, description = "`group_too_large`: more than 2,000 clients, visits and notes were changed since, by whomever; choose a later moment"),
        WriteErrors
    )
)]
pub(super) async fn undo_device(
    State(state): State<AppState>,
    mut write: Write<JsonObject>,
) -> Result<Reply, Problem> {
    let (device, since) = read_undo_device(&write.body.0)?;
    let tx = &mut write.tx;
    let device = as_in_histories(tx, device).await?;
    // Whoever changed them: only a document knows whose its changes are, for a device may hand over another's work.
    let changed = store::changed_since(tx, since, MOST_DOCUMENTS + 1).await?;
    if changed.len() > MOST_DOCUMENTS {
        return Err(Problem::new(ErrorCode::GroupTooLarge));
    }
    let mut open = sync::open_all(tx, &changed).await?;
    let (author, at) = (&state.author, state.now().as_second());
    let mut taken = TakenBack::default();
    let mut made = Vec::new();
    for (id, document) in &mut open {
        let log = document.log();
        let theirs = log.iter().map(|logged| (&logged.signature, logged.hash));
        let due: Vec<_> = theirs
            .filter(|(signed, _)| signed.device == device && signed.at >= since.as_second())
            .map(|(_, hash)| hash)
            .collect();
        // Backwards: what was done last goes first.
        for change in due.into_iter().rev() {
            let Some(undone) = undo(document, author, at, change) else { continue };
            made.extend(taken.note(*id, change, undone));
        }
    }
    if made.is_empty() {
        return Err(Problem::new(ErrorCode::Conflict));
    }
    // Each is an action of its own, so that none waits on a device for all the others.
    let head = Box::pin(sync::write_each(tx, open, made)).await?;
    let reply = Reply::ok(&taken)?;
    write.finish(&state, Some(head), reply).await
}

/// The word for a device that documents hold.
async fn as_in_histories(tx: &mut TenantTx, device: String) -> Result<String, Problem> {
    if let Ok(id) = device.parse::<Uuid>() {
        return Ok(DeviceId(id).short());
    }
    let names = devices::names(tx).await?;
    Ok(names.into_iter().find(|(_, name)| *name == device).map_or(device, |(short, _)| short))
}
