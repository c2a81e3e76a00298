//! `POST /history/undo`: takes a change of a record back, as one action, with what belongs to it.

use std::collections::BTreeSet;

use axum::extract::State;
use domain::errors::ErrorCode;
use domain::history::{TakenBack, read_undo, undo};
use domain::sync::MAX_GROUP_DOCS;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{JsonObject, Problem, WriteErrors};
use crate::writes::{Reply, Write, WriteHeaders};
use crate::{AppState, sync};

/// What is to be taken back.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "document": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1",
    "change": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}))]
#[expect(dead_code, reason = "describes the body; the body itself is read by `Fields`")]
pub(super) struct UndoChange {
    /// The client, visit or note.
    document: Uuid,
    /// The `id` of one of its changes.
    change: String,
}

/// Take a change back
#[utoipa::path(
    post, path = "/history/undo", operation_id = "undoChange", tag = "history",
    params(WriteHeaders),
    request_body = UndoChange,
    responses(
        (status = 200, description = "Taken back", body = TakenBack),
        (status = 409, description = "`conflict`: all of it was taken back before, or changed since"),
        WriteErrors
    )
)]
pub(super) async fn undo_change(
    State(state): State<AppState>,
    mut write: Write<JsonObject>,
) -> Result<Reply, Problem> {
    let (id, change) = read_undo(&write.body.0)?;
    let tx = &mut write.tx;
    let (author, at) = (&state.author, state.now().as_second());
    // What a decision did is found by a look at the decision; this trial is kept by nobody.
    let mut trial = sync::open_all(tx, &[id]).await?.remove(&id).ok_or_else(Problem::not_found)?;
    let with = undo(&mut trial, author, at, change).ok_or_else(Problem::not_found)?.with;
    let needed: BTreeSet<Uuid> = with.iter().map(|(document, _)| *document).chain([id]).collect();
    if needed.len() > MAX_GROUP_DOCS {
        return Err(Problem::new(ErrorCode::GroupTooLarge));
    }
    let needed: Vec<Uuid> = needed.into_iter().collect();
    let mut open = sync::open_all(tx, &needed).await?;
    let mut taken = TakenBack::default();
    let mut made = Vec::new();
    // Backwards: what was done last goes first.
    for (document, change) in [(id, change)].into_iter().chain(with.into_iter().rev()) {
        let Some(undone) = open.get_mut(&document).and_then(|open| undo(open, author, at, change)) else {
            continue;
        };
        made.extend(taken.note(document, change, undone));
    }
    if made.is_empty() {
        return Err(Problem::new(ErrorCode::Conflict));
    }
    let head = Box::pin(sync::write_together(tx, state.new_id(), open, made, None)).await?;
    let reply = Reply::ok(&taken)?;
    write.finish(&state, Some(head), reply).await
}
