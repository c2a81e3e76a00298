//! Imports through the front door.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use domain::accounts::TenantStatus;
use domain::ids::Clock;
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use tokio::time::sleep;

use super::{create, store, work};
use crate::AppState;
use crate::db::{Cause, Db};
use crate::media::Gallery;
use crate::system::{SharedIds, SystemIds};
use crate::testing::{Answer, Caller, TestServer};

const PEOPLE: &str = "Имя;Телефон;Почта;Теги\nАнна;8 916 123-45-67;anna@example.ru;vip\nОльга;+7 903 000-00-01;;\n\
                      Без телефона;12;;утро\n";

async fn upload(caller: &Caller<'_>, query: &str, file: impl Into<Vec<u8>>) -> Answer {
    let body = Body::from(file.into());
    caller.raw(Method::POST, &format!("/imports?{query}"), Some("application/octet-stream"), body).await
}

async fn uploaded(caller: &Caller<'_>, query: &str, file: impl Into<Vec<u8>>) -> String {
    id(&upload(caller, query, file).await.expect(201))
}

fn id(json: &Json) -> String {
    json["id"].as_str().unwrap().to_owned()
}

/// Waits until it is over.
async fn settled(caller: &Caller<'_>, id: &str) -> Json {
    loop {
        let import = caller.get(&format!("/imports/{id}")).await.expect(200);
        if !matches!(import["state"].as_str(), Some("running" | "undoing")) {
            return import;
        }
        sleep(Duration::from_millis(10)).await;
    }
}

async fn run(caller: &Caller<'_>, id: &str) -> Json {
    caller.act(&format!("/imports/{id}/run")).await.expect(202);
    settled(caller, id).await
}

