//! Clients.

use serde_json::json;

use super::scenario::{day, delete, get, patch, post};

super::scenarios! {
    contract_a_client_is_added_and_read => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        get("/clients/{anna.id}", 200),
    ],
    contract_a_client_keeps_every_field => [
        post("/clients", &json!({ "name": "Анна Петрова", "phone": "8 916 123-45-67", "email": "Anna@Example.RU",
            "contacts": { "@anna": "telegram" }, "birthday": "--05-01", "tags": ["vip", "утро"], "allergies": ["латекс"],
            "preferences": { "music": "тихо" }, "notes": "Любит кофе", "locale": "ru", "loyaltyLevel": "gold",
            "source": "друг", "meta": { "card": 7 } }), 201).named("anna"),
        get("/clients/{anna.id}", 200),
        get("/clients", 200),
    ],
    contract_an_edit_leaves_absent_fields_and_null_clears => [
        post("/clients", &json!({ "name": "Анна", "phone": "+79161234567", "tags": ["vip"] }), 201).named("anna"),
        patch("/clients/{anna.id}", &json!({ "phone": null, "notes": "x" }), 200),
        patch("/clients/{anna.id}", &json!({ "tags": [] , "preferences": { "a": 1 } }), 200),
        patch("/clients/{anna.id}", &json!({}), 200),
        get("/clients/{anna.id}", 200),
    ],
    contract_every_wrong_field_of_a_client_is_told => [
        post("/clients", &json!({ "phone": "12", "email": "no", "birthday": "x", "tags": 7, "colour": "red" }), 422),
        post("/clients", &json!({ "name": " " }), 422).in_english(),
        post("/clients", &json!({ "name": "Анна", "allowDuplicate": "yes" }), 422),
    ],
    contract_a_removed_client_is_gone => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        delete("/clients/{anna.id}", 204),
        get("/clients/{anna.id}", 404),
        patch("/clients/{anna.id}", &json!({ "name": "x" }), 404),
        delete("/clients/{anna.id}", 404),
        get("/clients", 200),
    ],
    contract_a_second_client_with_one_phone_or_address_is_refused_unless_meant => [
        post("/clients", &json!({ "name": "Анна", "phone": "+79161234567", "email": "a@example.ru" }), 201),
        post("/clients", &json!({ "name": "Мама", "phone": "8 916 123 45 67" }), 409),
        post("/clients", &json!({ "name": "Мама", "phone": "8 916 123 45 67", "email": "A@example.ru" }), 409).in_english(),
        post("/clients", &json!({ "name": "Мама", "phone": "8 916 123 45 67", "allowDuplicate": true }), 201).named("mama"),
        patch("/clients/{mama.id}", &json!({ "email": "a@example.ru" }), 409),
        patch("/clients/{mama.id}", &json!({ "phone": "89161234567", "notes": "та же" }), 200),
    ],
    contract_consents_are_added_to_a_ledger => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        post("/clients/{anna.id}/consents", &json!({ "channel": "sms", "purpose": "marketing", "given": true,
            "textVersion": "1", "text": "Согласна" }), 201),
        post("/clients/{anna.id}/consents", &json!({ "channel": "sms", "purpose": "marketing", "given": false }), 201),
        post("/clients/{anna.id}/consents", &json!({ "channel": "pigeon", "purpose": "x" }), 422),
        get("/clients/{anna.id}", 200),
    ],
    contract_the_history_of_a_client_holds_visits_and_payments => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        post("/appointments", &json!({ "clientId": "{anna.id}", "startsAt": format!("{}T10:00", day(0)), "durationMin": 60 }), 201),
        post("/appointments", &json!({ "clientId": "{anna.id}", "startsAt": format!("{}T10:00", day(2)), "durationMin": 60 }), 201),
        post("/payments", &json!({ "clientId": "{anna.id}", "date": day(1), "amount": 1500 }), 201),
        get("/clients/{anna.id}/history", 200),
        get("/clients/{anna.id}/history?sort=-at&limit=2", 200).named("page"),
        get("/clients/{anna.id}/history?sort=-at&limit=2&cursor={page.nextCursor}", 200),
        get("/clients/{anna.id}/history?sort=name", 400),
    ],
    contract_the_last_visit_is_the_last_completed_one => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        post("/appointments", &json!({ "clientId": "{anna.id}", "startsAt": format!("{}T10:00", day(0)), "durationMin": 60 }), 201).named("visit"),
        super::scenario::act("/appointments/{visit.id}/complete", 200),
        get("/clients/{anna.id}", 200),
        get("/clients", 200),
        patch("/clients/{anna.id}", &json!({ "notes": "x" }), 200),
    ],
}
