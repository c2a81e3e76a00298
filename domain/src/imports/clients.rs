//! Rows that are people.
//!
//! Part of the import room. A phone, an address or a birthday that cannot be read never keeps a person out: it stays
//! as it is written, in `meta.unread`.

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::base::{Base, Known, Standing, Stop};
use super::cells::Cells;
use super::duplicates::{Duplicates, Filled, missing};
use super::identity::{author, row_hash};
use super::session::{Done, Found, Import};
use super::updates::updated;
use super::writes::marked;
use super::{Kind, Outcome, Problem, Reason};
use crate::Projection;
use crate::clients::{self, ClientEdit, ClientRow};
use crate::documents::{Collection, Document};
use crate::email::Email;
use crate::ids::ClientId;
use crate::phone::Phone;

pub(super) fn import<B: Base>(
    session: &mut Import<'_, B>,
    cells: &Cells<'_>,
    key: &str,
) -> Result<Done, Stop<B::Error>> {
    let said = read(cells, key);
    let unread = said.get("meta").and_then(|meta| meta.get("unread")).map(ToString::to_string);
    let id = session.thing(Kind::Clients, "", key);
    let done = |result, reason| Ok(Done { result, reason, id });
    let kept = unread.map(Reason::KeptUnread);
    match session.find(Collection::Clients, id)? {
        Found::Removed => done(Outcome::Skipped, Some(Reason::Removed)),
        Found::Here(None) => done(Outcome::Skipped, Some(Reason::AlreadyThere)),
        Found::Here(Some(hash)) | Found::Merged(Some(hash), _) if hash == row_hash(&said) => {
            done(Outcome::Skipped, Some(Reason::AlreadyThere))
        }
        Found::Merged(_, into) => merge_again(session, id, &said, key, into),
        Found::Here(_) => {
            // What could not be read last time is read now, or told again.
            let (_, at) = session.base.author().map_err(Stop::All)?;
            let (by, code) = (updated(session.id), Json::from(readable(key)));
            let marks = [("code", code), (by.as_str(), Json::from(at)), ("unread", Json::Null)];
            let marks = if kept.is_some() { &marks[..2] } else { &marks[..] };
            let fields = marked(&said, "meta", marks);
            let edit = ClientEdit::patch_from_json(&fields).map_err(Problem::Fields)?;
            session.edit(Collection::Clients, id, |document, author, at| {
                clients::edit(document, author, at, &edit)
            })?;
            done(Outcome::Updated, kept)
        }
        found @ (Found::Absent | Found::Undone) => match same_contact(session, &said)? {
            Some(known) if session.duplicates == Duplicates::Ask => {
                let reason = Reason::SameContact(known.name);
                Ok(Done { result: Outcome::Duplicate, reason: Some(reason), id: known.id.0 })
            }
            Some(known) if session.duplicates == Duplicates::Merge => {
                merge(session, id, &said, key, &known, &found)?;
                let reason = Reason::MergedInto(known.name);
                Ok(Done { result: Outcome::Merged, reason: Some(reason), id: known.id.0 })
            }
            _ if found == Found::Absent => {
                session.create_client(id, &said, key)?;
                done(Outcome::Created, kept)
            }
            _ => {
                let edit = ClientEdit::new_from_json(&with_origin(&said, key)).map_err(Problem::Fields)?;
                session.bring_back(Collection::Clients, id, |w| edit.write(w))?;
                session.remember(id, &edit);
                done(Outcome::Created, kept)
            }
        },
    }
}

/// Somebody who is there, or came with an earlier row, with the row's number or address.
fn same_contact<B: Base>(
    session: &mut Import<'_, B>,
    said: &Map<String, Json>,
) -> Result<Option<Known>, Stop<B::Error>> {
    let text = |field: &str| said.get(field).and_then(Json::as_str);
    let phone = text("phone").and_then(|phone| Phone::parse(phone).ok());
    let email = text("email").and_then(|email| Email::parse(email).ok());
    let (phone, email) = (phone.as_ref().map(Phone::as_str), email.as_ref().map(Email::as_str));
    if phone.is_none() && email.is_none() {
        return Ok(None);
    }
    // A number goes before an address, wherever it is known: what is still in this file now may be there already when
    // the import goes on after a stop, and must decide the same.
    for (phone, email) in [(phone, None), (None, email)] {
        let known = match session.contacts.find(phone, email) {
            Some(known) => Some(known),
            None if phone.is_none() && email.is_none() => None,
            None => session.base.with_contact(phone, email).map_err(Stop::All)?,
        };
        if known.is_some() {
            return Ok(known);
        }
    }
    Ok(None)
}

