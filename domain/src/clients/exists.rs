//! The client who is there already: nobody else may have the phone or e-mail, unless the caller says that it is meant so (a
//! mother and her daughter share a phone). Only the API refuses; sync shows the pair to the master instead.

use serde_json::{Map, Value as Json, json};

use super::{ClientEdit, ClientRow};
use crate::api::{Refusal, take_flag};
use crate::email::Email;
use crate::errors::{ErrorCode, FieldErrors, FieldProblem};
use crate::ids::ClientId;
use crate::phone::Phone;

/// The field that allows a second client with one phone or e-mail.
const FLAG: &str = "allowDuplicate";

/// Whether two clients may share a phone or an e-mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// The caller knows of it.
    Allowed,
    /// It would be a mistake.
    Refused,
}

/// Another client with a phone or an e-mail that somebody is about to get.
#[derive(Clone, Debug)]
pub struct Other {
    /// Who.
    pub id: ClientId,
    /// How she calls the person.
    pub name: String,
    /// The person's phone.
    pub phone: Option<String>,
    /// The person's address.
    pub email: Option<String>,
    /// Whether it is the phone that is the same.
    pub has_phone: bool,
    /// Whether it is the address that is the same.
    pub has_email: bool,
}

/// Reads a body without its flag, and the flag; mistakes of both are told together.
pub fn allowing_duplicates(
    body: &Map<String, Json>,
    read: impl FnOnce(&Map<String, Json>) -> Result<ClientEdit, FieldErrors>,
) -> Result<(ClientEdit, Duplicates), FieldErrors> {
    let mut object = body.clone();
    let mut errors = FieldErrors::new();
    let is_allowed = take_flag(&mut object, FLAG, &mut errors);
    let edit = read(&object).map_err(|found| found.and(&errors))?;
    errors.into_result((edit, if is_allowed { Duplicates::Allowed } else { Duplicates::Refused }))
}

/// The phone and the e-mail that an edit brings and the client did not have; nothing to look for if both are absent.
#[must_use]
pub fn new_contact<'a>(
    standing: Option<&ClientRow>,
    edit: &'a ClientEdit,
    duplicates: Duplicates,
) -> Option<(Option<&'a str>, Option<&'a str>)> {
    let had = standing.map(|row| (row.phone.as_deref(), row.email.as_deref())).unwrap_or_default();
    let phone = edit.phone.value().map(Phone::as_str).filter(|phone| Some(*phone) != had.0);
    let email = edit.email.value().map(Email::as_str).filter(|email| Some(*email) != had.1);
    (duplicates == Duplicates::Refused && (phone.is_some() || email.is_some())).then_some((phone, email))
}

/// Refuses if there are others.
pub fn refusal(others: &[Other]) -> Result<(), Refusal> {
    if others.is_empty() {
        return Ok(());
    }
    let mut refusal = Refusal::new(ErrorCode::ClientExists);
    if others.iter().any(|other| other.has_phone) {
        refusal = refusal.field("phone", FieldProblem::Taken);
    }
    if others.iter().any(|other| other.has_email) {
        refusal = refusal.field("email", FieldProblem::Taken);
    }
    let shown = |other: &Other| json!({ "id": other.id, "name": other.name, "phone": other.phone, "email": other.email });
    let clients: Vec<Json> = others.iter().map(shown).collect();
    Err(refusal.details(json!({ "clients": clients })))
}
