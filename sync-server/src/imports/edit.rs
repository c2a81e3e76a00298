//! `PATCH /imports/{id}`: another map, another way with duplicates; looked at anew.

use axum::Json;
use axum::extract::State;
use domain::errors::{FieldErrors, FieldProblem};
use domain::imports::{Duplicates, ImportMap};
use serde_json::Value as Json5;
use utoipa::ToSchema;
use uuid::Uuid;

use super::create::{business, take};
use super::preview::{preview, refused};
use super::store;
use super::views::{ImportView, duplicates_word};
use crate::AppState;
use crate::http::{JsonObject, PathId, Principal, Problem, WriteErrors};
use crate::sync;

/// What may be changed before it is run; absent fields stay.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "map": { "source": "salon", "key": ["Code"], "columns": { "name": "Name", "phone": "Phone" } },
    "duplicates": "merge",
}))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
pub(super) struct ImportPatch {
    /// What the columns mean, with the keys of `docs/import.md`.
    #[schema(value_type = Option<Object>)]
    map: Option<Json5>,
    /// What becomes of people who are there already: `ask`, `merge` or `create`.
    duplicates: Option<Duplicates>,
}

/// Change the map of an import
#[utoipa::path(
    patch, path = "/imports/{id}", operation_id = "editImport", tag = "imports",
    params(("id" = Uuid, Path, description = "The import's id")),
    request_body = ImportPatch,
    responses((status = 200, description = "What it would do now", body = ImportView),
        (status = 409, description = "`conflict`: it was run already"), WriteErrors)
)]
pub(super) async fn edit_import(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId<Uuid>,
    JsonObject(object): JsonObject,
) -> Result<Json<ImportView>, Problem> {
    let mut tx = state.begin(&principal).await?;
    let mut import = store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    import.require(&["preview"])?;
    let mut errors = FieldErrors::new();
    for (name, value) in &object {
        match name.as_str() {
            "map" => {
                let map = ImportMap::from_json(value).map_err(|error| refused(&error))?;
                import.map = serde_json::to_string(&map).ok();
            }
            "duplicates" => match serde_json::from_value::<Duplicates>(value.clone()) {
                Ok(duplicates) => duplicates_word(duplicates).clone_into(&mut import.duplicates),
                Err(_) => errors.add(name.clone(), FieldProblem::Unknown),
            },
            _ => errors.add(name.clone(), FieldProblem::Unknown),
        }
    }
    errors.into_result(())?;
    let (business, file) = (business(&mut tx).await?, store::file(&mut tx, id).await?);
    tx.commit().await?;
    let found = preview(&state, business, &import, file).await?;
    take(&mut import, &found);
    let mut tx = state.begin(&principal).await?;
    sync::lock(&mut tx).await?;
    // It may have been run meanwhile; then that stands.
    store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?.require(&["preview"])?;
    store::update(&mut tx, &import, state.now()).await?;
    store::clear_rows(&mut tx, id).await?;
    store::put_rows(&mut tx, id, 0, &found.rows).await?;
    tx.commit().await?;
    Ok(Json(import.show()))
}
