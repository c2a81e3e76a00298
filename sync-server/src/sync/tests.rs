//! The rules of sync by example, on the storage in memory.

use std::collections::BTreeSet;

use domain::clients::{self, ClientEdit};
use domain::documents::{Author, Bytes, Chunk, Collection, Document, Hash};
use domain::errors::ErrorCode;
use domain::ids::{Ids, IntentId, TenantId};
use domain::input::Patch;
use domain::sync::{
    Answer, Ask, Compare, DocKind, Intent, IntentOutcome, Item, PROTOCOL, Push, PushOutcome, Scope, Sum,
    bucket_of,
};
use futures::executor::block_on;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::memory::MemoryServer;
use super::{AskError, Context, Session, Tx, answer, compare};

const TENANT: TenantId = TenantId(Uuid::from_u128(1));
const NOW: i64 = 1_795_341_600; // 2026-11-22T10:00:00Z

struct Counter(u128);

impl Ids for Counter {
    fn uuid(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(0xe000 + self.0)
    }
}

fn server() -> MemoryServer {
    let server = MemoryServer::new();
    server.add_tenant(TENANT, Uuid::from_u128(0xe0));
    server
}

fn try_ask(server: &MemoryServer, ask: Ask) -> Result<Answer, AskError> {
    let mut tx = server.begin(TENANT);
    let now = Timestamp::from_second(NOW).unwrap();
    let mut ids = Counter(server.dump(TENANT).unwrap().head().into());
    let mut context = Context { now, ids: &mut ids, device: None };
    let answered = block_on(answer(&mut tx, Ask { protocol: PROTOCOL, ..ask }, &mut context));
    if answered.is_ok() {
        tx.commit();
    }
    answered
}

fn ask(server: &MemoryServer, ask: Ask) -> Answer {
    try_ask(server, ask).unwrap()
}

fn pushed(server: &MemoryServer, push: Vec<Push>) -> Vec<PushOutcome> {
    ask(server, Ask { push, ..Ask::default() }).results.into_iter().map(|result| result.result).collect()
}

fn named(name: &str) -> ClientEdit {
    ClientEdit { name: Patch::Set(name.to_owned()), ..ClientEdit::default() }
}

fn client(n: u8, name: &str) -> (Uuid, Document, Chunk) {
    let (document, chunk) = clients::create(&Author::new([n; 16], "t"), NOW, &named(name));
    (Uuid::from_u128(0x1000 + u128::from(n)), document, chunk.unwrap())
}

fn rename(document: &mut Document, n: u8, name: &str) -> Chunk {
    clients::edit(document, &Author::new([n; 16], "t"), NOW, &named(name)).unwrap()
}

fn push(doc: Uuid, chunk: &Chunk) -> Push {
    let bytes = Bytes(chunk.bytes().to_vec());
    Push { group: None, doc, collection: "clients".to_owned(), hash: chunk.hash(), bytes }
}

fn grouped(group: u128, pushes: Vec<Push>) -> Vec<Push> {
    pushes.into_iter().map(|push| Push { group: Some(Uuid::from_u128(group)), ..push }).collect()
}

/// Pulls everything from a cursor on, a page at a time.
fn pull_all(server: &MemoryServer, cursor: Option<String>, max_bytes: u64) -> (Vec<Item>, Answer) {
    let (mut items, mut cursor) = (Vec::new(), cursor);
    for _ in 0..1_000 {
        let mut page = ask(server, Ask { cursor, max_bytes: Some(max_bytes), ..Ask::default() });
        items.append(&mut page.items);
        if !page.more {
            return (items, page);
        }
        cursor = Some(page.cursor);
    }
    panic!("the pages never end");
}

fn docs(items: &[Item]) -> Vec<Uuid> {
    items.iter().filter_map(|item| if let Item::Doc(item) = item { Some(item.doc) } else { None }).collect()
}

#[test]
fn a_pushed_change_is_stored_once_and_reaches_the_other_device() {
    let server = server();
    let (_, caught_up) = pull_all(&server, None, 1 << 20);
    let (id, _, chunk) = client(1, "Анна");
    assert_eq!(pushed(&server, vec![push(id, &chunk)]), [PushOutcome::Stored]);
    let before = server.dump(TENANT).unwrap();
    assert_eq!(pushed(&server, vec![push(id, &chunk)]), [PushOutcome::Duplicate]);
    assert_eq!(server.dump(TENANT).unwrap().head(), before.head(), "a repeated push changes nothing");

    let (items, page) = pull_all(&server, Some(caught_up.cursor), 1 << 20);
    let [Item::Doc(item)] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!((item.doc, item.kind, item.hash), (id, DocKind::Change, chunk.hash()));
    assert_eq!(
        page.digest.unwrap()["clients"],
        Sum::default().plus(domain::sync::document_digest(id, &vec![chunk.hash()]))
    );
}

