//! `POST /history/undo`: takes a change of a record back, as one action, with what belongs to it.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use domain::documents::{Document, Hash};
use domain::errors::ErrorCode;
use domain::history::{Merging, TakenBack, read_undo, undo};
use domain::sync::MOST_DOCUMENTS;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::TenantTx;
use crate::http::{JsonObject, Problem, WriteErrors};
use crate::writes::{Reply, Write, WriteHeaders};
use crate::{AppState, conflicts, sync};

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
        (status = 413, description = "`group_too_large`: more than 2,000 visits and notes belong to it"),
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
    // Backwards: what was done last goes first.
    let mut due = vec![(id, change)];
    due.extend(with.into_iter().rev());
    let mut open = BTreeMap::new();
    open_more(tx, &mut open, due.iter().map(|(document, _)| *document)).await?;
    for (document, change) in due.clone() {
        let merging = open.get_mut(&document).and_then(|open| Merging::of(document, open, change));
        if let Some(merging) = merging {
            add_parts(tx, &merging, &mut open, &mut due).await?;
        }
    }
    let mut taken = TakenBack::default();
    let mut made = Vec::new();
    for (document, change) in due {
        let Some(undone) = open.get_mut(&document).and_then(|open| undo(open, author, at, change)) else {
            continue;
        };
        made.extend(taken.note(document, change, undone));
    }
    if made.is_empty() {
        return Err(Problem::new(ErrorCode::Conflict));
    }
    let head = Box::pin(sync::write_together(tx, &mut state.ids.clone(), open, made, None)).await?;
    let reply = Reply::ok(&taken)?;
    write.finish(&state, Some(head), reply).await
}

/// What a merging did to the two clients and to what was of her who went.
async fn add_parts(
    tx: &mut TenantTx,
    merging: &Merging,
    open: &mut BTreeMap<Uuid, Document>,
    due: &mut Vec<(Uuid, Hash)>,
) -> Result<(), Problem> {
    let mut around = BTreeSet::from([merging.gone, merging.into]);
    around.extend(conflicts::naming(tx, merging.into).await?);
    around.extend(conflicts::naming(tx, merging.gone).await?);
    open_more(tx, open, around.iter().copied()).await?;
    for id in around {
        let part = open.get_mut(&id).and_then(|open| merging.part(open)).map(|part| (id, part));
        if let Some(part) = part
            && !due.contains(&part)
        {
            due.push(part);
        }
    }
    Ok(())
}

async fn open_more(
    tx: &mut TenantTx,
    open: &mut BTreeMap<Uuid, Document>,
    ids: impl Iterator<Item = Uuid>,
) -> Result<(), Problem> {
    let closed: BTreeSet<Uuid> = ids.filter(|id| !open.contains_key(id)).collect();
    if open.len() + closed.len() > MOST_DOCUMENTS {
        return Err(Problem::new(ErrorCode::GroupTooLarge));
    }
    let closed: Vec<Uuid> = closed.into_iter().collect();
    open.extend(sync::open_all(tx, &closed).await?);
    Ok(())
}