async fn names(caller: &Caller<'_>) -> Vec<String> {
    let all = caller.get("/clients?limit=200").await.expect(200);
    all["data"].as_array().unwrap().iter().map(|client| client["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_file_is_looked_at_then_imported_and_undone_as_one_step() {
    let server = TestServer::start().await;
    let vera = server.register("vera").await;
    let shown = upload(&vera, "kind=clients&filename=people.csv&source=salon", PEOPLE).await.expect(201);
    assert_eq!((&shown["state"], &shown["total"]), (&json!("preview"), &json!(3)));
    assert_eq!(shown["map"]["columns"]["phone"], "Телефон");
    assert_eq!(shown["sample"][0]["name"], "Анна");
    assert_eq!((&shown["report"]["created"], &shown["report"]["problems"]), (&json!(3), &json!(0)));
    assert_eq!(names(&vera).await, Vec::<String>::new(), "nothing is imported yet");

    let import = id(&shown);
    let done = run(&vera, &import).await;
    assert_eq!((&done["state"], &done["done"]), (&json!("done"), &json!(3)), "{done}");
    assert_eq!(names(&vera).await, ["Анна", "Без телефона", "Ольга"]);
    let rows = vera.get(&format!("/imports/{import}/rows?limit=2")).await.expect(200);
    assert_eq!((rows["data"][0]["line"].as_i64(), rows["data"].as_array().unwrap().len()), (Some(2), 2));
    let next = rows["nextCursor"].as_str().unwrap();
    let last = vera.get(&format!("/imports/{import}/rows?limit=2&cursor={next}")).await.expect(200);
    assert_eq!((&last["data"][0]["code"], &last["nextCursor"]), (&json!("kept_unread"), &Json::Null));
    assert_eq!(vera.act(&format!("/imports/{import}/run")).await.expect(409)["error"]["code"], "conflict");

    let again = uploaded(&vera, "kind=clients&source=salon", PEOPLE).await;
    let again = run(&vera, &again).await;
    assert_eq!((&again["report"]["created"], &again["report"]["skipped"]), (&json!(0), &json!(3)));

    let anna = vera.get("/clients?search=анна").await.expect(200)["data"][0]["id"].clone();
    vera.patch(&format!("/clients/{}", anna.as_str().unwrap()), json!({ "notes": "моё" })).await.expect(200);
    vera.act(&format!("/imports/{import}/undo")).await.expect(202);
    let undone = settled(&vera, &import).await;
    assert_eq!((&undone["state"], &undone["undone"]["removed"]), (&json!("undone"), &json!(2)), "{undone}");
    assert_eq!(undone["undone"]["keptEdited"], json!([anna]));
    assert_eq!(names(&vera).await, ["Анна"]);
    let back = run(&vera, &import).await;
    assert_eq!((&back["report"]["created"], &back["report"]["skipped"]), (&json!(2), &json!(1)), "{back}");
    assert_eq!(names(&vera).await, ["Анна", "Без телефона", "Ольга"]);
    assert_eq!(vera.get("/imports").await.expect(200)["data"].as_array().unwrap().len(), 2);
    vera.delete(&format!("/imports/{import}")).await.expect(204);
    vera.get(&format!("/imports/{import}")).await.expect(404);
}

#[tokio::test]
async fn what_a_newer_file_changed_is_set_back_with_its_undo() {
    let server = TestServer::start().await;
    let vera = server.register("vera").await;
    let (clients, prices) = ("kind=clients&source=salon", "kind=services&source=salon");
    for (query, file) in [
        (clients, "Код;Имя;Заметка\n1;Анна;кофе\n"),
        (prices, "Код;Название;Цена;Длительность\n1;Маникюр;1500;60\n"),
    ] {
        let import = uploaded(&vera, query, file).await;
        assert_eq!(run(&vera, &import).await["report"]["created"], 1);
    }
    let mut newer = Vec::new();
    for (query, file) in [
        (clients, "Код;Имя;Заметка\n1;Анна Петрова;кофе с молоком\n"),
        (prices, "Код;Название;Цена;Длительность\n1;Маникюр;1900;75\n"),
    ] {
        let import = uploaded(&vera, query, file).await;
        assert_eq!(run(&vera, &import).await["report"]["updated"], 1);
        newer.push(import);
    }
    let look = async || {
        let client = vera.get("/clients").await.expect(200)["data"][0].clone();
        let service = vera.get("/services").await.expect(200)["data"][0].clone();
        json!([client["name"], client["notes"], service["basePrice"], service["durationMin"]])
    };
    assert_eq!(look().await, json!(["Анна Петрова", "кофе с молоком", 1900, 75]));
    for import in newer {
        vera.act(&format!("/imports/{import}/undo")).await.expect(202);
        let undone = settled(&vera, &import).await;
        assert_eq!(
            (&undone["undone"]["removed"], &undone["undone"]["restored"]),
            (&json!(0), &json!(1)),
            "{undone}"
        );
        assert_eq!(undone["undone"]["keptEdited"], json!([]));
    }
    assert_eq!(look().await, json!(["Анна", "кофе", 1500, 60]));
}

#[tokio::test]
async fn people_who_are_there_are_proposed_and_merged_on_request() {
    let server = TestServer::start().await;
    let vera = server.register("vera").await;
    let here = json!({ "name": "Аня", "phone": "+79161234567", "tags": ["утро"] });
    let here = id(&vera.post("/clients", here).await.expect(201));
    let import = uploaded(&vera, "kind=clients", PEOPLE).await;
    let duplicates = vera.get(&format!("/imports/{import}/rows?result=duplicate")).await.expect(200);
    assert_eq!(duplicates["data"][0]["id"], here);
    assert!(duplicates["data"][0]["reason"].as_str().unwrap().contains("Аня"));

    let patch = json!({ "duplicates": "merge" });
    let shown = vera.patch(&format!("/imports/{import}"), patch).await.expect(200);
    assert_eq!((&shown["report"]["merged"], &shown["report"]["created"]), (&json!(1), &json!(2)));
    let done = run(&vera, &import).await;
    assert_eq!(done["report"]["merged"], 1, "{done}");
    let client = vera.get(&format!("/clients/{here}")).await.expect(200);
    assert_eq!((&client["name"], &client["email"]), (&json!("Аня"), &json!("anna@example.ru")));
    assert_eq!(client["tags"], json!(["vip", "утро"]));
    assert_eq!(names(&vera).await.len(), 3);

    vera.act(&format!("/imports/{import}/undo")).await.expect(202);
    let undone = settled(&vera, &import).await;
    assert_eq!(undone["undone"]["restored"], 1, "{undone}");
    let client = vera.get(&format!("/clients/{here}")).await.expect(200);
    assert_eq!((&client["email"], &client["tags"]), (&Json::Null, &json!(["утро"])));
    assert_eq!(names(&vera).await, ["Аня"]);
}

#[tokio::test]
async fn a_map_can_be_given_where_none_can_be_guessed() {
    let server = TestServer::start().await;
    let vera = server.register("vera").await;
    let shown = upload(&vera, "kind=payments", "x,y\n09.06.2026,1500\n").await.expect(201);
    assert_eq!((&shown["map"], &shown["columns"]), (&Json::Null, &json!(["x", "y"])));
    let import = id(&shown);
    let refused = vera.act(&format!("/imports/{import}/run")).await;
    assert_eq!((refused.status, refused.field("map")), (422, "map_needed"));
    let path = format!("/imports/{import}");
    let wrong = json!({ "map": { "source": "x", "columns": { "date": "x", "amount": "z" } } });
    assert_eq!(vera.patch(&path, wrong).await.field("map"), "map_does_not_fit");
    assert_eq!(vera.patch(&path, json!({ "map": { "colour": 1 } })).await.field("map"), "map_invalid");
    let map = json!({ "source": "x", "columns": { "date": "x", "amount": "y" }, "formats": { "date": "%d.%m.%Y" } });
    vera.patch(&path, json!({ "map": map })).await.expect(200);
    let done = run(&vera, &import).await;
    assert_eq!((&done["state"], &done["report"]["created"]), (&json!("done"), &json!(1)), "{done}");
    vera.act(&format!("/imports/{import}/undo")).await.expect(202);
    assert_eq!(settled(&vera, &import).await["undone"]["removed"], 1);
    assert_eq!(run(&vera, &import).await["report"]["created"], 1, "what was undone may come again");
}

#[tokio::test]
async fn files_that_cannot_be_imported_say_why() {
    let server = TestServer::start().await;
    let vera = server.register("vera").await;
    let rows = format!("Имя\n{}", "Анна\n".repeat(50_001));
    for (file, problem) in [
        (&b""[..], "file_empty"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1", "spreadsheet_old"),
        (b"PK\x03\x04half", "spreadsheet_unreadable"),
        (rows.as_bytes(), "too_many_rows"),
    ] {
        let answer = upload(&vera, "kind=clients", file).await;
        assert_eq!((answer.status, answer.field("file")), (422, problem));
    }
    let large = upload(&vera, "kind=clients", vec![b'a'; 32 * 1024 * 1024 + 1]).await;
    assert_eq!((large.status, large.code()), (413, "payload_too_large"));
    let cards = "BEGIN:VCARD\nFN:Анна\nEND:VCARD\n";
    assert_eq!(upload(&vera, "kind=services", cards).await.field("file"), "cards_are_clients");
    assert_eq!(upload(&vera, "kind=people", PEOPLE).await.field("kind"), "unknown");
    assert_eq!(upload(&server.anonymous(), "kind=clients", PEOPLE).await.status, 401);
    assert_eq!(vera.get("/imports").await.expect(200)["data"], json!([]));
}

#[tokio::test]
async fn a_full_export_is_taken_back_into_an_empty_business_and_is_equal() {
    let server = TestServer::start().await;
    let [vera, olga] = [server.register("vera").await, server.register("olga").await];
    let client = json!({ "name": "Анна", "phone": "+79161234567", "notes": "кофе", "meta": { "vk": "1" } });
    let client = id(&vera.post("/clients", client).await.expect(201));
    let service = vera.add_service("Стрижка", 1500.5, 60).await;
    let visit =
        json!({ "clientId": client, "serviceId": service, "startsAt": "2026-12-01T10:00", "note": "!" });
    let visit = id(&vera.post("/appointments", visit).await.expect(201));
    vera.act(&format!("/appointments/{visit}/complete")).await.expect(200);
    vera.post("/notes", json!({ "clientId": client, "body": "7.1", "kind": "formula" })).await.expect(201);
    server.clock().advance(SignedDuration::from_secs(100));
    vera.patch(&format!("/clients/{client}"), json!({ "tags": ["vip"] })).await.expect(200);
    let export = vera.get("/export").await;

    let import = upload(&olga, "kind=all&filename=veloria.json", export.bytes.clone()).await.expect(201);
    assert_eq!((&import["total"], &import["report"]["created"]), (&json!(4), &json!(4)));
    let import = id(&import);
    let done = run(&olga, &import).await;
    assert_eq!((&done["state"], &done["report"]["created"]), (&json!("done"), &json!(4)), "{done}");
    let without_tenant = |mut export: Json| {
        export.as_object_mut().unwrap().remove("tenant");
        export
    };
    let restored = olga.get("/export").await.expect(200);
    assert_eq!(without_tenant(restored), without_tenant(export.json.clone()));
    assert_eq!(olga.act(&format!("/imports/{import}/undo")).await.status, 409);
    let again = uploaded(&olga, "kind=all", export.bytes).await;
    assert_eq!(run(&olga, &again).await["report"]["skipped"], 4);
    assert_eq!(upload(&olga, "kind=all", "{}").await.field("file"), "bad_export");
}

#[tokio::test]
async fn a_neighbours_import_is_404_on_every_route() {
    let server = TestServer::start().await;
    let [vera, olga] = [server.register("vera").await, server.register("olga").await];
    let import = uploaded(&olga, "kind=clients", PEOPLE).await;
    let path = format!("/imports/{import}");
    vera.get(&path).await.expect(404);
    vera.get(&format!("{path}/rows")).await.expect(404);
    vera.patch(&path, json!({ "duplicates": "merge" })).await.expect(404);
    vera.act(&format!("{path}/run")).await.expect(404);
    vera.act(&format!("{path}/undo")).await.expect(404);
    vera.delete(&path).await.expect(404);
    assert_eq!(vera.get("/imports").await.expect(200)["data"], json!([]));
    assert_eq!(olga.get(&path).await.expect(200)["state"], "preview");
}

#[tokio::test]
async fn a_run_that_was_killed_goes_on_and_creates_nothing_twice() {
    let server = TestServer::start().await;
    let vera = server.register("vera").await;
    let file: String =
        (0..1_500).fold("Код;Имя\n".to_owned(), |file, n| format!("{file}{n};Клиент {n}\n"));
    let import = uploaded(&vera, "kind=clients", file.clone()).await;
    let tenant = vera.account["tenant"]["id"].as_str().unwrap().parse().unwrap();

    // A process of its own begins, and loses its database after some batches.
    let db = Db::connect(&server.database().url(), 4).await.unwrap();
    let clock: Arc<dyn Clock> = Arc::new(server.clock().clone());
    let state = AppState::new(db.clone(), clock, SharedIds::new(SystemIds), Gallery::in_memory(), false);
    let mut tx = db.tenant(tenant).await.unwrap();
    let mut stored = store::find(&mut tx, import.parse().unwrap()).await.unwrap().unwrap();
    let business = create::business(&mut tx).await.unwrap_or_else(|_| panic!("the tenant is there"));
    "running".clone_into(&mut stored.state);
    stored.lease_until = Some(work::lease(state.now()));
    stored.done = 0;
    store::clear_rows(&mut tx, stored.id).await.unwrap();
    stored.keep(&super::views::Kept::default());
    store::update(&mut tx, &stored, state.now()).await.unwrap();
    tx.commit().await.unwrap();
    work::begin_run(state, business, stored, file.into_bytes(), Cause::default());
    loop {
        if vera.get(&format!("/imports/{import}")).await.expect(200)["done"].as_i64() > Some(0) {
            break;
        }
        sleep(Duration::from_millis(5)).await;
    }
    db.close().await;

    let halfway = vera.get(&format!("/imports/{import}")).await.expect(200);
    assert!(halfway["done"].as_i64() < Some(1_500), "{halfway}");
    assert_eq!(vera.act(&format!("/imports/{import}/run")).await.status, 409, "somebody may still be at it");
    server.clock().advance(SignedDuration::from_secs(61));
    let done = run(&vera, &import).await;
    assert_eq!((&done["state"], &done["done"]), (&json!("done"), &json!(1_500)), "{done}");
    assert_eq!((&done["report"]["created"], &done["report"]["skipped"]), (&json!(1_500), &json!(0)));
    let mut tx = server.state().db.tenant(tenant).await.unwrap();
    let rows = store::rows(&mut tx, domain::documents::Collection::Clients, "").await.unwrap();
    assert_eq!(rows.len(), 1_500);
}

#[tokio::test]
async fn an_undo_leaves_whoever_has_a_picture_or_a_payment_that_she_entered_herself() {
    let server = TestServer::start().await;
    let vera = server.register("vera").await;
    let import = uploaded(&vera, "kind=clients&source=salon", PEOPLE).await;
    run(&vera, &import).await;
    let of = async |name: &str| {
        let found = vera.get(&format!("/clients?search={name}")).await.expect(200);
        found["data"][0]["id"].as_str().unwrap().to_owned()
    };
    let (anna, olga) = (of("анна").await, of("ольга").await);
    let photo = vera
        .raw(
            "POST".parse().unwrap(),
            &format!("/media?clientId={anna}"),
            Some("application/octet-stream"),
            crate::testing::picture(1).into(),
        )
        .await;
    photo.expect(201);
    let tenant = vera.account["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let mut tx = server.state().db.tenant(tenant).await.unwrap();
    crate::sync::lock(&mut tx).await.unwrap();
    let fields = json!({ "date": "2026-11-20", "amount": 1500, "clientId": olga });
    let payment = domain::payments::Payment::new_from_json(
        server.state().new_id().into(),
        fields.as_object().unwrap(),
        domain::money::Currency::RUB,
        "2026-11-20T10:00:00Z",
    )
    .unwrap();
    let body = serde_json::to_value(&payment).unwrap();
    Box::pin(crate::sync::write_record(
        &mut tx,
        domain::sync::RecordKind::Payment,
        payment.id.0,
        Some(&body),
    ))
    .await
    .unwrap();
    tx.commit().await.unwrap();
    vera.act(&format!("/imports/{import}/undo")).await.expect(202);
    let undone = settled(&vera, &import).await;
    assert_eq!(undone["undone"]["removed"], 1, "{undone}");
    assert_eq!(names(&vera).await, ["Анна", "Ольга"]);
}

#[tokio::test]
async fn an_import_stops_where_the_business_was_suspended_and_says_so() {
    let server = TestServer::start().await;
    let vera = server.register("vera").await;
    let import = uploaded(&vera, "kind=clients&source=salon", PEOPLE).await;
    // All places are taken, so it begins and waits.
    let places = server.state().import_places.clone();
    let all = places.acquire_many(3).await.unwrap();
    vera.act(&format!("/imports/{import}/run")).await.expect(202);
    let tenant = vera.account["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let put = async |status| {
        let mut tx = server.state().db.tenant(tenant).await.unwrap();
        crate::auth::set_status(&mut tx, status).await.unwrap();
        tx.commit().await.unwrap();
    };
    put(TenantStatus::Suspended).await;
    drop(all);
    let ended = settled(&vera, &import).await;
    assert_eq!((&ended["state"], &ended["failure"]), (&json!("failed"), &json!("tenant_suspended")));
    assert_eq!(names(&vera).await, Vec::<String>::new());
    put(TenantStatus::Active).await;
    let done = run(&vera, &import).await;
    assert_eq!((&done["state"], &done["failure"]), (&json!("done"), &Json::Null));
    assert_eq!(names(&vera).await.len(), 3);
}
