//! A small server for tests: a log, documents, and every way to be unhelpful.

use std::collections::{BTreeMap, BTreeSet};

use domain::documents::{Bytes, Chunk, Document, Hash, Heads, Verdict};
use domain::errors::ErrorCode;
use domain::project;
use domain::services::ServiceEdit;
use domain::sync::{
    Answer, Ask, BUCKETS, Compare, CompareAnswer, CompareDoc, ComparePart, Digest, DocItem, DocKind,
    IntentOutcome, IntentResult, Item, Push, PushOutcome, PushResult, RecordItem, Sum, bucket_of,
    canonical_json, document_digest, record_digest,
};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::app::App;
use crate::sync::{Effect, Engine, Event, Options, Reply, Report, Request};

#[derive(Clone, Default)]
pub(super) struct Server {
    pub(super) epoch: u128,
    pub(super) log: Vec<Item>,
    pub(super) docs: BTreeMap<Uuid, Document>,
    pub(super) records: BTreeMap<(String, Uuid), Json>,
    pub(super) done: BTreeSet<Uuid>,
    pub(super) refuse: BTreeSet<Hash>,
    pub(super) refuse_intents: bool,
    /// How many items fit into an answer; 0 is all.
    pub(super) page: usize,
}

impl Server {
    pub(super) fn reply(&mut self, request: &Request) -> Reply {
        match request {
            Request::Sync(ask) => Reply::Sync(self.answer(ask)),
            Request::Compare(compare) => Reply::Compare(self.compare(compare)),
        }
    }

    fn answer(&mut self, ask: &Ask) -> Answer {
        let results = ask.push.iter().map(|push| self.push(push)).collect();
        let intents = ask.intents.iter().map(|intent| self.run(intent)).collect();
        let start: usize = ask.cursor.as_ref().map_or(0, |c| c.parse().unwrap()).min(self.log.len());
        let most = if self.page == 0 { usize::MAX } else { self.page };
        let mut items: Vec<Item> = ask.want.iter().filter_map(|id| self.whole(*id)).collect();
        items.extend(self.log[start..].iter().take(most).cloned());
        let cursor = (start + most.min(self.log.len() - start)).min(self.log.len());
        let more = cursor < self.log.len();
        Answer {
            epoch: Uuid::from_u128(self.epoch),
            head: self.log.len() as u64,
            cursor: cursor.to_string(),
            more,
            results,
            durable: None,
            intents,
            items,
            packed: None,
            digest: (!more).then(|| self.digest()),
            server_time: "2026-11-22T10:00:00Z".to_owned(),
            others: None,
        }
    }

    fn push(&mut self, push: &Push) -> PushResult {
        let result = |result, code, heads| PushResult { doc: push.doc, hash: push.hash, result, code, heads };
        if self.refuse.contains(&push.hash) {
            return result(PushOutcome::Refused, Some(ErrorCode::BadShape), None);
        }
        let collection = push.collection.parse().unwrap();
        let chunk = Chunk::check(collection, push.hash, &push.bytes.0).unwrap();
        let mut document = self.docs.get(&push.doc).cloned().unwrap_or_else(|| Document::new(collection));
        let mut received = document.receive(&[chunk]);
        match received.verdicts[0] {
            Verdict::Stored => {
                let row = Some(project(&mut received.document).to_json());
                self.docs.insert(push.doc, received.document);
                self.log.push(Item::Doc(DocItem {
                    seq: self.log.len() as u64 + 1,
                    group: push.group,
                    doc: push.doc,
                    collection,
                    kind: DocKind::Change,
                    hash: push.hash,
                    heads: Heads::new(),
                    bytes: push.bytes.clone(),
                    row,
                }));
                result(PushOutcome::Stored, None, None)
            }
            Verdict::Duplicate => result(PushOutcome::Duplicate, None, None),
            Verdict::MissingDeps => {
                let heads = if document.is_blank() { Heads::new() } else { document.heads() };
                result(PushOutcome::MissingDeps, None, Some(heads))
            }
            Verdict::Refused(code) => result(PushOutcome::Refused, Some(code), None),
        }
    }

    fn run(&mut self, intent: &domain::sync::Intent) -> IntentResult {
        let mut answer =
            IntentResult { id: intent.id, result: IntentOutcome::Done, code: None, fields: BTreeMap::new() };
        if self.refuse_intents {
            (answer.result, answer.code) = (IntentOutcome::Refused, Some(ErrorCode::IntentInvalid));
        } else if self.done.insert(intent.id.0) {
            let (record, body) = match intent.action.as_str() {
                "service.add" => {
                    let edit =
                        ServiceEdit::new_from_json(&intent.body, domain::money::Currency::RUB).unwrap();
                    let service =
                        edit.add(intent.target.into(), domain::money::Currency::RUB, "2026-11-22T10:00:00Z");
                    ("service".to_owned(), serde_json::to_value(service).unwrap())
                }
                "record.offer" => {
                    (intent.body["record"].as_str().unwrap().to_owned(), intent.body["body"].clone())
                }
                other => panic!("{other} is not for this server"),
            };
            self.records.insert((record.clone(), intent.target), body.clone());
            let seq = self.log.len() as u64 + 1;
            self.log.push(Item::Record(RecordItem { seq, record, id: intent.target, body: Some(body) }));
        }
        answer
    }

