//! Damage, refusal, loss and restored servers: told, contained, repaired.

use domain::documents::{Bytes, Collection, Hash};
use domain::sync::{DocItem, DocKind};
use serde_json::json;

use super::*;
use crate::app::{AppError, notices};

#[test]
fn one_flipped_bit_is_put_aside_and_holds_up_nobody() {
    let (mut a, mut b, mut server) = (device(1), device(2), Server::default());
    let anna = add_client(&mut a, "Анна");
    let olga = add_client(&mut a, "Ольга");
    sync(&mut a, &mut server);
    server.tamper(|item| {
        if item.doc == anna.0 {
            let last = item.bytes.0.len() - 3;
            item.bytes.0[last] ^= 4;
        }
    });
    let report = sync(&mut b, &mut server);
    assert_eq!(report.quarantined, 1);
    assert_eq!(
        (name(&b, anna), name(&b, olga)),
        ("Анна".to_owned(), "Ольга".to_owned()),
        "the whole one was asked for"
    );
    assert_eq!(codes(&b), [notices::BAD_CHANGE]);
    assert_eq!(b.status().unwrap().quarantine.len(), 1);
    assert_sound(&mut b);
}

#[test]
fn a_server_that_lost_a_document_gets_it_again() {
    let (mut a, mut server) = (device(1), Server::default());
    let anna = add_client(&mut a, "Анна");
    sync(&mut a, &mut server);
    server.lose(anna.0);
    a.edit_client(anna, &fields(json!({ "name": "Аня" }))).unwrap();
    let report = sync(&mut a, &mut server);
    assert_eq!(report.in_step, Some(true), "after `missing_deps` all of it went");
    server.lose(anna.0);
    let report = sync(&mut a, &mut server);
    assert_eq!(report.in_step, Some(true), "after a comparison too");
    assert!(server.docs.contains_key(&anna.0));
}

#[test]
fn a_restored_server_gets_everything_again() {
    let (mut a, mut b, mut server) = (device(1), device(2), Server::default());
    let anna = add_client(&mut a, "Анна");
    sync(&mut a, &mut server);
    let yesterday = server.clone();
    a.edit_client(anna, &fields(json!({ "phone": "+79161234567" }))).unwrap();
    add_client(&mut a, "Ольга");
    a.add_service(&fields(json!({ "name": "Стрижка", "basePrice": 1, "durationMin": 5 }))).unwrap();
    sync(&mut a, &mut server);
    sync(&mut b, &mut server);
    b.edit_client(anna, &fields(json!({ "email": "anna@example.com" }))).unwrap();
    let before = export(&a);
    server.restore(yesterday);
    sync(&mut a, &mut server);
    assert_eq!(export(&a), before);
    sync(&mut b, &mut server);
    sync(&mut a, &mut server);
    assert_eq!(export(&a), export(&b));
    assert!(a.client(anna).unwrap().email.is_some());
    assert!(codes(&a).contains(&notices::SERVER_RESTORED.to_owned()));
    assert_eq!(server.records.len(), 1);
}

#[test]
fn a_refused_change_is_put_aside_and_later_edits_are_made_anew() {
    let (mut a, mut b, mut server) = (device(1), device(2), Server::default());
    let anna = add_client(&mut a, "Анна");
    sync(&mut a, &mut server);
    a.edit_client(anna, &fields(json!({ "source": "плохое" }))).unwrap();
    let refused = a.store().read(|tx| tx.outbox_of(anna.0)).unwrap()[0].hash;
    server.refuse.insert(refused);
    a.edit_client(anna, &fields(json!({ "phone": "+79161234567", "tags": ["vip"] }))).unwrap();
    let olga = add_client(&mut a, "Ольга");
    let report = sync(&mut a, &mut server);
    sync(&mut b, &mut server);
    assert_eq!(report.in_step, Some(true));
    assert_eq!(export(&a), export(&b));
    let seen = b.client(anna).unwrap();
    assert_eq!((seen.source, seen.phone.as_deref()), (None, Some("+79161234567")));
    assert_eq!(seen.tags, ["vip"]);
    assert_eq!(name(&b, olga), "Ольга");
    let reasons: Vec<String> = a.status().unwrap().quarantine.into_iter().map(|q| q.reason).collect();
    assert_eq!(reasons, ["bad_shape", "replayed"]);
    assert_sound(&mut a);
}

#[test]
fn a_row_that_lies_is_put_right_when_the_document_is_opened() {
    let (mut a, mut b, mut server) = (device(1), device(2), Server::default());
    let anna = add_client(&mut a, "Анна");
    sync(&mut a, &mut server);
    server.tamper(|item| item.row = item.row.as_ref().map(|row| row.replace("Анна", "Алла")));
    sync(&mut b, &mut server);
    assert_eq!(name(&b, anna), "Алла");
    assert_eq!(b.verify().unwrap().different, 1);
    assert_eq!(name(&b, anna), "Анна");
    assert_eq!(codes(&b), [notices::ROW_DIFFERED]);
    assert_sound(&mut b);
}

