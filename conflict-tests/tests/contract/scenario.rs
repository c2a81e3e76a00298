//! A scenario: requests in their order, each with the status that it must get. What an answer said can be named and put into
//! later requests: `.named("anna")`, then `{anna.id}` or `{anna:etag}`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::Method;
use domain::ids::Clock as _;
use jiff::civil::Weekday;
use jiff::{ToSpan as _, tz::TimeZone};
use serde_json::Value as Json;
use sync_server::testing::TestServer;

use super::doors::{Door, Got, NoWay, Sent, device};
use super::mask::Mask;

/// A request of a scenario.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
    /// A file in the place of a body: it goes as it is.
    file: Option<Vec<u8>>,
    status: u16,
    name: Option<&'static str>,
}

pub(crate) fn get(path: &str, status: u16) -> Step {
    step(Method::GET, path, None, status)
}

pub(crate) fn post(path: &str, body: &Json, status: u16) -> Step {
    step(Method::POST, path, Some(body.to_string()), status)
}

/// A `POST` without a body.
pub(crate) fn act(path: &str, status: u16) -> Step {
    step(Method::POST, path, None, status)
}

pub(crate) fn patch(path: &str, body: &Json, status: u16) -> Step {
    step(Method::PATCH, path, Some(body.to_string()), status)
}

pub(crate) fn put(path: &str, body: &Json, status: u16) -> Step {
    step(Method::PUT, path, Some(body.to_string()), status)
}

pub(crate) fn delete(path: &str, status: u16) -> Step {
    step(Method::DELETE, path, None, status)
}

pub(crate) fn step(method: Method, path: &str, body: Option<String>, status: u16) -> Step {
    let headers = body.iter().map(|_| ("content-type", "application/json".to_owned())).collect();
    Step { method, path: path.to_owned(), headers, body, file: None, status, name: None }
}

/// A file as it lies on a disk.
pub(crate) fn file(method: Method, path: &str, bytes: &[u8], status: u16) -> Step {
    let sent = Step { file: Some(bytes.to_vec()), ..step(method, path, None, status) };
    sent.with("content-type", "application/octet-stream")
}

impl Step {
    /// Names what is answered.
    pub(crate) fn named(self, name: &'static str) -> Self {
        Self { name: Some(name), ..self }
    }

    /// With a header.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    /// In English.
    pub(crate) fn in_english(self) -> Self {
        self.with("accept-language", "en")
    }
}

/// A Monday some weeks from today, and the days after it: `day(0)` is that Monday. Far enough that no clock reaches it.
pub(crate) fn day(after: i64) -> String {
    let today = client_core::system::SystemClock.now().to_zoned(TimeZone::UTC).date();
    let monday = today + 28.days();
    let since = i64::from(monday.weekday().since(Weekday::Monday));
    (monday - since.days() + after.days()).to_string()
}

/// Plays a scenario at both doors and compares every answer.
pub(crate) async fn same_at_both_doors(steps: &[Step]) {
    let server = TestServer::start().await;
    let owner = server.register("anna").await;
    let there = play(&owner, steps).await;
    let here = play(&device(&owner.account, Arc::new(NoWay)), steps).await;
    compare(steps, there, here);
}

/// Compares what the server answered with what a device answered.
pub(crate) fn compare(steps: &[Step], there: Vec<Got>, here: Vec<Got>) {
    assert_eq!((there.len(), here.len()), (steps.len(), steps.len()));
    for (at, (step, (there, here))) in steps.iter().zip(there.into_iter().zip(here)).enumerate() {
        let about =
            format!("step {at}: {} {} {}", step.method, step.path, step.body.as_deref().unwrap_or_default());
        assert_eq!(there.status, step.status, "the server, {about}: {:#}", there.body);
        assert_eq!(here.status, step.status, "the device, {about}: {:#}", here.body);
        assert_eq!(
            format!("{:#?}\n{:#}", here.headers, here.body),
            format!("{:#?}\n{:#}", there.headers, there.body),
            "left the device, right the server, {about}"
        );
    }
}

/// Plays a scenario at one door; what it answered, masked.
pub(crate) async fn play(door: &impl Door, steps: &[Step]) -> Vec<Got> {
    let (mut mask, mut named, mut all) = (Mask::default(), BTreeMap::new(), Vec::new());
    for step in steps {
        let fill = |text: &str| filled(text, &named);
        let sent = Sent {
            method: step.method.clone(),
            path: fill(&step.path),
            headers: step.headers.iter().map(|(name, value)| (*name, fill(value))).collect(),
            body: match &step.file {
                Some(bytes) => bytes.clone(),
                None => step.body.as_deref().map(fill).unwrap_or_default().into_bytes(),
            },
        };
        let got = door.send(sent).await;
        if let Some(name) = step.name {
            named.insert(name, got.clone());
        }
        all.push(mask.answer(got));
    }
    all
}

/// A text with what earlier answers said: `{name.field.0}`, `{name:header}`.
fn filled(text: &str, named: &BTreeMap<&'static str, Got>) -> String {
    let mut filled = text.to_owned();
    for (name, got) in named {
        for (header, value) in &got.headers {
            filled = filled.replace(&format!("{{{name}:{header}}}"), value);
        }
        while let Some(begin) = filled.find(&format!("{{{name}.")) {
            let end = begin + filled[begin..].find('}').expect("a place in a scenario ends");
            let place = &filled[begin + name.len() + 2..end];
            let value = place.split('.').fold(&got.body, |json, part| match part.parse::<usize>() {
                Ok(at) => &json[at],
                Err(_) => &json[part],
            });
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            filled.replace_range(begin..=end, &value);
        }
    }
    filled
}
