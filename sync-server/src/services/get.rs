//! `GET /services/{id}`.

use domain::ids::ServiceId;
use domain::services::Service;

use crate::http::{ItemErrors, PathId, Problem, Read};
use crate::writes::{IfNoneMatch, ReadHeaders, Reply};

/// Read a service
#[utoipa::path(
    get, path = "/services/{id}", operation_id = "getService", tag = "services",
    params(("id" = ServiceId, Path, description = "The service's id"), ReadHeaders),
    responses((status = 200, description = "The service", body = Service), (status = 304, description = "As it is known"), ItemErrors)
)]
pub(super) async fn get_service(
    Read { mut tx, .. }: Read,
    PathId(id): PathId<ServiceId>,
    known: IfNoneMatch,
) -> Result<Reply, Problem> {
    let service = super::find(&mut tx, id).await?;
    tx.commit().await?;
    let service = service.ok_or_else(Problem::not_found)?;
    Ok(Reply::ok(&service)?.unless_known(&known, &super::tag(&service)?))
}