#[test]
fn a_damaged_document_comes_back_and_what_was_not_sent_survives() {
    let (mut a, mut server) = (device(1), Server::default());
    let (anna, olga) = (add_client(&mut a, "Анна"), add_client(&mut a, "Ольга"));
    sync(&mut a, &mut server);
    a.edit_client(anna, &fields(json!({ "phone": "+79161234567" }))).unwrap();
    let new = add_client(&mut a, "Новая");
    a.store_mut()
        .write::<_, crate::StoreError>(|tx| {
            [anna, olga, new].iter().try_for_each(|id| tx.damage_document(id.0, b"dust"))
        })
        .unwrap();
    assert!(matches!(a.edit_client(olga, &fields(json!({ "tags": ["x"] }))), Err(AppError::Damaged(_))));
    assert_eq!(
        a.verify().unwrap().unopened,
        1,
        "Анна; the new one was rebuilt from the outbox, Ольга was known"
    );
    let report = sync(&mut a, &mut server);
    assert_eq!(report.in_step, Some(true));
    assert_eq!(a.client(anna).unwrap().phone.as_deref(), Some("+79161234567"));
    assert_eq!((name(&a, olga), name(&a, new)), ("Ольга".to_owned(), "Новая".to_owned()));
    assert_sound(&mut a);
}

#[test]
fn an_erased_document_is_gone_and_she_is_told_of_lost_edits() {
    let (mut a, mut server) = (device(1), Server::default());
    let anna = add_client(&mut a, "Анна");
    sync(&mut a, &mut server);
    a.edit_client(anna, &fields(json!({ "name": "Аня" }))).unwrap();
    server.append(DocItem {
        seq: 2,
        group: None,
        doc: anna.0,
        collection: Collection::Clients,
        kind: DocKind::Purged,
        hash: Hash([0; 32]),
        heads: Vec::new(),
        bytes: Bytes::default(),
        row: None,
    });
    let mut engine = Engine::new(Options::default());
    let Effect::Send(ticket, request) = a.sync_step(&mut engine, Event::Wake).unwrap() else { panic!() };
    let Reply::Sync(mut answer) = server.reply(&request) else { panic!() };
    answer.results.clear();
    answer.items.retain(|item| matches!(item, domain::sync::Item::Doc(item) if item.kind == DocKind::Purged));
    answer.digest = None;
    a.sync_step(&mut engine, Event::Answered(ticket, Reply::Sync(answer))).unwrap();
    assert!(matches!(a.client(anna), Err(AppError::NotFound(_))));
    assert_eq!(a.clients(Some("Аня")).unwrap(), []);
    assert_eq!(codes(&a), [notices::PURGED]);
}

#[test]
fn failures_back_off_stop_or_are_taken_care_of() {
    let mut a = device(1);
    add_client(&mut a, "Анна");
    let mut engine = Engine::new(Options::default());
    let mut fail = |failure: Failure| {
        let effect = a.sync_step(&mut engine, Event::Wake).unwrap();
        let ticket = match effect {
            Effect::Send(ticket, _) => ticket,
            other => panic!("{other:?}"),
        };
        a.sync_step(&mut engine, Event::Failed(ticket, failure)).unwrap()
    };
    assert!(matches!(fail(Failure::Offline(String::new())), Effect::Sleep(_)));
    assert!(matches!(fail(Failure::Garbled("cut".to_owned())), Effect::Sleep(_)));
    assert_eq!(fail(Failure::Revoked), Effect::Stopped(Failure::Revoked));
    assert_eq!(fail(Failure::UnsupportedProtocol), Effect::Stopped(Failure::UnsupportedProtocol));
    let Effect::Send(_, Request::Sync(ask)) = fail(Failure::TooLarge) else { panic!() };
    assert_eq!(ask.max_bytes, Some(domain::sync::DEFAULT_PAGE_BYTES / 2));
    assert_eq!(a.pending().unwrap(), 1);
}

#[test]
fn what_found_no_connection_was_not_sent_and_can_be_taken_back_and_what_may_have_left_cannot() {
    let mut a = device(1);
    let anna = add_client(&mut a, "Анна");
    let pay = |a: &mut App| {
        a.take_payment(fields(json!({ "clientId": anna, "amount": 2500 }))).unwrap();
        a.intents(false).unwrap().last().unwrap().id
    };
    let mut engine = Engine::new(Options::default());
    let mut fail = |a: &mut App, failure: Failure| {
        let Effect::Send(ticket, _) = a.sync_step(&mut engine, Event::Wake).unwrap() else { panic!() };
        assert!(a.intents(false).unwrap().iter().all(|intent| intent.state != "pending"), "while it is out");
        a.sync_step(&mut engine, Event::Failed(ticket, failure)).unwrap();
    };
    let first = pay(&mut a);
    fail(&mut a, Failure::Offline("cut".to_owned()));
    assert_eq!(a.cancel_intent(first).unwrap().state, "cancelled");

    let second = pay(&mut a);
    fail(&mut a, Failure::Timeout);
    assert!(matches!(a.cancel_intent(second), Err(AppError::NotWaiting("sent"))));
    // That a later request found no connection says nothing of the earlier one.
    fail(&mut a, Failure::Offline("cut".to_owned()));
    assert!(matches!(a.cancel_intent(second), Err(AppError::NotWaiting("sent"))));
}
