//! Filters and order: through the front door.

use serde_json::{Value as Json, json};

use crate::testing::{Caller, TestServer};

async fn shown(anna: &Caller<'_>, path: &str, field: &str) -> Vec<String> {
    let page = anna.get(path).await.expect(200);
    page["data"].as_array().unwrap().iter().map(|entry| entry[field].as_str().unwrap().to_owned()).collect()
}

async fn three_clients(anna: &Caller<'_>) {
    for body in [
        json!({ "name": "Вера", "phone": "+7 916 123-45-67", "tags": ["vip"], "source": "друг" }),
        json!({ "name": "Анна", "email": "Anna@Example.RU", "tags": ["vip", "утро"] }),
        json!({ "name": "Белла", "locale": "en" }),
    ] {
        anna.post("/clients", body).await.expect(201);
    }
}

#[tokio::test]
async fn clients_are_filtered_and_sorted_in_either_case_style() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    three_clients(&anna).await;
    for (query, names) in [
        ("", vec!["Анна", "Белла", "Вера"]),
        ("sort=-name", vec!["Вера", "Белла", "Анна"]),
        ("filter[phone]=8(916)1234567", vec!["Вера"]),
        ("filter[email]=anna@example.ru", vec!["Анна"]),
        ("filter[tags]=vip", vec!["Анна", "Вера"]),
        ("filter[tags]=vip&filter[source]=%D0%B4%D1%80%D1%83%D0%B3", vec!["Вера"]),
        ("filter[locale]=en", vec!["Белла"]),
        ("filter[name][in]=%D0%90%D0%9D%D0%9D%D0%90,%D0%B2%D0%B5%D1%80%D0%B0", vec!["Анна", "Вера"]),
        (
            "filter[updated_at][gte]=2020-01-01&filter[createdAt][lt]=2100-01-01T00:00:00%2B03:00&sort=name",
            vec!["Анна", "Белла", "Вера"],
        ),
        ("filter[updatedAt][gt]=2100-01-01", vec![]),
    ] {
        assert_eq!(shown(&anna, &format!("/clients?{query}"), "name").await, names, "{query}");
    }
    for query in ["sort=created_at", "sort=-updatedAt", "sort=createdAt&limit=2"] {
        assert!(shown(&anna, &format!("/clients?{query}"), "name").await.len() >= 2, "{query}");
    }
}

#[tokio::test]
async fn every_order_is_paged_without_gaps_or_repeats() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    for day in 1..=7 {
        let body = json!({ "startsAt": format!("2026-12-0{day}T10:00"), "durationMin": 60, "note": day.to_string() });
        anna.post("/appointments", body).await.expect(201);
        anna.add_service(&format!("Услуга {day}"), f64::from(day % 3) * 100.5, 30).await;
    }
    for (list, sorts) in [
        ("/appointments", &["startsAt", "-startsAt", "created_at", "-updatedAt"][..]),
        ("/services", &["id", "-name", "category", "base_price", "-basePrice", "durationMin", "-createdAt"]),
    ] {
        for sort in sorts {
            let whole: Vec<Json> = anna.get(&format!("{list}?sort={sort}")).await.expect(200)["data"]
                .as_array()
                .unwrap()
                .clone();
            let mut pieced = Vec::new();
            let mut path = format!("{list}?sort={sort}&limit=3");
            loop {
                let page = anna.get(&path).await.expect(200);
                pieced.extend(page["data"].as_array().unwrap().clone());
                let Some(cursor) = page["nextCursor"].as_str() else { break };
                path = format!("{list}?sort={sort}&limit=3&cursor={cursor}");
            }
            assert_eq!((pieced.len(), pieced), (7, whole), "{list} {sort}");
        }
    }
    let prices = anna.get("/services?sort=-basePrice&filter[basePrice][gte]=100.5").await.expect(200);
    let prices: Vec<f64> =
        prices["data"].as_array().unwrap().iter().map(|s| s["basePrice"].as_f64().unwrap()).collect();
    assert_eq!(prices, [201.0, 201.0, 100.5, 100.5, 100.5]);
}

