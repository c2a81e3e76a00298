//! Rows that are people.
//!
//! Part of the import room. A phone, an address or a birthday that cannot be read never keeps a person out: it stays
//! as it is written, in `meta.unread`.

use domain::clients::{self, ClientEdit};
use domain::documents::Collection;
use domain::email::Email;
use domain::phone::Phone;
use serde_json::{Map, Value as Json};

use super::cells::Cells;
use super::identity::row_hash;
use super::session::{Done, Session, Standing, Stop};
use super::{Kind, Outcome, Problem, Reason};

pub(super) fn import(session: &mut Session<'_>, cells: &Cells<'_>, key: &str) -> Result<Done, Stop> {
    let said = read(cells, key);
    let unread = said.get("meta").and_then(|meta| meta.get("unread")).map(ToString::to_string);
    let id = session.id(Kind::Clients, "", key);
    let done = |result, reason| Ok(Done { result, reason, id });
    let kept = unread.map(Reason::KeptUnread);
    match session.standing(Collection::Clients, id)? {
        Standing::Removed => done(Outcome::Skipped, Some(Reason::Removed)),
        Standing::Here(None) => done(Outcome::Skipped, Some(Reason::AlreadyThere)),
        Standing::Here(Some(hash)) if hash == row_hash(&said) => {
            done(Outcome::Skipped, Some(Reason::AlreadyThere))
        }
        Standing::Here(_) => {
            // What could not be read last time is read now, or told again.
            let code = ("code", Json::from(readable(key)));
            let fields = if kept.is_some() {
                with_origin(&said, key)
            } else {
                Session::marked(&said, "meta", &[code, ("unread", Json::Null)])
            };
            let edit = ClientEdit::patch_from_json(&fields).map_err(Problem::Fields)?;
            session.app.edit_document(Collection::Clients, id, |document, author, at, _| {
                clients::edit(document, author, at, &edit)
            })?;
            done(Outcome::Updated, kept)
        }
        Standing::Absent => {
            session.create_client(id, &said, key)?;
            done(Outcome::Created, kept)
        }
    }
}

/// What is known of a client of whom a file says no more than the code.
pub(super) fn from_code(code: &str) -> Map<String, Json> {
    Map::from_iter([("name".to_owned(), Json::from(readable(code)))])
}

/// With the code by which other files name her.
pub(super) fn with_origin(said: &Map<String, Json>, code: &str) -> Map<String, Json> {
    Session::marked(said, "meta", &[("code", Json::from(readable(code)))])
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
