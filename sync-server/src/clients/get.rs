//! `GET /clients/{id}`.

use domain::clients::Client;
use domain::ids::ClientId;

use crate::http::{ItemErrors, PathId, Problem, Read};
use crate::writes::{IfNoneMatch, ReadHeaders, Reply};

/// Read a client
#[utoipa::path(
    get, path = "/clients/{id}", operation_id = "getClient", tag = "clients",
    params(("id" = ClientId, Path, description = "The client's id"), ReadHeaders),
    responses((status = 200, description = "The client", body = Client), (status = 304, description = "As it is known"), ItemErrors)
)]
pub(super) async fn get_client(
    Read { mut tx, .. }: Read,
    PathId(id): PathId<ClientId>,
    known: IfNoneMatch,
) -> Result<Reply, Problem> {
    let (row, tag) = super::find_with_tag(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let client = super::show(&mut tx, id, row).await?;
    tx.commit().await?;
    let tag = tag.beside(client.last_visit_at.as_deref().unwrap_or_default());
    Ok(Reply::ok(&client)?.unless_known(&known, &tag))
}
