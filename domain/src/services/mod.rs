//! Services: her price list.
//!
//! A slice of the shared room. Services are records: the server writes them, devices ask for changes through
//! intents with the very JSON that REST takes. Pure.

mod list;

pub use list::LIST;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value as Json};

use crate::errors::{FieldErrors, FieldProblem};
use crate::ids::ServiceId;
use crate::input::{Fields, Patch, Sign};
use crate::money::{Currency, Money};

/// An entry of the price list, as stored, sent and shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({
    "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b2",
    "category": "Ногти",
    "name": "Маникюр",
    "basePrice": 2500,
    "cost": 300.5,
    "currency": "RUB",
    "durationMin": 90,
    "segments": [{ "busy": true, "minutes": 60 }, { "busy": false, "minutes": 30 }],
    "bufferBeforeMin": 0,
    "bufferAfterMin": 15,
    "upsellSuggestions": [],
    "packages": [],
    "active": true,
    "meta": {},
    "createdAt": "2026-09-01T08:00:00Z",
    "updatedAt": "2026-09-01T08:00:00Z",
})))]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// The service's id.
    pub id: ServiceId,
    /// Her own grouping.
    pub category: Option<String>,
    /// How she calls it.
    pub name: String,
    /// Currency units: `2500`, `2500.5`.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub base_price: Number,
    /// What it costs her, currency units.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub cost: Option<Number>,
    /// ISO 4217.
    pub currency: String,
    /// Minutes.
    pub duration_min: u32,
    /// Busy and free stretches of the service in order, in minutes; empty means busy throughout.
    pub segments: Vec<Segment>,
    /// Minutes kept free before.
    pub buffer_before_min: u32,
    /// Minutes kept free after.
    pub buffer_after_min: u32,
    /// Services to offer with it.
    pub upsell_suggestions: Vec<String>,
    /// Packages it is part of.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub packages: Vec<Map<String, Json>>,
    /// Whether it is still offered.
    pub active: bool,
    /// Further data of integrations and imports.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub meta: Map<String, Json>,
    /// RFC 3339, the server's clock.
    pub created_at: String,
    /// RFC 3339, the server's clock.
    pub updated_at: String,
}

/// A stretch of a service: while colour takes, her hands are free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Segment {
    /// Whether her hands are taken.
    pub busy: bool,
    /// How long, in minutes.
    pub minutes: u32,
}

/// What is to be written; a field that is kept stays untouched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceEdit {
    category: Patch<String>,
    name: Patch<String>,
    base_price: Patch<Money>,
    cost: Patch<Money>,
    duration_min: Patch<u32>,
    segments: Patch<Vec<Segment>>,
    buffer_before_min: Patch<u32>,
    buffer_after_min: Patch<u32>,
    upsell_suggestions: Patch<Vec<String>>,
    packages: Patch<Vec<Map<String, Json>>>,
    active: Patch<bool>,
    meta: Patch<Map<String, Json>>,
}