    fn whole(&self, id: Uuid) -> Option<Item> {
        if let Some(document) = self.docs.get(&id) {
            return Some(snapshot(id, document.clone()));
        }
        let ((record, _), body) = self.records.iter().find(|((_, found), _)| *found == id)?;
        Some(Item::Record(RecordItem { seq: 0, record: record.clone(), id, body: Some(body.clone()) }))
    }

    fn digests(&self, part: &str) -> Vec<(Uuid, Hash, Heads)> {
        if part == "records" {
            let entry = |((kind, id), body): (&(String, Uuid), &Json)| {
                (*id, record_digest(kind, *id, body), vec![Hash::of(canonical_json(body).as_bytes())])
            };
            return self.records.iter().map(entry).collect();
        }
        let docs = self.docs.iter().filter(|(_, document)| document.collection().as_str() == part);
        docs.map(|(id, document)| {
            let heads = document.clone().heads();
            (*id, document_digest(*id, &heads), heads)
        })
        .collect()
    }

    fn digest(&self) -> Digest {
        let sum = |part: &str| {
            self.digests(part).iter().fold(Sum::default(), |sum, (_, digest, _)| sum.plus(*digest))
        };
        ["clients", "appointments", "notes", "records"].into_iter().map(|p| (p.to_owned(), sum(p))).collect()
    }

    fn compare(&self, compare: &Compare) -> CompareAnswer {
        let mut buckets = vec![(Sum::default(), Vec::new()); BUCKETS];
        for (id, digest, heads) in self.digests(&compare.part) {
            let bucket = &mut buckets[usize::from(bucket_of(id))];
            bucket.0 = bucket.0.plus(digest);
            bucket.1.push(CompareDoc { doc: id, heads, purged: false });
        }
        let differing = buckets.into_iter().zip(&compare.buckets).enumerate();
        let differing = differing
            .filter(|(_, ((sum, _), theirs))| sum != *theirs)
            .map(|(n, ((_, docs), _))| ComparePart { bucket: u8::try_from(n).unwrap(), docs })
            .collect();
        CompareAnswer { head: self.log.len() as u64, count: None, sum: None, differing }
    }

    /// Yesterday's backup takes the place of today.
    pub(super) fn restore(&mut self, backup: Self) {
        let epoch = self.epoch + 1;
        *self = backup;
        self.epoch = epoch;
    }

    /// A document is gone, as after a disk fault.
    pub(super) fn lose(&mut self, id: Uuid) {
        self.docs.remove(&id);
    }

    /// What follows in the log is one snapshot per document.
    pub(super) fn fold(&mut self) {
        self.log = self.docs.iter().map(|(id, document)| snapshot(*id, document.clone())).collect();
    }

    /// Changes the items that a device is about to see.
    pub(super) fn tamper(&mut self, mut change: impl FnMut(&mut DocItem)) {
        for item in &mut self.log {
            if let Item::Doc(item) = item {
                change(item);
            }
        }
    }

    pub(super) fn append(&mut self, item: DocItem) {
        self.log.push(Item::Doc(item));
    }
}

fn snapshot(id: Uuid, mut document: Document) -> Item {
    let bytes = document.save();
    Item::Doc(DocItem {
        seq: 0,
        group: None,
        doc: id,
        collection: document.collection(),
        kind: DocKind::Snapshot,
        hash: Hash::of(&bytes),
        heads: document.heads(),
        bytes: Bytes(bytes),
        row: Some(project(&mut document).to_json()),
    })
}

/// Syncs until the engine rests.
pub(super) fn sync(app: &mut App, server: &mut Server) -> Report {
    sync_with(app, server, Options::default())
}

pub(super) fn sync_with(app: &mut App, server: &mut Server, options: Options) -> Report {
    let mut engine = Engine::new(options);
    let mut event = Event::Wake;
    for _ in 0..500 {
        event = match app.sync_step(&mut engine, event).unwrap() {
            Effect::Send(ticket, request) => Event::Answered(ticket, server.reply(&request)),
            Effect::Idle(report) => return report,
            other => panic!("{other:?}"),
        };
    }
    panic!("the engine does not come to rest");
}
