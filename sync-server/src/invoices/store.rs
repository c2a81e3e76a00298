//! Every statement about invoices. They are only read here: records are written through the door of `sync`.

use domain::api::Listing;

use crate::db::{StoreError, TenantTx};
use crate::listing::{self, Column, Found, Table};

/// Where what they can be filtered and sorted by is kept.
pub(super) static LIST: Table = Table {
    spec: &domain::invoices::LIST,
    table: "records",
    json: "body",
    living: "kind = 'invoice' and body is not null",
    columns: &[
        Column::new("id", "id"),
        Column::new("number", "(plain_json(body) ->> 'number')::numeric"),
        Column::new("status", "plain_json(body) ->> 'status'"),
        Column::new("clientId", "(plain_json(body) ->> 'clientId')::uuid"),
        Column::new("appointmentId", "(plain_json(body) ->> 'appointmentId')::uuid"),
        Column::new("date", "plain_json(body) ->> 'date'"),
        Column::new("createdAt", "(plain_json(body) ->> 'createdAt')::timestamptz"),
        Column::new("updatedAt", "(plain_json(body) ->> 'updatedAt')::timestamptz"),
    ],
}
.checked();

/// Invoices of the business.
pub(super) async fn list(tx: &mut TenantTx, listing: &Listing) -> Result<Vec<Found>, StoreError> {
    listing::list(tx, &LIST, listing, |_| {}).await
}
