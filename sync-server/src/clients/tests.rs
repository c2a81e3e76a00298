//! Clients: through the front door.

use serde_json::{Value as Json, json};

use crate::testing::{Caller, TestServer};

#[tokio::test]
async fn a_client_is_added_read_edited_and_removed() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let body = json!({
        "name": "Ольга Ёлкина", "phone": "8 (916) 123-45-67", "email": "Olga@Example.RU", "birthday": "--05-01",
        "tags": ["vip", "утро"], "allergies": ["латекс"], "preferences": { "чай": "зелёный" },
        "contacts": { "@olga": "telegram" }, "notes": "Приходит с собакой", "locale": "ru", "source": "instagram",
    });
    let answer = anna.post("/clients", body).await;
    let location = answer.header("location").to_owned();
    let client = answer.expect(201);
    insta::assert_json_snapshot!(client, { ".id" => "[id]", ".createdAt" => "[time]", ".updatedAt" => "[time]" });
    let path = location.strip_prefix("/api/v1").unwrap();
    assert_eq!(anna.get(path).await.expect(200), client);
    assert_eq!(anna.get("/clients").await.expect(200), json!({ "data": [client], "nextCursor": null }));

    let edit = json!({ "phone": null, "tags": ["vip"], "preferences": { "музыка": "тихая" } });
    let edited = anna.patch(path, edit.clone()).await.expect(200);
    assert_eq!(edited["phone"], Json::Null);
    assert_eq!(edited["tags"], json!(["vip"]));
    assert_eq!(edited["preferences"], json!({ "музыка": "тихая", "чай": "зелёный" }));
    assert_eq!(edited["notes"], "Приходит с собакой");
    assert_eq!(anna.get(path).await.expect(200), edited);
    assert_eq!(anna.patch(path, edit).await.expect(200), edited, "said twice, nothing changes");

    assert_eq!(anna.delete(path).await.status, 204);
    for answer in [anna.get(path).await, anna.delete(path).await, anna.patch(path, json!({})).await] {
        assert_eq!((answer.status, answer.code()), (404, "not_found"));
    }
    assert_eq!(anna.get("/clients").await.expect(200)["data"], json!([]));
}

#[tokio::test]
async fn a_refused_edit_leaves_all_as_it_was() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let path = format!("/clients/{}", anna.add_client("Ольга").await);
    let before = anna.get(&path).await.expect(200);
    let answer = anna.patch(&path, json!({ "name": null, "email": "olga@", "birthday": "2001-02-30" })).await;
    assert_eq!(answer.status, 422);
    let problems = ["name", "email", "birthday"].map(|name| answer.field(name).to_owned());
    assert_eq!(problems, ["required", "invalid_email", "invalid_birthday"]);
    assert_eq!(anna.get(&path).await.expect(200), before);
}

async fn found(anna: &Caller<'_>, search: &str) -> Vec<String> {
    let query: Vec<String> = search.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let page = anna.get(&format!("/clients?search={}", query.concat())).await.expect(200);
    page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|client| client["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_search_finds_cyrillic_in_any_case_and_phones_by_their_digits() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    for body in [
        json!({ "name": "Алёна Петрова", "phone": "+7 916 123-45-67", "tags": ["VIP"] }),
        json!({ "name": "Анна Ёжикова", "notes": "скидка 100%" }),
        json!({ "name": "Пётр", "email": "petr@example.ru" }),
    ] {
        anna.post("/clients", body).await.expect(201);
    }
    assert_eq!(found(&anna, "АЛЕНА").await, ["Алёна Петрова"]);
    assert_eq!(found(&anna, "ежик").await, ["Анна Ёжикова"]);
    assert_eq!(found(&anna, "петр").await, ["Алёна Петрова", "Пётр"]);
    assert_eq!(found(&anna, "петрова алёна").await, ["Алёна Петрова"]);
    assert_eq!(found(&anna, "8 916 123").await, ["Алёна Петрова"]);
    assert_eq!(found(&anna, "123-45").await, ["Алёна Петрова"]);
    assert_eq!(found(&anna, "vip").await, ["Алёна Петрова"]);
    assert_eq!(found(&anna, "100%").await, ["Анна Ёжикова"]);
    assert_eq!(found(&anna, "PETR@").await, ["Пётр"]);
    assert_eq!(found(&anna, "%").await, ["Анна Ёжикова"], "a per cent sign is a character and no wildcard");
    assert_eq!(found(&anna, "нет такой").await, [""; 0]);
    assert_eq!(found(&anna, "  ").await.len(), 3);
}

