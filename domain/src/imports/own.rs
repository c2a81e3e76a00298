//! Rows of our own exports: they name what stands here by its id, and are left alone as what is there already.
//!
//! Part of the import room. An id of ours is known by standing here, not by a mark in the file: cards and tables pass through
//! phones and spreadsheets, which keep ids and throw marks away.

use uuid::Uuid;

use super::base::{Base, Standing, Stop};
use super::session::{Done, Import};
use super::{Kind, Outcome, Reason};
use crate::Projection;
use crate::documents::Collection;
use crate::ids::ClientId;

/// What becomes of a row whose key begins with the id of a thing of its kind that stands here; `None` if it does not.
pub(super) fn import<B: Base>(
    session: &mut Import<'_, B>,
    kind: Kind,
    key: &str,
) -> Result<Option<Done>, Stop<B::Error>> {
    // The key of visits and payments is all of the row, and the id is what our tables begin with.
    let Some(id) = id_of(key.split('\u{1f}').next().unwrap_or_default()) else { return Ok(None) };
    let collection = match kind {
        Kind::Clients => Collection::Clients,
        Kind::Appointments => Collection::Appointments,
        Kind::Services => return Ok(session.services.contains_key(&id).then(|| left_alone(id))),
        Kind::Payments => return Ok(session.payments.contains_key(&id).then(|| left_alone(id))),
    };
    Ok(match session.base.standing(collection, id).map_err(Stop::All)? {
        Standing::Absent => None,
        Standing::Here(Some(row)) if row.is_deleted() && merged_into(&row).is_none() => Some(removed(id)),
        Standing::Here(_) => Some(left_alone(id)),
        Standing::Erased => Some(removed(id)),
    })
}

/// The client with this very id, or whoever she was merged into.
pub(super) fn client<B: Base>(
    session: &mut Import<'_, B>,
    code: &str,
) -> Result<Option<ClientId>, Stop<B::Error>> {
    let Some(id) = id_of(code) else { return Ok(None) };
    Ok(match session.base.standing(Collection::Clients, id).map_err(Stop::All)? {
        Standing::Absent | Standing::Erased => None,
        Standing::Here(row) => Some(row.and_then(|row| merged_into(&row)).unwrap_or(ClientId(id))),
    })
}

fn id_of(text: &str) -> Option<Uuid> {
    // As exports write it, and not the many other forms that a number of another program might happen to have.
    let id = Uuid::try_parse(text).ok()?;
    id.to_string().eq_ignore_ascii_case(text).then_some(id)
}

fn merged_into(row: &Projection) -> Option<ClientId> {
    match row {
        Projection::Clients(row) => row.merged_into,
        Projection::Appointments(_) | Projection::Notes(_) => None,
    }
}

const fn left_alone(id: Uuid) -> Done {
    Done { result: Outcome::Skipped, reason: Some(Reason::AlreadyThere), id }
}

const fn removed(id: Uuid) -> Done {
    Done { result: Outcome::Skipped, reason: Some(Reason::Removed), id }
}
