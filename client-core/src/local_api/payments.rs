//! Payments: `/payments`. The server keeps the books: what is recorded here is shown at once and waits as an intent.

use axum::Router;
use axum::routing::MethodFilter;
use domain::api::{Listing, Tag};
use domain::dates::format_seconds;
use domain::ids::{AppointmentId, ClientId, PaymentId};
use domain::lang::Lang;
use domain::payments::{LIST, Payment};
use domain::sync::RecordKind;

use super::request::{Ask, Takes, Write};
use super::{Answered, LocalApi, Problem, Reply, appointments, clients, read, write};
use crate::app::App;

pub(super) fn routes() -> Router<LocalApi> {
    Router::new()
        .route("/payments", read(list).merge(write(MethodFilter::POST, Takes::Object, create)))
        .route("/payments/{id}", read(get))
}

fn list(app: &mut App, ask: &Ask, _: Lang) -> Answered {
    let listing = Listing::read(&LIST, ask.query()?, &app.tenant()?.timezone, &())?;
    // Of one client or of some visits, as screens ask: in the time that those take.
    let found = match (listing.ids("appointmentId"), listing.ids("clientId")) {
        (Some(visits), _) => app.payments_of_visits(&visits.into_iter().map(AppointmentId).collect())?,
        (None, Some(clients)) => app.payments_of_clients(&clients.into_iter().map(ClientId).collect())?,
        (None, None) => app.payments(None)?,
    };
    Reply::ok(&listing.pick(found, |payment| payment.id.0)?)
}

fn get(app: &mut App, ask: &Ask, _: Lang) -> Answered {
    let id: PaymentId = ask.path("id")?;
    let payment = app.payment(id)?;
    Ok(Reply::ok(&payment)?.unless_known(ask, &tag(&payment)?))
}

fn create(app: &mut App, write: &mut Write<'_>) -> Answered {
    let now = format_seconds(app.now().as_second()).unwrap_or_default();
    // Read before anything is looked up: every mistake of the fields is told first.
    let id = PaymentId(app.new_id());
    let asked = Payment::new_from_json(id, &write.body, app.tenant()?.currency, &now)?;
    clients::check_named(app, "clientId", asked.client_id)?;
    appointments::check_named(app, "appointmentId", asked.appointment_id)?;
    let payment = app.record_payment(write.body.clone())?;
    Ok(Reply::created(&format!("payments/{}", payment.id), &payment)?.tagged(&tag(&payment)?))
}

fn tag(payment: &Payment) -> Result<Tag, Problem> {
    Ok(Tag::of_body(RecordKind::Payment, payment.id.0, payment)?)
}
