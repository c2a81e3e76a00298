//! `GET /conflicts`: what needs her.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use axum::extract::State;
use domain::conflicts::{Conflict, Told};
use utoipa::IntoParams;

use super::find::Desk;
use crate::AppState;
use crate::http::{After, Asked, Language, ListErrors, Page, PageQuery, Problem, Read};

/// What may be asked for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes the query; the query itself is read by `QueryFields`")]
struct ConflictQuery {
    /// Also visits that are ahead and lie outside of her hours or in her time off.
    warnings: Option<bool>,
}

/// List conflicts
#[utoipa::path(
    get, path = "/conflicts", operation_id = "listConflicts", tag = "conflicts",
    params(ConflictQuery, PageQuery),
    responses((status = 200, description = "A page of what needs her, by id", body = Page<Told>), ListErrors)
)]
pub(super) async fn list_conflicts(
    State(state): State<AppState>,
    Read { mut tx, .. }: Read,
    Language(lang): Language,
    Asked(mut query): Asked,
) -> Result<Json<Page<Told>>, Problem> {
    let with_warnings = query.parsed::<bool>("warnings").unwrap_or(false);
    let (limit, cursor) = query.page("conflicts", &[&with_warnings])?;
    let desk = Desk::open(&mut tx, state.now()).await?;
    let mut all = desk.all(&mut tx).await?;
    all.retain(|_, conflict| !conflict.kept);
    if with_warnings {
        all.extend(desk.warnings(&mut tx).await?);
    }
    let after = cursor.after().map(|after| after.1);
    let rest = all.into_values().filter(|conflict| after.is_none_or(|after| conflict.id > after));
    let most = usize::try_from(limit.and_one()).unwrap_or(usize::MAX);
    let found: Vec<Conflict> = rest.take(most).collect();
    let mut shown = Vec::with_capacity(found.len());
    for conflict in found {
        shown.push(desk.tell(&mut tx, &conflict, lang).await?);
    }
    tx.commit().await?;
    Ok(Json(cursor.page(limit, shown, |told| After(None, told.id), |told| told)))
}
