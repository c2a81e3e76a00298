//! Two devices book one hour while apart: neither sees anything wrong; together they and the server list the same conflict,
//! which one of them settles offline, and which is gone everywhere after.

use domain::ids::AppointmentId;
use domain::lang::Lang;
use serde_json::{Value as Json, json};
use sync_server::testing::{Caller, TestServer};

use super::homes::{Device, fields, settle};

fn listed(device: &Device) -> Vec<Json> {
    let all = device.app.conflicts(false, Lang::En).expect("lists");
    all.iter().map(|told| serde_json::to_value(told).expect("JSON")).collect()
}

/// What the server lists, told in the same language.
async fn on_the_server(owner: &Caller<'_>) -> Vec<Json> {
    let page = owner.clone().speaking("en").get("/conflicts?limit=200").await.expect(200);
    page["data"].as_array().expect("a list").clone()
}

/// Devices and server list the very same, words included. Only what devices are called is known to the server alone.
async fn all_agree(owner: &Caller<'_>, devices: &[&Device]) -> Vec<Json> {
    let server = on_the_server(owner).await;
    let without_names = |mut all: Vec<Json>| {
        for version in all.iter_mut().flat_map(|told| told["versions"].as_array_mut().expect("a list")) {
            version["device"] = Json::Null;
        }
        all
    };
    for device in devices {
        assert_eq!(without_names(listed(device)), without_names(server.clone()));
    }
    server
}

fn visit(at: &str) -> serde_json::Map<String, Json> {
    fields(json!({ "startsAt": at, "durationMin": 60, "price": 2500 }))
}

fn id_of(conflict: &Json) -> uuid::Uuid {
    conflict["id"].as_str().expect("an id").parse().expect("an id")
}

#[tokio::test]
async fn an_hour_booked_twice_offline_is_one_conflict_everywhere_and_settled_offline_it_is_gone() {
    let server = TestServer::start().await;
    let owner = server.register("twice").await;
    let mut a = Device::sign_in(&server, &owner.email, "laptop").await;
    let mut b = Device::sign_in(&server, &owner.email, "phone").await;
    settle(&server, &mut [&mut a, &mut b]).await;
    a.app.book(&visit("2027-12-01T10:00")).expect("books");
    b.app.book(&visit("2027-12-01T10:30")).expect("books");
    assert!(listed(&a).is_empty() && listed(&b).is_empty(), "neither knows of the other");
    settle(&server, &mut [&mut a, &mut b]).await;
    let found = all_agree(&owner, &[&a, &b]).await;
    assert_eq!((found.len(), &found[0]["kind"]), (1, &json!("overlap")));
    let devices: Vec<&Json> =
        found[0]["versions"].as_array().expect("two").iter().map(|v| &v["device"]).collect();
    assert_ne!(devices[0], devices[1], "each side says which device it is from");

    b.app.resolve_conflict(id_of(&found[0]), "keepBoth", None).expect("settles offline");
    assert!(listed(&b).is_empty() && !listed(&a).is_empty());
    settle(&server, &mut [&mut a, &mut b]).await;
    assert!(all_agree(&owner, &[&a, &b]).await.is_empty());
}

#[tokio::test]
async fn settled_differently_on_two_devices_it_has_one_outcome_and_the_other_is_shown() {
    let server = TestServer::start().await;
    let owner = server.register("differently").await;
    let mut a = Device::sign_in(&server, &owner.email, "laptop").await;
    let mut b = Device::sign_in(&server, &owner.email, "phone").await;
    let ids: Vec<AppointmentId> = ["2027-12-01T10:00", "2027-12-01T10:30"]
        .iter()
        .map(|at| a.app.book(&visit(at)).expect("books").appointment.id)
        .collect();
    settle(&server, &mut [&mut a, &mut b]).await;
    let conflict = id_of(&listed(&a)[0]);
    a.app.resolve_conflict(conflict, &format!("cancel:{}", ids[0]), None).expect("settles");
    b.app.resolve_conflict(conflict, &format!("cancel:{}", ids[1]), None).expect("settles");
    settle(&server, &mut [&mut a, &mut b]).await;
    let found = all_agree(&owner, &[&a, &b]).await;
    assert_eq!((found.len(), &found[0]["kind"]), (1, &json!("decided_twice")));
    a.app.resolve_conflict(id_of(&found[0]), &format!("book:{}", ids[1]), None).expect("settles");
    settle(&server, &mut [&mut a, &mut b]).await;
    assert!(all_agree(&owner, &[&a, &b]).await.is_empty());
}

