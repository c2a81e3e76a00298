//! The packed form by example and by law: what is unpacked is what was packed, and what was damaged is refused.

use proptest::prelude::*;

use super::*;
use crate::clients::{self, ClientEdit};
use crate::documents::{Author, Collection};
use crate::input::Patch;
use crate::sync::{ContentType, PROTOCOL, RecordItem, decode, encode};

fn push(n: u8) -> Push {
    let edit = ClientEdit { name: Patch::Set(format!("Анна {n}")), ..ClientEdit::default() };
    let chunk = clients::create(&Author::new([n; 16], "test"), 10, &edit).1.unwrap();
    Push {
        group: n.is_multiple_of(3).then(|| Uuid::from_u128(5)),
        doc: Uuid::from_u128(n.into()),
        collection: if n < 4 { "clients" } else { "notes" }.to_owned(),
        hash: chunk.hash(),
        bytes: Bytes(chunk.bytes().to_vec()),
    }
}

fn item(n: u8, kind: DocKind, bytes: Vec<u8>) -> Item {
    let doc = Uuid::from_u128(n.into());
    Item::Doc(DocItem {
        seq: 1_000 - u64::from(n) * 7,
        group: None,
        doc,
        collection: Collection::Clients,
        kind,
        hash: natural_hash(kind, doc, &bytes),
        heads: if kind == DocKind::Snapshot { vec![Hash([n; 32])] } else { Heads::new() },
        bytes: Bytes(bytes),
        row: (n == 2).then(|| "{}".to_owned()),
    })
}

fn answer(items: Vec<Item>) -> Answer {
    Answer {
        epoch: Uuid::from_u128(1),
        head: 5,
        cursor: "c".to_owned(),
        more: false,
        results: Vec::new(),
        durable: None,
        intents: Vec::new(),
        items,
        packed: None,
        digest: None,
        server_time: "2026-11-22T10:00:00Z".to_owned(),
        others: None,
    }
}

fn over_the_wire(ask: &Ask) -> Ask {
    decode(&encode(&ask.packed(), ContentType::Cbor), ContentType::Cbor).unwrap()
}

#[test]
fn an_ask_comes_back_as_it_was_and_its_changes_carry_no_hashes() {
    let mut ask = Ask { protocol: PROTOCOL, push: (0..6).map(push).collect(), ..Ask::default() };
    let sent = encode(&ask.packed(), ContentType::Cbor);
    assert!(!sent.windows(32).any(|bytes| bytes == ask.push[1].hash.0), "the hash follows from the bytes");
    let mut came = over_the_wire(&ask);
    came.unpack().unwrap();
    ask.scope = came.scope.clone();
    assert_eq!(came, ask);
    assert!(ask.scope.unwrap().packed, "the answer is wanted packed, too");
}

#[test]
fn an_answer_comes_back_with_documents_before_records() {
    let record =
        Item::Record(RecordItem { seq: 9, record: "service".to_owned(), id: Uuid::nil(), body: None });
    let docs = vec![
        item(1, DocKind::Change, push(1).bytes.0),
        item(2, DocKind::Snapshot, b"no chunk at all".to_vec()),
        item(3, DocKind::Purged, Vec::new()),
    ];
    let mut packed = answer([vec![record.clone()], docs.clone()].concat());
    packed.pack();
    let mut came: Answer = decode(&encode(&packed, ContentType::Cbor), ContentType::Cbor).unwrap();
    came.unpack(&[]).unwrap();
    assert_eq!(came, answer([docs, vec![record]].concat()));
}

#[test]
fn a_change_that_is_not_what_it_is_called_keeps_its_name_so_that_the_receiver_can_refuse_it() {
    let mut bad = push(1);
    bad.bytes.0[40] ^= 1;
    let ask = Ask { push: vec![push(0), bad, push(2)], ..Ask::default() };
    let mut came = over_the_wire(&ask);
    came.unpack().unwrap();
    assert_eq!(came.push, ask.push);
}

