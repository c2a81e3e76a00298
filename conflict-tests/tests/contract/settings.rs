//! Settings.

use serde_json::json;

use super::scenario::{get, put};

super::scenarios! {
    contract_every_section_is_listed => [get("/settings", 200)],
    contract_a_section_is_read => [
        get("/settings/business-hours", 200),
        get("/settings/businessHours", 404),
        get("/settings/tomorrow", 404),
    ],
    contract_a_section_is_replaced => [
        put("/settings/branding", &json!({ "displayName": "Анна" }), 200),
        put("/settings/branding", &json!({ "displayName": "Студия Анны" }), 200),
        get("/settings/branding", 200),
        put("/settings/branding", &json!({}), 200),
    ],
    contract_hours_are_replaced => [
        put("/settings/business-hours", &json!({ "weekly": { "mon": [{ "from": "10:00", "to": "14:00" }] }, "stepMin": 20 }), 200),
        get("/settings/business-hours", 200),
        put("/settings/business-hours", &json!({ "weekly": { "mon": [{ "from": "25:00", "to": "14:00" }] } }), 422),
        put("/settings/business-hours", &json!({ "x": 1, "stepMin": "a" }), 422).in_english(),
    ],
    contract_policies_are_replaced => [
        get("/settings/cancel-policy", 200).named("cancel"),
        get("/settings/deposit-policy", 200),
        put("/settings/cancel-policy", &json!({ "nonsense": true }), 422),
    ],
}
