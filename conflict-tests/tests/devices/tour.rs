//! The tour of the README: two homes, offline, the same client and the same note; then together again.

use domain::ids::{ClientId, NoteId};
use serde_json::{Value as Json, json};
use sync_server::testing::{Caller, TestServer};

use super::homes::{Device, fields, settle};

/// All pages of a list, as the server answers them.
async fn all(owner: &Caller<'_>, path: &str) -> Vec<Json> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = owner.get(&format!("{path}?limit=3{cursor}")).await.expect(200);
        found.extend(page["data"].as_array().expect("a list").iter().cloned());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

fn sorted(mut list: Vec<Json>) -> Vec<String> {
    list.sort_by_key(|entry| entry["id"].to_string());
    list.iter().map(ToString::to_string).collect()
}

/// What the device shows and what REST answers are the same bytes.
async fn rest_agrees(owner: &Caller<'_>, device: &Device) {
    let export = serde_json::to_value(device.app.export().expect("exports")).expect("JSON");
    for (list, path) in [
        ("clients", "/clients"),
        ("appointments", "/appointments"),
        ("notes", "/notes"),
        ("services", "/services"),
    ] {
        let shown = export[list].as_array().expect("a list").clone();
        assert!(!shown.is_empty(), "{list} has entries");
        assert_eq!(sorted(shown), sorted(all(owner, path).await), "{list}");
    }
}

#[tokio::test]
async fn two_homes_edit_the_same_things_offline_and_end_with_the_same_bytes() {
    let server = TestServer::start().await;
    let owner = server.register("tour").await;
    let mut a = Device::sign_in(&server, &owner.email, "laptop").await;
    let mut b = Device::sign_in(&server, &owner.email, "phone").await;
    let service = json!({ "name": "Balayage", "basePrice": 9500, "durationMin": 180 });
    let service = a.app.add_service(&fields(service)).expect("offline services work").id;
    let anna = a.app.add_client(&fields(json!({ "name": "Анна", "tags": ["vip"] }))).expect("a client").id;
    let body = json!({ "clientId": anna, "body": "Любит кофе. Приходит утром." });
    let note = a.app.add_note(&fields(body)).expect("a note").id;
    settle(&server, &mut [&mut a, &mut b]).await;

    edit_on_a(&mut a, anna, note);
    edit_on_b(&mut b, anna, note);
    let visit = json!({ "clientId": anna, "serviceId": service, "startsAt": "2026-12-01T10:00" });
    let first = a.app.book(&fields(visit.clone())).expect("books").appointment.id;
    let second = b.app.book(&fields(visit)).expect("books the same hour").appointment.id;
    let olga = a.app.add_client(&fields(json!({ "name": "Ольга" }))).expect("a client").id;
    let irina = b
        .app
        .add_client(&fields(json!({ "name": "Ирина", "phone": "+7 916 123-45-67" })))
        .expect("a client")
        .id;

    settle(&server, &mut [&mut a, &mut b]).await;
    rest_agrees(&owner, &a).await;
    rest_agrees(&owner, &b).await;

    let client = b.app.client(anna).expect("she is here");
    assert_eq!(client.email.as_deref(), Some("anna@example.com"));
    assert_eq!(client.loyalty_level.as_deref(), Some("gold"));
    assert_eq!(client.tags, ["morning", "sensitive"], "one took a tag away, both added one");
    let text = b.app.note(note).expect("the note is here").body;
    assert_eq!(text, "Очень любит кофе. Приходит утром, но не в среду.");
    for id in [olga, irina] {
        assert!(a.app.client(id).is_ok() && b.app.client(id).is_ok());
    }
    for id in [first, second] {
        assert!(a.app.appointment(id).is_ok() && b.app.appointment(id).is_ok());
    }
}

fn edit_on_a(a: &mut Device, anna: ClientId, note: NoteId) {
    let edit = json!({ "email": "anna@example.com", "tags": ["vip", "morning"] });
    a.app.edit_client(anna, &fields(edit)).expect("edits");
    let body = json!({ "body": "Очень любит кофе. Приходит утром." });
    a.app.edit_note(note, &fields(body)).expect("edits");
}

fn edit_on_b(b: &mut Device, anna: ClientId, note: NoteId) {
    let edit = json!({ "loyaltyLevel": "gold", "tags": ["sensitive"] });
    b.app.edit_client(anna, &fields(edit)).expect("edits");
    let body = json!({ "body": "Любит кофе. Приходит утром, но не в среду." });
    b.app.edit_note(note, &fields(body)).expect("edits");
}

#[tokio::test]
async fn what_rest_writes_and_what_devices_write_come_together() {
    let server = TestServer::start().await;
    let owner = server.register("doors").await;
    let mut a = Device::sign_in(&server, &owner.email, "laptop").await;
    let id = owner.add_client("Вера").await;
    a.sync(&server).await;
    let client: ClientId = id.parse().expect("an id");
    a.app.edit_client(client, &fields(json!({ "loyaltyLevel": "gold" }))).expect("edits");
    owner.patch(&format!("/clients/{id}"), json!({ "email": "vera@example.com" })).await.expect(200);
    a.sync(&server).await;
    let shown = serde_json::to_value(a.app.client(client).expect("she is here")).expect("JSON");
    assert_eq!(shown.to_string(), owner.get(&format!("/clients/{id}")).await.expect(200).to_string());
    assert_eq!(
        (shown["email"].as_str(), shown["loyaltyLevel"].as_str()),
        (Some("vera@example.com"), Some("gold"))
    );
}