#[test]
fn a_device_does_not_get_back_what_it_has_just_pushed() {
    let server = server();
    let (_, page) = pull_all(&server, None, 1 << 20);
    let (id, _, chunk) = client(1, "Анна");
    let cursor = Some(page.cursor);
    let answered =
        ask(&server, Ask { cursor: cursor.clone(), push: vec![push(id, &chunk)], ..Ask::default() });
    assert!(answered.items.is_empty() && !answered.more);
    let after_a_lost_answer = ask(&server, Ask { cursor, push: vec![push(id, &chunk)], ..Ask::default() });
    assert_eq!(after_a_lost_answer.results[0].result, PushOutcome::Duplicate);
    assert!(after_a_lost_answer.items.is_empty());
    assert_eq!(after_a_lost_answer.digest, answered.digest);
}

#[test]
fn a_change_without_its_past_names_the_heads_that_are_here() {
    let server = server();
    let (id, mut document, create) = client(1, "Анна");
    let later = rename(&mut document, 1, "Аня");
    let answered = ask(&server, Ask { push: vec![push(id, &later)], ..Ask::default() });
    assert_eq!(answered.results[0].result, PushOutcome::MissingDeps);
    let heads = answered.results[0].heads.clone().unwrap();
    let again = document.chunks_since(&heads).iter().map(|chunk| push(id, chunk)).collect();
    assert_eq!(pushed(&server, again), [PushOutcome::Stored, PushOutcome::Stored]);
    assert_eq!(create.hash(), document.chunks_since(&[])[0].hash());
}

#[test]
fn a_bad_chunk_is_set_aside_and_the_rest_of_the_batch_goes_through() {
    let server = server();
    let (id, mut document, create) = client(1, "Анна");
    let later = rename(&mut document, 1, "Аня");
    let (other, _, fine) = client(2, "Ольга");
    let mut flipped = push(id, &create);
    flipped.bytes.0[40] ^= 1;
    let mut cut = push(id, &create);
    cut.bytes.0.truncate(30);
    let mut renamed = push(id, &create);
    renamed.hash = Hash([9; 32]);
    let unknown = Push { collection: "secrets".to_owned(), ..push(id, &create) };
    let batch = vec![flipped, cut, renamed, unknown, push(id, &create), push(id, &later), push(other, &fine)];
    let answered = ask(&server, Ask { push: batch, ..Ask::default() });
    let codes: Vec<_> = answered.results.iter().map(|result| (result.result, result.code)).collect();
    let refused = |code| (PushOutcome::Refused, Some(code));
    assert_eq!(
        codes[..4],
        [
            refused(ErrorCode::BadChunk),
            refused(ErrorCode::BadChunk),
            refused(ErrorCode::HashMismatch),
            refused(ErrorCode::UnknownCollection),
        ]
    );
    assert_eq!(codes[4..], [(PushOutcome::Stored, None); 3]);
    assert_eq!(server.dump(TENANT).unwrap().quarantine().len(), 3, "equal refusals are kept once");
}

#[test]
fn a_group_stands_or_falls_as_one() {
    let server = server();
    let (a, _, anna) = client(1, "Анна");
    let (o, _, olga) = client(2, "Ольга");
    let mut bad = push(o, &olga);
    bad.bytes.0[40] ^= 1;
    let answered = ask(&server, Ask { push: grouped(7, vec![push(a, &anna), bad]), ..Ask::default() });
    assert_eq!(answered.results[0].code, Some(ErrorCode::GroupRefused));
    assert_eq!(server.dump(TENANT).unwrap().documents().len(), 0);

    assert_eq!(pushed(&server, grouped(8, vec![push(a, &anna), push(o, &olga)])), [PushOutcome::Stored; 2]);
    let (items, _) = pull_all(&server, None, 1 << 20);
    assert_eq!(docs(&items), [a, o]);
}

