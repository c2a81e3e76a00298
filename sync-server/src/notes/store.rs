//! Every statement about notes. Only reads: documents and their rows are written through the door of `sync`.

use domain::ids::{AppointmentId, ClientId};

use crate::db::{StoreError, TenantTx};
use crate::listing::{self, Field, Found, Kind, ListSpec, Listing, Use};

/// What notes can be filtered and sorted by.
pub(crate) static LIST: ListSpec = ListSpec {
    list: "notes",
    table: "notes",
    json: "row",
    living: "not deleted",
    fields: &[
        Field::new("id", "id", Kind::Id, Use::Sort),
        Field::new("clientId", "client_id", Kind::Id, Use::Filter),
        Field::new("appointmentId", "appointment_id", Kind::Id, Use::Filter),
        Field::new("kind", "plain_json(row) ->> 'kind'", Kind::Word(&["general", "formula"]), Use::Filter),
        Field::new("createdAt", "coalesce(created_at, 0)", Kind::Seconds, Use::Both).present("created_at"),
        Field::new("updatedAt", "updated_key", Kind::Seconds, Use::Both).present("updated_at"),
    ],
    sort: "id",
};

/// Notes about a client or a visit, or all.
pub(super) async fn list(
    tx: &mut TenantTx,
    client: Option<ClientId>,
    appointment: Option<AppointmentId>,
    listing: &Listing,
) -> Result<Vec<Found>, StoreError> {
    listing::list(tx, &LIST, listing, |query| {
        if let Some(client) = client {
            query.push(" and client_id = ").push_bind(client.0);
        }
        if let Some(appointment) = appointment {
            query.push(" and appointment_id = ").push_bind(appointment.0);
        }
    })
    .await
}
