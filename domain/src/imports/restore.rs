//! A full export taken back: everything under its own id, with its own times.
//!
//! Part of the import room. What the JSON of an export shows is what the documents will show again; an export of the restored
//! base is equal. Written by authors that follow from the content, like rows of files, so two devices that restore
//! one export while apart write the same. What is there already is left alone, what she removed stays removed.

use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::base::{Base, Kept, Standing, Stop};
use super::identity::{author, intent_id};
use super::{ImportError, Outcome, Problem, Reason, RowReport};
use crate::appointments::Appointment;
use crate::clients::Client;
use crate::dates::VisitTime;
use crate::documents::{Collection, Document, Hash, Writer};
use crate::exports::Everything;
use crate::money::{Currency, Money};
use crate::notes::Note;
use crate::sync::{Intent, IntentAction, RecordKind, canonical_json};

/// Not a command of an import of rows: what is taken back is hers, edits and all, even if an import had made it in the
/// base that it comes from, and undoing that import must not take it out.
const COMMAND: &str = "restore.create";

/// A thing of an export.
#[derive(Clone, Debug, PartialEq)]
enum Thing {
    Record(RecordKind, Uuid, Json),
    Client(Box<Client>),
    Appointment(Box<Appointment>),
    Note(Box<Note>),
}

/// An export that is being taken back.
#[derive(Clone, Debug, PartialEq)]
pub struct Restore {
    things: Vec<Thing>,
}

impl Restore {
    /// Reads an export; `BadExport` if it is none of ours, or cut.
    pub fn read(bytes: &[u8]) -> Result<Self, ImportError> {
        let all: Everything =
            serde_json::from_slice(bytes).map_err(|error| ImportError::BadExport(error.to_string()))?;
        let record = |kind, id, body: serde_json::Result<Json>| {
            let body = body.map_err(|error| ImportError::BadExport(error.to_string()))?;
            Ok::<_, ImportError>(Thing::Record(kind, id, body))
        };
        let mut things = Vec::new();
        for service in &all.services {
            things.push(record(RecordKind::Service, service.id.0, serde_json::to_value(service))?);
        }
        things.extend(all.clients.into_iter().map(|client| Thing::Client(Box::new(client))));
        things.extend(all.appointments.into_iter().map(|visit| Thing::Appointment(Box::new(visit))));
        things.extend(all.notes.into_iter().map(|note| Thing::Note(Box::new(note))));
        for payment in &all.payments {
            things.push(record(RecordKind::Payment, payment.id.0, serde_json::to_value(payment))?);
        }
        Ok(Self { things })
    }

    /// The services and payments that are there already.
    pub fn standing_records<B: Base>(base: &mut B) -> Result<HashSet<Uuid>, B::Error> {
        let services = base.services()?.into_iter().map(|service| service.id.0);
        let mut ids: HashSet<Uuid> = services.collect();
        ids.extend(base.payments()?.into_iter().map(|payment| payment.id.0));
        Ok(ids)
    }

    /// How many things there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.things.len()
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.things.is_empty()
    }

    /// Takes one thing back. Its `line` is its place among all, from 1.
    pub fn thing<B: Base>(
        &self,
        index: usize,
        base: &mut B,
        records: &HashSet<Uuid>,
    ) -> Result<RowReport, B::Error> {
        let line = index as u64 + 1;
        let (id, done) = match &self.things[index] {
            Thing::Record(kind, id, body) => (*id, record(base, records, *kind, *id, body)),
            Thing::Client(client) => (client.id.0, document(base, client.id.0, || client_of(client))),
            Thing::Appointment(visit) => (visit.id.0, document(base, visit.id.0, || visit_of(visit))),
            Thing::Note(note) => (note.id.0, document(base, note.id.0, || Ok(note_of(note)))),
        };
        match done {
            Ok((result, reason)) => Ok(RowReport { line, result, reason, id: Some(id) }),
            Err(Stop::Row(problem)) => {
                Ok(RowReport { line, result: Outcome::Skipped, reason: Some(problem.into()), id: Some(id) })
            }
            Err(Stop::All(error)) => Err(error),
        }
    }
}

type Done<E> = Result<(Outcome, Option<Reason>), Stop<E>>;

