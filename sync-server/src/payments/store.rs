//! Every statement about payments. They are only read here: records are written through the door of `sync`.

use crate::db::{StoreError, TenantTx};
use crate::listing::{self, Field, Found, Kind, ListSpec, Listing, Use};

/// What payments can be filtered and sorted by.
pub(super) static LIST: ListSpec = ListSpec {
    list: "payments",
    table: "records",
    json: "body",
    living: "kind = 'payment' and body is not null",
    fields: &[
        Field::new("id", "id", Kind::Id, Use::Sort),
        Field::new("clientId", "(plain_json(body) ->> 'clientId')::uuid", Kind::Id, Use::Filter),
        Field::new("appointmentId", "(plain_json(body) ->> 'appointmentId')::uuid", Kind::Id, Use::Filter),
        Field::new("provider", "plain_json(body) ->> 'provider'", Kind::Line, Use::Filter),
        Field::new("date", "plain_json(body) ->> 'date'", Kind::Line, Use::Both),
        Field::new("createdAt", "(plain_json(body) ->> 'createdAt')::timestamptz", Kind::Moment, Use::Both),
    ],
    sort: "id",
};

/// Payments of the books.
pub(super) async fn list(tx: &mut TenantTx, listing: &Listing) -> Result<Vec<Found>, StoreError> {
    listing::list(tx, &LIST, listing, |_| {}).await
}
