//! `POST /clients/{id}/consents`: one more entry of the ledger. Nothing is ever taken out of it.

use axum::extract::State;
use domain::clients::{ClientRow, Consent, ConsentEdit};
use domain::ids::ClientId;

use super::schemas::NewConsent;
use crate::AppState;
use crate::http::{PathId, Problem, WriteErrors};
use crate::writes::{Reply, Tag, Write, WriteHeaders, documents};

/// Record a consent
///
/// Adds to the ledger that the client allowed something, or took it back; the latest entry for a channel and purpose
/// holds.
#[utoipa::path(
    post, path = "/clients/{id}/consents", operation_id = "recordConsent", tag = "clients",
    params(("id" = ClientId, Path, description = "The client's id"), WriteHeaders),
    request_body = NewConsent,
    responses((status = 201, description = "The new entry", body = Consent, headers(("location" = String))), WriteErrors)
)]
pub(super) async fn record_consent(
    State(state): State<AppState>,
    PathId(id): PathId<ClientId>,
    mut write: Write,
) -> Result<Reply, Problem> {
    let mut document = super::open(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    write.changes(Tag::of_heads(&document.heads()));
    let consent = ConsentEdit::from_json(&write.body.0)?;
    let (entry, now) = (state.new_id().to_string(), state.now().as_second());
    let chunk = domain::clients::record_consent(&mut document, &state.author, now, &entry, &consent);
    let ledger = ClientRow::read(&mut document).consents;
    let recorded = ledger.into_iter().find(|recorded| recorded.id == entry);
    let reply = Reply::created(&format!("clients/{id}"), &recorded)?;
    documents::keep(&state, write, id.0, document, chunk, reply, None).await
}
