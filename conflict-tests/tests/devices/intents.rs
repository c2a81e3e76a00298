//! What the server is asked to do: done once, or dead for all to see.

use client_core::app::notices;
use domain::ids::IntentId;
use domain::lang::Lang;
use serde_json::json;
use sync_server::testing::TestServer;

use super::homes::{Device, fields, settle};

#[tokio::test]
async fn a_message_whose_moment_has_passed_dies_visibly_and_is_never_sent() {
    let server = TestServer::start().await;
    let owner = server.register("late").await;
    let mut a = Device::sign_in(&server, &owner.email, "phone").await;
    let book = |device: &mut Device, at: &str| {
        let body = json!({ "startsAt": at, "durationMin": 60 });
        device.app.book(&fields(body)).expect("books").appointment.id
    };
    let first = book(&mut a, "2020-03-02T10:00");
    book(&mut a, "2020-03-02T10:30");
    let conflict = a.app.conflicts(false, Lang::En).expect("lists").remove(0).id;
    let settled = a.app.resolve_conflict(conflict, &format!("cancelAndTell:{first}"), None).expect("settles");
    let message: IntentId = settled.message.expect("a message waits");
    assert_eq!(a.app.intents(false).expect("lists")[0].overdue, Some(true));
    settle(&server, &mut [&mut a]).await;

    let standing = a.app.intents(false).expect("lists");
    assert_eq!((standing[0].id, standing[0].state), (message, "expired"));
    assert!(a.told().contains(&notices::INTENT_EXPIRED.to_owned()), "{:?}", a.told());
    assert!(a.app.messages().expect("lists").is_empty(), "the server keeps no such message");
    // Told once; asked no more.
    let told = a.told().len();
    settle(&server, &mut [&mut a]).await;
    assert_eq!(a.told().len(), told);
}

#[tokio::test]
async fn a_payment_taken_in_hand_follows_its_visit_and_is_there_once_on_every_device() {
    let server = TestServer::start().await;
    let owner = server.register("hand").await;
    let mut a = Device::sign_in(&server, &owner.email, "phone").await;
    let mut b = Device::sign_in(&server, &owner.email, "laptop").await;
    let anna = a.app.add_client(&fields(json!({ "name": "Анна" }))).expect("a client").id;
    let body = json!({ "clientId": anna, "startsAt": "2026-12-01T10:00", "durationMin": 60 });
    let visit = a.app.book(&fields(body)).expect("books").appointment.id;
    let body = json!({ "amount": "2500", "appointmentId": visit });
    let paid = a.app.take_payment(fields(body)).expect("is written down");
    let asked = a.app.intents(false).expect("lists").remove(0);
    settle(&server, &mut [&mut a, &mut b]).await;
    settle(&server, &mut [&mut a, &mut b]).await;
    for device in [&a, &b] {
        let there = device.app.payments(None).expect("lists");
        assert_eq!(there.len(), 1);
        assert_eq!(
            (there[0].id, there[0].client_id, there[0].provider.as_str()),
            (paid.id, Some(anna), "cash")
        );
    }
    assert!(a.app.intents(false).expect("lists").is_empty());
    let done = a.app.cancel_intent(asked.id).expect_err("what is done stays done");
    assert_eq!(done.to_string(), "it waits no more (done)");
}
