//! `GET /notes/{id}`.

use domain::Projection;
use domain::documents::Collection;
use domain::ids::NoteId;
use domain::notes::Note;

use crate::http::{ItemErrors, PathId, Problem, Read};
use crate::sync;
use crate::writes::{IfNoneMatch, ReadHeaders, Reply, Tag};

/// Read a note
#[utoipa::path(
    get, path = "/notes/{id}", operation_id = "getNote", tag = "notes",
    params(("id" = NoteId, Path, description = "The note's id"), ReadHeaders),
    responses((status = 200, description = "The note", body = Note), (status = 304, description = "As it is known"), ItemErrors)
)]
pub(super) async fn get_note(
    Read { mut tx, .. }: Read,
    PathId(id): PathId<NoteId>,
    known: IfNoneMatch,
) -> Result<Reply, Problem> {
    let row = sync::row(&mut tx, Collection::Notes, id.0).await?;
    tx.commit().await?;
    match row {
        Some((Projection::Notes(row), heads)) if row.deleted_at.is_none() => {
            Ok(Reply::ok(&row.show(id))?.unless_known(&known, &Tag::of_heads(&heads)))
        }
        _ => Err(Problem::not_found()),
    }
}
