//! The journal through the front door: what each door leaves in it, and who may read it.

use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use domain::appointments::{Step, take_step};
use domain::audit::{Action, Event, SubjectKind};
use domain::documents::{Author, Bytes, Collection};
use domain::plans::Plan;
use domain::settings::{BusinessHours, Section};
use domain::sync::{Ask, PROTOCOL, Push};
use secrecy::ExposeSecret as _;
use serde_json::{Value as Json, json};
use sqlx::{Connection as _, PgConnection};
use tokio::time::sleep;
use uuid::Uuid;

use crate::sync;
use crate::testing::{Caller, PASSWORD, TestServer};

/// The journal of an action, the oldest first, by those who may read it.
async fn lines(server: &TestServer, caller: &Caller<'_>, action: &str) -> Vec<Json> {
    server.put_on(caller, Plan::Imperium).await;
    let path = format!("/audit-logs?filter[action]={action}&sort=at&limit=200");
    caller.get(&path).await.expect(200)["data"].as_array().unwrap().clone()
}

fn doors(lines: &[Json]) -> Vec<(&str, &Json)> {
    lines.iter().map(|line| (line["door"].as_str().unwrap(), &line["changes"])).collect()
}

async fn visit(anna: &Caller<'_>) -> Uuid {
    let client = anna.add_client("Ольга").await;
    let body =
        json!({ "clientId": client, "startsAt": "2026-12-01T10:00", "durationMin": 60, "note": "Тайна" });
    anna.post("/appointments", body).await.expect(201)["id"].as_str().unwrap().parse().unwrap()
}

fn tenant(caller: &Caller<'_>) -> domain::ids::TenantId {
    caller.account["tenant"]["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_visits_state_is_told_from_rest_and_from_a_device_with_who_did_it() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let phone = server.device_of(&anna, "phone").await;
    let id = visit(&anna).await;
    anna.header("x-request-id", "ask-17").act(&format!("/appointments/{id}/confirm")).await.expect(200);

    // The device completes it: what it pushes is a change of the document, and nothing says the state but its row.
    let anna = server.with_token(&phone.token);
    let owner = server.with_token(&phone.token);
    let account = owner.get("/auth/me").await.expect(200);
    let tenant = account["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let mut tx = server.state().db.tenant(tenant).await.unwrap();
    let mut document = sync::load(&mut tx, Collection::Appointments, id).await.unwrap().unwrap();
    drop(tx);
    let author = Author::new([7; 16], "phone");
    let chunk = take_step(&mut document, &author, 1_795_341_600, "done", Step::Complete).unwrap();
    let bytes = Bytes(chunk.bytes().to_vec());
    let push =
        Push { group: None, doc: id, collection: "appointments".to_owned(), hash: chunk.hash(), bytes };
    let ask = serde_json::to_value(Ask { protocol: PROTOCOL, push: vec![push], ..Ask::default() }).unwrap();
    for expected in ["stored", "duplicate"] {
        let answer = phone.post("/sync", ask.clone()).await.expect(200);
        assert_eq!(answer["results"][0]["result"], expected, "{answer}");
    }

    let mut owner = anna;
    owner.account = account;
    let lines = lines(&server, &owner, "appointment.status").await;
    assert_eq!(
        doors(&lines),
        [
            ("rest", &json!({ "from": null, "to": "booked" })),
            ("rest", &json!({ "from": "booked", "to": "confirmed" })),
            ("sync", &json!({ "from": "confirmed", "to": "completed" })),
        ]
    );
    assert!(lines.iter().all(|line| line["subjectId"] == json!(id) && line["subject"] == "appointment"));
    assert_eq!(lines[1]["requestId"], "ask-17");
    assert_eq!(lines[1]["actor"]["deviceId"], Json::Null);
    assert_eq!(lines[2]["actor"]["deviceId"], phone.account["id"]);
    assert!(lines.iter().all(|line| line["actor"]["userId"] == owner.account["user"]["id"]));
    assert!(lines[0]["actor"]["tokenId"] != lines[2]["actor"]["tokenId"]);
    assert!(!json!(lines).to_string().contains("Тайна"));
}

#[tokio::test]
async fn an_edit_that_leaves_the_state_alone_and_a_block_of_her_time_are_not_told() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let id = visit(&anna).await;
    anna.patch(&format!("/appointments/{id}"), json!({ "note": "Без музыки" })).await.expect(200);
    let block = json!({ "kind": "block", "startsAt": "2026-12-02T10:00", "durationMin": 60 });
    anna.post("/appointments", block).await.expect(201);
    assert_eq!(anna.delete(&format!("/appointments/{id}")).await.status, 204);
    let lines = lines(&server, &anna, "appointment.status").await;
    let told: Vec<&Json> = lines.iter().map(|line| &line["changes"]["to"]).collect();
    assert_eq!(told, ["booked", "deleted"]);
}

#[tokio::test]
async fn settings_are_told_from_rest_and_from_a_device() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let phone = server.device_of(&anna, "phone").await;
    let hours = json!(BusinessHours::default());
    anna.send(Method::PUT, "/settings/business-hours", Some(hours)).await.expect(200);
    let section = Section::Branding;
    let intent = json!({
        "id": Uuid::from_u128(5), "action": "settings.put", "target": section.id(tenant(&anna)), "after": [],
        "body": { "section": "branding", "version": 0, "value": { "displayName": "Студия тайн" } },
    });
    let answer = phone.post("/sync", json!({ "protocol": 1, "intents": [intent] })).await.expect(200);
    assert_eq!(answer["intents"][0]["result"], "done", "{answer}");
    let lines = lines(&server, &anna, "settings.changed").await;
    let told: Vec<_> = doors(&lines).iter().map(|(door, says)| (*door, says["section"].clone())).collect();
    assert_eq!(told, [("rest", json!("business-hours")), ("sync", json!("branding"))]);
    assert!(!json!(lines).to_string().contains("тайн"));
}