#[tokio::test]
async fn the_last_visit_is_the_latest_completed_one() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let [olga, maria] = [anna.add_client("Ольга").await, anna.add_client("Мария").await];
    for (day, step) in [("03", "complete"), ("05", "complete"), ("07", "cancel"), ("01", "complete")] {
        let visit =
            json!({ "clientId": olga, "startsAt": format!("2026-10-{day}T10:00"), "durationMin": 60 });
        let visit = anna.post("/appointments", visit).await.expect(201);
        anna.act(&format!("/appointments/{}/{step}", visit["id"].as_str().unwrap())).await.expect(200);
    }
    let last = json!("2026-10-05T10:00:00+03:00");
    assert_eq!(anna.get(&format!("/clients/{olga}")).await.expect(200)["lastVisitAt"], last);
    assert_eq!(anna.get(&format!("/clients/{maria}")).await.expect(200)["lastVisitAt"], Json::Null);
    let page = anna.get("/clients").await.expect(200);
    assert_eq!([&page["data"][0]["lastVisitAt"], &page["data"][1]["lastVisitAt"]], [&Json::Null, &last]);
    let edited = anna.patch(&format!("/clients/{olga}"), json!({ "source": "friend" })).await.expect(200);
    assert_eq!(edited["lastVisitAt"], last);
}

#[tokio::test]
async fn edits_of_one_client_at_the_same_time_all_stay() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let path = format!("/clients/{}", anna.add_client("Ольга").await);
    let edits = (0..10).map(|number| {
        let key = format!("key{number}");
        anna.patch(&path, json!({ "meta": { key: number } }))
    });
    for answer in futures::future::join_all(edits).await {
        answer.expect(200);
    }
    let client = anna.get(&path).await.expect(200);
    assert_eq!(client["meta"].as_object().unwrap().len(), 10);
}

#[tokio::test]
async fn a_phone_or_an_email_that_somebody_has_is_refused_by_name_unless_the_caller_means_it() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let mother = json!({ "name": "Мама", "phone": "8 916 123-45-67", "email": "mama@example.ru" });
    let mother = anna.post("/clients", mother).await.expect(201);
    let daughter = json!({ "name": "Дочь", "phone": "+79161234567", "email": "MAMA@example.ru" });
    let refused = anna.post("/clients", daughter.clone()).await;
    assert_eq!((refused.status, refused.code()), (409, "client_exists"));
    assert_eq!((refused.field("phone"), refused.field("email")), ("taken", "taken"));
    let there = &refused.json["error"]["details"]["clients"];
    assert_eq!((&there[0]["id"], &there[0]["name"], &there[1]), (&mother["id"], &json!("Мама"), &Json::Null));

    let mut meant = daughter;
    meant["allowDuplicate"] = json!(true);
    let daughter = anna.post("/clients", meant).await.expect(201);
    let path = format!("/clients/{}", daughter["id"].as_str().unwrap());
    // A form sends every field again; what she has already is no news.
    anna.patch(&path, json!({ "source": "мама", "phone": "+79161234567", "email": "MAMA@example.ru" }))
        .await
        .expect(200);
    let other = format!("/clients/{}", anna.add_client("Ольга").await);
    let refused = anna.patch(&other, json!({ "phone": "+79161234567" })).await;
    assert_eq!((refused.status, refused.field("phone"), refused.field("email")), (409, "taken", ""));
    anna.patch(&other, json!({ "phone": "+79161234567", "allowDuplicate": true })).await.expect(200);
    let answer = anna.post("/clients", json!({ "allowDuplicate": 1 })).await;
    assert_eq!((answer.field("name"), answer.field("allowDuplicate")), ("required", "invalid"));
    // Who was removed is in nobody's way.
    for id in [mother["id"].as_str().unwrap(), daughter["id"].as_str().unwrap()] {
        assert_eq!(anna.delete(&format!("/clients/{id}")).await.status, 204);
    }
    assert_eq!(anna.delete(&other).await.status, 204);
    anna.post("/clients", json!({ "name": "Новая", "phone": "+79161234567" })).await.expect(201);
}

#[tokio::test]
async fn consents_are_a_ledger_to_which_is_only_added() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let path = format!("/clients/{}", anna.add_client("Ольга").await);
    let consents = format!("{path}/consents");
    let given = json!({ "channel": "sms", "purpose": "marketing", "given": true });
    let first = anna.post(&consents, given.clone()).await.expect(201);
    assert_eq!((&first["channel"], &first["given"]), (&json!("sms"), &json!(true)));
    let mut taken = given.clone();
    taken["given"] = json!(false);
    let second = anna.post(&consents, taken).await.expect(201);
    let ledger = anna.get(&path).await.expect(200)["consents"].clone();
    let ids: Vec<_> = ledger.as_array().unwrap().iter().map(|entry| &entry["id"]).collect();
    assert!(ids.contains(&&first["id"]) && ids.contains(&&second["id"]) && ids.len() == 2);
    let answer = anna.post(&consents, json!({ "channel": "pigeon", "given": 1 })).await;
    let fields = ["channel", "purpose", "given"].map(|name| answer.field(name).to_owned());
    assert_eq!((answer.status, fields), (422, ["invalid", "required", "invalid"].map(str::to_owned)));
    let nobody = "/clients/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1/consents";
    assert_eq!(anna.post(nobody, given).await.status, 404);
}