#[test]
fn a_group_that_lacks_something_is_asked_for_again_as_a_whole() {
    let server = server();
    let (a, mut document, _) = client(1, "Анна");
    let later = rename(&mut document, 1, "Аня");
    let (o, _, olga) = client(2, "Ольга");
    let outcomes = pushed(&server, grouped(7, vec![push(o, &olga), push(a, &later)]));
    assert_eq!(outcomes, [PushOutcome::MissingDeps; 2]);
    assert!(server.dump(TENANT).unwrap().documents().is_empty());
}

#[test]
fn a_page_never_cuts_a_group_and_a_group_has_at_most_64_documents() {
    let server = server();
    let (_, page) = pull_all(&server, None, 1 << 20);
    let many: Vec<Push> = (1..=64).map(|n| client(n, "К")).map(|(id, _, chunk)| push(id, &chunk)).collect();
    assert!(pushed(&server, grouped(7, many)).iter().all(|outcome| *outcome == PushOutcome::Stored));
    let first = ask(&server, Ask { cursor: Some(page.cursor), max_bytes: Some(1), ..Ask::default() });
    assert_eq!(first.items.len(), 64);

    let too_many: Vec<Push> =
        (65..=129).map(|n| client(n, "К")).map(|(id, _, chunk)| push(id, &chunk)).collect();
    let answered = ask(&server, Ask { push: grouped(8, too_many), ..Ask::default() });
    assert!(answered.results.iter().all(|result| result.code == Some(ErrorCode::GroupTooLarge)));
}

#[test]
fn large_documents_do_not_make_a_page_of_a_first_sync_larger_than_was_asked_for() {
    let server = server();
    let many = 40;
    for n in 1..=many {
        // What cannot be packed: each is larger than half a page.
        let noise: String = (0_u32..1_600)
            .map(|at| Hash::of(&(at + u32::from(n) * 1_600).to_be_bytes()).to_string())
            .collect();
        let edit = ClientEdit { notes: Patch::Set(noise[..100_000].to_owned()), ..named("К") };
        let (_, chunk) = clients::create(&Author::new([n; 16], "t"), NOW, &edit);
        assert_eq!(
            pushed(&server, vec![push(Uuid::from_u128(u128::from(n)), &chunk.unwrap())]),
            [PushOutcome::Stored]
        );
    }
    let most = 150_000;
    let (mut cursor, mut found) = (None, BTreeSet::new());
    loop {
        let page = ask(&server, Ask { cursor, max_bytes: Some(most), ..Ask::default() });
        let sizes = page
            .items
            .iter()
            .map(|item| if let Item::Doc(item) = item { item.bytes.0.len() as u64 } else { 0 });
        let size: u64 = sizes.sum();
        assert!(size < 2 * most, "{size} bytes in {} items", page.items.len());
        found.extend(docs(&page.items));
        cursor = Some(page.cursor);
        if !page.more {
            break;
        }
    }
    assert_eq!(found.len(), usize::from(many));
}

#[test]
fn a_first_sync_comes_today_first_and_can_be_cut_anywhere() {
    let server = server();
    let (regular, _, chunk) = client(1, "Давняя");
    pushed(&server, vec![push(regular, &chunk)]);
    let (expected, _, chunk) = client(2, "Сегодня");
    pushed(&server, vec![push(expected, &chunk)]);
    let visit = Uuid::from_u128(0x2000);
    let context = domain::appointments::BookContext {
        zone: "Europe/Moscow",
        currency: domain::money::Currency::RUB,
        service: None,
        source: "manual",
    };
    let body = json!({ "clientId": expected, "startsAt": "2026-11-22T18:00", "durationMin": 60 });
    let edit =
        domain::appointments::AppointmentEdit::new_from_json(body.as_object().unwrap(), &context).unwrap();
    let author = Author::new([9; 16], "t");
    let (_, chunk) = domain::appointments::book(
        &author,
        NOW,
        &mut Counter(0),
        &edit,
        domain::appointments::Status::Booked,
    );
    pushed(&server, vec![Push { collection: "appointments".to_owned(), ..push(visit, &chunk.unwrap()) }]);

    for size in [1, 300, 1 << 20] {
        let (items, page) = pull_all(&server, None, size);
        assert!(matches!(items[0], Item::Record(_)), "the tenant comes first");
        assert_eq!(docs(&items), [visit, expected, regular], "page size {size}");
        assert!(page.digest.is_some());
    }
    let scope = || Some(Scope { rows: true, ..Scope::default() });
    let rows = |page: &Answer| {
        page.items.iter().filter(|item| matches!(item, Item::Doc(doc) if doc.row.is_some())).count()
    };
    let today = ask(&server, Ask { scope: scope(), ..Ask::default() });
    assert_eq!((rows(&today), today.more), (2, true), "today is a page of its own, however much would fit");
    let rest = ask(&server, Ask { cursor: Some(today.cursor), scope: scope(), ..Ask::default() });
    assert_eq!((rows(&rest), rest.more), (1, false));
}

