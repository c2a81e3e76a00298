//! Every statement about notes. Only reads: documents and their rows are written through the door of `sync`.

use domain::ids::{AppointmentId, ClientId};

use crate::db::{StoreError, TenantTx};
use crate::listing::{self, Field, Found, Kind, ListSpec, Listing, Use};

/// What notes can be filtered and sorted by.
pub(super) static LIST: ListSpec = ListSpec {
    list: "notes",
    table: "notes",
    json: "row",
    living: "not deleted",
    fields: &[
        Field { name: "id", column: "id", kind: Kind::Id, used: Use::Sort },
        Field { name: "clientId", column: "client_id", kind: Kind::Id, used: Use::Filter },
        Field { name: "appointmentId", column: "appointment_id", kind: Kind::Id, used: Use::Filter },
        Field {
            name: "kind",
            column: "row::jsonb ->> 'kind'",
            kind: Kind::Word(&["general", "formula"]),
            used: Use::Filter,
        },
        Field { name: "createdAt", column: "coalesce(created_at, 0)", kind: Kind::Seconds, used: Use::Both },
        Field { name: "updatedAt", column: "coalesce(updated_at, 0)", kind: Kind::Seconds, used: Use::Both },
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
