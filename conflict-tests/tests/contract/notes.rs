//! Notes.

use serde_json::json;

use super::scenario::{day, delete, get, patch, post};

super::scenarios! {
    contract_a_note_is_added_read_and_edited => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        post("/notes", &json!({ "clientId": "{anna.id}", "body": "Любит кофе" }), 201).named("note"),
        get("/notes/{note.id}", 200),
        patch("/notes/{note.id}", &json!({ "body": "Любит чёрный кофе" }), 200),
        get("/notes", 200),
    ],
    contract_a_formula_is_a_note => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        post("/notes", &json!({ "clientId": "{anna.id}", "kind": "formula", "body": "7.1 + 3%" }), 201),
        post("/notes", &json!({ "clientId": "{anna.id}", "body": "x" }), 201),
        get("/notes?filter[kind]=formula", 200),
    ],
    contract_a_note_about_nobody_is_refused => [
        post("/notes", &json!({ "clientId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", "body": "x" }), 404),
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        post("/notes", &json!({ "clientId": "{anna.id}", "appointmentId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", "body": "x" }), 404),
        post("/notes", &json!({ "clientId": "x" }), 422),
        post("/notes", &json!({ "body": 7, "kind": "poem" }), 422).in_english(),
    ],
    contract_notes_are_listed_by_client_and_visit => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        post("/clients", &json!({ "name": "Ольга" }), 201).named("olga"),
        post("/appointments", &json!({ "clientId": "{anna.id}", "startsAt": format!("{}T10:00", day(0)), "durationMin": 60 }), 201).named("visit"),
        post("/notes", &json!({ "clientId": "{anna.id}", "body": "a" }), 201),
        post("/notes", &json!({ "clientId": "{anna.id}", "appointmentId": "{visit.id}", "body": "b" }), 201),
        post("/notes", &json!({ "clientId": "{olga.id}", "body": "c" }), 201),
        get("/notes?clientId={anna.id}", 200),
        get("/notes?client_id={olga.id}", 200),
        get("/notes?appointmentId={visit.id}", 200),
        get("/notes?filter[clientId]={anna.id}&sort=-id", 200),
        get("/notes?clientId=x", 400),
    ],
    contract_a_removed_note_is_gone => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        post("/notes", &json!({ "clientId": "{anna.id}", "body": "x" }), 201).named("note"),
        delete("/notes/{note.id}", 204),
        get("/notes/{note.id}", 404),
        patch("/notes/{note.id}", &json!({ "body": "y" }), 404),
    ],
}