/// A row that was merged before says something else now: whoever it was merged into gets what she still lacks.
fn merge_again<B: Base>(
    session: &mut Import<'_, B>,
    id: Uuid,
    said: &Map<String, Json>,
    key: &str,
    into: ClientId,
) -> Result<Done, Stop<B::Error>> {
    let edit = ClientEdit::new_from_json(&with_origin(said, key)).map_err(Problem::Fields)?;
    let name = match session.base.standing(Collection::Clients, into.0).map_err(Stop::All)? {
        Standing::Here(Some(row)) => match *row {
            Projection::Clients(row) => row.name,
            Projection::Appointments(_) | Projection::Notes(_) => String::new(),
        },
        Standing::Here(None) | Standing::Absent | Standing::Erased => String::new(),
    };
    let known = Known { id: into, name };
    fill(session, id, &edit, &known)?;
    session.edit(Collection::Clients, id, |document, author, at| {
        document.edit(author, at, "import.redo", |w| w.merge_map("meta", edit.meta.value()))
    })?;
    Ok(Done { result: Outcome::Merged, reason: Some(Reason::MergedInto(known.name)), id: into.0 })
}

/// Fills in what a client lacks, and writes down what was filled in.
fn fill<B: Base>(
    session: &mut Import<'_, B>,
    row: Uuid,
    edit: &ClientEdit,
    into: &Known,
) -> Result<(), Stop<B::Error>> {
    let import = session.id;
    let mut filled = Filled::default();
    session.edit(Collection::Clients, into.id.0, |document, author, at| {
        filled = missing(&ClientRow::read(document), edit);
        if filled.is_empty() { None } else { filled.write(document, author, at, import, row) }
    })?;
    // From now on she is known by these, too; whether the base says so already depends on where it was written.
    session.contacts.add(filled.text("phone"), filled.text("email"), into);
    Ok(())
}

/// Gives somebody who is there what she lacks. The row becomes a client of its own that is merged into her, so that the
/// row is known the next time, and other files find her by the row's code.
fn merge<B: Base>(
    session: &mut Import<'_, B>,
    id: Uuid,
    said: &Map<String, Json>,
    key: &str,
    known: &Known,
    found: &Found,
) -> Result<(), Stop<B::Error>> {
    let fields = session.originated(with_origin(said, key), "meta");
    let edit = ClientEdit::new_from_json(&fields).map_err(Problem::Fields)?;
    fill(session, id, &edit, known)?;
    let into = known.id.to_string();
    if *found == Found::Undone {
        return session.bring_back(Collection::Clients, id, |w| {
            w.put_str("mergedInto", Some(&into));
            w.put_time("deletedAt", Some(0));
        });
    }
    let author = author(id, &json!({ "fields": fields, "mergedInto": into }));
    let mut document = Document::new(Collection::Clients);
    let chunk = document.edit(&author, 0, "import.merged", |w| {
        w.put_str("name", edit.name.value().map(String::as_str));
        w.merge_map("meta", edit.meta.value());
        w.put_str("mergedInto", Some(&into));
        w.put_time("deletedAt", Some(0));
    });
    session.keep_new(id, 0, document, chunk, false)
}

/// What is known of a client of whom a file says no more than the code.
pub(super) fn from_code(code: &str) -> Map<String, Json> {
    Map::from_iter([("name".to_owned(), Json::from(readable(code)))])
}

/// With the code by which other files name her.
pub(super) fn with_origin(said: &Map<String, Json>, code: &str) -> Map<String, Json> {
    marked(said, "meta", &[("code", Json::from(readable(code)))])
}

/// A key of several columns as one line.
pub(super) fn readable(key: &str) -> String {
    key.replace('\u{1f}', " ").trim().to_owned()
}

fn read(cells: &Cells<'_>, key: &str) -> Map<String, Json> {
    let mut said = from_code(key);
    for field in ["name", "notes", "locale", "loyaltyLevel", "source"] {
        if let Some(text) = cells.text(field) {
            said.insert(field.to_owned(), Json::from(text));
        }
    }
    for field in ["tags", "allergies"] {
        if let Some(list) = cells.list(field) {
            said.insert(field.to_owned(), Json::from(list));
        }
    }
    if let Some(contacts) = cells.list("contacts") {
        said.insert("contacts".to_owned(), Json::Object(contacts.iter().map(|c| contact(c)).collect()));
    }
    let mut unread = Map::new();
    let mut take = |field: &str, value: Option<String>| match (value, cells.text(field)) {
        (Some(value), _) => drop(said.insert(field.to_owned(), Json::from(value))),
        (None, Some(written)) => drop(unread.insert(field.to_owned(), Json::from(written))),
        (None, None) => {}
    };
    take("phone", cells.text("phone").filter(|phone| Phone::parse(phone).is_ok()));
    take("email", cells.text("email").filter(|email| Email::parse(email).is_ok()));
    take("birthday", cells.birthday("birthday").unwrap_or_default());
    if !unread.is_empty() {
        said.insert(
            "meta".to_owned(),
            Json::Object(Map::from_iter([("unread".to_owned(), Json::Object(unread))])),
        );
    }
    said
}

/// `work: +7 916 123-45-67`, or the number alone; a number that can be read is kept as E.164.
fn contact(text: &str) -> (String, Json) {
    let (label, contact) = text.split_once(": ").unwrap_or(("", text));
    let contact = contact.trim();
    let number = Phone::parse(contact).map(|phone| phone.as_str().to_owned());
    (number.unwrap_or_else(|_| contact.to_owned()), Json::from(label.trim()))
}
