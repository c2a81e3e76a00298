//! Conflicts.

use serde_json::json;

use super::scenario::{Step, day, get, post, put};

/// She works on Mondays.
fn hours() -> Step {
    let weekly = json!({ "weekly": { "mon": [{ "from": "10:00", "to": "18:00" }] } });
    put("/settings/business-hours", &weekly, 200)
}

/// Two visits in one hour, and hers to settle.
fn overlap() -> [Step; 5] {
    let at = |time: &str| json!({ "clientId": "{anna.id}", "startsAt": format!("{}T{time}", day(0)), "durationMin": 60, "allowOverlap": true });
    [
        hours(),
        post("/clients", &json!({ "name": "Анна" }), 201).named("anna"),
        post("/appointments", &at("10:00"), 201).named("first"),
        post("/appointments", &at("10:30"), 201).named("second"),
        get("/conflicts", 200).named("all"),
    ]
}

/// Two clients with one telephone.
fn twins() -> [Step; 4] {
    [
        post("/clients", &json!({ "name": "Анна", "phone": "+79161234567", "notes": "a" }), 201)
            .named("anna"),
        post(
            "/clients",
            &json!({ "name": "Аня", "phone": "+79161234567", "tags": ["vip"], "allowDuplicate": true }),
            201,
        )
        .named("anya"),
        post("/notes", &json!({ "clientId": "{anya.id}", "body": "x" }), 201).named("note"),
        get("/conflicts", 200).named("all"),
    ]
}

/// A scenario that goes on after some steps.
macro_rules! after {
    ($($name:ident: $begin:expr => [$($step:expr),+ $(,)?],)+) => {
        $(
            #[tokio::test]
            async fn $name() {
                let steps: Vec<Step> = $begin.into_iter().chain([$($step),+]).collect();
                super::scenario::same_at_both_doors(&steps).await;
            }
        )+
    };
}

after! {
    contract_two_visits_in_one_hour_are_a_conflict: overlap() => [
        get("/conflicts/{all.data.0.id}", 200),
        get("/conflicts/{all.data.0.id}", 200).in_english(),
        get("/conflicts/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", 404),
    ],
    contract_a_conflict_is_kept_on_purpose: overlap() => [
        post("/conflicts/{all.data.0.id}/resolve", &json!({ "choice": "keepBoth", "facts": "{all.data.0.facts}" }), 200),
        get("/conflicts", 200),
        get("/conflicts/{all.data.0.id}", 200),
    ],
    contract_what_is_not_offered_is_refused: overlap() => [
        post("/conflicts/{all.data.0.id}/resolve", &json!({ "choice": "dance" }), 422),
        post("/conflicts/{all.data.0.id}/resolve", &json!({ "facts": "x" }), 422).in_english(),
        post("/conflicts/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1/resolve", &json!({ "choice": "keepBoth" }), 404),
    ],
    contract_other_facts_are_not_settled: overlap() => [
        post("/conflicts/{all.data.0.id}/resolve", &json!({ "choice": "keepBoth",
            "facts": "0000000000000000000000000000000000000000000000000000000000000000" }), 412),
    ],
    contract_a_visit_is_cancelled_to_settle: overlap() => [
        post("/conflicts/{all.data.0.id}/resolve", &json!({ "choice": "cancel:{second.id}" }), 200),
        get("/conflicts", 200),
        get("/appointments/{second.id}", 200),
    ],
    contract_a_cancellation_is_told_to_the_client: overlap() => [
        post("/conflicts/{all.data.0.id}/resolve", &json!({ "choice": "cancelAndTell:{second.id}" }), 200),
        get("/appointments/{second.id}", 200),
    ],
    contract_two_clients_with_one_phone_are_a_conflict: twins() => [
        get("/conflicts/{all.data.0.id}", 200),
    ],
    contract_a_client_is_merged_into_another: twins() => [
        post("/payments", &json!({ "date": "2026-11-01", "amount": 1500, "clientId": "{anya.id}" }), 201),
        post("/clients/{anya.id}/merge", &json!({ "into": "{anna.id}" }), 200),
        get("/clients", 200),
        get("/notes/{note.id}", 200),
        get("/conflicts", 200),
        get("/clients/{anya.id}", 404),
        get("/clients/{anna.id}/history", 200),
        get("/clients/{anna.id}/changes?limit=1", 200).named("changes"),
        post("/history/undo", &json!({ "document": "{anna.id}", "change": "{changes.data.0.id}" }), 200),
        get("/clients/{anya.id}/history", 200),
    ],
    contract_a_merge_that_makes_no_sense_is_refused: twins() => [
        post("/clients/{anya.id}/merge", &json!({ "into": "{anya.id}" }), 409),
        post("/clients/{anya.id}/merge", &json!({ "into": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1" }), 404),
        post("/clients/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1/merge", &json!({ "into": "{anya.id}" }), 404),
        post("/clients/{anya.id}/merge", &json!({}), 422),
        post("/clients/{anya.id}/merge", &json!({ "into": "x", "y": 1 }), 422).in_english(),
    ],
    // One alone: of two conflicts the order is that of their ids, which follow from those of the visits.
    contract_a_visit_outside_of_her_hours_is_a_warning: [hours()] => [
        post("/appointments", &json!({ "startsAt": format!("{}T22:00", day(0)), "durationMin": 60 }), 201),
        get("/conflicts", 200),
        get("/conflicts?warnings=true", 200),
        get("/conflicts?warnings=true&limit=1", 200),
        get("/conflicts?warnings=perhaps", 400),
    ],
}