impl ServiceEdit {
    /// Reads a request that adds a service: it needs `name`, `basePrice` and `durationMin`.
    ///
    /// # Errors
    /// Every field that is missing, unknown or wrong.
    pub fn new_from_json(object: &Map<String, Json>, currency: Currency) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let edit = Self::read(&mut fields, currency);
        fields.require("name", &edit.name);
        fields.require("basePrice", &edit.base_price);
        fields.require("durationMin", &edit.duration_min);
        fields.finish(edit)
    }

    /// Reads a request that edits a service; absent fields stay untouched.
    ///
    /// # Errors
    /// Every field that is unknown or wrong.
    pub fn patch_from_json(object: &Map<String, Json>, currency: Currency) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let edit = Self::read(&mut fields, currency);
        fields.refuse_null("name", &edit.name);
        fields.refuse_null("basePrice", &edit.base_price);
        fields.refuse_null("durationMin", &edit.duration_min);
        fields.refuse_null("active", &edit.active);
        fields.finish(edit)
    }

    fn read(fields: &mut Fields<'_>, currency: Currency) -> Self {
        Self {
            category: fields.line("category"),
            name: fields.line("name"),
            base_price: fields.money("basePrice", currency, Sign::NotNegative),
            cost: fields.money("cost", currency, Sign::NotNegative),
            duration_min: fields.whole("durationMin", 1, 20_160),
            segments: read_segments(fields),
            buffer_before_min: fields.whole("bufferBeforeMin", 0, 1_440),
            buffer_after_min: fields.whole("bufferAfterMin", 0, 1_440),
            upsell_suggestions: fields.set("upsellSuggestions"),
            packages: fields.objects("packages"),
            active: fields.flag("active"),
            meta: fields.object("meta"),
        }
    }

    /// A new service. `now` is RFC 3339.
    #[must_use]
    pub fn add(self, id: ServiceId, currency: Currency, now: &str) -> Service {
        self.apply(Service::blank(id, currency, now), now)
    }

    /// The service with this edit applied. `now` is RFC 3339.
    #[must_use]
    pub fn apply(self, mut service: Service, now: &str) -> Service {
        self.category.write(|v| service.category = v.cloned());
        self.name.write(|v| service.name = v.cloned().unwrap_or_default());
        if let Some(price) = self.base_price.value() {
            service.base_price = price.to_json_number();
        }
        self.cost.write(|v| service.cost = v.map(|m| m.to_json_number()));
        if let Some(minutes) = self.duration_min.value() {
            service.duration_min = *minutes;
        }
        self.segments.write(|v| service.segments = v.cloned().unwrap_or_default());
        self.buffer_before_min.write(|v| service.buffer_before_min = v.copied().unwrap_or_default());
        self.buffer_after_min.write(|v| service.buffer_after_min = v.copied().unwrap_or_default());
        self.upsell_suggestions.write(|v| service.upsell_suggestions = v.cloned().unwrap_or_default());
        self.packages.write(|v| service.packages = v.cloned().unwrap_or_default());
        if let Some(active) = self.active.value() {
            service.active = *active;
        }
        self.meta.write(|v| match v {
            None => service.meta.clear(),
            Some(entries) => {
                for (key, value) in entries {
                    if value.is_null() {
                        service.meta.remove(key);
                    } else {
                        service.meta.insert(key.clone(), value.clone());
                    }
                }
            }
        });
        now.clone_into(&mut service.updated_at);
        service
    }
}

impl Service {
    /// What a visit takes: its service with its own length, or that length of nothing in particular.
    #[must_use]
    pub fn of_visit(service: Option<&Self>, minutes: u32) -> Self {
        let service = service.cloned();
        let service = service.unwrap_or_else(|| Self::blank(ServiceId(uuid::Uuid::nil()), Currency::RUB, ""));
        Self { duration_min: minutes, ..service }
    }

    fn blank(id: ServiceId, currency: Currency, now: &str) -> Self {
        Self {
            id,
            category: None,
            name: String::new(),
            base_price: Money::new(0, currency).to_json_number(),
            cost: None,
            currency: currency.to_string(),
            duration_min: 60,
            segments: Vec::new(),
            buffer_before_min: 0,
            buffer_after_min: 0,
            upsell_suggestions: Vec::new(),
            packages: Vec::new(),
            active: true,
            meta: Map::new(),
            created_at: now.to_owned(),
            updated_at: now.to_owned(),
        }
    }

    /// The price as money.
    #[must_use]
    pub fn base_price_money(&self) -> Option<Money> {
        Money::from_json_number(&self.base_price, self.currency.parse().ok()?).ok()
    }

    /// The cost as money.
    #[must_use]
    pub fn cost_money(&self) -> Option<Money> {
        Money::from_json_number(self.cost.as_ref()?, self.currency.parse().ok()?).ok()
    }
}

fn read_segments(fields: &mut Fields<'_>) -> Patch<Vec<Segment>> {
    let list = fields.objects("segments");
    let Patch::Set(list) = list else { return list.map(|_| Vec::new()) };
    let mut segments = Vec::new();
    for object in &list {
        let mut inner = Fields::new(object);
        let (busy, minutes) = (inner.flag("busy"), inner.whole("minutes", 1, 1_440));
        let complete = inner.finish(()).is_ok();
        match (busy.value(), minutes.value()) {
            (Some(busy), Some(minutes)) if complete => {
                segments.push(Segment { busy: *busy, minutes: *minutes });
            }
            _ => {
                fields.mistake("segments", FieldProblem::Invalid);
                return Patch::Keep;
            }
        }
    }
    Patch::Set(segments)
}