#[tokio::test]
async fn appointments_are_filtered_by_what_they_are() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let client = anna.add_client("Ольга").await;
    let visit =
        json!({ "clientId": client, "startsAt": "2026-12-01T10:00", "durationMin": 60, "note": "визит" });
    let visit = anna.post("/appointments", visit).await.expect(201);
    let block = json!({ "kind": "block", "startsAt": "2026-12-02T10:00", "durationMin": 60, "note": "обед" });
    anna.post("/appointments", block).await.expect(201);
    anna.act(&format!("/appointments/{}/confirm", visit["id"].as_str().unwrap())).await.expect(200);
    for (query, notes) in [
        ("filter[status]=confirmed", vec!["визит"]),
        ("filter[status][in]=booked,requested", vec!["обед"]),
        ("filter[kind]=block", vec!["обед"]),
        (&*format!("filter[client_id]={client}"), vec!["визит"]),
        ("filter[startsAt][gte]=2026-12-02", vec!["обед"]),
        ("filter[starts_at][lt]=2026-12-01T10:00", vec![]),
        ("filter[starts_at][lte]=2026-12-01T10:00", vec!["визит"]),
        ("from=2026-12-02&to=2026-12-03&sort=-starts_at", vec!["обед"]),
        (&*format!("client_id={client}"), vec!["визит"]),
    ] {
        assert_eq!(shown(&anna, &format!("/appointments?{query}"), "note").await, notes, "{query}");
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_told_by_the_name_that_was_written() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    for (query, name, problem) in [
        ("filter[colour]=red", "filter[colour]", "unknown"),
        ("filter[name][gte]=a", "filter[name][gte]", "unknown"),
        ("filter[updated_at][near]=2026-12-01", "filter[updated_at][near]", "unknown"),
        ("filter[updated_at]=soon", "filter[updated_at]", "invalid_time"),
        ("filter[phone]=12", "filter[phone]", "invalid_phone"),
        ("filter[email]=anna", "filter[email]", "invalid_email"),
        ("filter[locale]=de", "filter[locale]", "invalid"),
        ("filter[name]=", "filter[name]", "required"),
        ("filter[name=x", "filter[name", "unknown"),
        ("sort=phone", "sort", "unknown"),
        ("sort=name;drop table clients", "sort", "unknown"),
    ] {
        let answer = anna.get(&format!("/clients?{}", query.replace(' ', "%20"))).await;
        assert_eq!(
            (answer.status, answer.code(), answer.field(name)),
            (400, "bad_request", problem),
            "{query}"
        );
    }
    let answer = anna.get("/appointments?filter[clientId]=x&filter[status]=sleeping&limit=0").await;
    let fields = ["filter[clientId]", "filter[status]", "limit"].map(|name| answer.field(name).to_owned());
    assert_eq!(fields, ["invalid", "invalid", "out_of_range"]);
    // A cursor belongs to its order and its filters.
    three_clients(&anna).await;
    let page = anna.get("/clients?sort=name&limit=1").await.expect(200);
    let cursor = page["nextCursor"].as_str().unwrap();
    for query in ["sort=-name", "sort=createdAt", "filter[tags]=vip"] {
        let answer = anna.get(&format!("/clients?{query}&cursor={cursor}")).await;
        assert_eq!((answer.status, answer.code()), (400, "bad_cursor"), "{query}");
    }
}

#[tokio::test]
async fn a_cursor_that_nobody_gave_is_refused_whatever_it_holds() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let client = anna.add_client("Ольга").await;
    for day in 1..=2 {
        let body =
            json!({ "clientId": client, "startsAt": format!("2026-12-0{day}T10:00"), "durationMin": 60 });
        anna.post("/appointments", body).await.expect(201);
        anna.add_service("Услуга", 100.0, 30).await;
        anna.post("/notes", json!({ "clientId": client, "body": "x" })).await.expect(201);
    }
    let history = format!("/clients/{client}/history?limit=1");
    for (path, keys) in [
        (
            "/appointments?limit=1",
            &["2024-06-19T15:22:45Z[UTC]", "-009999-01-02T01:59:59Z", "soon", "infinity", ""][..],
        ),
        ("/appointments?limit=1&sort=updatedAt", &["x", "99999999999999999999", ""]),
        ("/services?limit=1", &["urn:uuid:67e55044-10b1-426f-9247-bb680e5fe0c8", "x", ""]),
        ("/services?limit=1&sort=basePrice", &["1e5", "NaN", "1.2.3", "+-1", ""]),
        ("/notes?limit=1", &["x", ""]),
        (&*history, &["-009999-01-02T01:59:59Z", "infinity", "soon", ""]),
    ] {
        let cursor = anna.get(path).await.expect(200)["nextCursor"].as_str().unwrap().to_owned();
        let (view, (_, id)): (String, (Option<String>, String)) =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&cursor).unwrap()).unwrap();
        for key in keys.iter().map(|key| Some(*key)).chain([None]) {
            let forged = URL_SAFE_NO_PAD.encode(json!([view, [key, id]]).to_string());
            let answer = anna.get(&format!("{path}&cursor={forged}")).await;
            assert!(answer.status == 200 || answer.code() == "bad_cursor", "{path} {key:?}: {}", answer.json);
        }
    }
}

#[tokio::test]
async fn a_character_that_no_database_keeps_is_refused_in_every_field() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let client = anna.add_client("Ольга").await;
    let bodies = [
        ("/clients", json!({ "name": "a\0b" }), "name"),
        ("/clients", json!({ "name": "a", "notes": "a\0b" }), "notes"),
        ("/clients", json!({ "name": "a", "meta": { "a": ["b\0"] } }), "meta"),
        ("/clients", json!({ "name": "a", "preferences": { "a\0": 1 } }), "preferences"),
        (
            "/services",
            json!({ "name": "a", "basePrice": 1, "durationMin": 5, "meta": { "a": "\0" } }),
            "meta",
        ),
        ("/notes", json!({ "clientId": client, "body": "\0" }), "body"),
        ("/appointments", json!({ "startsAt": "2026-12-01T10:00", "durationMin": 5, "note": "\0" }), "note"),
    ];
    for (path, body, field) in bodies {
        let answer = anna.post(path, body).await;
        assert_eq!((answer.status, answer.field(field)), (422, "invalid"), "{path} {field}");
    }
}
