//! How REST writes a document: keep what an edit made, answer with the thing's new version. What the three slices of
//! documents (clients, appointments, notes) share; knows none of them.

use domain::documents::{Chunk, Document};
use uuid::Uuid;

use super::etag::Tag;
use super::reply::Reply;
use super::write::Write;
use crate::http::Problem;
use crate::{AppState, sync};

/// Keeps the change that an edit made, if it made one, and ends. `beside` is what the answer shows of other things.
pub async fn keep<B>(
    state: &AppState,
    mut write: Write<B>,
    id: Uuid,
    mut document: Document,
    chunk: Option<Chunk>,
    reply: Reply,
    beside: Option<&str>,
) -> Result<Reply, Problem> {
    let tag = Tag::of_heads(&document.heads());
    let reply = reply.tagged(&beside.map_or(tag.clone(), |beside| tag.beside(beside)));
    let head = match chunk {
        Some(chunk) => Some(Box::pin(sync::write_document(&mut write.tx, id, document, chunk)).await?),
        None => None,
    };
    write.finish(state, head, reply).await
}
