//! `POST /clients`.

use axum::extract::State;
use domain::clients::{Client, ClientEdit, ClientRow, allowing_duplicates};
use domain::ids::ClientId;

use super::exists::refuse_duplicate;
use super::schemas::NewClient;
use crate::AppState;
use crate::http::{ContactErrors, Problem};
use crate::writes::{Reply, Write, WriteHeaders, documents};

/// Add a client
#[utoipa::path(
    post, path = "/clients", operation_id = "createClient", tag = "clients",
    params(WriteHeaders),
    request_body = NewClient,
    responses((status = 201, description = "Added", body = Client, headers(("location" = String))), ContactErrors)
)]
pub(super) async fn create_client(State(state): State<AppState>, mut write: Write) -> Result<Reply, Problem> {
    let (edit, duplicates) = allowing_duplicates(&write.body.0, ClientEdit::new_from_json)?;
    let id = ClientId(state.new_id());
    refuse_duplicate(&mut write.tx, id, None, &edit, duplicates).await?;
    let (mut document, chunk) = domain::clients::create(&state.author, state.now().as_second(), &edit);
    let client = ClientRow::read(&mut document).show(id, None);
    let reply = Reply::created(&format!("clients/{id}"), &client)?;
    documents::keep(&state, write, id.0, document, chunk, reply, Some("")).await
}