#[tokio::test]
async fn an_imports_visits_and_payments_are_told_with_who_began_it() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let file = "x,y\n09.06.2026,1500\n10.06.2026,700\n";
    let path = "/imports?kind=payments";
    let body = Body::from(file);
    let import = anna.raw(Method::POST, path, Some("application/octet-stream"), body).await.expect(201);
    let path = format!("/imports/{}", import["id"].as_str().unwrap());
    let map = json!({ "source": "x", "columns": { "date": "x", "amount": "y" }, "formats": { "date": "%d.%m.%Y" } });
    anna.patch(&path, json!({ "map": map })).await.expect(200);
    for (verb, state) in [("run", "done"), ("undo", "undone")] {
        anna.act(&format!("{path}/{verb}")).await.expect(202);
        while anna.get(&path).await.expect(200)["state"] != state {
            sleep(Duration::from_millis(10)).await;
        }
    }
    let [added, removed] =
        [lines(&server, &anna, "payment.added").await, lines(&server, &anna, "payment.removed").await];
    assert_eq!((added.len(), removed.len()), (2, 2));
    for line in added.iter().chain(&removed) {
        assert_eq!(
            (&line["door"], &line["actor"]["userId"]),
            (&json!("import"), &anna.account["user"]["id"])
        );
        assert!(line["changes"]["amount"].as_f64().is_some_and(|amount| amount >= 700.0), "{line}");
    }
}