fn record<B: Base>(
    base: &mut B,
    standing: &HashSet<Uuid>,
    kind: RecordKind,
    id: Uuid,
    body: &Json,
) -> Done<B::Error> {
    let content = json!({ "record": kind.as_str(), "body": body });
    let hash = Hash::of(canonical_json(&content).as_bytes()).to_string();
    let action = IntentAction::RecordOffer.as_str();
    let intent = intent_id(id, action, &hash);
    if standing.contains(&id) {
        return Ok((Outcome::Skipped, Some(Reason::AlreadyThere)));
    }
    if base.was_asked(intent).map_err(Stop::All)? {
        return Ok((Outcome::Skipped, Some(Reason::Gone)));
    }
    let body = content.as_object().cloned().unwrap_or_default();
    let intent =
        Intent { id: intent, action: action.to_owned(), target: id, body, after: Vec::new(), deadline: None };
    base.ask(&intent)?;
    Ok((Outcome::Created, None))
}

/// What a document is made of.
struct Made {
    collection: Collection,
    content: Json,
    created: Option<String>,
    updated: Option<String>,
    /// What the first change writes, and what the last, so that both times of the thing stand in its history.
    first: Box<dyn FnOnce(&mut Writer<'_>)>,
    last: Box<dyn FnOnce(&mut Writer<'_>)>,
}

fn document<B: Base>(base: &mut B, id: Uuid, read: impl FnOnce() -> Result<Made, Problem>) -> Done<B::Error> {
    let made = read()?;
    match base.standing(made.collection, id).map_err(Stop::All)? {
        Standing::Erased => return Ok((Outcome::Skipped, Some(Reason::Removed))),
        Standing::Here(Some(row)) if row.is_deleted() => {
            return Ok((Outcome::Skipped, Some(Reason::Removed)));
        }
        Standing::Here(_) => return Ok((Outcome::Skipped, Some(Reason::AlreadyThere))),
        Standing::Absent => {}
    }
    let seconds = |at: &Option<String>| {
        at.as_deref().and_then(|at| at.parse::<Timestamp>().ok()).map_or(0, Timestamp::as_second)
    };
    let (created, updated) = (seconds(&made.created), seconds(&made.updated));
    let author = author(id, &made.content);
    let mut document = Document::new(made.collection);
    let (first, last) = (made.first, made.last);
    if created == updated {
        let chunk = document.edit(&author, created, COMMAND, |w| {
            first(w);
            last(w);
        });
        base.keep(id, Kept { document, chunk, is_new: true })?;
    } else {
        let chunk = document.edit(&author, created, COMMAND, first);
        base.keep(id, Kept { document: document.clone(), chunk, is_new: true })?;
        let chunk = document.edit(&author, updated, COMMAND, last);
        base.keep(id, Kept { document, chunk, is_new: false })?;
    }
    Ok((Outcome::Created, None))
}

fn content(thing: &impl serde::Serialize) -> Json {
    serde_json::to_value(thing).unwrap_or_default()
}

fn client_of(client: &Client) -> Result<Made, Problem> {
    let all = client.clone();
    let consents: Map<String, Json> = all
        .consents
        .iter()
        .map(|consent| {
            let at = consent.at.as_deref().and_then(|at| at.parse::<Timestamp>().ok());
            let entry = json!({
                "channel": consent.channel, "purpose": consent.purpose, "given": consent.given,
                "at": at.map_or(0, |at| at.as_second() * 1000),
            });
            (consent.id.clone(), entry)
        })
        .collect();
    if all.name.is_empty() {
        return Err(Problem::Missing("name"));
    }
    let name = all.name.clone();
    Ok(Made {
        collection: Collection::Clients,
        content: content(client),
        created: all.created_at.clone(),
        updated: all.updated_at.clone(),
        first: Box::new(move |w| {
            w.put_str("phone", all.phone.as_deref());
            w.put_str("email", all.email.as_deref());
            w.put_str("birthday", all.birthday.as_deref());
            w.put_str("locale", all.locale.as_deref());
            w.put_str("loyaltyLevel", all.loyalty_level.as_deref());
            w.put_str("source", all.source.as_deref());
            w.put_set("tags", &all.tags);
            w.put_set("allergies", &all.allergies);
            w.put_lines("contacts", &all.contacts);
            w.merge_map("preferences", Some(&all.preferences));
            w.merge_map("meta", Some(&all.meta));
            w.put_text("notes", &all.notes);
            for (id, consent) in &consents {
                w.put_entry("consents", id, consent);
            }
            w.put_str("name", Some("…"));
        }),
        last: Box::new(move |w| w.put_str("name", Some(&name))),
    })
}

fn visit_of(visit: &Appointment) -> Result<Made, Problem> {
    let all = visit.clone();
    let currency: Currency = all.currency.parse().map_err(|_| wrong("currency", &all.currency))?;
    let money = |name: &'static str, value: &Option<Json>| -> Result<Option<String>, Problem> {
        let Some(value) = value else { return Ok(None) };
        let number = value.as_number().ok_or_else(|| wrong(name, &value.to_string()))?;
        let money = Money::from_json_number(number, currency).map_err(|_| wrong(name, &value.to_string()))?;
        Ok(Some(money.to_stored()))
    };
    let amounts = [
        ("price", money("price", &all.price)?),
        ("cost", money("cost", &all.cost)?),
        ("depositAmount", money("depositAmount", &all.deposit_amount)?),
    ];
    let time = match (&all.starts_at, &all.timezone, all.duration_min) {
        (Some(starts), Some(zone), Some(minutes)) => {
            let time = VisitTime::parse_input(starts, zone, minutes);
            Some(time.map_err(|_| wrong("startsAt", starts))?.to_stored())
        }
        _ => None,
    };
    let mut items: Vec<(String, Json)> = Vec::new();
    for item in &all.items {
        let entry = json!({
            "serviceId": item.service_id, "price": money("price", &item.price)?, "cost": money("cost", &item.cost)?,
            "durationMin": item.duration_min,
        });
        items.push((item.id.clone(), entry));
    }
    let millis = |at: &Option<String>| {
        at.as_deref().and_then(|at| at.parse::<Timestamp>().ok()).map(|at| at.as_second() * 1000)
    };
    let created = millis(&all.created_at).unwrap_or_default();
    let mut events =
        vec![(format!("import-{}", all.status.as_str()), all.status.as_str().to_owned(), created)];
    for (word, at) in [("started", &all.started_at), ("finished", &all.finished_at)] {
        events.extend(millis(at).map(|at| (format!("import-{word}"), word.to_owned(), at)));
    }
    let kind = all.kind.clone();
    Ok(Made {
        collection: Collection::Appointments,
        content: content(visit),
        created: all.created_at.clone(),
        updated: all.updated_at.clone(),
        first: Box::new(move |w| {
            w.put_str("clientId", all.client_id.map(|id| id.to_string()).as_deref());
            w.put_str("serviceId", all.service_id.map(|id| id.to_string()).as_deref());
            w.put_str("time", time.as_deref());
            for (name, amount) in &amounts {
                w.put_str(name, amount.as_deref());
            }
            w.put_str("source", Some(&all.source));
            w.put_text("note", &all.note);
            w.merge_map("media", Some(&all.media));
            w.merge_map("meta", Some(&all.meta));
            for (id, entry) in &items {
                w.put_entry("items", id, entry);
            }
            for (id, word, at) in &events {
                w.put_entry("events", id, &json!({ "type": word, "at": at, "after": {} }));
            }
            w.put_str("kind", Some("…"));
        }),
        last: Box::new(move |w| w.put_str("kind", Some(&kind))),
    })
}

fn note_of(note: &Note) -> Made {
    let all = note.clone();
    let kind = all.kind.clone();
    Made {
        collection: Collection::Notes,
        content: content(note),
        created: all.created_at.clone(),
        updated: all.updated_at.clone(),
        first: Box::new(move |w| {
            w.put_str("clientId", all.client_id.map(|id| id.to_string()).as_deref());
            w.put_str("appointmentId", all.appointment_id.map(|id| id.to_string()).as_deref());
            w.put_text("body", &all.body);
            w.merge_map("meta", Some(&all.meta));
            w.put_str("kind", Some("…"));
        }),
        last: Box::new(move |w| w.put_str("kind", Some(&kind))),
    }
}

fn wrong(field: &'static str, value: &str) -> Problem {
    Problem::Form { field, value: value.to_owned(), format: "an export has it".to_owned() }
}
