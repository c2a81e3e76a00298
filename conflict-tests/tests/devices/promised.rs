//! A visit that is moved or called off after its deposit was taken: both devices and the server list the same conflict, and it goes when
//! the visit is put back, when the money is given back, or when she says that it stays.

use domain::conflicts::Told;
use domain::ids::AppointmentId;
use domain::lang::Lang;
use serde_json::{Value as Json, json};
use sync_server::testing::{Caller, TestServer};

use super::homes::{Device, fields, settle};

fn listed(device: &Device) -> Vec<Told> {
    device.app.conflicts(false, Lang::En).expect("lists")
}

async fn on_the_server(owner: &Caller<'_>) -> Vec<Json> {
    owner.clone().speaking("en").get("/conflicts").await.expect(200)["data"]
        .as_array()
        .expect("a list")
        .clone()
}

/// Two devices with a visit at ten, paid for on the phone without a network.
async fn paid<'a>(server: &'a TestServer, name: &str) -> (Caller<'a>, Device, Device, AppointmentId) {
    let owner = server.register(name).await;
    let mut phone = Device::sign_in(server, &owner.email, "phone").await;
    let mut laptop = Device::sign_in(server, &owner.email, "laptop").await;
    let anna = phone.app.add_client(&fields(json!({ "name": "Anna" }))).expect("a client").id;
    let body = json!({ "clientId": anna, "startsAt": "2027-12-01T10:00", "durationMin": 60 });
    let visit = phone.app.book(&fields(body)).expect("books").appointment.id;
    settle(server, &mut [&mut phone, &mut laptop]).await;
    phone.app.take_payment(fields(json!({ "amount": 1000, "appointmentId": visit }))).expect("paid");
    (owner, phone, laptop, visit)
}

#[tokio::test]
async fn a_visit_moved_on_one_device_and_paid_for_on_another_is_told_everywhere_and_put_back() {
    let server = TestServer::start().await;
    let (owner, mut phone, mut laptop, visit) = paid(&server, "moved").await;
    // The laptop knows of no money, and moves it first: what the phone saw when it took the money counts.
    laptop.app.move_appointment(visit, &fields(json!({ "startsAt": "2027-12-01T14:00" }))).expect("moves");
    laptop.sync(&server).await;
    assert!(listed(&laptop).is_empty() && listed(&phone).is_empty());
    settle(&server, &mut [&mut phone, &mut laptop]).await;
    let (here, there, rest) = (listed(&phone), listed(&laptop), on_the_server(&owner).await);
    let ([here], [there], [rest]) = (&here[..], &there[..], &rest[..]) else {
        panic!("one conflict each: {here:?} {there:?} {rest:?}")
    };
    assert_eq!((here.id, here.facts), (there.id, there.facts));
    assert_eq!((&rest["id"], &rest["kind"]), (&json!(here.id), &json!("changed_after_promise")));
    assert!(here.title.contains("moved") && here.title.contains("deposit"), "{}", here.title);
    let choices: Vec<&str> = here.resolutions.iter().map(|choice| choice.id.as_str()).collect();
    let back = format!("move:{visit}:2027-12-01T10:00[Europe/Moscow]");
    assert_eq!(choices, ["keepBoth", back.as_str()]);

    phone.app.resolve_conflict(here.id, &back, None).expect("the hour is free");
    settle(&server, &mut [&mut phone, &mut laptop]).await;
    assert!(listed(&phone).is_empty() && listed(&laptop).is_empty());
    assert!(on_the_server(&owner).await.is_empty());
    assert!(
        laptop
            .app
            .appointment(visit)
            .expect("here")
            .starts_at
            .expect("a time")
            .starts_with("2027-12-01T10:00")
    );
}

#[tokio::test]
async fn a_visit_called_off_with_a_deposit_held_is_told_until_it_is_given_back_and_a_decision_holds_for_its_facts()
 {
    let server = TestServer::start().await;
    let (owner, mut phone, mut laptop, visit) = paid(&server, "off").await;
    settle(&server, &mut [&mut phone, &mut laptop]).await;
    laptop.app.take_step(visit, domain::appointments::Step::Cancel).expect("cancels");
    settle(&server, &mut [&mut phone, &mut laptop]).await;
    let conflict = listed(&phone).remove(0);
    assert!(conflict.title.contains("off") && conflict.title.contains('1'), "{}", conflict.title);
    assert_eq!(conflict.resolutions[1].id, format!("book:{visit}"));

    phone.app.resolve_conflict(conflict.id, "keepBoth", None).expect("settles");
    settle(&server, &mut [&mut phone, &mut laptop]).await;
    assert!(listed(&phone).is_empty() && listed(&laptop).is_empty());
    assert!(on_the_server(&owner).await.is_empty());

    // More money for a visit that stands again: other facts, and when it goes off once more she is asked again.
    phone.app.take_step(visit, domain::appointments::Step::Book).expect("books again");
    settle(&server, &mut [&mut phone, &mut laptop]).await;
    let more = json!({ "date": "2027-11-01", "amount": 500, "appointmentId": visit });
    owner.post("/payments", more).await.expect(201);
    settle(&server, &mut [&mut phone, &mut laptop]).await;
    assert!(listed(&phone).is_empty());
    phone.app.take_step(visit, domain::appointments::Step::Cancel).expect("cancels");
    settle(&server, &mut [&mut phone, &mut laptop]).await;
    assert_eq!(listed(&laptop).iter().map(|told| told.id).collect::<Vec<_>>(), [conflict.id]);

    // All of it given back: nothing is owed.
    let back = json!({ "amount": -1500, "appointmentId": visit });
    laptop.app.take_payment(fields(back)).expect("given back");
    settle(&server, &mut [&mut phone, &mut laptop]).await;
    assert!(listed(&phone).is_empty() && listed(&laptop).is_empty());
    assert!(on_the_server(&owner).await.is_empty());
}
