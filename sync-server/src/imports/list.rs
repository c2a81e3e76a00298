//! `GET /imports`: the newest first.

use axum::Json;
use axum::extract::State;

use super::store;
use super::views::{ImportView, Stored};
use crate::AppState;
use crate::http::{After, Asked, ListErrors, Page, PageQuery, Principal, Problem};

/// List imports
#[utoipa::path(
    get, path = "/imports", operation_id = "listImports", tag = "imports",
    params(PageQuery),
    responses((status = 200, description = "A page of imports, the newest first", body = Page<ImportView>), ListErrors)
)]
pub(super) async fn list_imports(
    State(state): State<AppState>,
    principal: Principal,
    Asked(query): Asked,
) -> Result<Json<Page<ImportView>>, Problem> {
    let (limit, cursor) = query.page("imports", &[])?;
    let mut tx = state.begin(&principal).await?;
    let rows = store::list(&mut tx, cursor.after(), limit.and_one()).await?;
    tx.commit().await?;
    Ok(Json(cursor.page(limit, rows, |import| After(None, import.id), Stored::show)))
}