#[tokio::test]
async fn sign_ins_tokens_and_devices_are_told() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let wrong = json!({ "email": anna.email, "password": "wrong-password" });
    assert_eq!(server.anonymous().post("/auth/login", wrong).await.status, 401);
    let right = json!({ "email": anna.email, "password": PASSWORD });
    server.anonymous().post("/auth/login", right).await.expect(200);
    let device = server.device_of(&anna, "phone").await;
    let device = device.account["id"].as_str().unwrap();
    assert_eq!(anna.delete(&format!("/devices/{device}")).await.status, 204);
    let token = json!({ "email": anna.email, "password": PASSWORD, "name": "тайное имя" });
    let token = server.anonymous().post("/auth/token", token).await.expect(201);
    let path = format!("/auth/tokens/{}", token["id"].as_str().unwrap());
    assert_eq!(anna.delete(&path).await.status, 204);

    server.put_on(&anna, Plan::Imperium).await;
    let journal = anna.get("/audit-logs?sort=at").await.expect(200);
    let actions: Vec<_> =
        journal["data"].as_array().unwrap().iter().map(|line| line["action"].as_str().unwrap()).collect();
    assert_eq!(
        actions,
        [
            "account.registered",
            "token.created",
            "sign_in.failed",
            "sign_in.succeeded",
            "device.registered",
            "device.revoked",
            "token.created",
            "token.revoked",
            "plan.changed",
        ]
    );
    let failed = &journal["data"][2];
    assert_eq!(
        (&failed["subjectId"], &failed["actor"]["tokenId"]),
        (&anna.account["user"]["id"], &Json::Null)
    );
    assert_eq!(journal["data"][8]["changes"], json!({ "from": "ivory", "to": "imperium" }));
    assert!(!journal.to_string().contains("тайное") && !journal.to_string().contains(&anna.email));
}

#[tokio::test]
async fn what_was_not_kept_is_not_told() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let event = || Event::new(Action::SignedOutEverywhere, SubjectKind::User, Uuid::from_u128(7));
    for keep in [false, true] {
        let mut tx = server.state().db.tenant(tenant(&anna)).await.unwrap();
        super::record(&mut tx, event());
        if keep {
            tx.commit().await.unwrap();
        }
    }
    let lines = lines(&server, &anna, "session.ended_everywhere").await;
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["door"], &lines[0]["actor"]["userId"]), (&json!("job"), &Json::Null));
}

#[tokio::test]
async fn what_cannot_be_told_does_not_happen() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let id = visit(&anna).await;
    let mut owner = PgConnection::connect(server.database().url().expose_secret()).await.unwrap();
    sqlx::raw_sql("revoke insert on audit_logs from veloria_app").execute(&mut owner).await.unwrap();
    assert_eq!(anna.act(&format!("/appointments/{id}/confirm")).await.status, 500);
    let login = json!({ "email": anna.email, "password": PASSWORD });
    assert_eq!(server.anonymous().post("/auth/login", login.clone()).await.status, 500);
    sqlx::raw_sql("grant insert on audit_logs to veloria_app").execute(&mut owner).await.unwrap();
    assert_eq!(anna.get(&format!("/appointments/{id}")).await.expect(200)["status"], "booked");
    assert_eq!(lines(&server, &anna, "appointment.status").await.len(), 1);
    assert_eq!(lines(&server, &anna, "sign_in.succeeded").await.len(), 0);
    anna.act(&format!("/appointments/{id}/confirm")).await.expect(200);
}

#[tokio::test]
async fn reading_it_needs_imperium_and_pages_like_every_list() {
    let server = TestServer::start().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    for plan in [Plan::Ivory, Plan::Veloria] {
        server.put_on(&anna, plan).await;
        let refused = anna.get("/audit-logs").await;
        assert_eq!((refused.status, refused.code()), (403, "feature_not_allowed"));
        let details = &refused.json["error"]["details"];
        assert_eq!(details["feature"], "security.audit_log");
    }
    server.put_on(&anna, Plan::Imperium).await;
    let (mut seen, mut path) = (Vec::new(), "/audit-logs?limit=1".to_owned());
    loop {
        let page = anna.get(&path).await.expect(200);
        seen.push(page["data"][0]["action"].as_str().unwrap().to_owned());
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        path = format!("/audit-logs?limit=1&cursor={cursor}");
    }
    let expected = ["plan.changed", "plan.changed", "token.created", "account.registered"];
    assert_eq!(seen, expected, "the newest first, and nothing of a neighbour");
    assert_eq!(anna.get("/audit-logs?filter[action]=world.ruled").await.status, 400);
    assert_eq!(anna.get("/audit-logs?sort=changes").await.status, 400);
    let none = format!("/audit-logs?filter[userId]={}", olga.account["user"]["id"].as_str().unwrap());
    assert_eq!(anna.get(&none).await.expect(200)["data"], json!([]));
}
