//! Changes, and taking them back.

use serde_json::json;

use super::scenario::{act, day, delete, get, patch, post};

super::scenarios! {
    contract_the_changes_of_a_client_are_listed => [
        post("/clients", &json!({ "name": "Анна", "phone": "+79161234567" }), 201).named("anna"),
        patch("/clients/{anna.id}", &json!({ "name": "Анна П." }), 200),
        patch("/clients/{anna.id}", &json!({ "tags": ["vip"] }), 200),
        get("/clients/{anna.id}/changes", 200),
        get("/clients/{anna.id}/changes?field=name", 200),
        get("/clients/{anna.id}/changes?limit=2", 200).named("page"),
        get("/clients/{anna.id}/changes?limit=2&cursor={page.nextCursor}", 200),
    ],
    contract_the_changes_of_a_visit_are_listed => [
        post("/appointments", &json!({ "startsAt": format!("{}T10:00", day(0)), "durationMin": 60 }), 201).named("visit"),
        post("/appointments/{visit.id}/reschedule", &json!({ "startsAt": format!("{}T12:00", day(0)) }), 200),
        act("/appointments/{visit.id}/confirm", 200),
        get("/appointments/{visit.id}/changes", 200),
    ],
    contract_the_changes_of_a_note_are_listed => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        post("/notes", &json!({ "clientId": "{anna.id}", "body": "a" }), 201).named("note"),
        patch("/notes/{note.id}", &json!({ "body": "ab" }), 200),
        get("/notes/{note.id}/changes", 200),
        get("/clients/{note.id}/changes", 404),
    ],
    contract_a_change_is_taken_back => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        patch("/clients/{anna.id}", &json!({ "name": "Ольга" }), 200),
        get("/clients/{anna.id}/changes", 200).named("changes"),
        post("/history/undo", &json!({ "document": "{anna.id}", "change": "{changes.data.0.id}" }), 200),
        get("/clients/{anna.id}", 200),
        post("/history/undo", &json!({ "document": "{anna.id}", "change": "{changes.data.0.id}" }), 409),
    ],
    contract_what_was_changed_since_stays => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        patch("/clients/{anna.id}", &json!({ "name": "Ольга", "notes": "x" }), 200),
        get("/clients/{anna.id}/changes", 200).named("changes"),
        patch("/clients/{anna.id}", &json!({ "name": "Инна" }), 200),
        post("/history/undo", &json!({ "document": "{anna.id}", "change": "{changes.data.0.id}" }), 200),
        get("/clients/{anna.id}", 200),
    ],
    contract_what_cannot_be_taken_back_is_told => [
        post("/history/undo", &json!({}), 422),
        post("/history/undo", &json!({ "document": "x", "change": "y", "z": 1 }), 422).in_english(),
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        post("/history/undo", &json!({ "document": "{anna.id}", "change": "0000000000000000000000000000000000000000000000000000000000000000" }), 404),
        post("/history/undo", &json!({ "document": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", "change": "0000000000000000000000000000000000000000000000000000000000000000" }), 404),
        post("/history/undo-device", &json!({ "device": "nobody", "since": "2020-01-01T00:00:00Z" }), 409),
        post("/history/undo-device", &json!({ "since": "soon" }), 422),
    ],
    contract_a_removal_is_taken_back => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        delete("/clients/{anna.id}", 204),
        get("/clients/{anna.id}/changes", 200).named("changes"),
        post("/history/undo", &json!({ "document": "{anna.id}", "change": "{changes.data.0.id}" }), 200),
        get("/clients/{anna.id}", 200),
    ],
}
