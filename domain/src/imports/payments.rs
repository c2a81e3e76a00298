//! Rows that are payments: lines of receipts, recorded through the intent queue.
//!
//! Part of the import room. What was recorded is not rewritten by a later file: books are corrected by a refund.

use std::collections::HashMap;

use crate::ids::PaymentId;
use crate::money::Currency;
use crate::payments::Payment;
use crate::sync::IntentAction;
use serde_json::{Map, Number, Value as Json};
use uuid::Uuid;

use super::base::{Base, Stop};
use super::cells::Cells;
use super::services::ask;
use super::session::{Done, Import};
use super::writes::marked_as;
use super::{Kind, Outcome, Problem, Reason};

/// The payments that are here, with the hashes of the rows that they came from.
pub(super) fn standing(all: Vec<Payment>) -> HashMap<Uuid, Option<String>> {
    let hash =
        |payment: &Payment| payment.metadata.get("importHash").and_then(Json::as_str).map(str::to_owned);
    all.into_iter().map(|payment| (payment.id.0, hash(&payment))).collect()
}

pub(super) fn import<B: Base>(
    session: &mut Import<'_, B>,
    cells: &Cells<'_>,
    key: &str,
) -> Result<Done, Stop<B::Error>> {
    let mut said = read(cells, session.plan.currency)?;
    let client = cells.text("client");
    let hash = session.hash(&said, &[("clientId", Kind::Clients, client.as_deref())]);
    let id = session.thing(Kind::Payments, "", key);
    let done = |result, reason| Ok(Done { result, reason, id });
    match session.payments.get(&id) {
        Some(Some(known)) if *known != hash => {
            return done(Outcome::Skipped, Some(Reason::RecordedOtherwise));
        }
        Some(_) => return done(Outcome::Skipped, Some(Reason::AlreadyThere)),
        None => {}
    }
    // Only now, because it may make the client.
    if let Some(code) = client
        && let Some(client) = session.client(&code)?
    {
        said.insert("clientId".to_owned(), Json::from(client.to_string()));
    }
    let body = session.originated(marked_as(&said, &hash, "metadata", &[]), "metadata");
    let payment =
        Payment::new_from_json(PaymentId(id), &body, session.plan.currency, "").map_err(Problem::Fields)?;
    // The server must know the client before it records what she paid.
    let after = match payment.client_id {
        Some(client) => session.base.unsent(client.0).map_err(Stop::All)?,
        None => Vec::new(),
    };
    if !ask(session, IntentAction::PaymentAdd, id, &hash, body, after)? {
        return done(Outcome::Skipped, Some(Reason::Gone));
    }
    session.payments.insert(id, Some(hash));
    done(Outcome::Created, None)
}

/// What the row says, but for whom.
fn read(cells: &Cells<'_>, currency: Currency) -> Result<Map<String, Json>, Problem> {
    let date = cells.date("date")?.ok_or(Problem::Missing("date"))?;
    let amount = cells.money("amount")?.ok_or(Problem::Missing("amount"))?;
    let taxes = cells.taxes()?;
    let mut said = Map::new();
    said.insert("amount".to_owned(), Json::Number(amount.to_json_number()));
    said.insert("currency".to_owned(), Json::from(currency.to_string()));
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
    Ok(said)
}
