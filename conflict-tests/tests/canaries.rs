//! Nothing that a person is or has said is ever in a log, in the words of an error or in a panic (RELIABILITY A12).
//!
//! Every operation of the API's description is asked in many ways, good and bad, with canaries in every place that takes a text,
//! and so is sync; everything that is logged meanwhile, at the finest level, is searched for them. A route of tomorrow is covered
//! by standing in the description.

#[path = "canaries/birds.rs"]
mod birds;
#[path = "canaries/operations.rs"]
mod operations;
#[path = "canaries/recorder.rs"]
mod recorder;

use axum::body::Body;
use axum::http::Method;
use domain::documents::{Author, Bytes};
use domain::input::Patch;
use domain::plans::Plan;
use domain::sync::{Ask, PROTOCOL, Push};
use futures::future::BoxFuture;
use jiff::SignedDuration;
use serde_json::{Map, Value as Json, json};
use sync_server::mail::{Letter, Mail, MailError, Mailer};
use sync_server::testing::{Answer, Caller, PASSWORD, TestServer};
use uuid::Uuid;

use birds::{CARD, MAIL, NAME, NOTE, PHONE, TOKEN, all_in_one, canaries_in};
use operations::{Operation, operations};
use recorder::Recorder;

/// A mail server that quotes what it refuses, as they do.
#[derive(Debug)]
struct Quoting;

impl Mail for Quoting {
    fn deliver<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), MailError>> {
        let said = format!("550 no such user <{}>: {}", letter.to, letter.text);
        Box::pin(async { Err(MailError::Unwritable(said)) })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_canary_is_in_a_log_an_error_or_a_panic() {
    let recorder = Recorder::start("trace");
    let server = TestServer::start_with_mail(Mailer::new(Quoting)).await;
    let _working = server.work().await;
    let account =
        json!({ "name": NAME, "email": MAIL, "password": PASSWORD, "phone": PHONE, "tenantName": NAME });
    let account = server.anonymous().post("/auth/register", account).await.expect(201);
    let mut owner = sign_in(&server).await;
    owner.account = account;
    server.put_on(&owner, Plan::Imperium).await;
    let things = fill(&owner).await;

    let mut asked = 0;
    let mut found = Vec::new();
    for operation in operations() {
        // Some operations end the key, or all keys; wrong passwords are forgotten after an hour.
        server.clock().advance(SignedDuration::from_hours(2));
        let caller = sign_in(&server).await;
        for (way, answer) in ask(&caller, &operation, &things).await {
            asked += 1;
            let said = told(&answer);
            if answer.status >= 400 {
                let birds = canaries_in(&said);
                if !birds.is_empty() {
                    found.push(format!("{} {way}: {birds:?} in {said}", operation.name));
                }
            }
            if answer.status >= 500 && answer.code() != "mail_not_configured" {
                found.push(format!("{} {way}: {} {said}", operation.name, answer.status));
            }
        }
        let birds = recorder.canaries();
        if !birds.is_empty() {
            found.push(format!("{}: {birds:?}", operation.name));
        }
    }
    assert!(asked > 800, "{asked}");
    // Her first key went with those that were signed out everywhere.
    server.clock().advance(SignedDuration::from_hours(2));
    let mut again = sign_in(&server).await;
    again.account.clone_from(&owner.account);
    found.extend(sync(&server, &again, &recorder).await);
    recorder.panic();
    // What the job of a letter says, which fails again and again.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let said = recorder.said();
    found.extend(recorder.canaries());
    for secret in [PASSWORD, &owner.token] {
        assert!(!said.contains(secret), "a secret is in the log");
    }
    for kind in ["vlr_pat_", "vlr_dev_", "vlr_ses_", "vlr_acc_", "vlr_ref_", "vlr_one_"] {
        assert!(!said.contains(kind), "a token is in the log");
    }
    for word in ["answered", "panicked", "sync_server::jobs"] {
        assert!(said.contains(word), "the log was not listened to: {word} is not in it");
    }
    assert!(found.is_empty(), "{} of {asked} answers:\n{}", found.len(), found.join("\n"));
}

/// What an answer says beside what it is asked to say: `details` name her own things by contract (who has this phone, which
/// visit is at this hour), and a field that nobody knows is named as the program wrote it.
fn told(answer: &Answer) -> String {
    let Some(error) = answer.json["error"].as_object() else {
        return String::from_utf8_lossy(&answer.bytes).into_owned();
    };
    let problems: Vec<&Json> = error["fields"].as_object().into_iter().flat_map(Map::values).collect();
    let others = error.iter().filter(|(name, _)| !["fields", "details"].contains(&name.as_str()));
    format!("{:?} {problems:?}", others.collect::<Vec<_>>())
}

async fn sign_in(server: &TestServer) -> Caller<'_> {
    let body = json!({ "email": MAIL, "password": PASSWORD, "name": NOTE });
    let token = server.anonymous().post("/auth/token", body).await.expect(201);
    server.with_token(token["token"].as_str().expect("a token"))
}

