//! `POST /conflicts/{id}/resolve`: settles a conflict by one of its choices, as one action.

use std::collections::BTreeSet;

use axum::extract::State;
use domain::Projection;
use domain::api::Refusal;
use domain::conflicts::{
    Choice, Conflict, Kind, Offer, SettleError, choices, read_resolve, settle, standing,
};
use domain::errors::ErrorCode;
use domain::ids::AppointmentId;
use domain::sync::RecordKind;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::find::Desk;
use super::store;
use crate::AppState;
use crate::db::TenantTx;
use crate::http::{JsonObject, PathId, Problem, WriteErrors};
use crate::sync;
use crate::writes::{Reply, Write, WriteHeaders};

/// How it is to be settled.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "choice": "keepBoth" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read by `Fields`")]
pub(super) struct Resolve {
    /// One of the ids in `resolutions`.
    choice: String,
    /// The `facts` that were looked at: with other ones the answer is 412.
    facts: Option<String>,
}

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Settled {
    /// The conflict.
    #[schema(example = "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b7")]
    id: Uuid,
    /// The choice.
    #[schema(example = "keepBoth")]
    choice: String,
    /// The documents that were changed.
    changed: Vec<Uuid>,
    /// The message to the client, which waits until a channel is connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Uuid>,
}

/// Settle a conflict
#[utoipa::path(
    post, path = "/conflicts/{id}/resolve", operation_id = "resolveConflict", tag = "conflicts",
    params(("id" = Uuid, Path, description = "The conflict's id"), WriteHeaders),
    request_body = Resolve,
    responses(
        (status = 200, description = "Settled", body = Settled),
        (status = 409, description = "`slot_taken`: the hour to move to is taken by now"),
        WriteErrors
    )
)]
pub(super) async fn resolve_conflict(
    State(state): State<AppState>,
    PathId(id): PathId<Uuid>,
    mut write: Write<JsonObject>,
) -> Result<Reply, Problem> {
    let (choice, facts) = read_resolve(&write.body.0)?;
    let chosen: Choice = choice.parse().map_err(|_| not_offered())?;
    let tx = &mut write.tx;
    let desk = Desk::open(tx, state.now()).await?;
    let conflict = desk.one(tx, id).await?;
    if facts.is_some_and(|facts| facts != conflict.facts) {
        return Err(Refusal::from(SettleError::Stale).into());
    }
    let offer = desk.offer(tx, &conflict).await?;
    check_offered(&desk, tx, &conflict, &chosen, &offer).await?;
    let mut needed: BTreeSet<Uuid> = conflict.mentions().into_iter().chain([conflict.home]).collect();
    if let Choice::Merge { into } = &chosen {
        for gone in conflict.about.iter().filter(|gone| *gone != into) {
            needed.extend(store::naming(tx, *gone).await?);
        }
    }
    let needed: Vec<Uuid> = needed.into_iter().collect();
    let mut open = sync::open_all(tx, &needed).await?;
    let (author, at) = (&state.author, state.now().as_second());
    let edits =
        settle(&conflict, &chosen, &mut open, (author, at), &mut state.ids.clone()).map_err(Refusal::from)?;
    let changed: BTreeSet<Uuid> = edits.changes.iter().map(|(id, _)| *id).collect();
    let message = edits.tell.map(|named| {
        let id = state.new_id();
        let body = json!({ "id": id, "clientId": named.client, "appointmentId": named.visit, "about": "cancelled",
                           "state": "not_sent", "createdAt": state.now().to_string() });
        (RecordKind::Message, id, body)
    });
    let told = message.as_ref().map(|(_, id, _)| *id);
    let head =
        Box::pin(sync::write_together(tx, &mut state.ids.clone(), open, edits.changes, message)).await?;
    let changed = changed.into_iter().collect();
    let reply = Reply::ok(&Settled { id, choice, changed, message: told })?;
    write.finish(&state, Some(head), reply).await
}

fn not_offered() -> Problem {
    Refusal::from(SettleError::NotOffered).into()
}

async fn check_offered(
    desk: &Desk,
    tx: &mut TenantTx,
    conflict: &Conflict,
    chosen: &Choice,
    offer: &Offer,
) -> Result<(), Problem> {
    // The hour that was promised is hers to give again, whatever her calendar says of it by now.
    if let Choice::Move { visit, to } = chosen
        && conflict.kind != Kind::ChangedAfterPromise
    {
        // Any free hour will do, not only the few that were shown.
        let Some(Projection::Appointments(row)) = offer.rows.get(visit) else { return Err(not_offered()) };
        let time = row.visit_time().filter(|_| standing(row)).ok_or_else(not_offered)?;
        let wanted = time.moved_to(to).map_err(|_| not_offered())?;
        let day = (wanted.date(), wanted.date());
        let free = desk.free(tx, AppointmentId(*visit), row.service_id, &time, day).await?;
        let is_free = free.iter().any(|slot| slot.time.starts_at() == wanted.starts_at());
        return if is_free { Ok(()) } else { Err(Problem::new(ErrorCode::SlotTaken)) };
    }
    if choices(conflict, offer).contains(chosen) { Ok(()) } else { Err(not_offered()) }
}
