//! Appointments: `/appointments` and what stands below it, but for changes.

use axum::Router;
use axum::routing::MethodFilter;
use domain::api::{Listing, Refusal, Value, only_flag};
use domain::appointments::{
    Appointment, AppointmentEdit, AppointmentRow, BookContext, LIST, Overlap, Step, allowing_overlap, clash,
    named_service, read_time, wanted,
};
use domain::errors::FieldProblem;
use domain::ids::{AppointmentId, ClientId, ServiceId};
use domain::lang::Lang;
use jiff::Timestamp;

use super::request::{Ask, Takes, Write};
use super::{Answered, LocalApi, Problem, Reply, clients, read, write};
use crate::app::{App, Span};
use crate::store::Walk;

/// Where an appointment comes from of which nobody said so; the same word as on the server.
const SOURCE: &str = "api";

pub(super) fn routes() -> Router<LocalApi> {
    let post = |takes, act| write(MethodFilter::POST, takes, act);
    Router::new()
        .route("/appointments", read(list).merge(post(Takes::Object, create)))
        .route(
            "/appointments/{id}",
            read(get).merge(write(MethodFilter::PATCH, Takes::Object, edit)).merge(write(
                MethodFilter::DELETE,
                Takes::Nothing,
                remove,
            )),
        )
        .route("/appointments/{id}/policies", read(policies))
        .route("/appointments/{id}/reschedule", post(Takes::Object, reschedule))
        .route("/appointments/{id}/confirm", post(Takes::Maybe, |app, write| take(app, write, Step::Confirm)))
        .route("/appointments/{id}/cancel", post(Takes::Maybe, |app, write| take(app, write, Step::Cancel)))
        .route(
            "/appointments/{id}/complete",
            post(Takes::Maybe, |app, write| take(app, write, Step::Complete)),
        )
        .route("/appointments/{id}/no-show", post(Takes::Maybe, |app, write| take(app, write, Step::NoShow)))
}

fn list(app: &mut App, ask: &Ask, _: Lang) -> Answered {
    let mut query = ask.query()?;
    let zone = app.tenant()?.timezone;
    let client: Option<ClientId> = query.parsed("clientId");
    let span = (query.moment("from", &zone), query.moment("to", &zone));
    let listing = Listing::read(&LIST, query, &zone, &(client, span))?;
    // One client may also be named by a filter.
    let client = client.or_else(|| match listing.ids("clientId").as_deref() {
        Some([one]) => Some(ClientId(*one)),
        _ => None,
    });
    let shown: Vec<Appointment> =
        if client.is_none() && span == (None, None) && listing.sort.field.name == "startsAt" {
            walked(app, &listing)?
        } else {
            let span = Span { from: span.0, until: span.1 };
            let found = match client {
                Some(client) => app.appointments_of(client, span)?,
                None => app.appointments_touching(span)?,
            };
            found.into_iter().map(|(id, row)| row.show(id)).collect()
        };
    Reply::ok(&listing.pick(shown, |appointment| appointment.id.0)?)
}

/// The page of all visits there are, without reading them all: in their order from where the last page ended, until it is full.
fn walked(app: &App, listing: &Listing) -> Result<Vec<Appointment>, Problem> {
    let after = listing.after.as_ref().map(|value| match value {
        Value::Moment(at) => (Some(at.as_second()), listing.after_id()),
        _ => (None, listing.after_id()),
    });
    let (from, until) = listing.between("startsAt");
    let walk = Walk {
        is_descending: listing.sort.is_descending,
        after,
        from: from.map(Timestamp::as_second),
        until: until.map(Timestamp::as_second),
    };
    let most = usize::try_from(listing.limit.and_one()).unwrap_or(usize::MAX);
    Ok(app.walk_appointments(walk, most, |shown| listing.holds(shown))?)
}

fn get(app: &mut App, ask: &Ask, _: Lang) -> Answered {
    let appointment = app.appointment(ask.path("id")?)?;
    let tag = app.version(appointment.id.0)?;
    Ok(Reply::ok(&appointment)?.unless_known(ask, &tag))
}

fn policies(app: &mut App, ask: &Ask, _: Lang) -> Answered {
    Reply::ok(&app.policies_of(ask.path("id")?)?)
}

fn create(app: &mut App, write: &mut Write<'_>) -> Answered {
    let tenant = app.tenant()?;
    let service = match named_service(&write.body) {
        // Said before the fields are looked at: without its service a visit would also seem to lack a duration.
        Some(id) => Some(app.service(id).map_err(|_| unknown("serviceId"))?),
        None => None,
    };
    let (zone, currency) = (tenant.timezone.as_str(), tenant.currency);
    let context = BookContext { zone, currency, service: service.as_ref(), source: SOURCE };
    let (edit, overlap) =
        allowing_overlap(&write.body, |object| AppointmentEdit::new_from_json(object, &context))?;
    check_names(app, &edit)?;
    let booked = app.book_as(&edit)?.appointment;
    refuse_clash(app, booked.id, None, overlap)?;
    let tag = app.version(booked.id.0)?;
    Ok(Reply::created(&format!("appointments/{}", booked.id), &booked)?.tagged(&tag))
}