/// One of each thing, with canaries wherever there may be any; their ids.
async fn fill(owner: &Caller<'_>) -> Vec<String> {
    let id = |json: &Json| json["id"].as_str().expect("an id").to_owned();
    let client = json!({ "name": NAME, "phone": PHONE, "email": MAIL, "notes": NOTE, "tags": [NOTE], "allergies": [NOTE],
                         "contacts": { MAIL: "telegram" }, "meta": { "card": CARD } });
    let client = id(&owner.post("/clients", client).await.expect(201));
    let service = id(&owner
        .post("/services", json!({ "name": NOTE, "basePrice": 1, "durationMin": 60 }))
        .await
        .expect(201));
    let visit =
        json!({ "clientId": client, "serviceId": service, "startsAt": "2026-12-01T10:00", "note": NOTE });
    let visit = id(&owner.post("/appointments", visit).await.expect(201));
    let note = id(&owner.post("/notes", json!({ "clientId": client, "body": NOTE })).await.expect(201));
    let device = id(&owner.post("/devices", json!({ "name": NAME })).await.expect(201));
    let file = format!("Имя,Телефон,Почта\n{NAME},{PHONE},{MAIL}\n");
    let path = "/imports?kind=clients&filename=people.csv";
    let import = owner.raw(Method::POST, path, Some("application/octet-stream"), file.into()).await;
    vec![client, service, visit, note, device, id(&import.expect(201))]
}

/// Asks an operation in all ways.
async fn ask(caller: &Caller<'_>, operation: &Operation, things: &[String]) -> Vec<(String, Answer)> {
    let method = &operation.method;
    let mut answers = Vec::new();
    let bird = all_in_one();
    let encoded = bird.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let mut paths: Vec<String> = things.iter().map(|id| operation.path_with(id)).collect();
    paths.dedup();
    paths.push(operation.path_with(&encoded));
    let bodies = operation.bodies();
    for path in &paths {
        for (way, body) in &bodies {
            let answer = caller.raw(method.clone(), path, body.content_type, body.body()).await;
            answers.push((format!("{way} {path}"), answer));
        }
    }
    let path = paths[0].clone();
    let between = if path.contains('?') { '&' } else { '?' };
    for name in operation.query_names().into_iter().chain(["unheard-of".to_owned()]) {
        let answer = caller.send(method.clone(), &format!("{path}{between}{name}={encoded}"), None).await;
        answers.push((format!("query {name}"), answer));
    }
    // What may stand in a head is ASCII.
    let plain = format!("{MAIL} {TOKEN} {PHONE} {CARD}");
    for header in [
        "x-request-id",
        "user-agent",
        "accept-language",
        "idempotency-key",
        "if-match",
        "if-none-match",
        "cookie",
        "range",
    ] {
        let caller = caller.clone().header(header, &plain);
        answers.push((
            format!("header {header}"),
            caller.send(method.clone(), &path, operation.example()).await,
        ));
    }
    let stranger = caller.clone().with_token(TOKEN);
    answers.push((
        "a key of nobody".to_owned(),
        stranger.send(method.clone(), &path, operation.example()).await,
    ));
    answers
}

