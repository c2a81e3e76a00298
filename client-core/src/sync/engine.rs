//! The states of a sync session: ask until there is nothing left to say, compare, repair, rest.

use std::collections::VecDeque;
use std::fmt;

use domain::documents::Hash;
use domain::ids::IntentId;
use domain::sync::{Answer, Compare, CompareAnswer, DEFAULT_PAGE_BYTES, Digest, PROTOCOL};
use serde_json::json;
use uuid::Uuid;

use super::{
    Context, Effect, Event, Failure, IN_STEP, Reply, Report, Request, answer, ask, backoff, notice, repair,
};
use crate::app::notices;
use crate::bugs::{self, Bug};
use crate::store::{Result, Store, StoreError, Tx};

/// How the engine asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether documents come with rows and are opened later.
    pub rows: bool,
    /// How large an answer may be.
    pub page_bytes: u64,
    /// About how many bytes of changes go out at once.
    pub push_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { rows: true, page_bytes: DEFAULT_PAGE_BYTES, push_bytes: 1024 * 1024 }
    }
}

/// How often one session tries to repair a difference.
const MOST_REPAIRS: u32 = 3;
const LEAST_BYTES: u64 = 64 * 1024;

/// The sync engine of one device. It keeps nothing that matters: all that must survive is in the store.
#[derive(Debug)]
pub struct Engine {
    options: Options,
    out: Option<(Uuid, Sent)>,
    failures: u32,
    repairs: u32,
    has_dropped_cursor: bool,
    to_compare: VecDeque<String>,
    report: Report,
}

/// What a request said that its answer must be held against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) want: Vec<Uuid>,
    pub(super) pushed: Vec<(Uuid, Hash)>,
    /// Intents that no request has named before.
    pub(super) first_sent: Vec<IntentId>,
    pub(super) work: Work,
}

/// What there is to say or to get: open changes, intents and wishes. Two that are equal mean that nothing moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) outbox: u64,
    /// The first and the last number in the outbox: new entries change one of them.
    pub(super) ends: (i64, i64),
    pub(super) intents: u64,
    pub(super) wants: u64,
}

impl Work {
    const fn total(self) -> u64 {
        self.outbox + self.intents + self.wants
    }
}

#[derive(Debug)]
enum Sent {
    Sync(Asked),
    Compare(String),
}

