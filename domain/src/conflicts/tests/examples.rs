//! Each rule on real documents that two devices wrote while apart, and each way to settle.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::calendars::{client, service, visit};
use crate::appointments::{AppointmentEdit, BookContext, Status, Step, book, reschedule, take_step};
use crate::conflicts::{Choice, Conflict, Kind, Names, Offer, SettleError, choices, settle, tell, whole};
use crate::dates::VisitTime;
use crate::documents::tests_support::author;
use crate::documents::{Chunk, Document, Hash};
use crate::ids::{Ids, ServiceId};
use crate::lang::Lang;
use crate::money::Currency;
use crate::{Projection, project};

struct Counting(u128);

impl Ids for Counting {
    fn uuid(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

fn booked(hour: &str) -> Document {
    let fields = json!({ "startsAt": format!("2026-12-01T{hour}"), "durationMin": 60, "price": 2500 });
    let context =
        BookContext { zone: "Europe/Moscow", currency: Currency::RUB, service: None, source: "manual" };
    let edit = AppointmentEdit::new_from_json(fields.as_object().expect("fields"), &context).expect("books");
    book(&author(1), 10, &mut Counting(900), &edit, Status::Booked).0
}

fn at(hour: &str) -> VisitTime {
    VisitTime::parse_input(&format!("2026-12-01T{hour}"), "Europe/Moscow", 60).expect("a time")
}

/// What two devices make of one document while apart, together again.
fn apart(
    base: &Document,
    one: impl FnOnce(&mut Document) -> Option<Chunk>,
    other: impl FnOnce(&mut Document) -> Option<Chunk>,
) -> Document {
    let (mut here, mut there) = (base.clone(), base.clone());
    let (first, second) = (one(&mut here).expect("a change"), other(&mut there).expect("a change"));
    let (mut a, mut b) = (here.receive(&[second]).document, there.receive(&[first]).document);
    assert_eq!(project(&mut a).to_json(), project(&mut b).to_json(), "both read the same");
    a
}

fn step(number: u8, step: Step) -> impl FnOnce(&mut Document) -> Option<Chunk> {
    move |document| take_step(document, &author(number), 20, &format!("event-{number}"), step)
}

fn of(documents: &mut BTreeMap<Uuid, Document>) -> BTreeMap<Uuid, Conflict> {
    let rows: BTreeMap<Uuid, Projection> = documents.iter_mut().map(|(id, d)| (*id, project(d))).collect();
    whole(rows.iter().map(|(id, row)| (*id, row)), &BTreeMap::new(), &BTreeMap::new())
}

fn only(found: &BTreeMap<Uuid, Conflict>) -> Conflict {
    let [conflict] = found.values().collect::<Vec<_>>()[..] else { panic!("one conflict, not {found:?}") };
    conflict.clone()
}

const A: Uuid = Uuid::from_u128(1);
const B: Uuid = Uuid::from_u128(2);

fn alone(document: Document) -> BTreeMap<Uuid, Document> {
    BTreeMap::from([(A, document)])
}

fn carry_out(
    documents: &mut BTreeMap<Uuid, Document>,
    conflict: &Conflict,
    choice: &str,
    by: u8,
) -> Vec<(Uuid, Chunk)> {
    let choice: Choice = choice.parse().expect("a choice");
    let ids = &mut Counting(1_000 * u128::from(by));
    settle(conflict, &choice, documents, (&author(by), 100), ids).expect("settles").changes
}

fn receive(documents: &mut BTreeMap<Uuid, Document>, changes: Vec<(Uuid, Chunk)>) {
    for (id, chunk) in changes {
        let received = documents[&id].receive(&[chunk]).document;
        documents.insert(id, received);
    }
}

#[test]
fn completed_here_and_cancelled_there_is_told_and_one_word_settles_it() {
    let mut documents = alone(apart(&booked("10:00"), step(2, Step::Complete), step(3, Step::Cancel)));
    let conflict = only(&of(&mut documents));
    assert_eq!(conflict.kind, Kind::TwoStatuses);
    carry_out(&mut documents, &conflict, "status:cancelled", 4);
    assert!(of(&mut documents).is_empty());
    let Projection::Appointments(row) = project(documents.get_mut(&A).expect("it")) else {
        panic!("a visit")
    };
    assert_eq!(row.status(), Status::Cancelled, "although what was done beats what was planned");
}

#[test]
fn confirmed_here_and_completed_there_agree() {
    let mut documents = alone(apart(&booked("10:00"), step(2, Step::Confirm), step(3, Step::Complete)));
    assert!(of(&mut documents).is_empty());
}

#[test]
fn cancelled_here_and_moved_there_is_told_but_not_when_one_knew_of_the_other() {
    let moved = |document: &mut Document| reschedule(document, &author(3), 20, &at("12:00"));
    let mut documents = alone(apart(&booked("10:00"), step(2, Step::Cancel), moved));
    let conflict = only(&of(&mut documents));
    assert_eq!(conflict.kind, Kind::StatusAndMove);
    carry_out(&mut documents, &conflict, "keepBoth", 4);
    assert!(only(&of(&mut documents)).kept);

    let mut known = booked("10:00");
    step(2, Step::Confirm)(&mut known).expect("confirms");
    moved(&mut known).expect("moves");
    assert!(of(&mut alone(known)).is_empty());
}

#[test]
fn two_prices_are_told_and_the_chosen_one_stands_alone() {
    let price = |number: u8, price: &'static str| {
        move |d: &mut Document| d.edit(&author(number), 20, "x", |w| w.put_str("price", Some(price)))
    };
    let mut documents = alone(apart(&booked("10:00"), price(2, "100 RUB"), price(3, "200 RUB")));
    let conflict = only(&of(&mut documents));
    assert_eq!(conflict.kind, Kind::TwoValues);
    carry_out(&mut documents, &conflict, "value:0", 4);
    assert!(of(&mut documents).is_empty());
}

#[test]
fn edited_after_deletion_comes_back_or_stays_deleted() {
    let gone = |d: &mut Document| crate::appointments::remove(d, &author(2), 20);
    let moved = |d: &mut Document| reschedule(d, &author(3), 20, &at("12:00"));
    for choice in ["restore", "keepDeleted"] {
        let mut documents = alone(apart(&booked("10:00"), gone, moved));
        let found = of(&mut documents);
        let conflict = only(&found);
        assert_eq!(conflict.kind, Kind::EditedAfterDeletion);
        carry_out(&mut documents, &conflict, choice, 4);
        assert!(of(&mut documents).is_empty(), "{choice}");
        let is_deleted = project(documents.get_mut(&A).expect("it")).is_deleted();
        assert_eq!(is_deleted, choice == "keepDeleted");
    }
}

fn one_hour() -> BTreeMap<Uuid, Document> {
    BTreeMap::from([(A, booked("10:00")), (B, booked("10:30"))])
}

#[test]
fn an_overlap_kept_on_purpose_is_open_again_when_the_facts_change() {
    let mut documents = one_hour();
    let conflict = only(&of(&mut documents));
    assert_eq!((conflict.kind, conflict.kept, conflict.home), (Kind::Overlap, false, A));
    carry_out(&mut documents, &conflict, "keepBoth", 4);
    assert!(only(&of(&mut documents)).kept);
    step(4, Step::Confirm)(documents.get_mut(&B).expect("it")).expect("confirms");
    assert!(only(&of(&mut documents)).kept, "that she confirmed changes nothing");
    reschedule(documents.get_mut(&B).expect("it"), &author(5), 30, &at("10:15")).expect("moves");
    let again = only(&of(&mut documents));
    assert_eq!((again.kept, again.id), (false, conflict.id));
}

#[test]
fn one_overlap_settled_differently_on_two_devices_has_one_outcome_and_shows_the_other() {
    let mut here = one_hour();
    let mut there = here.clone();
    let conflict = only(&of(&mut here));
    let first = carry_out(&mut here, &conflict, &format!("cancel:{A}"), 4);
    let second = carry_out(&mut there, &conflict, &format!("cancel:{B}"), 5);
    receive(&mut here, second);
    receive(&mut there, first);
    let twice = only(&of(&mut here));
    assert_eq!(Some(&twice), of(&mut there).values().next(), "both devices see the same");
    assert_eq!(twice.kind, Kind::DecidedTwice);
    let offered = choices(&twice, &Offer::default());
    assert!(offered.contains(&Choice::Book { visit: A }) && offered.contains(&Choice::Book { visit: B }));
    carry_out(&mut here, &twice, &format!("book:{B}"), 6);
    assert!(of(&mut here).is_empty(), "one is on, one is off, and the question is closed");
}

#[test]
fn what_is_not_offered_is_refused() {
    let mut documents = one_hour();
    let conflict = only(&of(&mut documents));
    let settled =
        settle(&conflict, &Choice::Value { index: 0 }, &mut documents, (&author(4), 100), &mut Counting(0));
    assert_eq!(settled.expect_err("no field here"), SettleError::NotOffered);
    assert!("move:1".parse::<Choice>().is_err() && "keepboth".parse::<Choice>().is_err());
}

#[test]
fn clients_of_one_number_become_one_with_all_that_either_had() {
    let made = |name: &str, more: Json| {
        let mut fields = json!({ "name": name, "phone": "+79161234567" });
        fields.as_object_mut().expect("fields").extend(more.as_object().cloned().unwrap_or_default());
        let edit =
            crate::clients::ClientEdit::new_from_json(fields.as_object().expect("fields")).expect("a client");
        crate::clients::create(&author(1), 10, &edit).0
    };
    let mut visit = booked("10:00");
    visit.edit(&author(1), 11, "x", |w| w.put_str("clientId", Some(&B.to_string()))).expect("a change");
    let third = Uuid::from_u128(3);
    let mut documents = BTreeMap::from([
        (A, made("Анна", json!({ "tags": ["vip"], "notes": "Кофе" }))),
        (B, made("Аня", json!({ "email": "anna@example.com", "tags": ["утро"], "notes": "Латекс" }))),
        (third, visit),
    ]);
    let conflict = only(&of(&mut documents));
    assert_eq!((conflict.kind, &conflict.about[..]), (Kind::DuplicatePhone, &[A, B][..]));
    carry_out(&mut documents, &conflict, &format!("merge:{A}"), 4);
    assert!(of(&mut documents).is_empty());
    let Projection::Clients(anna) = project(documents.get_mut(&A).expect("she")) else { panic!("a client") };
    assert_eq!(anna.email.as_deref(), Some("anna@example.com"));
    assert_eq!(
        (anna.tags, anna.notes),
        (vec!["vip".to_owned(), "утро".to_owned()], "Кофе\nЛатекс".to_owned())
    );
    let Projection::Clients(gone) = project(documents.get_mut(&B).expect("she")) else { panic!("a client") };
    assert_eq!(gone.merged_into.map(Uuid::from), Some(A));
    let row = project(documents.get_mut(&third).expect("it"));
    assert_eq!(row.client(third), Some(A), "her visit went over");
    let again = crate::conflicts::merge_client(A, B, &mut documents, (&author(4), 200));
    assert_eq!(again.expect_err("a circle"), SettleError::Circle);
    let itself = crate::conflicts::merge_client(A, A, &mut documents, (&author(4), 200));
    assert_eq!(itself.expect_err("itself"), SettleError::Itself);
}

#[test]
fn a_conflict_is_told_in_both_languages_with_what_each_choice_does() {
    let (first, second) = (ServiceId(Uuid::from_u128(7)), Uuid::from_u128(8));
    let row = |hour: &str| {
        let time = at(hour).to_stored();
        visit(&json!({ "time": time, "serviceId": first, "clientId": second, "depositAmount": "50000 RUB" }))
    };
    let rows: BTreeMap<Uuid, Projection> = [(A, "10:00"), (B, "10:30")]
        .map(|(id, hour)| (id, Projection::Appointments(Box::new(row(hour)))))
        .into();
    let services = BTreeMap::from([(first, service(first, &json!({ "name": "Маникюр" })))]);
    let conflict = only(&whole(rows.iter().map(|(id, row)| (*id, row)), &services, &BTreeMap::new()));
    let names = Names {
        devices: BTreeMap::from([("1a2b3c4d".to_owned(), "phone".to_owned())]),
        called: BTreeMap::from([(first.0, "Маникюр".to_owned()), (second, "Анна".to_owned())]),
        written: [(A, "1a2b3c4d", 60), (B, "laptop", 120)]
            .map(|(id, device, at)| ((id, String::new()), (device.to_owned(), at)))
            .into(),
    };
    let offer = Offer { rows, free: BTreeMap::new() };
    let told = [Lang::Ru, Lang::En].map(|lang| tell(&conflict, &offer, &names, lang));
    insta::assert_json_snapshot!(told, { "[].facts" => "(facts)" });
    for told in &told {
        assert!(!told.title.contains('{') && told.resolutions.iter().all(|r| !r.does.contains('{')));
    }
    assert_ne!(conflict.facts, Hash([0; 32]));
}

#[test]
fn every_kind_has_words_and_choices_that_are_read_back() {
    let one = client(&json!({ "phone": "+79160000001" }));
    let rows = [A, B].map(|id| (id, Projection::Clients(Box::new(one.clone()))));
    let conflict = only(&whole(rows.iter().map(|(id, row)| (*id, row)), &BTreeMap::new(), &BTreeMap::new()));
    let offer = Offer { rows: rows.into(), free: BTreeMap::new() };
    for kind in Kind::ALL {
        let conflict = Conflict { kind: *kind, ..conflict.clone() };
        let told = tell(&conflict, &offer, &Names::default(), Lang::En);
        assert!(!told.title.starts_with("conflict."), "{kind}: {}", told.title);
        for choice in choices(&conflict, &offer) {
            assert_eq!(choice.to_string().parse(), Ok(choice));
        }
        assert_eq!(kind.is_warning(), told.resolutions.is_empty() && told.warning);
    }
}
