//! `GET /imports/{id}/rows`: what became, or would become, of each row.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use axum::extract::State;
use utoipa::IntoParams;
use uuid::Uuid;

use super::store;
use super::views::RowView;
use crate::AppState;
use crate::http::{After, Asked, ItemListErrors, Language, Page, PageQuery, PathId, Principal, Problem};

/// What may be asked for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query; the query itself is read by `QueryFields`")]
struct RowQuery {
    /// Only rows with this result: `created`, `updated`, `duplicate`, `merged` or `skipped`.
    #[param(example = "duplicate")]
    result: Option<String>,
}

/// List the rows of an import
#[utoipa::path(
    get, path = "/imports/{id}/rows", operation_id = "listImportRows", tag = "imports",
    params(("id" = Uuid, Path, description = "The import's id"), RowQuery, PageQuery),
    responses((status = 200, description = "A page of rows, in the order of the file", body = Page<RowView>), ItemListErrors)
)]
pub(super) async fn list_import_rows(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<Uuid>,
    Language(lang): Language,
    Asked(mut query): Asked,
) -> Result<Json<Page<RowView>>, Problem> {
    let mut tx = state.begin(&principal).await?;
    store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let result = query.text("result");
    let (limit, cursor) = query.page("import rows", &[&id, &result])?;
    let after = cursor.after().and_then(|after| after.0.as_deref()?.parse().ok()).unwrap_or(-1);
    let rows = store::list_rows(&mut tx, id, result.as_deref(), after, limit.and_one(), lang).await?;
    tx.commit().await?;
    let after = |(number, _): &(i32, RowView)| After(Some(number.to_string()), id);
    Ok(Json(cursor.page(limit, rows, after, |(_, view)| view)))
}
