//! `GET /services`: the price list, page by page.

use axum::Json;
use axum::extract::State;
use domain::services::Service;

use super::store;
use crate::AppState;
use crate::http::{After, ListErrors, Page, PageQuery, Principal, Problem, QueryFields};

/// List services
#[utoipa::path(
    get, path = "/services", operation_id = "listServices", tag = "services",
    params(PageQuery),
    responses((status = 200, description = "A page of the price list", body = Page<Service>), ListErrors)
)]
pub(super) async fn list_services(
    State(state): State<AppState>,
    principal: Principal,
    query: QueryFields,
) -> Result<Json<Page<Service>>, Problem> {
    let (limit, cursor) = query.page("services", &[])?;
    let mut tx = state.db.tenant(principal.tenant).await?;
    let rows = store::list(&mut tx, cursor.after().map(|after| after.1), limit.and_one()).await?;
    tx.commit().await?;
    Ok(Json(cursor.page(limit, rows, |service| After(None, service.id.0), |service| service)))
}
