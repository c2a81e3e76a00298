//! `GET /slots`: the starts that can be offered for a service on some days.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use axum::extract::State;
use domain::errors::FieldProblem;
use domain::ids::ServiceId;
use domain::slots::{BEST, Calendar, ShownSlot, Slot, SlotQuery, Taken, best, slots};
use jiff::SignedDuration;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::http::{Asked, Problem, QuestionErrors, Read};
use crate::{AppState, appointments, auth, services, settings};

/// How far a visit or a buffer can reach into the asked days from outside.
const REACH: SignedDuration = SignedDuration::from_hours(48);

/// What is asked.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes the query; the query itself is read by `QueryFields`")]
struct SlotParameters {
    /// For which service.
    service_id: ServiceId,
    /// The first day, `2026-12-01`, by her wall.
    #[param(format = "date", example = "2026-12-01")]
    from: String,
    /// The last day, inclusive; at most 92 days later.
    #[param(format = "date", example = "2026-12-07")]
    to: String,
    /// Only the three that leave the least useless time between visits.
    best: Option<bool>,
}

/// The starts that were found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Slots {
    /// In the order of time.
    data: Vec<ShownSlot>,
}

/// List free hours for a service
#[utoipa::path(
    get, path = "/slots", operation_id = "listSlots", tag = "slots",
    params(SlotParameters),
    responses(
        (status = 200, description = "The starts that can be offered, in the order of time", body = Slots),
        QuestionErrors
    )
)]
pub(super) async fn list_slots(
    State(state): State<AppState>,
    Read { mut tx, .. }: Read,
    Asked(query): Asked,
) -> Result<Json<Slots>, Problem> {
    let SlotQuery { service, from, to, only_best } = SlotQuery::read(query)?;

    let tenant = auth::find_tenant(&mut tx).await?.ok_or_else(Problem::not_found)?;
    let services = services::all(&mut tx).await?;
    let hours = settings::business_hours(&mut tx).await?;
    let day = |date: Date| domain::dates::VisitTime::parse_input(&format!("{date}T00:00"), "UTC", 1);
    let span = (day(from), day(to));
    let (Ok(first), Ok(last)) = span else {
        return Err(Problem::not_found().field("from", FieldProblem::OutOfRange));
    };
    let standing =
        appointments::touching(&mut tx, first.starts_at() - REACH, last.starts_at() + REACH + REACH).await?;
    tx.commit().await?;

    let service = services.get(&service).ok_or_else(Problem::not_found)?;
    let taken = Taken::by(standing.iter().map(|(id, row)| (*id, row)), &services);
    let calendar = Calendar { hours: &hours, zone: &tenant.timezone, taken: &taken, now: state.now() };
    let found = slots(&calendar, service, from, to).map_err(|error| Problem::internal(&error))?;
    let found = if only_best { best(&found, BEST) } else { found };
    Ok(Json(Slots { data: found.iter().map(Slot::show).collect() }))
}
