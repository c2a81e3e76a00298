//! What bodies look like, for the API description alone: the bodies themselves are read by `domain::appointments`.
#![expect(dead_code, reason = "only their derived descriptions are used")]

use domain::ids::{ClientId, ServiceId};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

/// The two bodies differ in whether they need a start.
macro_rules! appointment_body {
    ($(#[$meta:meta])* $body:ident, $start:ty) => {
        #[derive(Debug, ToSchema)]
        $(#[$meta])*
        #[schema(rename_all = "camelCase")]
        pub(super) struct $body {
            /// RFC 3339, or a wall time in the tenant's zone: `2026-12-01T10:00`.
            starts_at: $start,
            /// Minutes; of a new visit the service's duration if absent.
            #[schema(minimum = 1, maximum = 20160)]
            duration_min: Option<u32>,
            /// IANA name, if the visit is not in the tenant's zone.
            timezone: Option<String>,
            /// `visit`, or `block` for personal time.
            kind: Option<String>,
            /// Who comes.
            client_id: Option<ClientId>,
            /// What is done.
            service_id: Option<ServiceId>,
            /// All further services of the visit.
            items: Option<Vec<NewItem>>,
            /// Currency units: `1500`, `1500.50`.
            deposit_amount: Option<f64>,
            /// Currency units; of a new visit the service's price if absent.
            price: Option<f64>,
            /// Currency units; of a new visit the service's cost if absent.
            cost: Option<f64>,
            /// `manual`, `import`, `online`, `telegram`, `flow` or `api`.
            source: Option<String>,
            /// Free text.
            #[schema(max_length = 100_000)]
            note: Option<String>,
            /// Further data; `null` removes an entry, others stay.
            #[schema(value_type = Option<Object>)]
            meta: Option<Map<String, Json>>,
            /// Whether it may share its hour with another appointment; otherwise the answer is 409 `slot_taken`.
            allow_overlap: Option<bool>,
        }
    };
}

appointment_body! {
    /// A new visit or block.
    #[schema(example = json!({
        "clientId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1",
        "serviceId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b2",
        "startsAt": "2025-09-15T12:00:00+03:00",
        "durationMin": 90,
        "depositAmount": 1500,
    }))]
    NewAppointment, String
}
appointment_body! {
    /// An edit of a visit or block: absent fields stay untouched, `null` clears.
    #[schema(example = json!({ "price": 2700, "note": "Просила потише музыку" }))]
    AppointmentPatch, Option<String>
}

/// A further service of a visit.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
struct NewItem {
    /// Of an item that stays; a new one gets an id.
    id: Option<String>,
    /// Which service.
    service_id: Option<ServiceId>,
    /// Currency units.
    price: Option<f64>,
    /// Currency units.
    cost: Option<f64>,
    /// Minutes.
    duration_min: Option<u32>,
}

/// Another time.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "startsAt": "2026-12-02T11:30" }))]
pub(super) struct NewTime {
    /// RFC 3339, or a wall time in the tenant's zone.
    starts_at: String,
    /// Minutes; as it was if absent.
    #[schema(minimum = 1, maximum = 20160)]
    duration_min: Option<u32>,
    /// IANA name, if the visit is not in the tenant's zone.
    timezone: Option<String>,
    /// Whether it may share its hour with another appointment; otherwise the answer is 409 `slot_taken`.
    allow_overlap: Option<bool>,
}

/// What may be said with a step; the body may also be left out.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "allowOverlap": true }))]
pub(super) struct StepOptions {
    /// Whether a visit that is called back to life may share its hour; otherwise the answer is 409 `slot_taken`.
    allow_overlap: Option<bool>,
}
