//! Everything as tables: one CSV for each thing, with columns that an import guesses right.
//!
//! Part of the exports room. Pure. A text that a spreadsheet would take for a formula gets an apostrophe before it, which
//! spreadsheets do not show and an import takes off again; numbers stay numbers.

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};

use csv::{Terminator, WriterBuilder};
use serde_json::Value as Json;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::{Everything, ExportError};
use crate::appointments::Appointment;
use crate::clients::Client;
use crate::notes::Note;
use crate::payments::Payment;
use crate::services::Service;

/// A table as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// UTF-8 with a mark, so that spreadsheets know.
    pub bytes: Vec<u8>,
}

/// What stands between several values in one cell.
pub const LIST_MARK: &str = ";";

const MARK: &[u8] = b"\xEF\xBB\xBF";

/// All tables.
pub fn tables(all: &Everything) -> Result<Vec<Table>, ExportError> {
    let clients: BTreeMap<_, &str> = all.clients.iter().map(|c| (c.id, c.name.as_str())).collect();
    let services: BTreeMap<_, &str> = all.services.iter().map(|s| (s.id, s.name.as_str())).collect();
    Ok(vec![
        table("services.csv", SERVICES, all.services.iter().map(service))?,
        table("clients.csv", CLIENTS, all.clients.iter().map(client))?,
        table(
            "appointments.csv",
            APPOINTMENTS,
            all.appointments.iter().map(|visit| {
                let client = visit.client_id.and_then(|id| clients.get(&id)).copied();
                let service = visit.service_id.and_then(|id| services.get(&id)).copied();
                appointment(visit, client.unwrap_or_default(), service.unwrap_or_default())
            }),
        )?,
        table("notes.csv", NOTES, all.notes.iter().map(note))?,
        table("payments.csv", PAYMENTS, all.payments.iter().map(payment))?,
    ])
}

/// Whether a table with these columns is one that an export has written.
#[must_use]
pub fn is_ours(columns: &[String]) -> bool {
    [SERVICES, CLIENTS, APPOINTMENTS, NOTES, PAYMENTS]
        .contains(&&*columns.iter().map(String::as_str).collect::<Vec<_>>())
}

/// All tables in one ZIP; its times are always the same, so that equal content is equal bytes.
pub fn zipped(tables: &[Table]) -> Result<Vec<u8>, ExportError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for table in tables {
        zip.start_file(table.name, options)?;
        zip.write_all(&table.bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

const SERVICES: &[&str] = &["id", "name", "category", "price", "cost", "currency", "duration", "active"];
const CLIENTS: &[&str] = &[
    "id",
    "name",
    "phone",
    "email",
    "contacts",
    "birthday",
    "tags",
    "allergies",
    "notes",
    "locale",
    "loyaltyLevel",
    "source",
    "createdAt",
];
const APPOINTMENTS: &[&str] = &[
    "id",
    "starts",
    "duration",
    "timezone",
    "status",
    "client",
    "clientName",
    "service",
    "price",
    "cost",
    "deposit",
    "currency",
    "note",
    "kind",
];
const NOTES: &[&str] = &["id", "clientId", "appointmentId", "kind", "body", "createdAt"];
const PAYMENTS: &[&str] = &[
    "id",
    "date",
    "amount",
    "currency",
    "client",
    "description",
    "receipt",
    "quantity",
    "provider",
    "taxes",
];

fn service(service: &Service) -> Vec<String> {
    vec![
        service.id.to_string(),
        text(&service.name),
        text(service.category.as_deref().unwrap_or_default()),
        service.base_price.to_string(),
        service.cost.as_ref().map(ToString::to_string).unwrap_or_default(),
        service.currency.clone(),
        service.duration_min.to_string(),
        service.active.to_string(),
    ]
}

fn client(client: &Client) -> Vec<String> {
    let or_nothing = |value: &Option<String>| text(value.as_deref().unwrap_or_default());
    let contacts: Vec<String> = client
        .contacts
        .iter()
        .map(
            |(contact, label)| if label.is_empty() { contact.clone() } else { format!("{label}: {contact}") },
        )
        .collect();
    vec![
        client.id.to_string(),
        text(&client.name),
        or_nothing(&client.phone),
        or_nothing(&client.email),
        list(&contacts),
        // A day without its year begins with a minus.
        or_nothing(&client.birthday),
        list(&client.tags),
        list(&client.allergies),
        text(&client.notes),
        or_nothing(&client.locale),
        or_nothing(&client.loyalty_level),
        or_nothing(&client.source),
        client.created_at.clone().unwrap_or_default(),
    ]
}

fn appointment(visit: &Appointment, client: &str, service: &str) -> Vec<String> {
    let amount = |value: &Option<Json>| value.as_ref().map(ToString::to_string).unwrap_or_default();
    // Wall time: what the clock in the salon shows.
    let starts = visit.starts_at.as_deref().and_then(|starts| starts.get(..16)).unwrap_or_default();
    vec![
        visit.id.to_string(),
        starts.replace('T', " "),
        visit.duration_min.map(|minutes| minutes.to_string()).unwrap_or_default(),
        visit.timezone.clone().unwrap_or_default(),
        visit.status.as_str().to_owned(),
        visit.client_id.map(|id| id.to_string()).unwrap_or_default(),
        text(client),
        text(service),
        amount(&visit.price),
        amount(&visit.cost),
        amount(&visit.deposit_amount),
        visit.currency.clone(),
        text(&visit.note),
        text(&visit.kind),
    ]
}

fn note(note: &Note) -> Vec<String> {
    vec![
        note.id.to_string(),
        note.client_id.map(|id| id.to_string()).unwrap_or_default(),
        note.appointment_id.map(|id| id.to_string()).unwrap_or_default(),
        text(&note.kind),
        text(&note.body),
        note.created_at.clone().unwrap_or_default(),
    ]
}

fn payment(payment: &Payment) -> Vec<String> {
    let taxes: Vec<String> = payment.taxes.iter().map(|(name, tax)| format!("{name}: {tax}")).collect();
    vec![
        payment.id.to_string(),
        payment.date.clone(),
        payment.amount.to_string(),
        payment.currency.clone(),
        payment.client_id.map(|id| id.to_string()).unwrap_or_default(),
        text(payment.description.as_deref().unwrap_or_default()),
        text(payment.receipt.as_deref().unwrap_or_default()),
        payment.quantity.as_ref().map(ToString::to_string).unwrap_or_default(),
        text(&payment.provider),
        list(&taxes),
    ]
}

fn table(
    name: &'static str,
    columns: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<Table, ExportError> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(MARK.to_vec());
    writer.write_record(columns)?;
    for row in rows {
        writer.write_record(&row)?;
    }
    let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    Ok(Table { name, bytes })
}

fn list(values: &[String]) -> String {
    text(&values.join(LIST_MARK))
}

/// Text that no spreadsheet takes for a formula.
fn text(value: &str) -> String {
    if value.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) {
        format!("'{value}")
    } else {
        value.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_text() {
        assert_eq!(text("=1+1"), "'=1+1");
        assert_eq!(text("@anna"), "'@anna");
        assert_eq!(text("Анна"), "Анна");
        let table = table("x.csv", &["a"], [vec![text("=cmd|' /C calc'!A0")]].into_iter()).unwrap();
        assert_eq!(String::from_utf8(table.bytes).unwrap(), "\u{feff}a\r\n'=cmd|' /C calc'!A0\r\n");
    }
}