#[test]
fn results_that_are_all_good_are_one_number_and_others_stay() {
    let pushed = [push(1), push(2)];
    let result =
        |push: &Push, result| PushResult { doc: push.doc, hash: push.hash, result, code: None, heads: None };
    let mut good = answer(Vec::new());
    good.results = vec![result(&pushed[0], PushOutcome::Stored), result(&pushed[1], PushOutcome::Duplicate)];
    let mut bad = good.clone();
    bad.results[1].result = PushOutcome::Refused;
    let kept = bad.results.clone();
    good.pack();
    assert!(good.results.is_empty());
    assert_eq!(good.clone().unpack(&pushed[..1]), Err(PackedError::Columns), "an answer to another ask");
    good.unpack(&pushed).unwrap();
    assert_eq!(good.results.len(), 2);
    assert!(good.results.iter().all(|result| result.result == PushOutcome::Stored));
    bad.pack();
    bad.unpack(&pushed).unwrap();
    assert_eq!(bad.results, kept);
}

#[test]
fn what_all_have_stands_once_and_the_seal_of_one_is_short_and_the_longer_forms_are_read_too() {
    let ask = Ask { push: vec![push(1)], ..Ask::default() };
    let short = ask.packed();
    let text = serde_json::to_value(&short.packed).unwrap();
    let Hash(digest) = Hash::of(&[&[0; 8][..], &ask.push[0].hash.0].concat());
    let first = u32::from_be_bytes(*digest.first_chunk().unwrap());
    assert_eq!((&text["c"], &text["h"]), (&serde_json::json!(0), &serde_json::json!(first)));

    let mut long = short.clone();
    let columns = long.packed.as_mut().unwrap();
    let mut runs = Runs::default();
    runs.push(CollectionName::new("clients".to_owned()));
    columns.collections = Collections::Runs(runs);
    columns.seal = sealed(0, ask.push[0].hash);
    let [short, long] = [short, long].map(|ask| encode(&ask, ContentType::Cbor));
    assert!(short.len() + 7 <= long.len(), "{} {}", short.len(), long.len());
    for sent in [short, long] {
        let mut came: Ask = decode(&sent, ContentType::Cbor).unwrap();
        came.unpack().unwrap();
        assert_eq!(came.push, ask.push);
    }
    let mut bad = ask.packed();
    bad.packed.as_mut().unwrap().seal ^= 1;
    assert_eq!(bad.unpack(), Err(PackedError::Damaged));

    // As `docs/sync-protocol.md` says.
    assert_eq!(super::short(sealed(0, Hash([0; 32]))), 741_658_141);

    let two = Ask { push: vec![push(1), push(2)], ..Ask::default() }.packed();
    let text = serde_json::to_value(&two.packed).unwrap();
    assert_eq!(text["c"], serde_json::json!(0));
    assert!(text["h"].as_u64() > Some(u64::from(u32::MAX)), "more than one have the whole seal");
}

#[test]
fn a_run_longer_than_the_message_is_refused_before_it_is_unrolled() {
    let mut runs = Runs::default();
    runs.push("clients".to_owned());
    let json = serde_json::to_string(&runs).unwrap().replace('1', "4294967295");
    let runs: Runs<String> = serde_json::from_str(&json).unwrap();
    assert_eq!(runs.all(1), Err(PackedError::Columns));
}

proptest! {
    #[test]
    fn any_bytes_come_back(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..90), 1..6), magic in any::<bool>()) {
        let push = |(n, mut bytes): (usize, Vec<u8>)| {
            if magic && bytes.len() > 8 {
                bytes[..4].copy_from_slice(&[0x85, 0x6f, 0x4a, 0x83]);
                bytes[8] = 1;
            }
            let (doc, hash) = (Uuid::from_u128(n as u128), Hash::of(&bytes));
            Push { group: None, doc, collection: "clients".to_owned(), hash, bytes: Bytes(bytes) }
        };
        let ask = Ask { push: chunks.into_iter().enumerate().map(push).collect(), ..Ask::default() };
        let mut came = over_the_wire(&ask);
        prop_assert_eq!(came.unpack(), Ok(()));
        prop_assert_eq!(came.push, ask.push);
    }

    #[test]
    fn one_flipped_bit_is_never_taken_for_another_change(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let ask = Ask { push: (0..4).map(push).collect(), ..Ask::default() };
        let mut packed = ask.packed();
        if let Some(columns) = &mut packed.packed {
            let all = [&mut columns.parents.0, &mut columns.rests.0];
            let total: usize = all.iter().map(|column| column.len()).sum();
            let mut place = at.index(total);
            for column in all {
                if let Some(byte) = column.get_mut(place) {
                    *byte ^= 1_u8 << bit;
                    break;
                }
                place -= column.len();
            }
        }
        prop_assert!(packed.unpack().is_err());
    }
}
