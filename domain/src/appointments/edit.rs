//! Booking, moving and settling a visit: from JSON fields to one change of the document.
//!
//! Pure. REST and devices go through these functions alone.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::row::AppointmentRow;
use super::status::Status;
use crate::dates::{VisitTime, check_zone};
use crate::documents::{Author, Chunk, Collection, Document, Writer};
use crate::errors::{FieldErrors, FieldProblem};
use crate::ids::{ClientId, Ids, ServiceId};
use crate::input::{Fields, MAX_ENTRIES, Patch, Sign};
use crate::money::{Currency, Money};
use crate::services::Service;

/// Two weeks: the longest visit or block, in minutes.
const MOST_MINUTES: u32 = 20_160;
const SOURCES: &[&str] = &["manual", "import", "online", "telegram", "flow", "api"];

/// What the fields alone do not say.
#[derive(Clone, Debug)]
pub struct BookContext<'a> {
    /// The tenant's zone; wall times without an offset are of this zone.
    pub zone: &'a str,
    /// The tenant's currency.
    pub currency: Currency,
    /// The price list's entry of the named service, for duration and price.
    pub service: Option<&'a Service>,
    /// Where the booking comes from if the fields do not say.
    pub source: &'static str,
}

/// What is to be written; a field that is kept stays untouched.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AppointmentEdit {
    /// `visit` or `block`.
    pub kind: Patch<String>,
    /// Who comes.
    pub client_id: Patch<ClientId>,
    /// What is done.
    pub service_id: Patch<ServiceId>,
    /// All further services, as stored entries by id; entries without an id have an empty key.
    pub items: Patch<Vec<(String, Map<String, Json>)>>,
    /// When it starts, as given.
    pub starts_at: Patch<String>,
    /// The zone that `starts_at` is read in.
    pub zone: String,
    /// How long, in minutes.
    pub duration_min: Patch<u32>,
    /// The deposit asked for.
    pub deposit_amount: Patch<Money>,
    /// The price at the time.
    pub price: Patch<Money>,
    /// The cost at the time.
    pub cost: Patch<Money>,
    /// Where it comes from.
    pub source: Patch<String>,
    /// Free text.
    pub note: Patch<String>,
    /// Further data; `null` removes an entry, others stay.
    pub meta: Patch<Map<String, Json>>,
}

crate::masked_debug!(AppointmentEdit {});

/// The service that a request names, so that the caller can look it up for the [`BookContext`].
#[must_use]
pub fn named_service(object: &Map<String, Json>) -> Option<ServiceId> {
    object.get("serviceId").and_then(Json::as_str).and_then(|id| id.parse().ok())
}

impl AppointmentEdit {
    /// Reads a request that books. Duration and price come from the service when the request does not give them.
    ///
    /// # Errors
    /// Every field that is missing, unknown or wrong.
    pub fn new_from_json(object: &Map<String, Json>, context: &BookContext<'_>) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let mut edit = Self::read(&mut fields, context);
        fields.require("startsAt", &edit.starts_at);
        if let (Some(service), Patch::Keep) = (context.service, &edit.duration_min) {
            edit.duration_min = Patch::Set(service.duration_min);
        }
        if let (Some(service), Patch::Keep) = (context.service, &edit.price) {
            edit.price = service.base_price_money().map_or(Patch::Keep, Patch::Set);
        }
        if let (Some(service), Patch::Keep) = (context.service, &edit.cost) {
            edit.cost = service.cost_money().map_or(Patch::Keep, Patch::Set);
        }
        fields.require("durationMin", &edit.duration_min);
        if edit.kind == Patch::Keep {
            edit.kind = Patch::Set("visit".to_owned());
        }
        if edit.kind.value().is_some_and(|kind| kind == "block") {
            if edit.client_id.value().is_some() {
                fields.mistake("clientId", FieldProblem::NotAllowed);
            }
            if edit.service_id.value().is_some() {
                fields.mistake("serviceId", FieldProblem::NotAllowed);
            }
        }
        if edit.source == Patch::Keep {
            edit.source = Patch::Set(context.source.to_owned());
        }
        fields.finish(edit)
    }

