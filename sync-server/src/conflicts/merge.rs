//! `POST /clients/{id}/merge`: this client goes into another; visits and notes go over, what the other lacks is taken over.

use axum::extract::State;
use domain::api::Refusal;
use domain::clients::Client;
use domain::conflicts::{self, read_merge};
use domain::errors::FieldProblem;
use domain::ids::ClientId;
use utoipa::ToSchema;

use super::store;
use crate::http::{JsonObject, PathId, Problem, WriteErrors};
use crate::writes::{Reply, Write, WriteHeaders};
use crate::{AppState, clients, sync};

/// Into whom.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "into": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read by `Fields`")]
pub(super) struct Merge {
    /// The client who stays.
    into: ClientId,
}

/// Merge a client into another
#[utoipa::path(
    post, path = "/clients/{id}/merge", operation_id = "mergeClient", tag = "conflicts",
    params(("id" = ClientId, Path, description = "The client who goes"), WriteHeaders),
    request_body = Merge,
    responses(
        (status = 200, description = "The client who stays", body = Client),
        (status = 409, description = "`conflict`: a client cannot be merged with itself, nor into one who is gone"),
        (status = 413, description = "`group_too_large`: more than 2,000 visits and notes would go over"),
        WriteErrors
    )
)]
pub(super) async fn merge_client(
    State(state): State<AppState>,
    PathId(gone): PathId<ClientId>,
    mut write: Write<JsonObject>,
) -> Result<Reply, Problem> {
    let into = read_merge(&write.body.0)?;
    let tx = &mut write.tx;
    if clients::find(tx, gone).await?.is_none() {
        return Err(Problem::not_found());
    }
    if clients::find(tx, into).await?.is_none() {
        return Err(Problem::not_found().field("into", FieldProblem::Unknown));
    }
    let mut needed = store::naming(tx, gone.0).await?;
    needed.extend([gone.0, into.0]);
    let mut open = sync::open_all(tx, &needed).await?;
    let at = (&state.author, state.now().as_second());
    let edits = conflicts::merge_client(gone.0, into.0, &mut open, at).map_err(Refusal::from)?;
    let head = Box::pin(sync::write_together(tx, &mut state.ids.clone(), open, edits.changes, None)).await?;
    let shown = clients::show_one(tx, into).await?.ok_or_else(Problem::not_found)?;
    write.finish(&state, Some(head), Reply::ok(&shown)?).await
}
