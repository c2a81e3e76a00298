//! What bodies look like, for the API description alone: the bodies themselves are read by `domain::services`.
#![expect(dead_code, reason = "only their derived descriptions are used")]

use domain::services::Segment;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

/// The two bodies differ in whether they need name, price and duration.
macro_rules! service_body {
    ($(#[$meta:meta])* $body:ident, $name:ty, $price:ty, $minutes:ty) => {
        #[derive(Debug, ToSchema)]
        $(#[$meta])*
        #[schema(rename_all = "camelCase")]
        pub(super) struct $body {
            /// How she calls it.
            #[schema(max_length = 300)]
            name: $name,
            /// Currency units: `2500`, `2500.50`.
            base_price: $price,
            /// Minutes.
            #[schema(minimum = 1, maximum = 20160)]
            duration_min: $minutes,
            /// Her own grouping.
            category: Option<String>,
            /// What it costs her, currency units.
            cost: Option<f64>,
            /// Busy and free stretches in order.
            segments: Option<Vec<Segment>>,
            /// Minutes kept free before.
            buffer_before_min: Option<u32>,
            /// Minutes kept free after.
            buffer_after_min: Option<u32>,
            /// Services to offer with it.
            upsell_suggestions: Option<Vec<String>>,
            /// Packages it is part of.
            #[schema(value_type = Option<Vec<Object>>)]
            packages: Option<Vec<Map<String, Json>>>,
            /// Whether it is offered; `true` if never said.
            active: Option<bool>,
            /// Further data; `null` removes an entry, others stay.
            #[schema(value_type = Option<Object>)]
            meta: Option<Map<String, Json>>,
        }
    };
}

service_body! {
    /// A new entry of the price list.
    #[schema(example = json!({ "name": "Маникюр", "basePrice": 2500, "durationMin": 90, "category": "Ногти" }))]
    NewService, String, f64, u32
}
service_body! {
    /// An edit of a service: absent fields stay untouched, `null` clears.
    #[schema(example = json!({ "basePrice": 2700 }))]
    ServicePatch, Option<String>, Option<f64>, Option<u32>
}
