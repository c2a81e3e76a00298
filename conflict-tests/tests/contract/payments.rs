//! Payments.

use serde_json::json;

use super::scenario::{day, get, post};

super::scenarios! {
    contract_a_payment_is_recorded_and_read => [
        post("/payments", &json!({ "date": day(0), "amount": 1500.5, "description": "Маникюр" }), 201).named("p"),
        get("/payments/{p.id}", 200),
        get("/payments", 200),
    ],
    contract_a_payment_below_zero_is_a_refund => [
        post("/payments", &json!({ "date": day(0), "amount": -700, "provider": "transfer" }), 201),
        get("/payments?filter[provider]=transfer", 200),
    ],
    contract_a_payment_for_a_visit_names_it => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        post("/appointments", &json!({ "clientId": "{anna.id}", "startsAt": format!("{}T10:00", day(0)), "durationMin": 60 }), 201).named("visit"),
        post("/payments", &json!({ "date": day(0), "amount": 10, "appointmentId": "{visit.id}" }), 201),
        get("/payments?filter[appointmentId]={visit.id}", 200),
    ],
    contract_a_payment_of_nobody_is_refused => [
        post("/payments", &json!({ "date": day(0), "amount": 1, "clientId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1" }), 404),
        post("/payments", &json!({ "date": day(0), "amount": 1, "appointmentId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1" }), 404),
        post("/payments", &json!({ "amount": "1" , "x": 2}), 422),
        get("/payments/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", 404),
    ],
    contract_payments_are_sorted_by_day_and_paged => [
        post("/payments", &json!({ "date": day(1), "amount": 1 }), 201),
        post("/payments", &json!({ "date": day(0), "amount": 2 }), 201),
        post("/payments", &json!({ "date": day(2), "amount": 3 }), 201),
        get("/payments?sort=-date&limit=2", 200).named("page"),
        get("/payments?sort=-date&limit=2&cursor={page.nextCursor}", 200),
        get("/payments?sort=date&limit=2&cursor={page.nextCursor}", 400),
    ],
}
