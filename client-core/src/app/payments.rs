//! Payments on this device: records of the server; a new one is an intent, shown at once.

use std::collections::{BTreeMap, BTreeSet};

use domain::appointments::{SEEN_OFF, SEEN_TIME, is_off};
use domain::dates::{format_seconds, zone_rules};
use domain::documents::Hash;
use domain::errors::{FieldErrors, FieldProblem};
use domain::ids::{AppointmentId, ClientId, PaymentId};
use domain::payments::Payment;
use domain::sync::{IntentAction, RecordKind};
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::services::offered;
use super::{App, AppError, Result};
use crate::store::{Result as StoreResult, StoredRecord, Tx};

impl App {
    /// Records money that was taken in hand, today unless another day is said, from the client of the visit unless another is
    /// named; `fields` are those that REST takes. Below zero it was given back.
    pub fn take_payment(&mut self, mut fields: Map<String, Json>) -> Result<Payment> {
        if let Some(visit) = named(&fields, "appointmentId")? {
            self.note_seen(visit, &mut fields)?;
            let visit = self.appointment(AppointmentId(visit))?;
            if let (None, Some(client)) = (fields.get("clientId"), visit.client_id) {
                fields.insert("clientId".to_owned(), Json::from(client.to_string()));
            }
        } else if let Some(client) = named(&fields, "clientId")? {
            self.client(ClientId(client))?;
        }
        let zone = zone_rules(&self.tenant()?.timezone).unwrap_or(TimeZone::UTC);
        let today = self.now().to_zoned(zone).date();
        fields.entry("date").or_insert_with(|| Json::from(today.to_string()));
        let id = PaymentId(self.new_id());
        self.add_payment(id, &fields)
    }

    /// Records money as REST takes it: nothing is filled in but what this device knows of the visit.
    pub fn record_payment(&mut self, mut fields: Map<String, Json>) -> Result<Payment> {
        if let Some(visit) = named(&fields, "appointmentId")? {
            self.note_seen(visit, &mut fields)?;
        }
        let id = PaymentId(self.new_id());
        self.add_payment(id, &fields)
    }

    fn note_seen(&self, visit: Uuid, fields: &mut Map<String, Json>) -> Result<()> {
        let row = self.store.read::<_, AppError>(|tx| Ok(tx.visit_row(visit)?))?;
        // What it was paid for: it may be another by the time the server hears of the money.
        if let Some(row) = row {
            let metadata = fields.entry("metadata").or_insert_with(|| Json::Object(Map::new()));
            if let Some(metadata) = metadata.as_object_mut() {
                metadata.insert(SEEN_TIME.to_owned(), json!(row.time));
                metadata.insert(SEEN_OFF.to_owned(), json!(is_off(&row)));
            }
        }
        Ok(())
    }

    /// Records a payment under an id that is given, e.g. by an import. Nothing edits it afterwards: books are corrected by refunds.
    pub fn add_payment(&mut self, id: PaymentId, fields: &Map<String, Json>) -> Result<Payment> {
        let now = format_seconds(self.now().as_second()).unwrap_or_default();
        let payment = Payment::new_from_json(id, fields, self.tenant()?.currency, &now)?;
        let known = self.store.read::<_, AppError>(|tx| {
            let is_asked = tx.unsettled_intents()?.iter().any(|stored| stored.intent.target == id.0);
            Ok(is_asked || tx.record(RecordKind::Payment.as_str(), id.0)?.is_some())
        })?;
        if known {
            return Err(AppError::Exists(id.0));
        }
        let after = self.unsent(payment.client_id.map(|id| id.0), payment.appointment_id.map(|id| id.0))?;
        self.ask(IntentAction::PaymentAdd, id.0, fields.clone(), after)?;
        Ok(payment)
    }

    /// All payments, by day and id; of one month (`2018-06`) only, if given.
    pub fn payments(&self, month: Option<&str>) -> Result<Vec<Payment>> {
        self.payments_among(
            |tx| tx.records(RecordKind::Payment.as_str()),
            |payment| month.is_none_or(|month| payment.date.starts_with(month)),
        )
    }

