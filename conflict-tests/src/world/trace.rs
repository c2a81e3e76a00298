//! All that happens, in order, as one number: two plays of a history are the same if theirs is.
//!
//! What travels goes in by what identifies it, not as text: writing it out would cost more than playing.

use std::hash::{Hash, Hasher};

use client_core::sync::{Failure, Reply, Request};
use domain::sync::Item;

/// FNV-1a over words of eight bytes.
#[derive(Clone, Debug)]
pub(super) struct Trace {
    sum: u64,
    /// Whether each line is printed: for a person who looks into a broken history.
    pub is_told: bool,
}

impl Trace {
    pub(super) fn new() -> Self {
        Self { sum: 0xcbf2_9ce4_8422_2325, is_told: std::env::var_os("WORLD_TRACE").is_some() }
    }

    /// A request, by the changes and asks that it carries; a change's hash stands for its bytes.
    pub(super) fn request(&mut self, device: usize, request: &Request) {
        device.hash(self);
        match request {
            Request::Sync(ask) => {
                (&ask.cursor, &ask.want, ask.max_bytes, ask.pending).hash(self);
                for push in &ask.push {
                    (push.group, push.doc, &push.collection, push.hash).hash(self);
                }
                for intent in &ask.intents {
                    (intent.id, intent.target, &intent.action, &intent.after, &intent.deadline).hash(self);
                    intent.body.hash(self);
                }
            }
            Request::Compare(ask) => (&ask.part, &ask.buckets).hash(self),
        }
    }

    /// What a device hears.
    pub(super) fn result(&mut self, device: usize, result: &Result<Reply, Failure>) {
        device.hash(self);
        match result {
            Ok(Reply::Sync(answer)) => {
                (answer.epoch, answer.head, &answer.cursor, answer.more, &answer.digest).hash(self);
                for result in &answer.results {
                    (result.doc, result.hash, result.result as u8).hash(self);
                }
                for result in &answer.intents {
                    (result.id, result.result as u8).hash(self);
                }
                for item in &answer.items {
                    match item {
                        Item::Doc(item) => {
                            (item.seq, item.group, item.doc, item.hash, &item.heads).hash(self);
                            (&item.bytes.0, &item.row).hash(self);
                        }
                        Item::Record(item) => (item.seq, item.id, &item.record, &item.body).hash(self),
                    }
                }
            }
            Ok(Reply::Compare(answer)) => {
                (answer.head, answer.sum).hash(self);
                for doc in answer.differing.iter().flat_map(|part| &part.docs) {
                    (doc.doc, &doc.heads, doc.purged).hash(self);
                }
            }
            Err(failure) => format!("{failure:?}").hash(self),
        }
    }
}

impl Hasher for Trace {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        for word in words.iter().chain([&last]) {
            self.sum = (self.sum ^ u64::from_le_bytes(*word)).wrapping_mul(0x0100_0000_01b3).rotate_left(23);
        }
    }

    fn finish(&self) -> u64 {
        self.sum
    }
}