#[test]
fn the_first_device_of_a_business_does_not_get_its_own_work_back() {
    let server = server();
    let (id, _, chunk) = client(1, "Анна");
    let first = ask(&server, Ask { push: vec![push(id, &chunk)], ..Ask::default() });
    assert!(docs(&first.items).is_empty() && !first.more && first.digest.is_some(), "{first:?}");
    let (items, _) = pull_all(&server, None, 1 << 20);
    assert_eq!(docs(&items), [id], "another device gets it");
}

#[test]
fn a_folded_log_gives_documents_instead_of_changes() {
    let server = server();
    let (_, page) = pull_all(&server, None, 1 << 20);
    let (id, mut document, create) = client(1, "Анна");
    let mut batch = vec![push(id, &create)];
    batch.extend((2..6).map(|n| push(id, &rename(&mut document, n, &format!("Анна {n}")))));
    pushed(&server, batch);
    server.fold(TENANT, 4);
    let (items, after) = pull_all(&server, Some(page.cursor), 1 << 20);
    let [Item::Doc(item)] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!(item.kind, DocKind::Snapshot);
    assert_eq!(item.hash, Hash::of(&item.bytes.0));
    let mut opened = Document::load(Collection::Clients, &item.bytes.0).unwrap();
    assert_eq!((opened.heads(), &item.heads), (document.heads(), &document.heads()));
    assert!(after.digest.is_some());
}

#[test]
fn a_restored_server_begins_a_new_epoch_and_devices_go_back_to_the_last_common_point() {
    let server = server();
    let clients: Vec<_> = (1..=6).map(|n| client(n, "К")).collect();
    let mut cursor = None;
    let mut backup = None;
    for (n, (id, _, chunk)) in clients.iter().enumerate() {
        if n == 4 {
            backup = server.dump(TENANT);
        }
        let answered = ask(&server, Ask { cursor, push: vec![push(*id, chunk)], ..Ask::default() });
        cursor = Some(pull_all(&server, Some(answered.cursor), 1 << 20).1.cursor);
    }
    let epoch = backup
        .as_ref()
        .map(|_| ask(&server, Ask { cursor: cursor.clone(), ..Ask::default() }).epoch)
        .unwrap();
    server.restore(TENANT, backup.unwrap());
    let (late, _, chunk) = client(9, "После");
    pushed(&server, vec![push(late, &chunk)]);

    let (items, page) = pull_all(&server, cursor.clone(), 1 << 20);
    assert_ne!(page.epoch, epoch);
    assert!(docs(&items).contains(&late), "what was written after the restore");
    assert!(docs(&items).len() < 6, "not from the beginning: {items:?}");
    let (_, other) = pull_all(&server, cursor, 1 << 20);
    assert_eq!(other.epoch, page.epoch, "a second device with the old epoch does not begin a third");
}

#[test]
fn cursors_of_others_and_damaged_ones_and_other_protocols_are_refused() {
    let server = server();
    let other = TenantId(Uuid::from_u128(2));
    server.add_tenant(other, Uuid::from_u128(0xf0));
    let cursor = ask(&server, Ask::default()).cursor;
    let mut tx = server.begin(other);
    let mut ids = Counter(0);
    let mut context = Context { now: Timestamp::from_second(NOW).unwrap(), ids: &mut ids, device: None };
    let theirs = Ask { protocol: PROTOCOL, cursor: Some(cursor), ..Ask::default() };
    assert!(matches!(block_on(answer(&mut tx, theirs, &mut context)), Err(AskError::BadCursor)));
    let damaged = Ask { cursor: Some("abc".to_owned()), ..Ask::default() };
    assert!(matches!(try_ask(&server, damaged), Err(AskError::BadCursor)));
    let mut tx = server.begin(TENANT);
    let newer = Ask { protocol: 2, ..Ask::default() };
    assert!(matches!(block_on(answer(&mut tx, newer, &mut context)), Err(AskError::UnsupportedProtocol)));
}