/// Sync with sound and unsound changes, impossible intents, and bytes that are no message.
async fn sync(server: &TestServer, owner: &Caller<'_>, recorder: &Recorder) -> Vec<String> {
    let phone = server.device_of(owner, NAME).await;
    let edit = domain::clients::ClientEdit {
        name: Patch::Set(NAME.to_owned()),
        notes: Patch::Set(all_in_one()),
        ..Default::default()
    };
    let (_, chunk) = domain::clients::create(&Author::new([7; 16], "phone"), 1_795_341_600, &edit);
    let chunk = chunk.expect("a change");
    let push = |collection: &str, bytes: Vec<u8>| Push {
        group: None,
        doc: Uuid::from_u128(7),
        collection: collection.to_owned(),
        hash: chunk.hash(),
        bytes: Bytes(bytes),
    };
    let mut damaged = chunk.bytes().to_vec();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    let pushes = [
        push("clients", chunk.bytes().to_vec()),
        push("notes", chunk.bytes().to_vec()),
        push(NAME, chunk.bytes().to_vec()),
        push("clients", damaged),
        push("clients", all_in_one().into_bytes()),
    ];
    let mut asks: Vec<Json> = Vec::new();
    for push in pushes {
        asks.push(
            serde_json::to_value(Ask { protocol: PROTOCOL, push: vec![push], ..Ask::default() })
                .expect("JSON"),
        );
    }
    for action in ["service.add", "payment.add", "settings.put", "record.offer", NAME] {
        let body = json!({ "name": NAME, "note": NOTE, "section": NAME, "record": NAME, "body": NOTE, "value": { "x": MAIL } });
        let intent =
            json!({ "id": Uuid::from_u128(9), "action": action, "target": Uuid::from_u128(8), "body": body });
        asks.push(json!({ "protocol": PROTOCOL, "intents": [intent] }));
    }
    asks.push(json!({ "protocol": PROTOCOL, "cursor": all_in_one(), "want": [NAME] }));
    let mut found = Vec::new();
    for ask in asks {
        phone.post("/sync", ask).await;
        phone.raw(Method::POST, "/sync", Some("application/cbor"), Body::from(all_in_one())).await;
        found.extend(recorder.canaries().into_iter().map(|bird| format!("sync: {bird}")));
    }
    found
}

#[test]
fn what_a_person_is_or_has_said_is_not_in_the_debug_text_of_a_row() {
    let said = json!({ "name": NAME, "phone": PHONE, "email": MAIL, "notes": NOTE, "tags": [NOTE] });
    let edit =
        domain::clients::ClientEdit::new_from_json(said.as_object().expect("an object")).expect("an edit");
    let (mut document, _) = domain::clients::create(&Author::new([7; 16], "test"), 100, &edit);
    let row = domain::clients::ClientRow::read(&mut document);
    let client = row.clone().show(domain::ids::ClientId(Uuid::from_u128(1)), None);
    let said = json!({ "clientId": Uuid::from_u128(1), "body": NOTE });
    let note = domain::notes::NoteEdit::new_from_json(said.as_object().expect("an object")).expect("an edit");
    let visit =
        domain::appointments::AppointmentEdit { note: Patch::Set(NOTE.to_owned()), ..Default::default() };
    let projection = domain::Projection::Clients(Box::new(row.clone()));
    for text in [
        format!("{row:?}"),
        format!("{client:#?}"),
        format!("{edit:?}"),
        format!("{note:?}"),
        format!("{visit:?}"),
        format!("{projection:?}"),
    ] {
        assert_eq!(canaries_in(&text), Vec::<&str>::new(), "{text}");
    }
}
