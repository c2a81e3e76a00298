//! `GET /conflicts/{id}`: both sides, what is at stake, what can be done.

use axum::Json;
use axum::extract::State;
use domain::conflicts::Told;
use uuid::Uuid;

use super::find::Desk;
use crate::AppState;
use crate::http::{ItemErrors, Language, PathId, Problem, Read};

/// Read a conflict
#[utoipa::path(
    get, path = "/conflicts/{id}", operation_id = "getConflict", tag = "conflicts",
    params(("id" = Uuid, Path, description = "The conflict's id, the same as on devices")),
    responses((status = 200, description = "The conflict", body = Told), ItemErrors)
)]
pub(super) async fn get_conflict(
    State(state): State<AppState>,
    Read { mut tx, .. }: Read,
    Language(lang): Language,
    PathId(id): PathId<Uuid>,
) -> Result<Json<Told>, Problem> {
    let desk = Desk::open(&mut tx, state.now()).await?;
    let conflict = desk.one(&mut tx, id).await?;
    let told = desk.tell(&mut tx, &conflict, lang).await?;
    tx.commit().await?;
    Ok(Json(told))
}