impl Engine {
    /// An engine at rest.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            out: None,
            failures: 0,
            repairs: 0,
            has_dropped_cursor: false,
            to_compare: VecDeque::new(),
            report: Report::default(),
        }
    }

    /// Gives up a request that nobody waits for any more; what it did is found out by the next one.
    pub fn abandon(&mut self) {
        self.out = None;
    }

    /// Whether a request is out.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.out.is_some()
    }

    /// Handles an event. An error means that nothing of it was stored; waking the engine again is safe.
    pub fn handle(&mut self, store: &mut Store, event: Event, mut context: Context<'_>) -> Result<Effect> {
        let done = match event {
            Event::Wake if self.out.is_some() => return Ok(Effect::Ignored),
            Event::Wake => {
                self.begin();
                self.ask(store, &mut context)
            }
            Event::Answered(ticket, reply) => match (self.take(ticket), reply) {
                (None, _) => return Ok(Effect::Ignored),
                (Some(Sent::Sync(asked)), Reply::Sync(answer)) => {
                    self.answered(store, &mut context, &asked, &answer)
                }
                (Some(Sent::Compare(part)), Reply::Compare(answer)) => {
                    self.compared(store, &mut context, &part, &answer)
                }
                (Some(_), _) => self.failed(
                    store,
                    &mut context,
                    Failure::Garbled("an answer to another question".to_owned()),
                ),
            },
            Event::Failed(..) if bugs::planted(Bug::NeverAsksAgain) => return Ok(Effect::Ignored),
            Event::Failed(ticket, failure) => match self.take(ticket) {
                None => return Ok(Effect::Ignored),
                Some(Sent::Sync(asked)) if matches!(failure, Failure::Offline(_)) => store
                    .write(|tx| ask::has_not_left(tx, &asked))
                    .and_then(|()| self.failed(store, &mut context, failure)),
                Some(_) => self.failed(store, &mut context, failure),
            },
        };
        if done.is_err() {
            self.out = None;
        }
        done
    }

    fn begin(&mut self) {
        self.repairs = 0;
        self.has_dropped_cursor = false;
        self.to_compare.clear();
        self.report = Report::default();
    }

    fn take(&mut self, ticket: Uuid) -> Option<Sent> {
        self.out.take_if(|(out, _)| *out == ticket).map(|(_, sent)| sent)
    }

    fn ask(&mut self, store: &mut Store, context: &mut Context<'_>) -> Result<Effect> {
        let options = self.options;
        let (ask, asked) = store.write(|tx| ask::build(tx, options))?;
        let ticket = context.ids.uuid();
        self.out = Some((ticket, Sent::Sync(asked)));
        Ok(Effect::Send(ticket, Request::Sync(ask)))
    }

    fn answered(
        &mut self,
        store: &mut Store,
        context: &mut Context<'_>,
        asked: &Asked,
        answer: &Answer,
    ) -> Result<Effect> {
        let mut report = Report::default();
        let left = store.write(|tx| answer::keep(tx, context, asked, answer, &mut report))?;
        if report.refused > 0 {
            // A refused change took a number of its actor that must not be used for another one.
            store.renew_writers();
        }
        self.report.add(report);
        self.failures = 0;
        if answer.more || self.is_worth_asking(asked.work, left) {
            return self.ask(store, context);
        }
        match &answer.digest {
            Some(digest) => self.compare(store, context, digest),
            None => Ok(self.rest()),
        }
    }

    /// There is work left, and asking again may get it done: some was done, or something new has to be said.
    fn is_worth_asking(&mut self, before: Work, left: Work) -> bool {
        if left.total() == 0 || left == before {
            return false;
        }
        if left.total() >= before.total() {
            self.repairs += 1;
        }
        self.repairs <= MOST_REPAIRS
    }

    fn compare(&mut self, store: &mut Store, context: &mut Context<'_>, theirs: &Digest) -> Result<Effect> {
        let mut differing = store.read(|tx| differing(tx, theirs))?;
        if !differing.is_empty() {
            // Before anybody else is suspected: do our own sums add up?
            differing = store.write(|tx| {
                let recomputed = tx.recomputed_digest()?;
                tx.set_digest(&recomputed)?;
                self::differing(tx, theirs)
            })?;
        }
        if differing.is_empty() {
            self.report.in_step = Some(true);
            store.write(repair::in_step)?;
            return Ok(self.rest());
        }
        self.repairs += 1;
        if self.repairs > MOST_REPAIRS {
            self.report.in_step = Some(false);
            store.write::<_, StoreError>(|tx| {
                tx.set_meta(IN_STEP, &false)?;
                notice::daily(tx, context.now, notices::DIFFERENT, &json!({ "parts": differing }))
            })?;
            return Ok(self.rest());
        }
        self.to_compare = differing.into();
        self.next_part(store, context)
    }

    fn next_part(&mut self, store: &mut Store, context: &mut Context<'_>) -> Result<Effect> {
        let Some(part) = self.to_compare.pop_front() else { return self.ask(store, context) };
        let buckets = store.read(|tx| tx.buckets(&part))?;
        let ticket = context.ids.uuid();
        let request = Request::Compare(Compare { protocol: PROTOCOL, part: part.clone(), buckets });
        self.out = Some((ticket, Sent::Compare(part)));
        Ok(Effect::Send(ticket, request))
    }

    fn compared(
        &mut self,
        store: &mut Store,
        context: &mut Context<'_>,
        part: &str,
        answer: &CompareAnswer,
    ) -> Result<Effect> {
        let is_still_true = store.write(|tx| repair::apply(tx, part, answer, context.now.as_second()))?;
        if !is_still_true {
            self.to_compare.clear();
        }
        self.next_part(store, context)
    }

    fn failed(&mut self, store: &mut Store, context: &mut Context<'_>, failure: Failure) -> Result<Effect> {
        match &failure {
            Failure::TooLarge if self.options.page_bytes > LEAST_BYTES => {
                self.options.page_bytes = (self.options.page_bytes / 2).max(LEAST_BYTES);
                self.options.push_bytes = (self.options.push_bytes / 2).max(1024);
                return self.ask(store, context);
            }
            Failure::BadCursor if !self.has_dropped_cursor => {
                self.has_dropped_cursor = true;
                store.write::<_, StoreError>(|tx| tx.clear_meta(super::CURSOR))?;
                return self.ask(store, context);
            }
            Failure::Unauthorized | Failure::Revoked => {
                store.write::<_, StoreError>(|tx| {
                    if failure == Failure::Revoked {
                        tx.set_meta(super::DISCONNECTED, &true)?;
                    }
                    notice::daily(tx, context.now, notices::REVOKED, &json!({}))
                })?;
                return Ok(Effect::Stopped(failure));
            }
            Failure::UnsupportedProtocol => {
                store.write(|tx| notice::daily(tx, context.now, notices::UPDATE_NEEDED, &json!({})))?;
                return Ok(Effect::Stopped(failure));
            }
            Failure::Timeout if bugs::planted(Bug::AskedAnew) => {
                store.write(|tx| ask::anew(tx, context.ids, context.now))?;
            }
            _ => {}
        }
        self.failures = self.failures.saturating_add(1);
        let asked = if let Failure::Server(asked) = failure { asked } else { None };
        Ok(Effect::Sleep(backoff::until(context.now, self.failures, asked, context.ids)))
    }

    fn rest(&mut self) -> Effect {
        Effect::Idle(std::mem::take(&mut self.report))
    }
}

/// The parts in which the other side has another sum; parts that only one of us knows cannot be compared.
fn differing(tx: &Tx<'_>, theirs: &Digest) -> Result<Vec<String>> {
    let own = tx.digest()?;
    let differs =
        |(part, sum): (String, _)| theirs.get(&part).is_some_and(|other| *other != sum).then_some(part);
    Ok(own.into_iter().filter_map(differs).collect())
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("now", &self.now)
            .field("author", &self.author)
            .finish_non_exhaustive()
    }
}
