//! Every statement about notes. Only reads: documents and their rows are written through the door of `sync`.

use domain::api::Listing;
use domain::ids::{AppointmentId, ClientId};

use crate::db::{StoreError, TenantTx};
use crate::listing::{self, Column, Found, Table};

/// Where what they can be filtered and sorted by is kept.
pub(crate) static LIST: Table = Table {
    spec: &domain::notes::LIST,
    table: "notes",
    json: "row",
    living: "not deleted",
    columns: &[
        Column::new("id", "id"),
        Column::new("clientId", "client_id"),
        Column::new("appointmentId", "appointment_id"),
        Column::new("kind", "plain_json(row) ->> 'kind'"),
        Column::new("createdAt", "coalesce(created_at, 0)").present("created_at"),
        Column::new("updatedAt", "updated_key").present("updated_at"),
    ],
}
.checked();

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
