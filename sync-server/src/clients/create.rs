//! `POST /clients`.

use axum::extract::State;
use axum::response::IntoResponse;
use domain::clients::{Client, ClientEdit, ClientRow};
use domain::ids::ClientId;

use super::schemas::NewClient;
use crate::http::{JsonObject, Principal, Problem, WriteErrors, created};
use crate::{AppState, documents};

/// Add a client
#[utoipa::path(
    post, path = "/clients", operation_id = "createClient", tag = "clients",
    request_body = NewClient,
    responses((status = 201, description = "Added", body = Client, headers(("location" = String))), WriteErrors)
)]
pub(super) async fn create_client(
    State(state): State<AppState>,
    principal: Principal,
    JsonObject(object): JsonObject,
) -> Result<impl IntoResponse, Problem> {
    let edit = ClientEdit::new_from_json(&object)?;
    let id = ClientId(state.new_id());
    let tx = documents::begin(&state, principal.tenant).await?;
    let (mut document, chunk) = domain::clients::create(&state.author, state.now().as_second(), &edit);
    let client = ClientRow::read(&mut document).show(id, None);
    documents::keep(&state, tx, id.0, document, chunk).await?;
    Ok(created("clients", id, client))
}
