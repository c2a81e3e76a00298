//! Payments on this device: records of the server; a new one is an intent, shown at once.

use std::collections::BTreeMap;

use domain::dates::format_seconds;
use domain::documents::Hash;
use domain::ids::PaymentId;
use domain::payments::Payment;
use domain::sync::{IntentAction, RecordKind};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::services::offered;
use super::{App, AppError, Result};

impl App {
    /// Records a payment under an id that comes from an import.
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
        let currency = self.tenant()?.currency;
        let all = self.store.read::<_, AppError>(|tx| {
            let parse = |body| serde_json::from_value::<Payment>(body).ok();
            let records = tx.records(RecordKind::Payment.as_str())?;
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
        let is_asked = |payment: &Payment| month.is_none_or(|month| payment.date.starts_with(month));
        let mut payments: Vec<Payment> = all.into_values().filter(is_asked).collect();
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
