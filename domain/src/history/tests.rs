//! History by example: told, taken back, looked at as of a moment.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::clients::{ClientEdit, ClientRow, create, edit, remove};
use crate::conflicts::merge_client;
use crate::documents::tests_support::author;
use crate::documents::{Document, Hash};

fn client(number: u8, at: i64, fields: &serde_json::Value) -> Document {
    create(&author(number), at, &ClientEdit::new_from_json(fields.as_object().unwrap()).unwrap()).0
}

fn change(document: &mut Document, number: u8, at: i64, fields: &serde_json::Value) -> Hash {
    let fields = ClientEdit::patch_from_json(fields.as_object().unwrap()).unwrap();
    edit(document, &author(number), at, &fields).unwrap().hash()
}

fn name(document: &mut Document) -> String {
    ClientRow::read(document).name
}

#[test]
fn a_change_says_who_when_and_what_from_what_to_what() {
    let mut anna = client(1, 10, &json!({ "name": "Анна", "tags": ["vip"] }));
    change(&mut anna, 2, 20, &json!({ "name": "Аня", "tags": ["утро"], "notes": "Кофе" }));
    change(&mut anna, 1, 30, &json!({ "name": "Нюра" }));
    let all = changes(&mut anna, None, 10, None);
    let told: Vec<_> = all.iter().map(|c| (c.command.as_str(), c.device.as_str())).collect();
    assert_eq!(
        told,
        [("client.edit", "device-1"), ("client.edit", "device-2"), ("client.create", "device-1")]
    );
    assert_eq!(all[1].at.as_deref(), Some("1970-01-01T00:00:20Z"));
    let fields: Vec<_> = all[1].fields.iter().map(|f| (f.field.as_str(), &f.from, &f.to, f.stands)).collect();
    assert_eq!(
        fields,
        [
            ("name", &json!("Анна"), &json!("Аня"), false),
            ("notes", &json!(""), &json!("Кофе"), true),
            ("tags.vip", &json!(true), &json!(null), true),
            ("tags.утро", &json!(null), &json!(true), true),
        ]
    );
    assert_eq!(changes(&mut anna, Some(all[0].id), 1, None), [all[1].clone()], "page by page");
    let why = changes(&mut anna, None, 10, Some("name"));
    assert!(why[0].fields[0].stands, "who asks why the name is so finds the change that made it");
    assert_eq!(changes(&mut anna, None, 10, Some("tags")).len(), 2);
}

#[test]
fn every_replica_tells_the_same_story() {
    let base = client(1, 10, &json!({ "name": "Анна" }));
    let (mut a, mut b) = (base.clone(), base);
    change(&mut a, 2, 500, &json!({ "name": "Аня" }));
    change(&mut b, 3, 20, &json!({ "email": "anna@example.com" }));
    let (from_a, from_b) = (a.chunks_since(&[]), b.chunks_since(&[]));
    let (mut a, mut b) = (a.receive(&from_b).document, b.receive(&from_a).document);
    assert_eq!(changes(&mut a, None, 10, None), changes(&mut b, None, 10, None));
}

#[test]
fn a_removal_that_is_taken_back_does_not_bring_back_who_was_merged_meanwhile() {
    let [gone, into] = [1, 2].map(Uuid::from_u128);
    let base = client(1, 10, &json!({ "name": "Анна" }));
    let mut open = BTreeMap::from([(gone, base.clone()), (into, client(1, 11, &json!({ "name": "Аня" })))]);
    merge_client(gone, into, &mut open, (&author(2), 20)).unwrap();
    let mut elsewhere = base;
    change(&mut elsewhere, 3, 25, &json!({ "name": "Нюра", "locale": "ru", "source": "friend" }));
    let removed = remove(&mut elsewhere, &author(3), 30).unwrap().hash();
    let merged = open.get_mut(&gone).unwrap().chunks_since(&[]);
    let mut anna = elsewhere.receive(&merged).document;
    undo(&mut anna, &author(3), 40, removed).unwrap();
    assert_eq!(anna.reader().time("deletedAt"), None, "nobody has removed her any more");
    let row = ClientRow::read(&mut anna);
    assert_eq!((row.merged_into.map(|id| id.0), row.deleted_at), (Some(into), Some(0)), "but she was merged");
}

