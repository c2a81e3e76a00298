//! An appointment as a row, and as the JSON that everybody sees.
//!
//! Pure; a function of the document alone.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::Busy;
use super::facts::{rival_words, was_moved_since_import, words_unaware_of_the_time};
use super::status::{Event, Status, current_status, events, moment_of};
use crate::dates::{VisitTime, format_seconds};
use crate::documents::{Document, Facts};
use crate::ids::{AppointmentId, ClientId, ServiceId};
use crate::money::{Currency, Money};

/// What an appointment's document says.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppointmentRow {
    /// `visit`, `block`, or a word of tomorrow.
    pub kind: String,
    /// Who comes; a block has nobody, and so may a visit.
    pub client_id: Option<ClientId>,
    /// What is done.
    pub service_id: Option<ServiceId>,
    /// Further services of the visit, by id.
    pub items: Vec<Item>,
    /// The stored scalar: wall time, zone and duration.
    pub time: Option<String>,
    /// What happened to it, by event id.
    pub events: Vec<Event>,
    /// Stored money, `150000 RUB`.
    pub deposit_amount: Option<String>,
    /// Stored money.
    pub price: Option<String>,
    /// Stored money.
    pub cost: Option<String>,
    /// `manual`, `import`, `online`, `telegram`, `flow`, `api`, or a word of tomorrow.
    pub source: String,
    /// Free text about the visit.
    pub note: String,
    /// Pictures and other files, by id.
    pub media: Map<String, Json>,
    /// Further data.
    pub meta: Map<String, Json>,
    /// Milliseconds since 1970.
    pub deleted_at: Option<i64>,
    /// Seconds since 1970.
    pub created_at: Option<i64>,
    /// Seconds since 1970.
    pub updated_at: Option<i64>,
    /// What the change graph says.
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub facts: Facts,
}

crate::masked_debug!(AppointmentRow { client_id, service_id });

/// A further service of a visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// The item's id.
    pub id: String,
    /// Which service.
    pub service_id: Option<ServiceId>,
    /// Currency units, at the time of booking.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub price: Option<Json>,
    /// Currency units.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub cost: Option<Json>,
    /// Minutes.
    pub duration_min: Option<u32>,
}

/// An appointment as REST, devices and exports show it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({
    "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b3",
    "kind": "visit",
    "clientId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1",
    "serviceId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b2",
    "items": [],
    "startsAt": "2026-12-01T10:00:00+03:00",
    "endsAt": "2026-12-01T11:30:00+03:00",
    "durationMin": 90,
    "timezone": "Europe/Moscow",
    "status": "confirmed",
    "startedAt": null,
    "finishedAt": null,
    "depositAmount": 1500,
    "price": 2500,
    "cost": 300.5,
    "currency": "RUB",
    "source": "manual",
    "note": "Просила потише музыку",
    "media": {},
    "meta": {},
    "riskNoShow": null,
    "fitScore": null,
    "createdAt": "2026-11-20T09:12:00Z",
    "updatedAt": "2026-11-20T09:12:00Z",
})))]
#[serde(rename_all = "camelCase")]
pub struct Appointment {
    /// The appointment's id.
    pub id: AppointmentId,
    /// `visit`, or `block` for personal time.
    pub kind: String,
    /// Who comes.
    pub client_id: Option<ClientId>,
    /// What is done.
    pub service_id: Option<ServiceId>,
    /// Further services of the visit.
    pub items: Vec<Item>,
    /// RFC 3339 with the offset of the visit's zone at that moment.
    pub starts_at: Option<String>,
    /// RFC 3339. Derived.
    pub ends_at: Option<String>,
    /// Minutes.
    pub duration_min: Option<u32>,
    /// IANA name.
    pub timezone: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// RFC 3339.
    pub started_at: Option<String>,
    /// RFC 3339.
    pub finished_at: Option<String>,
    /// Currency units: `1500`, `1500.5`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub deposit_amount: Option<Json>,
    /// Currency units, at the time of booking.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub price: Option<Json>,
    /// Currency units, at the time of booking.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub cost: Option<Json>,
    /// ISO 4217.
    pub currency: String,
    /// `manual`, `import`, `online`, `telegram`, `flow` or `api`.
    pub source: String,
    /// Free text about the visit.
    pub note: String,
    /// Pictures and other files, by id.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub media: Map<String, Json>,
    /// Further data.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub meta: Map<String, Json>,
    /// 0 to 1; computed, `null` below plan veloria.
    pub risk_no_show: Option<f64>,
    /// 0 to 100; computed, `null` below plan veloria.
    pub fit_score: Option<f64>,
    /// RFC 3339; `null` for an imported visit.
    pub created_at: Option<String>,
    /// RFC 3339, by the clock of the device that wrote last.
    pub updated_at: Option<String>,
}

crate::masked_debug!(Appointment { id, status });

