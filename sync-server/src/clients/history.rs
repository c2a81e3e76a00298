//! `GET /clients/{id}/history`: what happened between the two of them, in the order of time.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use domain::appointments::AppointmentRow;
use domain::clients::{HistoryAsked, HistoryEntry};
use domain::ids::{AppointmentId, ClientId};
use utoipa::IntoParams;

use super::store_history::{self, Happened};
use crate::db::StoreError;
use crate::http::{Asked, ItemListErrors, Page, PageQuery, PathId, Problem, Read};

/// What may be asked for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query; the query itself is read by `QueryFields`")]
struct HistoryQuery {
    /// `at` for the oldest first, `-at` for the newest; `at` if absent.
    #[param(pattern = "^-?at$", example = "-at")]
    sort: Option<String>,
}

fn read(found: &Happened) -> Result<HistoryEntry, StoreError> {
    if found.is_payment {
        let payment = serde_json::from_str(&found.json).map_err(StoreError::damaged)?;
        return Ok(HistoryEntry::payment(payment));
    }
    let row: AppointmentRow = serde_json::from_str(&found.json).map_err(StoreError::damaged)?;
    Ok(HistoryEntry::visit(row.show(AppointmentId(found.id))))
}

/// List a client's history
///
/// Visits and payments in the order of time.
#[utoipa::path(
    get, path = "/clients/{id}/history", operation_id = "listClientHistory", tag = "clients",
    params(("id" = ClientId, Path, description = "The client's id"), HistoryQuery, PageQuery),
    responses((status = 200, description = "A page of what happened", body = Page<HistoryEntry>), ItemListErrors)
)]
pub(super) async fn client_history(
    Read { mut tx, .. }: Read,
    PathId(id): PathId<ClientId>,
    Asked(query): Asked,
) -> Result<Json<Page<HistoryEntry>>, Problem> {
    let HistoryAsked { is_descending, limit, after, cursor } = HistoryAsked::read(query, id)?;
    super::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let found = store_history::list(&mut tx, id, is_descending, after, limit.and_one()).await?;
    tx.commit().await?;
    let Page { data, next_cursor } = cursor.page(limit, found, Happened::after, |found| found);
    let data = data.iter().map(read).collect::<Result<_, _>>()?;
    Ok(Json(Page { data, next_cursor }))
}
