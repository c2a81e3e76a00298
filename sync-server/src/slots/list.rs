//! `GET /slots`: the starts that can be offered for a service on some days.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use axum::extract::State;
use domain::dates::is_day_of_ours;
use domain::errors::FieldProblem;
use domain::ids::ServiceId;
use domain::slots::{Calendar, ShownSlot, Slot, Taken, best, check_days, slots};
use jiff::SignedDuration;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::http::{Problem, QueryFields, QuestionErrors, Read};
use crate::{AppState, appointments, auth, services, settings};

/// How far a visit or a buffer can reach into the asked days from outside.
const REACH: SignedDuration = SignedDuration::from_hours(48);
/// How many are the best.
const BEST: usize = 3;

/// What is asked.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes the query; the query itself is read by `QueryFields`")]
struct SlotQuery {
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
    params(SlotQuery),
    responses(
        (status = 200, description = "The starts that can be offered, in the order of time", body = Slots),
        QuestionErrors
    )
)]
pub(super) async fn list_slots(
    State(state): State<AppState>,
    Read { mut tx, .. }: Read,
    mut query: QueryFields,
) -> Result<Json<Slots>, Problem> {
    let service = query.required::<ServiceId>("serviceId");
    let (from, to) = (query.required::<Date>("from"), query.required::<Date>("to"));
    let only_best = query.parsed::<bool>("best").unwrap_or(false);
    if let (Some(from), Some(to)) = (from, to)
        && let Err(problem) = check_days(from, to)
    {
        query.mistake("to", problem);
    }
    for (name, date) in [("from", from), ("to", to)] {
        if date.is_some_and(|date| !is_day_of_ours(date)) {
            query.mistake(name, FieldProblem::OutOfRange);
        }
    }
    query.finish()?;
    let (Some(service), Some(from), Some(to)) = (service, from, to) else { return Err(Problem::not_found()) };

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