#[tokio::test]
async fn a_merge_holds_for_a_device_that_edits_the_merged_client_later() {
    let server = TestServer::start().await;
    let owner = server.register("merged").await;
    let mut a = Device::sign_in(&server, &owner.email, "laptop").await;
    let mut b = Device::sign_in(&server, &owner.email, "phone").await;
    let ids = ["Анна", "Аня"].map(|name| {
        let client = json!({ "name": name, "phone": "+79161234567" });
        a.app.add_client(&fields(client)).expect("a client").id
    });
    settle(&server, &mut [&mut a, &mut b]).await;
    a.app.merge_clients(ids[1], ids[0]).expect("merges");
    // Meanwhile the phone knows nothing of it.
    b.app.edit_client(ids[1], &fields(json!({ "email": "anna@example.com" }))).expect("edits");
    let late = json!({ "clientId": ids[1], "startsAt": "2027-12-02T10:00", "durationMin": 60 });
    let late = b.app.book(&fields(late)).expect("books").appointment.id;
    settle(&server, &mut [&mut a, &mut b]).await;
    let found = all_agree(&owner, &[&a, &b]).await;
    let mut kinds: Vec<&str> =
        found.iter().map(|conflict| conflict["kind"].as_str().expect("a kind")).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["edited_after_deletion", "visit_of_merged_client"]);
    let of = |kind: &str| id_of(found.iter().find(|conflict| conflict["kind"] == kind).expect("it"));
    b.app.resolve_conflict(of("visit_of_merged_client"), "repoint", None).expect("settles");
    b.app.resolve_conflict(of("edited_after_deletion"), "keepDeleted", None).expect("settles");
    settle(&server, &mut [&mut a, &mut b]).await;
    assert!(all_agree(&owner, &[&a, &b]).await.is_empty());
    assert_eq!(a.app.appointment(late).expect("it is there").client_id, Some(ids[0]));
}

/// More than one group may carry: ten years of visits.
const MANY: usize = 150;

#[tokio::test]
async fn a_client_of_many_years_is_merged_and_taken_back_as_one_step() {
    let server = TestServer::start().await;
    let owner = server.register("merged").await;
    let mut a = Device::sign_in(&server, &owner.email, "laptop").await;
    let mut b = Device::sign_in(&server, &owner.email, "phone").await;
    let [stays, goes] =
        ["Анна", "Аня"].map(|name| a.app.add_client(&fields(json!({ "name": name }))).expect("a client").id);
    let visits: Vec<_> = a
        .app
        .in_batch(|app| {
            let start = |number: usize| format!("20{:02}-{:02}-10T10:00", 13 + number / 12, 1 + number % 12);
            (0..MANY)
                .map(|number| {
                    let visit = json!({ "clientId": goes, "startsAt": start(number), "durationMin": 60 });
                    Ok(app.book(&fields(visit))?.appointment.id)
                })
                .collect()
        })
        .expect("books");
    settle(&server, &mut [&mut a, &mut b]).await;
    let named = |device: &Device, client| {
        let of = |id| device.app.appointment(id).expect("it is there").client_id == Some(client);
        visits.iter().filter(|id| of(**id)).count()
    };
    b.app.merge_clients(goes, stays).expect("merges");
    assert_eq!(named(&b, stays), MANY);
    settle(&server, &mut [&mut a, &mut b]).await;
    assert_eq!(named(&a, stays), MANY);
    assert!(all_agree(&owner, &[&a, &b]).await.is_empty());
    // One visit goes its own way before the rest comes back, and stays there.
    let other = a.app.add_client(&fields(json!({ "name": "Ольга" }))).expect("a client").id;
    a.app.edit_appointment(visits[0], &fields(json!({ "clientId": other }))).expect("edits");
    // The card of who stays tells of it, and so does that of who went: either brings all of it back.
    let merging = a.app.history(stays.0, None, 1, None).expect("tells").remove(0);
    assert_eq!((merging.command.as_str(), &merging.fields[0].to), ("client.merge", &json!("Аня")));
    let taken = a.app.undo_change(stays.0, merging.id).expect("takes back");
    assert_eq!((taken.undone.len(), taken.kept.len()), (MANY + 1, 0));
    settle(&server, &mut [&mut a, &mut b]).await;
    for device in [&a, &b] {
        assert_eq!((named(device, goes), named(device, other)), (MANY - 1, 1));
        assert_eq!(device.app.client(goes).expect("is there again").name, "Аня");
    }
    // Over REST the same: taking back what took back merges them again, and that is taken back from the other card.
    for (id, command) in [(goes, "undo.change"), (goes, "undo.change")] {
        let changes = owner.get(&format!("/clients/{id}/changes?limit=1")).await.expect(200);
        assert_eq!(changes["data"][0]["command"], command);
        let body = json!({ "document": id, "change": changes["data"][0]["id"] });
        owner.post("/history/undo", body).await.expect(200);
        settle(&server, &mut [&mut a, &mut b]).await;
        assert_eq!(named(&a, goes), named(&b, goes));
    }
    assert_eq!(named(&b, goes), MANY - 1);
    assert!(all_agree(&owner, &[&a, &b]).await.is_empty());
}

#[tokio::test]
async fn a_message_that_was_asked_for_offline_is_there_once_and_says_that_it_was_not_sent() {
    let server = TestServer::start().await;
    let owner = server.register("message").await;
    let mut a = Device::sign_in(&server, &owner.email, "laptop").await;
    let first = a.app.book(&visit("2027-12-01T10:00")).expect("books").appointment.id;
    a.app.book(&visit("2027-12-01T10:30")).expect("books");
    let conflict = id_of(&listed(&a)[0]);
    a.app.resolve_conflict(conflict, &format!("cancelAndTell:{first}"), None).expect("settles");
    for _ in 0..2 {
        a.sync(&server).await;
    }
    let messages = a.app.messages().expect("lists");
    assert_eq!(messages.len(), 1);
    assert_eq!((&messages[0]["state"], &messages[0]["appointmentId"]), (&json!("not_sent"), &json!(first)));
}
