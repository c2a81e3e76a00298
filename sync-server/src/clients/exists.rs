//! The client who is there already: asks the rows, and lets `domain::clients` refuse.

use domain::clients::{ClientEdit, ClientRow, Duplicates, new_contact, refusal};
use domain::ids::ClientId;

use super::store;
use crate::db::TenantTx;
use crate::http::Problem;

/// Refuses a phone or an e-mail that another client has and this one does not have yet.
pub(super) async fn refuse_duplicate(
    tx: &mut TenantTx,
    id: ClientId,
    standing: Option<&ClientRow>,
    edit: &ClientEdit,
    duplicates: Duplicates,
) -> Result<(), Problem> {
    match new_contact(standing, edit, duplicates) {
        None => Ok(()),
        Some((phone, email)) => Ok(refusal(&store::with_contact(tx, id, phone, email).await?)?),
    }
}