    /// Reads a request that edits; absent fields stay untouched.
    ///
    /// # Errors
    /// Every field that is unknown or wrong; time and duration cannot be cleared.
    pub fn patch_from_json(
        object: &Map<String, Json>,
        context: &BookContext<'_>,
    ) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let edit = Self::read(&mut fields, context);
        fields.refuse_null("startsAt", &edit.starts_at);
        fields.refuse_null("durationMin", &edit.duration_min);
        fields.refuse_null("kind", &edit.kind);
        fields.finish(edit)
    }

    fn read(fields: &mut Fields<'_>, context: &BookContext<'_>) -> Self {
        let zone = fields.line("timezone");
        let zone = match zone.value() {
            Some(zone) if check_zone(zone).is_err() => {
                fields.mistake("timezone", FieldProblem::UnknownZone);
                context.zone.to_owned()
            }
            Some(zone) => zone.clone(),
            None => context.zone.to_owned(),
        };
        let starts_at = fields.line("startsAt");
        if starts_at.value().is_some_and(|start| VisitTime::parse_input(start, &zone, 60).is_err()) {
            fields.mistake("startsAt", FieldProblem::InvalidTime);
        }
        Self {
            kind: fields.word("kind", &["visit", "block"]).map(str::to_owned),
            client_id: fields.id("clientId"),
            service_id: fields.id("serviceId"),
            items: read_items(fields, context.currency),
            starts_at,
            zone,
            duration_min: fields.whole("durationMin", 1, MOST_MINUTES),
            deposit_amount: fields.money("depositAmount", context.currency, Sign::NotNegative),
            price: fields.money("price", context.currency, Sign::NotNegative),
            cost: fields.money("cost", context.currency, Sign::NotNegative),
            source: fields.word("source", SOURCES).map(str::to_owned),
            note: fields.text("note"),
            meta: fields.object("meta"),
        }
    }

    /// The new time, if this edit says anything about it.
    #[must_use]
    pub fn time(&self, standing: Option<&VisitTime>) -> Option<VisitTime> {
        let minutes = self.duration_min.value().copied().or_else(|| standing.map(VisitTime::duration_min))?;
        match (self.starts_at.value(), standing) {
            (Some(start), _) => VisitTime::parse_input(start, &self.zone, minutes).ok(),
            (None, Some(standing)) if self.duration_min.is_mentioned() => {
                standing.with_duration(minutes).ok()
            }
            _ => None,
        }
    }

    fn write(&self, w: &mut Writer<'_>, standing: Option<&VisitTime>, ids: &mut dyn Ids) {
        self.kind.write(|v| w.put_str("kind", v.map(String::as_str)));
        self.client_id.write(|v| w.put_str("clientId", v.map(ToString::to_string).as_deref()));
        self.service_id.write(|v| w.put_str("serviceId", v.map(ToString::to_string).as_deref()));
        if let Some(time) = self.time(standing) {
            w.put_str("time", Some(&time.to_stored()));
        }
        for (name, money) in
            [("depositAmount", &self.deposit_amount), ("price", &self.price), ("cost", &self.cost)]
        {
            money.write(|v| w.put_str(name, v.map(|m| m.to_stored()).as_deref()));
        }
        self.source.write(|v| w.put_str("source", v.map(String::as_str)));
        self.note.write(|v| w.put_text("note", v.map_or("", String::as_str)));
        self.meta.write(|v| w.merge_map("meta", v));
        self.items.write(|v| {
            let wanted: BTreeMap<String, Json> = v
                .into_iter()
                .flatten()
                .map(|(id, entry)| {
                    let id = if id.is_empty() { ids.uuid().to_string() } else { id.clone() };
                    (id, Json::Object(entry.clone()))
                })
                .collect();
            for gone in w.keys("items").into_iter().filter(|id| !wanted.contains_key(id)) {
                w.remove_entry("items", &gone);
            }
            for (id, entry) in &wanted {
                w.put_entry("items", id, entry);
            }
        });
    }
}

fn read_items(fields: &mut Fields<'_>, currency: Currency) -> Patch<Vec<(String, Map<String, Json>)>> {
    let list = fields.objects("items");
    let Patch::Set(list) = list else { return list.map(|_| Vec::new()) };
    let mut entries = Vec::new();
    for object in &list {
        let mut inner = Fields::new(object);
        let id = inner.line("id");
        let service = inner.id::<ServiceId>("serviceId");
        let price = inner.money("price", currency, Sign::NotNegative);
        let cost = inner.money("cost", currency, Sign::NotNegative);
        let minutes = inner.whole("durationMin", 1, MOST_MINUTES);
        if inner.finish(()).is_err() {
            fields.mistake("items", FieldProblem::Invalid);
            return Patch::Keep;
        }
        let mut entry = Map::new();
        entry.insert("serviceId".into(), service.value().map_or(Json::Null, |id| json!(id)));
        entry.insert("price".into(), price.value().map_or(Json::Null, |m| json!(m.to_stored())));
        entry.insert("cost".into(), cost.value().map_or(Json::Null, |m| json!(m.to_stored())));
        entry.insert("durationMin".into(), minutes.value().map_or(Json::Null, |n| json!(n)));
        entries.push((id.value().cloned().unwrap_or_default(), entry));
    }
    Patch::Set(entries)
}

/// Books: writes a new appointment with its first event. `at` is in seconds since 1970.
#[must_use]
pub fn book(
    author: &Author,
    at: i64,
    ids: &mut dyn Ids,
    edit: &AppointmentEdit,
    first: Status,
) -> (Document, Option<Chunk>) {
    let mut document = Document::new(Collection::Appointments);
    let chunk = document.edit(author, at, "appointment.book", |w| {
        edit.write(w, None, ids);
        put_event(w, &ids.uuid().to_string(), first.as_str(), at, &[]);
    });
    (document, chunk)
}

