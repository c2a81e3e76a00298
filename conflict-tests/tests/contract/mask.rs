//! What may differ between two doors, and still must stand in the same places: ids, changes, versions, cursors, and the
//! moments at which something was done. The same id is the same word wherever it appears again.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use uuid::Uuid;

use super::doors::Got;

/// Fields that say when something was done, by a clock.
const TIMES: [&str; 6] = ["createdAt", "updatedAt", "deletedAt", "mergedAt", "recordedAt", "seenAt"];
/// The whole list of what differs on purpose (docs/adr/0029-one-contract-two-doors.md).
///
/// A history names who made a change: over HTTP it was the API, on a device it was that device; and when the server received it,
/// which only the server knows. A device also notes beside a
/// payment how it saw the visit, so that the server can tell whether it was another by the time it hears of the money.
const ON_PURPOSE: [&str; 4] = ["device", "receivedAt", "visitTime", "visitOff"];

/// What one door has said so far, by the words that stand for it.
#[derive(Debug, Default)]
pub(crate) struct Mask {
    words: BTreeMap<String, String>,
    count: BTreeMap<&'static str, usize>,
}

impl Mask {
    /// An answer with words in place of what may differ.
    pub(crate) fn answer(&mut self, mut got: Got) -> Got {
        for (name, value) in &mut got.headers {
            *value = match *name {
                "etag" => self.word("etag", value),
                // A set: in which order it is told is nobody's business.
                "allow" => value
                    .split(',')
                    .map(str::trim)
                    .collect::<BTreeSet<_>>()
                    .into_iter()
                    .collect::<Vec<_>>()
                    .join(","),
                _ => self.text(value),
            };
        }
        self.json("", &mut got.body);
        got
    }

    fn json(&mut self, name: &str, json: &mut Json) {
        match json {
            Json::Object(fields) => {
                fields.retain(|name, _| !ON_PURPOSE.contains(&name.as_str()));
                // A field whose name is an id.
                let all = std::mem::take(fields);
                for (name, mut value) in all {
                    self.json(&name, &mut value);
                    fields.insert(self.text(&name), value);
                }
            }
            Json::Array(entries) => entries.iter_mut().for_each(|entry| self.json(name, entry)),
            Json::String(text) => {
                let is_now = text.parse::<jiff::Timestamp>().is_ok_and(near_now);
                *text = if TIMES.contains(&name) || is_now {
                    "<time>".to_owned()
                } else if name == "nextCursor" {
                    "<cursor>".to_owned()
                } else {
                    self.text(text)
                };
            }
            // When a field was not heard of by the server yet, a device says nothing.
            Json::Null if TIMES.contains(&name) => *json = Json::from("<time>"),
            // Documents keep moments as milliseconds since 1970.
            Json::Number(number) => {
                let at = number.as_i64().and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
                if at.is_some_and(near_now) {
                    *json = Json::from("<time>");
                }
            }
            Json::Null | Json::Bool(_) => {}
        }
    }

    /// A text with a word in place of each id and each hash that it names.
    fn text(&mut self, text: &str) -> String {
        let mut said = String::new();
        for part in text.split_inclusive(|c: char| !c.is_ascii_hexdigit() && c != '-') {
            let bare = part.trim_end_matches(|c: char| !c.is_ascii_hexdigit() && c != '-');
            let rest = &part[bare.len()..];
            if bare.len() == 36 && bare.parse::<Uuid>().is_ok() {
                said += &self.word("id", bare);
            } else if bare.len() == 64 {
                said += &self.word("hash", bare);
            } else if bare.len() == 10
                && bare.parse().is_ok_and(|second| jiff::Timestamp::from_second(second).is_ok_and(near_now))
            {
                // Until when a link is good.
                said += "<time>";
            } else {
                said += bare;
            }
            said += rest;
        }
        said
    }

    fn word(&mut self, kind: &'static str, text: &str) -> String {
        if let Some(word) = self.words.get(text) {
            return word.clone();
        }
        let count = self.count.entry(kind).or_default();
        *count += 1;
        let word = format!("<{kind} {count}>");
        self.words.insert(text.to_owned(), word.clone());
        word
    }
}

/// What was done now is done on this day by either clock; scenarios speak of days that are weeks away.
fn near_now(at: jiff::Timestamp) -> bool {
    use domain::ids::Clock as _;
    at.duration_since(client_core::system::SystemClock.now()).abs() < jiff::SignedDuration::from_hours(48)
}
