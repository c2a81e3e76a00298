//! Appointments.

use serde_json::json;

use super::scenario::{act, day, delete, get, patch, post};

fn visit(time: &str) -> serde_json::Value {
    json!({ "startsAt": format!("{}T{time}", day(0)), "durationMin": 60 })
}

super::scenarios! {
    contract_a_visit_is_booked_and_read => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        post("/services", &json!({ "name": "Балаяж", "basePrice": 9500, "durationMin": 180 }), 201).named("service"),
        post("/appointments", &json!({ "clientId": "{anna.id}", "serviceId": "{service.id}", "startsAt": format!("{}T10:00", day(0)) }), 201).named("visit"),
        get("/appointments/{visit.id}", 200),
        get("/appointments", 200),
    ],
    contract_personal_time_is_blocked => [
        post("/appointments", &json!({ "kind": "block", "startsAt": format!("{}T13:00", day(0)), "durationMin": 45, "note": "обед" }), 201).named("b"),
        get("/appointments/{b.id}", 200),
        get("/appointments?filter[kind]=block", 200),
    ],
    contract_a_visit_keeps_items_and_price => [
        post("/services", &json!({ "name": "Стрижка", "basePrice": 1500, "durationMin": 60 }), 201).named("s"),
        post("/appointments", &json!({ "startsAt": format!("{}T10:00+05:00", day(0)), "durationMin": 60, "price": 1700.5,
            "items": [{ "serviceId": "{s.id}", "price": 1700.5 }], "meta": { "room": 2 } }), 201),
        post("/appointments", &json!({ "startsAt": format!("{}T10:00", day(1)), "durationMin": 60, "timezone": "Asia/Yekaterinburg" }), 201),
    ],
    contract_every_wrong_field_of_a_visit_is_told => [
        post("/appointments", &json!({}), 422),
        post("/appointments", &json!({ "startsAt": "soon", "durationMin": 0, "timezone": "Mars/Base", "x": 1 }), 422),
        post("/appointments", &json!({ "startsAt": format!("{}T10:00", day(0)), "durationMin": 60, "allowOverlap": 1 }), 422).in_english(),
    ],
    contract_a_visit_of_nobody_or_nothing_is_refused => [
        post("/appointments", &json!({ "startsAt": format!("{}T10:00", day(0)), "durationMin": 60, "clientId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1" }), 404),
        post("/appointments", &json!({ "startsAt": format!("{}T10:00", day(0)), "serviceId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1" }), 404),
        post("/appointments", &visit("10:00"), 201).named("visit"),
        patch("/appointments/{visit.id}", &json!({ "clientId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1" }), 404),
        patch("/appointments/{visit.id}", &json!({ "serviceId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1" }), 404),
    ],
    contract_a_taken_hour_is_refused_unless_meant => [
        post("/appointments", &visit("10:00"), 201).named("first"),
        post("/appointments", &visit("10:30"), 409),
        post("/appointments", &visit("11:00"), 201),
        post("/appointments", &json!({ "startsAt": format!("{}T10:30", day(0)), "durationMin": 60, "allowOverlap": true }), 201).named("second"),
        get("/appointments", 200),
    ],
    contract_what_was_refused_left_nothing => [
        post("/appointments", &visit("10:00"), 201),
        post("/appointments", &visit("12:00"), 201).named("other"),
        post("/appointments/{other.id}/reschedule", &json!({ "startsAt": format!("{}T10:30", day(0)) }), 409),
        get("/appointments/{other.id}", 200),
        get("/appointments/{other.id}/changes", 200),
    ],
    contract_while_colour_works_another_may_come => [
        post("/services", &json!({ "name": "Окрашивание", "basePrice": 5000, "durationMin": 120,
            "segments": [{ "busy": true, "minutes": 40 }, { "busy": false, "minutes": 50 }, { "busy": true, "minutes": 30 }] }), 201).named("s"),
        post("/appointments", &json!({ "serviceId": "{s.id}", "startsAt": format!("{}T10:00", day(0)) }), 201),
        post("/appointments", &json!({ "startsAt": format!("{}T10:40", day(0)), "durationMin": 50 }), 201),
        post("/appointments", &json!({ "startsAt": format!("{}T11:30", day(0)), "durationMin": 15 }), 409),
    ],
    contract_an_edit_of_a_visit_leaves_absent_fields => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        post("/appointments", &visit("10:00"), 201).named("visit"),
        patch("/appointments/{visit.id}", &json!({ "clientId": "{anna.id}", "note": "первый раз" }), 200),
        patch("/appointments/{visit.id}", &json!({ "note": null, "durationMin": 90 }), 200),
        patch("/appointments/{visit.id}", &json!({ "status": "completed" }), 422),
        get("/appointments/{visit.id}", 200),
    ],
    contract_a_visit_is_moved => [
        post("/appointments", &visit("10:00"), 201).named("visit"),
        post("/appointments/{visit.id}/reschedule", &json!({ "startsAt": format!("{}T15:00", day(1)) }), 200),
        post("/appointments/{visit.id}/reschedule", &json!({ "startsAt": format!("{}T15:00", day(1)), "durationMin": 30 }), 200),
        post("/appointments/{visit.id}/reschedule", &json!({ "note": "x" }), 422),
        post("/appointments/{visit.id}/reschedule", &json!({ "startsAt": 5 }), 422).in_english(),
        get("/appointments/{visit.id}", 200),
    ],
    contract_a_visit_is_confirmed_and_completed => [
        post("/appointments", &visit("10:00"), 201).named("visit"),
        act("/appointments/{visit.id}/confirm", 200),
        act("/appointments/{visit.id}/complete", 200),
        act("/appointments/{visit.id}/complete", 200),
        post("/appointments/{visit.id}/complete", &json!({ "why": 1 }), 422),
        get("/appointments/{visit.id}", 200),
    ],
    contract_a_visit_of_which_nobody_came_frees_its_hour => [
        post("/appointments", &visit("10:00"), 201).named("visit"),
        act("/appointments/{visit.id}/no-show", 200),
        post("/appointments", &visit("10:30"), 201),
    ],
    contract_a_cancelled_visit_frees_its_hour_and_needs_it_again => [
        post("/appointments", &visit("10:00"), 201).named("visit"),
        act("/appointments/{visit.id}/cancel", 200),
        post("/appointments", &visit("10:30"), 201),
        act("/appointments/{visit.id}/confirm", 409),
        post("/appointments/{visit.id}/confirm", &json!({ "allowOverlap": true }), 200),
        get("/appointments", 200),
    ],
    contract_a_removed_visit_is_gone => [
        post("/appointments", &visit("10:00"), 201).named("visit"),
        delete("/appointments/{visit.id}", 204),
        get("/appointments/{visit.id}", 404),
        act("/appointments/{visit.id}/confirm", 404),
        post("/appointments/{visit.id}/reschedule", &json!({}), 404),
        get("/appointments", 200),
    ],
    contract_the_rules_of_a_visit_are_those_of_its_day => [
        post("/appointments", &visit("10:00"), 201).named("visit"),
        get("/appointments/{visit.id}/policies", 200),
        get("/appointments/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1/policies", 404),
    ],
    contract_a_span_of_days_is_listed => [
        post("/appointments", &json!({ "startsAt": format!("{}T23:30", day(0)), "durationMin": 60 }), 201),
        post("/appointments", &json!({ "startsAt": format!("{}T10:00", day(1)), "durationMin": 60 }), 201),
        post("/appointments", &json!({ "startsAt": format!("{}T10:00", day(2)), "durationMin": 60 }), 201),
        get(&format!("/appointments?from={}&to={}", day(1), day(2)), 200),
        get(&format!("/appointments?from={}", day(2)), 200),
        get(&format!("/appointments?to={}", day(1)), 200),
        get("/appointments?from=soon", 400),
    ],
}