/// Writes an imported appointment: like [`book`], with event ids that are the same wherever the file is imported.
#[must_use]
pub fn import(
    author: &Author,
    at: i64,
    ids: &mut dyn Ids,
    edit: &AppointmentEdit,
    status: Status,
) -> (Document, Option<Chunk>) {
    let mut document = Document::new(Collection::Appointments);
    let chunk = document.edit(author, at, "appointment.import", |w| {
        edit.write(w, None, ids);
        put_event(w, &format!("import-{}", status.as_str()), status.as_str(), at, &[]);
    });
    (document, chunk)
}

/// Edits an appointment; `None` if nothing changes.
pub fn edit(
    document: &mut Document,
    author: &Author,
    at: i64,
    ids: &mut dyn Ids,
    edit: &AppointmentEdit,
) -> Option<Chunk> {
    let standing = AppointmentRow::read(document).visit_time();
    document.edit(author, at, "appointment.edit", |w| edit.write(w, standing.as_ref(), ids))
}

/// Moves an appointment to another time; `None` if it is there already.
pub fn reschedule(document: &mut Document, author: &Author, at: i64, time: &VisitTime) -> Option<Chunk> {
    document.edit(author, at, "appointment.move", |w| w.put_str("time", Some(&time.to_stored())))
}

/// Removes an appointment: the document stays, marked as deleted.
pub fn remove(document: &mut Document, author: &Author, at: i64) -> Option<Chunk> {
    document.edit(author, at, "appointment.remove", |w| w.put_time("deletedAt", Some(at * 1000)))
}

/// What she says happened to a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is agreed (again).
    Book,
    /// The client will come.
    Confirm,
    /// It is called off.
    Cancel,
    /// It is done.
    Complete,
    /// Nobody came.
    NoShow,
}

impl Step {
    /// The state it leads to.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::Book => Status::Booked,
            Self::Confirm => Status::Confirmed,
            Self::Cancel => Status::Cancelled,
            Self::Complete => Status::Completed,
            Self::NoShow => Status::NoShow,
        }
    }

    const fn command(self) -> &'static str {
        match self {
            Self::Book => "appointment.book_again",
            Self::Confirm => "appointment.confirm",
            Self::Cancel => "appointment.cancel",
            Self::Complete => "appointment.complete",
            Self::NoShow => "appointment.no_show",
        }
    }
}

/// Records a step; `None` if the visit stands there already and no other word is open.
pub fn take_step(
    document: &mut Document,
    author: &Author,
    at: i64,
    event_id: &str,
    step: Step,
) -> Option<Chunk> {
    let row = AppointmentRow::read(document);
    if row.status() == step.status() && !row.events.is_empty() {
        return None;
    }
    let known: Vec<String> = row.events.into_iter().map(|event| event.id).collect();
    document.edit(author, at, step.command(), |w| put_event(w, event_id, step.status().as_str(), at, &known))
}

/// Says where a visit stands, to all that was said before; also if it stands there already.
pub fn say(document: &mut Document, author: &Author, at: i64, event_id: &str, word: Status) -> Option<Chunk> {
    let known: Vec<String> =
        AppointmentRow::read(document).events.into_iter().map(|event| event.id).collect();
    document.edit(author, at, "appointment.settle", |w| put_event(w, event_id, word.as_str(), at, &known))
}

fn put_event(w: &mut Writer<'_>, id: &str, kind: &str, at: i64, after: &[String]) {
    let after: Map<String, Json> = after.iter().map(|id| (id.clone(), Json::Bool(true))).collect();
    w.put_entry("events", id, &json!({ "type": kind, "at": at * 1000, "after": after }));
}

/// The new time; no other field of an appointment may be given here.
pub fn read_time(
    object: &Map<String, Json>,
    context: &BookContext<'_>,
    standing: Option<&VisitTime>,
) -> Result<VisitTime, FieldErrors> {
    let mut errors = FieldErrors::new();
    let unknown =
        object.keys().filter(|name| !matches!(name.as_str(), "startsAt" | "durationMin" | "timezone"));
    for name in unknown.take(MAX_ENTRIES) {
        errors.add(name, FieldProblem::Unknown);
    }
    let edit = AppointmentEdit::patch_from_json(object, context);
    for (name, problem) in edit.as_ref().err().into_iter().flat_map(FieldErrors::iter) {
        errors.add(name, problem);
    }
    let edit = edit.unwrap_or_default();
    if edit.starts_at.value().is_none() {
        errors.add("startsAt", FieldProblem::Required);
    } else if standing.is_none() && edit.duration_min.value().is_none() {
        errors.add("durationMin", FieldProblem::Required);
    }
    let time = edit.time(standing);
    if time.is_none() {
        errors.add("startsAt", FieldProblem::InvalidTime);
    }
    time.filter(|_| errors.is_empty()).ok_or(errors)
}