#[test]
fn an_erased_document_stays_erased() {
    let server = server();
    let (id, mut document, create) = client(1, "Анна");
    pushed(&server, vec![push(id, &create)]);
    let cursor = pull_all(&server, None, 1 << 20).1.cursor;
    let mut tx = server.begin(TENANT);
    block_on(async {
        tx.lock().await.unwrap();
        let mut session = Session::begin(&mut tx, None).await.unwrap();
        session.purge(id).await.unwrap();
        session.finish().await.unwrap();
    });
    tx.commit();
    assert_eq!(pushed(&server, vec![push(id, &rename(&mut document, 2, "Аня"))]), [PushOutcome::Purged]);
    let (items, page) = pull_all(&server, Some(cursor), 1 << 20);
    assert!(matches!(items.as_slice(), [Item::Doc(item)] if item.kind == DocKind::Purged && item.doc == id));
    assert_eq!(page.digest.unwrap()["clients"], Sum::default().plus(domain::sync::purged_digest(id)));
    let tables = server.dump(TENANT).unwrap();
    assert!(tables.rows().is_empty() && tables.documents()[&id].bytes.is_empty());
}

fn add_service(id: u128) -> Intent {
    let body = json!({ "name": "Стрижка", "basePrice": 2500, "durationMin": 90 });
    Intent {
        id: IntentId(Uuid::from_u128(id)),
        action: "service.add".to_owned(),
        target: Uuid::from_u128(0x3000 + id),
        body: body.as_object().unwrap().clone(),
        after: Vec::new(),
        deadline: None,
    }
}

fn outcome(server: &MemoryServer, intent: &Intent) -> (IntentOutcome, Option<ErrorCode>) {
    let answered = ask(server, Ask { intents: vec![intent.clone()], ..Ask::default() });
    (answered.intents[0].result, answered.intents[0].code)
}

#[test]
fn an_intent_runs_once_and_another_device_sees_the_service_after_its_next_sync() {
    let server = server();
    let cursor = pull_all(&server, None, 1 << 20).1.cursor;
    let add = add_service(1);
    assert_eq!(outcome(&server, &add), (IntentOutcome::Done, None));
    let head = server.dump(TENANT).unwrap().head();
    assert_eq!(outcome(&server, &add), (IntentOutcome::Done, None));
    assert_eq!(server.dump(TENANT).unwrap().head(), head);
    let (items, _) = pull_all(&server, Some(cursor), 1 << 20);
    let [Item::Record(item)] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!((item.id, item.body.as_ref().unwrap()["name"].as_str()), (add.target, Some("Стрижка")));
}

#[test]
fn an_intent_waits_for_the_changes_it_talks_about() {
    let server = server();
    let (id, _, create) = client(1, "Анна");
    let waiting = Intent { after: vec![create.hash()], ..add_service(1) };
    assert_eq!(outcome(&server, &waiting).0, IntentOutcome::Waiting);
    let together = Ask { push: vec![push(id, &create)], intents: vec![waiting], ..Ask::default() };
    assert_eq!(ask(&server, together).intents[0].result, IntentOutcome::Done);
}

#[test]
fn an_intent_that_cannot_be_done_says_why_for_ever() {
    let server = server();
    let late = Intent { deadline: Some("2026-11-22T09:59:59Z".to_owned()), ..add_service(1) };
    assert_eq!(outcome(&server, &late), (IntentOutcome::Expired, Some(ErrorCode::IntentExpired)));
    let unknown = Intent { action: "rocket.launch".to_owned(), ..add_service(2) };
    assert_eq!(outcome(&server, &unknown), (IntentOutcome::Refused, Some(ErrorCode::IntentInvalid)));
    let edit = Intent { action: "service.edit".to_owned(), ..add_service(3) };
    assert_eq!(outcome(&server, &edit), (IntentOutcome::Refused, Some(ErrorCode::NotFound)));
    let mut wrong = add_service(4);
    wrong.body.remove("name");
    let answered = ask(&server, Ask { intents: vec![wrong.clone()], ..Ask::default() });
    assert_eq!(answered.intents[0].code, Some(ErrorCode::ValidationFailed));
    assert!(answered.intents[0].fields.contains_key("name"));
    assert_eq!(ask(&server, Ask { intents: vec![wrong], ..Ask::default() }).intents, answered.intents);
    // A body that no reader of CBOR takes would end every sync that it comes in.
    let mut deep = add_service(5);
    let meta = (0..60).fold(json!({}), |inner, _| json!({ "a": inner }));
    deep.body.insert("meta".to_owned(), meta);
    assert_eq!(outcome(&server, &deep), (IntentOutcome::Refused, Some(ErrorCode::ValidationFailed)));
}

