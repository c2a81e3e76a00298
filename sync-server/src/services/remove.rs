//! `DELETE /services/{id}`: visits that name it keep its id.

use axum::extract::State;
use domain::ids::ServiceId;
use domain::sync::RecordKind;

use crate::http::{PathId, Problem, RemoveErrors};
use crate::writes::{NoBody, Reply, Write, WriteHeaders};
use crate::{AppState, sync};

/// Remove a service
#[utoipa::path(
    delete, path = "/services/{id}", operation_id = "removeService", tag = "services",
    params(("id" = ServiceId, Path, description = "The service's id"), WriteHeaders),
    responses((status = 204, description = "Removed"), RemoveErrors)
)]
pub(super) async fn remove_service(
    State(state): State<AppState>,
    PathId(id): PathId<ServiceId>,
    mut write: Write<NoBody>,
) -> Result<Reply, Problem> {
    let service = super::find(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    write.changes(super::tag(&service)?);
    let head = Box::pin(sync::write_record(&mut write.tx, RecordKind::Service, id.0, None)).await?;
    write.finish(&state, Some(head), Reply::no_content()).await
}
