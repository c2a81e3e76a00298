//! Errors, languages, versions, keys.

use axum::http::Method;
use serde_json::json;

use super::scenario::{act, delete, get, patch, post, put, step};

super::scenarios! {
    contract_what_is_not_there_is_not_found => [
        get("/clients/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", 404),
        get("/clients/x", 404),
        get("/notes/x", 404).in_english(),
        get("/appointments/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", 404),
        get("/services/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", 404),
        delete("/clients/x", 404),
        patch("/clients/x", &json!({}), 404),
    ],
    contract_a_method_that_is_not_there_is_refused => [
        step(Method::PUT, "/clients", None, 405),
        step(Method::POST, "/settings", None, 405),
        step(Method::DELETE, "/slots", None, 405).in_english(),
    ],
    contract_a_body_must_be_a_json_object => [
        step(Method::POST, "/clients", Some("{".to_owned()), 400),
        step(Method::POST, "/clients", Some("[]".to_owned()), 400),
        step(Method::POST, "/clients", Some("{}".to_owned()), 415).with("content-type", "text/plain"),
        step(Method::POST, "/clients", None, 415),
        step(Method::POST, "/clients", Some(json!({ "name": "Анна" }).to_string()), 201)
            .with("content-type", "application/merge-patch+json; charset=utf-8"),
        step(Method::POST, "/clients", Some("{\"name\":\"a\\u0000b\"}".to_owned()), 422),
    ],
    contract_a_body_that_is_too_large_is_refused => [
        post("/clients", &json!({ "name": "a", "notes": "x".repeat(1_100_000) }), 413),
        post("/clients", &json!({ "name": "a".repeat(301), "notes": "x".repeat(100_001) }), 422),
    ],
    contract_errors_speak_the_language_that_was_asked_for => [
        post("/clients", &json!({}), 422),
        post("/clients", &json!({}), 422).in_english(),
        post("/clients", &json!({}), 422).with("accept-language", "de, en;q=0.5"),
        post("/clients", &json!({}), 422).with("accept-language", "fr"),
    ],
    contract_a_version_is_known_by_its_tag => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        get("/clients/{anna.id}", 304).with("if-none-match", "{anna:etag}"),
        get("/clients/{anna.id}", 304).with("if-none-match", "W/{anna:etag}"),
        get("/clients/{anna.id}", 304).with("if-none-match", "*"),
        get("/clients/{anna.id}", 200).with("if-none-match", "\"other\""),
        patch("/clients/{anna.id}", &json!({ "notes": "x" }), 200),
        get("/clients/{anna.id}", 200).with("if-none-match", "{anna:etag}"),
    ],
    contract_an_edit_of_another_version_is_refused => [
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        patch("/clients/{anna.id}", &json!({ "notes": "x" }), 200).with("if-match", "{anna:etag}").named("edited"),
        patch("/clients/{anna.id}", &json!({ "notes": "y" }), 412).with("if-match", "{anna:etag}"),
        patch("/clients/{anna.id}", &json!({ "notes": 7 }), 422).with("if-match", "{anna:etag}"),
        patch("/clients/{anna.id}", &json!({ "notes": "y" }), 400).with("if-match", "no-quotes"),
        patch("/clients/{anna.id}", &json!({ "notes": "y" }), 200).with("if-match", "*"),
        delete("/clients/{anna.id}", 412).with("if-match", "{edited:etag}"),
        get("/clients/{anna.id}", 200),
    ],
    contract_every_kind_of_thing_has_versions => [
        post("/services", &json!({ "name": "Стрижка", "basePrice": 1500, "durationMin": 60 }), 201).named("s"),
        patch("/services/{s.id}", &json!({ "name": "x" }), 200).with("if-match", "{s:etag}"),
        patch("/services/{s.id}", &json!({ "name": "y" }), 412).with("if-match", "{s:etag}"),
        get("/settings/branding", 200).named("b"),
        get("/settings/branding", 304).with("if-none-match", "{b:etag}"),
        put("/settings/branding", &json!({ "displayName": "Анна" }), 200).with("if-match", "{b:etag}"),
        put("/settings/branding", &json!({ "displayName": "Ольга" }), 412).with("if-match", "{b:etag}"),
    ],
    contract_a_request_sent_again_has_its_effect_once => [
        post("/clients", &json!({ "name": "Анна" }), 201).with("idempotency-key", "k1").named("anna"),
        post("/clients", &json!({ "name": "Анна" }), 201).with("idempotency-key", "k1"),
        get("/clients", 200),
        post("/clients", &json!({ "name": "Ольга" }), 422).with("idempotency-key", "k1"),
        post("/notes", &json!({ "clientId": "{anna.id}", "body": "x" }), 201).with("idempotency-key", "k1"),
        post("/clients", &json!({ "name": "Анна" }), 400).with("idempotency-key", ""),
    ],
    contract_a_refused_request_leaves_its_key_free => [
        post("/clients", &json!({ "name": "" }), 422).with("idempotency-key", "k"),
        post("/clients", &json!({ "name": "Анна" }), 201).with("idempotency-key", "k"),
        post("/clients", &json!({ "name": "Анна" }), 201).with("idempotency-key", "k"),
    ],
    contract_a_step_sent_again_is_one_fact => [
        post("/appointments", &json!({ "startsAt": format!("{}T10:00", super::scenario::day(0)), "durationMin": 60 }), 201).named("v"),
        act("/appointments/{v.id}/confirm", 200).with("idempotency-key", "k"),
        act("/appointments/{v.id}/confirm", 200).with("idempotency-key", "k"),
        act("/appointments/{v.id}/cancel", 200).with("idempotency-key", "k"),
    ],
}
