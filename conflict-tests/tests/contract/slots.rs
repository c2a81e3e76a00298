//! Free hours.

use serde_json::json;

use super::scenario::{day, get, post, put};

fn hours() -> serde_json::Value {
    json!({ "weekly": { "mon": [{ "from": "10:00", "to": "14:00" }], "tue": [{ "from": "09:00", "to": "18:00" }] },
            "breaks": { "tue": [{ "from": "13:00", "to": "13:45" }] }, "stepMin": 20, "horizonDays": 730 })
}

super::scenarios! {
    contract_free_hours_are_found => [
        put("/settings/business-hours", &hours(), 200),
        post("/services", &json!({ "name": "Стрижка", "basePrice": 1500, "durationMin": 60, "bufferAfterMin": 10 }), 201).named("s"),
        post("/appointments", &json!({ "serviceId": "{s.id}", "startsAt": format!("{}T10:20", day(0)) }), 201),
        post("/appointments", &json!({ "kind": "block", "startsAt": format!("{}T15:00", day(1)), "durationMin": 30 }), 201),
        get(&format!("/slots?serviceId={{s.id}}&from={}&to={}", day(0), day(2)), 200),
        get(&format!("/slots?service_id={{s.id}}&from={}&to={}&best=true", day(0), day(2)), 200),
    ],
    contract_what_cannot_be_asked_of_free_hours_is_told => [
        get("/slots", 400),
        get("/slots?serviceId=x&from=soon&to=later&best=maybe&limit=3", 400),
        post("/services", &json!({ "name": "Стрижка", "basePrice": 1500, "durationMin": 60 }), 201).named("s"),
        get(&format!("/slots?serviceId={{s.id}}&from={}&to={}", day(2), day(0)), 400),
        get(&format!("/slots?serviceId={{s.id}}&from={}&to={}", day(0), day(200)), 400).in_english(),
        get(&format!("/slots?serviceId=0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1&from={}&to={}", day(0), day(1)), 404),
    ],
    contract_without_hours_nothing_is_free => [
        put("/settings/business-hours", &json!({ "weekly": {} }), 200),
        post("/services", &json!({ "name": "Стрижка", "basePrice": 1500, "durationMin": 60 }), 201).named("s"),
        get(&format!("/slots?serviceId={{s.id}}&from={}&to={}", day(0), day(6)), 200),
    ],
}