impl AppointmentRow {
    /// Reads a document.
    #[must_use]
    pub fn read(document: &mut Document) -> Self {
        let mut facts = Facts::of(document);
        let mut reader = document.reader();
        let events = events(reader.map("events"));
        facts.statuses = rival_words(&mut reader, &events);
        facts.unaware = words_unaware_of_the_time(&mut reader, &events);
        facts.moved_since_import = was_moved_since_import(&mut reader);
        let times = reader.change_times();
        Self {
            kind: reader.str("kind").unwrap_or_else(|| "visit".to_owned()),
            client_id: reader.str("clientId").and_then(|id| id.parse().ok()),
            service_id: reader.str("serviceId").and_then(|id| id.parse().ok()),
            items: items(reader.map("items")),
            time: reader.str("time"),
            events,
            deposit_amount: reader.str("depositAmount"),
            price: reader.str("price"),
            cost: reader.str("cost"),
            source: reader.str("source").unwrap_or_else(|| "manual".to_owned()),
            note: reader.text("note"),
            media: reader.map("media"),
            meta: reader.map("meta"),
            deleted_at: reader.time("deletedAt"),
            created_at: times.iter().min().copied(),
            updated_at: times.iter().max().copied(),
            facts,
        }
    }

    /// Where the visit stands.
    #[must_use]
    pub fn status(&self) -> Status {
        current_status(&self.events)
    }

    /// When it is; `None` if the document has no time, or one in a zone that this build does not know.
    #[must_use]
    pub fn visit_time(&self) -> Option<VisitTime> {
        self.time.as_deref().and_then(|time| VisitTime::from_stored(time).ok())
    }

    /// What all of it costs, as it was booked; `None` if no price in this currency is known.
    #[must_use]
    pub fn whole_price(&self, currency: Currency) -> Option<Money> {
        let main = self.price.as_deref().and_then(|price| Money::from_stored(price).ok());
        let further = self.items.iter().filter_map(|item| {
            Money::from_json_number(item.price.as_ref().and_then(Json::as_number)?, currency).ok()
        });
        let known: Vec<Money> = main.into_iter().chain(further).collect();
        let sum = Money::sum(known.iter().copied(), currency).ok();
        sum.filter(|_| !known.is_empty())
    }

    /// The span it takes, if it takes one.
    #[must_use]
    pub fn busy(&self, id: AppointmentId) -> Option<Busy> {
        let time = self.visit_time()?;
        let is_taken =
            self.deleted_at.is_none() && self.status().is_busy() && !self.meta.contains_key("timeUnknown");
        is_taken.then(|| Busy { id, from: time.starts_at(), until: time.ends_at() })
    }

    /// The JSON that everybody sees.
    #[must_use]
    pub fn show(self, id: AppointmentId) -> Appointment {
        let time = self.visit_time();
        let status = self.status();
        let moment = |kind| moment_of(&self.events, kind).and_then(|at| format_seconds(at / 1000));
        let stored = [&self.price, &self.deposit_amount, &self.cost];
        let currency = stored
            .iter()
            .find_map(|money| money.as_deref().and_then(|m| Money::from_stored(m).ok()))
            .map_or(Currency::RUB, Money::currency);
        Appointment {
            id,
            kind: self.kind,
            client_id: self.client_id,
            service_id: self.service_id,
            items: self.items,
            starts_at: time.as_ref().map(VisitTime::starts_at_rfc3339),
            ends_at: time.as_ref().map(VisitTime::ends_at_rfc3339),
            duration_min: time.as_ref().map(VisitTime::duration_min),
            timezone: time.as_ref().map(|t| t.zone().to_owned()),
            status,
            started_at: moment("started"),
            finished_at: moment("finished"),
            deposit_amount: self.deposit_amount.as_deref().and_then(amount),
            price: self.price.as_deref().and_then(amount),
            cost: self.cost.as_deref().and_then(amount),
            currency: currency.to_string(),
            source: self.source,
            note: self.note,
            media: self.media,
            meta: self.meta,
            risk_no_show: None,
            fit_score: None,
            created_at: self.created_at.and_then(format_seconds),
            updated_at: self.updated_at.and_then(format_seconds),
        }
    }
}

fn amount(stored: &str) -> Option<Json> {
    Money::from_stored(stored).ok().map(|money| Json::Number(money.to_json_number()))
}

fn items(map: Map<String, Json>) -> Vec<Item> {
    map.into_iter()
        .map(|(id, entry)| {
            let text = |name: &str| entry.get(name).and_then(Json::as_str);
            Item {
                id,
                service_id: text("serviceId").and_then(|id| id.parse().ok()),
                price: text("price").and_then(amount),
                cost: text("cost").and_then(amount),
                duration_min: entry
                    .get("durationMin")
                    .and_then(Json::as_u64)
                    .and_then(|n| u32::try_from(n).ok()),
            }
        })
        .collect()
}