#[test]
fn a_record_that_a_restore_lost_is_taken_back_and_a_standing_one_is_not_touched() {
    let server = server();
    let backup = server.dump(TENANT).unwrap();
    outcome(&server, &add_service(1));
    let record =
        server.dump(TENANT).unwrap().records()[&("service".to_owned(), Uuid::from_u128(0x3001))].clone();
    server.restore(TENANT, backup);
    let body = json!({ "record": "service", "body": record.body });
    let offer = Intent {
        action: "record.offer".to_owned(),
        body: body.as_object().unwrap().clone(),
        ..add_service(1)
    };
    assert_eq!(outcome(&server, &offer).0, IntentOutcome::Done);
    let key = ("service".to_owned(), offer.target);
    assert_eq!(server.dump(TENANT).unwrap().records()[&key].body, record.body);
    let head = server.dump(TENANT).unwrap().head();
    assert_eq!(
        outcome(&server, &Intent { id: IntentId(Uuid::from_u128(9)), ..offer }).0,
        IntentOutcome::Done
    );
    assert_eq!(server.dump(TENANT).unwrap().head(), head);
}

#[test]
fn what_was_removed_stays_removed_whoever_offers_it() {
    let server = server();
    outcome(&server, &add_service(1));
    let key = ("service".to_owned(), Uuid::from_u128(0x3001));
    let body = json!({ "record": "service", "body": server.dump(TENANT).unwrap().records()[&key].body });
    let again = |n, action: &str| Intent {
        id: IntentId(Uuid::from_u128(n)),
        action: action.to_owned(),
        ..add_service(1)
    };
    assert_eq!(outcome(&server, &again(8, "service.remove")).0, IntentOutcome::Done);
    let offer = Intent { body: body.as_object().unwrap().clone(), ..again(9, "record.offer") };
    assert_eq!(outcome(&server, &offer).0, IntentOutcome::Done);
    assert_eq!(server.dump(TENANT).unwrap().records()[&key].body, None);
}

#[test]
fn compare_lists_the_buckets_that_differ_and_no_others() {
    let server = server();
    let mut buckets = vec![Sum::default(); 256];
    for n in 1..=20 {
        let (id, _, chunk) = client(n, "К");
        pushed(&server, vec![push(id, &chunk)]);
        if n != 7 {
            let bucket = &mut buckets[usize::from(bucket_of(id))];
            *bucket = bucket.plus(domain::sync::document_digest(id, &vec![chunk.hash()]));
        }
    }
    let question = Compare { protocol: PROTOCOL, part: "clients".to_owned(), buckets };
    let found = block_on(compare(&mut server.begin(TENANT), &question)).unwrap();
    let named: BTreeSet<Uuid> =
        found.differing.iter().flat_map(|part| part.docs.iter().map(|doc| doc.doc)).collect();
    assert_eq!(named, BTreeSet::from([client(7, "К").0]));
    let records = Compare { protocol: PROTOCOL, part: "records".to_owned(), buckets: Vec::new() };
    let found = block_on(compare(&mut server.begin(TENANT), &records)).unwrap();
    assert_eq!(found.differing[0].docs[0].doc, TENANT.0);
}

#[test]
fn the_digest_is_the_sum_of_what_is_stored() {
    let server = server();
    for n in 1..=5 {
        let (id, mut document, create) = client(n, "К");
        pushed(&server, vec![push(id, &create), push(id, &rename(&mut document, n, "Другая"))]);
        outcome(&server, &add_service(n.into()));
    }
    let mut tx = server.begin(TENANT);
    let state = block_on(tx.state()).unwrap();
    for part in ["clients", "appointments", "notes", "records"] {
        let listed = block_on(tx.part(part)).unwrap();
        let sum = listed.into_iter().fold(Sum::default(), |sum, (_, digest)| sum.plus(digest));
        assert_eq!(state.digest[part], sum, "{part}");
    }
}
