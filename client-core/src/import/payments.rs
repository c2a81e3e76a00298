//! Rows that are payments: lines of receipts, recorded through the intent queue.
//!
//! Part of the import room. What was recorded is not rewritten by a later file: books are corrected by a refund.

use std::collections::HashMap;

use domain::ids::PaymentId;
use domain::payments::Payment;
use domain::sync::IntentAction;
use serde_json::{Map, Number, Value as Json};
use uuid::Uuid;

use super::cells::Cells;
use super::identity::{intent_id, row_hash};
use super::services::ask;
use super::session::{Done, Session, Stop};
use super::{ImportError, Kind, Outcome, Problem, Reason};
use crate::app::App;
use crate::store::StoreError;

/// The payments that are here, with the hashes of the rows that they came from.
pub(super) fn standing(app: &App) -> Result<HashMap<Uuid, Option<String>>, ImportError> {
    let hash =
        |payment: &Payment| payment.metadata.get("importHash").and_then(Json::as_str).map(str::to_owned);
    Ok(app.payments(None)?.into_iter().map(|payment| (payment.id.0, hash(&payment))).collect())
}

pub(super) fn import(session: &mut Session<'_>, cells: &Cells<'_>, key: &str) -> Result<Done, Stop> {
    let said = read(session, cells)?;
    let hash = row_hash(&said);
    let id = session.id(Kind::Payments, "", key);
    let done = |result, reason| Ok(Done { result, reason, id });
    match session.payments.get(&id) {
        Some(Some(known)) if *known != hash => {
            return done(Outcome::Skipped, Some(Reason::RecordedOtherwise));
        }
        Some(_) => return done(Outcome::Skipped, Some(Reason::AlreadyThere)),
        None => {}
    }
    let body = Session::marked(&said, "metadata", &[]);
    let payment =
        Payment::new_from_json(PaymentId(id), &body, session.plan.currency, "").map_err(Problem::Fields)?;
    // The server must know the client before it records what she paid.
    let after = match payment.client_id {
        Some(client) => session.app.store().read::<_, StoreError>(|tx| tx.outbox_of(client.0))?,
        None => Vec::new(),
    };
    let after = after.into_iter().map(|entry| entry.hash).collect();
    let intent = intent_id(id, IntentAction::PaymentAdd.as_str(), &hash);
    if !ask(session, intent, IntentAction::PaymentAdd, id, body, after)? {
        return done(Outcome::Skipped, Some(Reason::Gone));
    }
    session.payments.insert(id, Some(hash));
    done(Outcome::Created, None)
}

fn read(session: &mut Session<'_>, cells: &Cells<'_>) -> Result<Map<String, Json>, Stop> {
    let date = cells.date("date")?.ok_or(Problem::Missing("date"))?;
    let amount = cells.money("amount")?.ok_or(Problem::Missing("amount"))?;
    let taxes = cells.taxes()?;
    let mut said = Map::new();
    said.insert("amount".to_owned(), Json::Number(amount.to_json_number()));
    said.insert("currency".to_owned(), Json::from(session.plan.currency.to_string()));
    said.insert("date".to_owned(), Json::from(date.to_string()));
    if let Some(quantity) = cells.text("quantity") {
        let format = || "a number".to_owned();
        let number: Number = quantity.parse().map_err(|_| Problem::Form {
            field: "quantity",
            value: quantity,
            format: format(),
        })?;
        said.insert("quantity".to_owned(), Json::Number(number));
    }
    for field in ["description", "receipt", "provider"] {
        if let Some(text) = cells.text(field) {
            said.insert(field.to_owned(), Json::from(text));
        }
    }
    let exact: Map<String, Json> =
        taxes.iter().filter_map(|(name, tax)| Some((name.clone(), Json::from(tax.exact.clone()?)))).collect();
    if !taxes.is_empty() {
        let taxes = taxes.into_iter().map(|(name, tax)| (name, Json::Number(tax.money.to_json_number())));
        said.insert("taxes".to_owned(), Json::Object(taxes.collect()));
    }
    if !exact.is_empty() {
        let metadata = Map::from_iter([("exactTaxes".to_owned(), Json::Object(exact))]);
        said.insert("metadata".to_owned(), Json::Object(metadata));
    }
    if let Some(code) = cells.text("client")
        && let Some(client) = session.client(&code)?
    {
        said.insert("clientId".to_owned(), Json::from(client.to_string()));
    }
    Ok(said)
}
