//! Every statement about payments. They are only read here: records are written through the door of `sync`.

use crate::db::{StoreError, TenantTx};
use crate::listing::{self, Column, Found, Table};
use domain::api::Listing;

/// Where what they can be filtered and sorted by is kept.
pub(super) static LIST: Table = Table {
    spec: &domain::payments::LIST,
    table: "records",
    json: "body",
    living: "kind = 'payment' and body is not null",
    columns: &[
        Column::new("id", "id"),
        Column::new("clientId", "(plain_json(body) ->> 'clientId')::uuid"),
        Column::new("appointmentId", "(plain_json(body) ->> 'appointmentId')::uuid"),
        Column::new("invoiceId", "(plain_json(body) ->> 'invoiceId')::uuid"),
        Column::new("provider", "plain_json(body) ->> 'provider'"),
        Column::new("date", "plain_json(body) ->> 'date'"),
        Column::new("createdAt", "(plain_json(body) ->> 'createdAt')::timestamptz"),
    ],
}
.checked();

/// Payments of the books.
pub(super) async fn list(tx: &mut TenantTx, listing: &Listing) -> Result<Vec<Found>, StoreError> {
    listing::list(tx, &LIST, listing, |_| {}).await
}