fn edit(app: &mut App, write: &mut Write<'_>) -> Answered {
    let (id, before) = standing(app, write)?;
    let tenant = app.tenant()?;
    let (zone, currency) = (tenant.timezone.as_str(), tenant.currency);
    let context = BookContext { zone, currency, service: None, source: SOURCE };
    let (edit, overlap) =
        allowing_overlap(&write.body, |object| AppointmentEdit::patch_from_json(object, &context))?;
    check_names(app, &edit)?;
    let edited = app.edit_appointment_as(id, &edit)?.appointment;
    refuse_clash(app, id, Some(&before), overlap)?;
    Ok(Reply::ok(&edited)?.tagged(&app.version(id.0)?))
}

fn reschedule(app: &mut App, write: &mut Write<'_>) -> Answered {
    let (id, before) = standing(app, write)?;
    let tenant = app.tenant()?;
    let (zone, currency) = (tenant.timezone.as_str(), tenant.currency);
    let context = BookContext { zone, currency, service: None, source: SOURCE };
    let time = before.visit_time();
    let (time, overlap) = allowing_overlap(&write.body, |object| read_time(object, &context, time.as_ref()))?;
    let moved = app.move_appointment_to(id, &time)?.appointment;
    refuse_clash(app, id, Some(&before), overlap)?;
    Ok(Reply::ok(&moved)?.tagged(&app.version(id.0)?))
}

fn take(app: &mut App, write: &mut Write<'_>, step: Step) -> Answered {
    let (id, before) = standing(app, write)?;
    let overlap = Overlap::from_flag(only_flag(write.body.clone(), Overlap::FLAG)?);
    let taken = app.take_step(id, step)?;
    // Called back to life, a visit needs its hour again.
    refuse_clash(app, id, Some(&before), overlap)?;
    Ok(Reply::ok(&taken)?.tagged(&app.version(id.0)?))
}

fn remove(app: &mut App, write: &mut Write<'_>) -> Answered {
    let (id, _) = standing(app, write)?;
    app.remove_appointment(id)?;
    Ok(Reply::no_content().tagged(&app.version(id.0)?))
}

/// The appointment that is about to change, as it stands.
fn standing(app: &App, write: &mut Write<'_>) -> Result<(AppointmentId, AppointmentRow), Problem> {
    let id: AppointmentId = write.ask.path("id")?;
    let row = app.appointment_row(id)?;
    write.changes(app.version(id.0)?);
    Ok((id, row))
}

/// Refuses the time that an appointment takes now and did not take before, if others are there: then nothing of the edit is
/// kept.
fn refuse_clash(
    app: &App,
    id: AppointmentId,
    before: Option<&AppointmentRow>,
    overlap: Overlap,
) -> Result<(), Problem> {
    let after = app.appointment_row(id)?;
    let Some(wanted) = wanted(id, before, &after, overlap) else { return Ok(()) };
    let near = app.appointments_touching(Span { from: Some(wanted.from), until: Some(wanted.until) })?;
    if near.iter().all(|(found, _)| *found == id) {
        return Ok(());
    }
    let services = app.services()?.into_iter().map(|service| (service.id, service)).collect();
    Ok(clash(id, before, &after, near, &services)?)
}

fn check_names(app: &App, edit: &AppointmentEdit) -> Result<(), Problem> {
    clients::check_named(app, "clientId", edit.client_id.value().copied())?;
    let is_known = |id: ServiceId| app.service(id).is_ok();
    if edit.service_id.value().is_some_and(|id| !is_known(*id)) {
        return Err(unknown("serviceId"));
    }
    let mut items = edit.items.value().into_iter().flatten();
    let named =
        |item: &serde_json::Map<String, serde_json::Value>| item.get("serviceId")?.as_str()?.parse().ok();
    if items.any(|(_, item)| named(item).is_some_and(|id| !is_known(id))) {
        return Err(unknown("items"));
    }
    Ok(())
}

/// Refuses a field that names an appointment which is not here.
pub(super) fn check_named(app: &App, field: &str, id: Option<AppointmentId>) -> Result<(), Problem> {
    match id.map(|id| app.appointment_row(id)) {
        None | Some(Ok(_)) => Ok(()),
        Some(Err(_)) => Err(unknown(field)),
    }
}

fn unknown(field: &str) -> Problem {
    Refusal::not_found().field(field, FieldProblem::Unknown).into()
}