#[test]
fn a_change_is_taken_back_where_nobody_has_changed_it_since() {
    let mut anna = client(1, 10, &json!({ "name": "Анна", "phone": "+79161234567", "tags": ["vip"] }));
    let wrong = change(&mut anna, 2, 20, &json!({ "name": "Ольга", "phone": "+79160000000", "tags": [] }));
    change(&mut anna, 1, 30, &json!({ "phone": "+79161111111" }));
    let undone = undo(&mut anna, &author(3), 40, wrong).unwrap();
    assert_eq!((undone.chunks.len(), undone.kept), (1, vec!["phone".to_owned()]));
    let row = ClientRow::read(&mut anna);
    assert_eq!((row.name.as_str(), row.phone.as_deref()), ("Анна", Some("+79161111111")));
    assert_eq!(row.tags, ["vip"]);
    let again = undo(&mut anna, &author(3), 50, wrong).unwrap();
    assert!(again.chunks.is_empty(), "what is taken back is not taken back twice");
    let back = undo(&mut anna, &author(3), 60, undone.chunks[0].hash()).unwrap();
    assert_eq!((back.chunks.len(), name(&mut anna).as_str()), (1, "Ольга"), "taking back is taken back");
    assert!(undo(&mut anna, &author(3), 60, Hash([7; 32])).is_none());
}

#[test]
fn letters_of_others_stay_when_a_text_is_taken_back() {
    let mut anna = client(1, 10, &json!({ "name": "Анна", "notes": "Кофе" }));
    let wrong = change(&mut anna, 2, 20, &json!({ "notes": "Кофе без сахара" }));
    change(&mut anna, 1, 30, &json!({ "notes": "Латекс! Кофе без сахара" }));
    let undone = undo(&mut anna, &author(3), 40, wrong).unwrap();
    assert_eq!(undone.chunks.len(), 1);
    assert_eq!(ClientRow::read(&mut anna).notes, "Латекс! Кофе");
    let whole = Document::new(anna.collection()).receive(&anna.chunks_since(&[])).document.save();
    assert_eq!(whole, anna.save(), "and it travels as any change does");
}

#[test]
fn what_was_created_by_mistake_is_removed_and_comes_back() {
    let mut anna = client(1, 10, &json!({ "name": "Анна" }));
    let made = anna.heads()[0];
    let undone = undo(&mut anna, &author(2), 20, made).unwrap();
    assert!(ClientRow::read(&mut anna).deleted_at.is_some());
    let again = undo(&mut anna, &author(2), 25, made).unwrap();
    assert!(again.chunks.is_empty(), "what is gone is not emptied as well: {again:?}");
    undo(&mut anna, &author(2), 30, undone.chunks[0].hash()).unwrap();
    assert!(ClientRow::read(&mut anna).deleted_at.is_none());
}

#[test]
fn a_record_is_as_it_was_at_a_moment_whatever_a_wrong_clock_says() {
    let mut anna = client(1, 100, &json!({ "name": "Анна" }));
    change(&mut anna, 2, 200, &json!({ "name": "Аня" }));
    // The clock of this device is behind: its change builds on a later one and is not torn from it.
    change(&mut anna, 3, 50, &json!({ "name": "Нюра" }));
    let mut at = |moment| at_moment(&mut anna, moment).map(|row| row.to_json());
    assert_eq!(at(99), None);
    assert!(at(150).unwrap().contains("\"Анна\""));
    assert!(at(200).unwrap().contains("\"Нюра\""));
    assert_eq!(name(&mut anna), "Нюра", "looking back changes nothing");
}