    /// The payments of some clients, in the time that these take.
    pub fn payments_of_clients(&self, clients: &BTreeSet<ClientId>) -> Result<Vec<Payment>> {
        let ids: Vec<Uuid> = clients.iter().map(|client| client.0).collect();
        let is_theirs = |payment: &Payment| payment.client_id.is_some_and(|client| clients.contains(&client));
        self.payments_among(|tx| tx.payments_of_clients(&ids), is_theirs)
    }

    /// The payments of some visits, in the time that these take.
    pub fn payments_of_visits(&self, visits: &BTreeSet<AppointmentId>) -> Result<Vec<Payment>> {
        let ids: Vec<Uuid> = visits.iter().map(|visit| visit.0).collect();
        let is_theirs =
            |payment: &Payment| payment.appointment_id.is_some_and(|visit| visits.contains(&visit));
        self.payments_among(|tx| tx.payments_of_visits(&ids), is_theirs)
    }

    /// One payment.
    pub fn payment(&self, id: PaymentId) -> Result<Payment> {
        let kind = RecordKind::Payment.as_str();
        let found = self.payments_among(
            |tx| Ok(tx.record(kind, id.0)?.into_iter().collect()),
            |payment| payment.id == id,
        )?;
        found.into_iter().next().ok_or(AppError::NotFound(id.0))
    }

    /// Those of some records, and of what was asked here, that are wanted; by day and id.
    fn payments_among(
        &self,
        records: impl FnOnce(&Tx<'_>) -> StoreResult<Vec<StoredRecord>>,
        is_wanted: impl Fn(&Payment) -> bool,
    ) -> Result<Vec<Payment>> {
        let currency = self.tenant()?.currency;
        let all = self.store.read::<_, AppError>(|tx| {
            let parse = |body| serde_json::from_value::<Payment>(body).ok();
            let records = records(tx)?;
            let mut all: BTreeMap<Uuid, Payment> =
                records.into_iter().filter_map(|record| Some((record.id, parse(record.body)?))).collect();
            for stored in tx.unsettled_intents()? {
                let (intent, now) = (stored.intent, format_seconds(stored.created).unwrap_or_default());
                let action = IntentAction::parse(&intent.action);
                if action == Some(IntentAction::RecordOffer)
                    && let Some(payment) = offered::<Payment>(RecordKind::Payment, &intent.body)
                {
                    all.entry(intent.target).or_insert(payment);
                }
                if action == Some(IntentAction::PaymentRemove) {
                    all.remove(&intent.target);
                }
                if action == Some(IntentAction::PaymentAdd)
                    && let Ok(payment) =
                        Payment::new_from_json(PaymentId(intent.target), &intent.body, currency, &now)
                {
                    all.entry(intent.target).or_insert(payment);
                }
            }
            Ok(all)
        })?;
        let mut payments: Vec<Payment> = all.into_values().filter(is_wanted).collect();
        payments.sort_by(|a, b| (&a.date, a.id).cmp(&(&b.date, b.id)));
        Ok(payments)
    }

    /// The unsent changes of the documents that a payment talks about: it must not be recorded before them.
    fn unsent(&self, client: Option<Uuid>, appointment: Option<Uuid>) -> Result<Vec<Hash>> {
        self.store.read(|tx| {
            let mut hashes = Vec::new();
            for id in client.into_iter().chain(appointment) {
                hashes.extend(tx.outbox_of(id)?.into_iter().map(|entry| entry.hash));
            }
            Ok(hashes)
        })
    }
}

/// The id that a field names, if it is there.
fn named(fields: &Map<String, Json>, name: &'static str) -> Result<Option<Uuid>> {
    match fields.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(id) => match id.as_str().and_then(|id| id.parse().ok()) {
            Some(id) => Ok(Some(id)),
            None => Err(FieldErrors::one(name, FieldProblem::Invalid).into()),
        },
    }
}