#[tokio::test]
async fn the_history_tells_visits_and_payments_in_the_order_of_time() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let olga = anna.add_client("Ольга").await;
    for start in ["2026-10-05T10:00", "2026-10-03T10:00", "2026-10-07T10:00"] {
        let visit = json!({ "clientId": olga, "startsAt": start, "durationMin": 60 });
        anna.post("/appointments", visit).await.expect(201);
    }
    let payment = |id: u8, date: &str, client: &str| {
        let body = json!({ "date": date, "amount": 1500, "clientId": client });
        json!({ "id": format!("0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0{id:02}"), "action": "payment.add",
                "target": format!("0192f0c1-2d3e-7f40-8a5b-6c7d8e9fb0{id:02}"), "after": [], "deadline": null, "body": body })
    };
    let stranger = anna.add_client("Мария").await;
    let intents = [
        payment(10, "2026-10-05", &olga),
        payment(11, "2026-10-01", &olga),
        payment(12, "2026-10-05", &stranger),
    ];
    let synced =
        anna.post("/sync", json!({ "protocol": 1, "push": [], "intents": intents })).await.expect(200);
    assert!(
        synced["intents"].as_array().unwrap().iter().all(|intent| intent["result"] == "done"),
        "{synced}"
    );
    let told = async |query: &str| {
        let page = anna.get(&format!("/clients/{olga}/history?{query}")).await.expect(200);
        let told: Vec<String> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| {
                format!("{} {}", entry["type"].as_str().unwrap(), &entry["at"].as_str().unwrap()[..10])
            })
            .collect();
        (told, page["nextCursor"].as_str().map(str::to_owned))
    };
    let order = [
        "payment 2026-10-01",
        "visit 2026-10-03",
        "visit 2026-10-05",
        "payment 2026-10-05",
        "visit 2026-10-07",
    ];
    assert_eq!(told("").await, (order.map(str::to_owned).to_vec(), None));
    let (mut pieced, mut query) = (Vec::new(), "sort=-at&limit=2".to_owned());
    while let (page, Some(cursor)) = told(&query).await {
        pieced.extend(page);
        query = format!("sort=-at&limit=2&cursor={cursor}");
    }
    pieced.extend(told(&query).await.0);
    pieced.reverse();
    assert_eq!(pieced, order);
    assert_eq!(anna.get(&format!("/clients/{olga}/history?sort=name")).await.field("sort"), "unknown");
    assert_eq!(anna.get("/clients/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1/history").await.status, 404);
}

#[tokio::test]
async fn everything_about_one_person_is_exported_and_nothing_about_another() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let [olga, other] = [anna.add_client("Ольга").await, anna.add_client("Другая").await];
    let consent = json!({ "channel": "sms", "purpose": "data", "given": true });
    anna.post(&format!("/clients/{olga}/consents"), consent).await.expect(201);
    for (client, hour) in [(&olga, 10), (&other, 12)] {
        let visit =
            json!({ "clientId": client, "startsAt": format!("2026-12-01T{hour}:00"), "durationMin": 60 });
        anna.post("/appointments", visit).await.expect(201);
        anna.post("/notes", json!({ "clientId": client, "body": "Аллергия" })).await.expect(201);
        let path = format!("/media?clientId={client}");
        let bytes = Some("application/octet-stream");
        anna.raw(axum::http::Method::POST, &path, bytes, crate::testing::picture(hour).into())
            .await
            .expect(201);
    }
    let answer = anna.get(&format!("/clients/{olga}/export")).await;
    assert!(answer.header("content-disposition").starts_with("attachment"));
    let export = answer.expect(200);
    assert_eq!(
        (&export["client"]["name"], &export["client"]["consents"][0]["purpose"]),
        (&json!("Ольга"), &json!("data"))
    );
    for list in ["appointments", "notes", "media"] {
        let entries = export[list].as_array().unwrap();
        assert_eq!(entries.len(), 1, "{list}");
        assert_eq!(entries[0]["clientId"], json!(olga), "{list}");
    }
    let done: Vec<&str> =
        export["history"].as_array().unwrap().iter().map(|line| line["command"].as_str().unwrap()).collect();
    assert_eq!(done, ["client.create", "client.consent"]);
    assert!(!export.to_string().contains(&other));
}
