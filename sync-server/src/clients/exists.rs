//! The client who is there already: nobody else of the tenant may have the phone or e-mail, unless the caller says that it
//! is meant so (a mother and her daughter share a phone). Only REST refuses; sync shows the pair to the master instead.

use domain::clients::{ClientEdit, ClientRow};
use domain::email::Email;
use domain::errors::{ErrorCode, FieldErrors, FieldProblem};
use domain::ids::ClientId;
use domain::phone::Phone;
use serde_json::{Map, Value as Json, json};

use super::store;
use crate::db::TenantTx;
use crate::http::Problem;
use crate::writes::take_flag;

/// The field that allows a second client with one phone or e-mail.
const FLAG: &str = "allowDuplicate";

/// Whether two clients may share a phone or an e-mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duplicates {
    /// The caller knows of it.
    Allowed,
    /// It would be a mistake.
    Refused,
}

/// Reads a body without its flag, and the flag; mistakes of both are told together.
pub(super) fn allowing_duplicates(
    body: &Map<String, Json>,
    read: impl FnOnce(&Map<String, Json>) -> Result<ClientEdit, FieldErrors>,
) -> Result<(ClientEdit, Duplicates), FieldErrors> {
    let mut object = body.clone();
    let mut errors = FieldErrors::new();
    let is_allowed = take_flag(&mut object, FLAG, &mut errors);
    let edit = read(&object).map_err(|found| found.and(&errors))?;
    errors.into_result((edit, if is_allowed { Duplicates::Allowed } else { Duplicates::Refused }))
}

/// Refuses a phone or an e-mail that another client has and this one does not have yet.
pub(super) async fn refuse_duplicate(
    tx: &mut TenantTx,
    id: ClientId,
    standing: Option<&ClientRow>,
    edit: &ClientEdit,
    duplicates: Duplicates,
) -> Result<(), Problem> {
    let had = standing.map(|row| (row.phone.as_deref(), row.email.as_deref())).unwrap_or_default();
    let phone = edit.phone.value().map(Phone::as_str).filter(|phone| Some(*phone) != had.0);
    let email = edit.email.value().map(Email::as_str).filter(|email| Some(*email) != had.1);
    if duplicates == Duplicates::Allowed || (phone.is_none() && email.is_none()) {
        return Ok(());
    }
    let others = store::with_contact(tx, id, phone, email).await?;
    if others.is_empty() {
        return Ok(());
    }
    let mut problem = Problem::new(ErrorCode::ClientExists);
    if others.iter().any(|other| other.has_phone) {
        problem = problem.field("phone", FieldProblem::Taken);
    }
    if others.iter().any(|other| other.has_email) {
        problem = problem.field("email", FieldProblem::Taken);
    }
    let clients: Vec<Json> = others
        .iter()
        .map(
            |other| json!({ "id": other.id, "name": other.name, "phone": other.phone, "email": other.email }),
        )
        .collect();
    Err(problem.details(json!({ "clients": clients })))
}
