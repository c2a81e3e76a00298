//! The server's side: its own rules on its storage in memory. A transaction may stay open while time passes.

use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use client_core::sync::{Failure, Reply, Request};
use domain::documents::Hash;
use domain::sync::{Answer, PushOutcome};
use futures::executor::block_on;
use jiff::Timestamp;
use sync_server::sync::memory::{MemoryTx, Tables};
use sync_server::sync::{AskError, Context, answer, compare};
use uuid::Uuid;

use super::coverage::Moment;
use super::damage;
use super::graph::Key;
use super::history::FaultKind;
use super::invariants::{self, Broken};
use super::network::{Delivery, Happening, Parcel};
use super::play::World;

/// A writer waits so long for its turn, in tries of 50 ms.
const MOST_TRIES: u32 = 100;

/// A transaction that has done its work and not committed.
#[derive(Debug)]
pub(super) struct OpenTx {
    pub tenant: usize,
    /// The server's time when it began.
    at: Timestamp,
    tx: MemoryTx,
    answer: Answer,
    parcel: Box<Parcel>,
}

impl World {
    pub(super) fn arrive(&mut self, mut parcel: Box<Parcel>) -> Result<(), Broken> {
        if self.server_down_until > self.now() {
            self.reply(&parcel, Err(Failure::Server(None)));
            return Ok(());
        }
        let tenant = self.devices[parcel.device].tenant;
        let mut tx = self.server.begin(self.tenants[tenant]);
        let ask = match parcel.request.clone() {
            Request::Sync(ask) => ask,
            // What comes with the key of a revoked device is turned away at the door.
            Request::Compare(_) if self.oracle.revoked.contains(&parcel.identity) => {
                self.reply(&parcel, Err(Failure::Revoked));
                return Ok(());
            }
            Request::Compare(ask) => {
                let compared = block_on(compare(&mut tx, &ask));
                let compared = compared.map_err(|error| Broken::new("I00_possible", error.to_string()))?;
                self.reply(&parcel, Ok(Reply::Compare(compared)));
                return Ok(());
            }
        };
        let writes = !ask.push.is_empty() || !ask.intents.is_empty();
        let now = Timestamp::from_millisecond(self.now()).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut context = Context { now, ids: &mut self.server_ids, device: Some(parcel.identity) };
        let answered = block_on(answer(&mut tx, ask, &mut context));
        let answer = match answered {
            Ok(answer) => answer,
            Err(AskError::Store(error)) if error.is_passing() => {
                parcel.tries += 1;
                if parcel.tries > MOST_TRIES {
                    self.reply(&parcel, Err(Failure::Server(None)));
                    return Ok(());
                }
                self.due(50, Happening::Arrive(parcel));
                return Ok(());
            }
            Err(AskError::BadCursor) => {
                self.reply(&parcel, Err(Failure::BadCursor));
                return Ok(());
            }
            Err(AskError::Revoked) => {
                self.reply(&parcel, Err(Failure::Revoked));
                return Ok(());
            }
            Err(AskError::UnsupportedProtocol) => {
                self.reply(&parcel, Err(Failure::UnsupportedProtocol));
                return Ok(());
            }
            Err(error) => return Err(Broken::new("I00_possible", format!("the server failed: {error}"))),
        };
        invariants::i17_revoked_is_out(&self.oracle, parcel.identity, "is answered")?;
        if parcel.has(FaultKind::CrashServer).is_some() {
            // Every open transaction dies with the server; nobody hears of it.
            self.open.clear();
            self.server_down_until = self.now() + 1_500;
            return Ok(());
        }
        let slow = parcel.has(FaultKind::SlowTransaction).filter(|_| writes);
        let lasts = slow.map_or(5, |pick| 500 + i64::from(pick % 4_000));
        self.counter += 1;
        let number = self.counter;
        self.open.insert(number, OpenTx { tenant, at: now, tx, answer, parcel });
        self.due(lasts, Happening::Commit(number));
        Ok(())
    }

    pub(super) fn commit(&mut self, number: u64) -> Result<(), Broken> {
        // It may have died with the server.
        let Some(OpenTx { tenant, at, tx, mut answer, parcel }) = self.open.remove(&number) else {
            return Ok(());
        };
        let wrote =
            matches!(&parcel.request, Request::Sync(ask) if !ask.push.is_empty() || !ask.intents.is_empty());
        let head = self.tables(tenant)?.head();
        tx.commit();
        if wrote {
            invariants::i17_revoked_is_out(&self.oracle, parcel.identity, "has written")?;
        }
        invariants::i12_answer_is_ours(&self.oracle, tenant, &answer.items)?;
        // A restored server takes a new epoch with the first ask that shows it, also with one that only reads.
        if wrote || self.restores {
            self.has_changed(tenant);
        }
        let tables = self.tables(tenant)?;
        invariants::after_commit(self, tenant, &tables)?;
        if let Request::Sync(ask) = &parcel.request {
            let asked = invariants::AskedOf { tenant, at, head, intents: &ask.intents };
            let again =
                invariants::i08_exactly_once_effect(&mut self.oracle, &asked, &answer.intents, &tables)?;
            self.coverage.met(Moment::AskedAgain, again);
        }
        for result in &answer.results {
            let key = (result.doc, result.hash);
            match result.result {
                PushOutcome::Stored | PushOutcome::Duplicate => {
                    invariants::i03_acked_is_there(&tables, key)?;
                    self.oracle.tenants[tenant].acked.insert(key);
                }
                PushOutcome::Refused => invariants::i13_refused_is_kept(&tables, result)?,
                PushOutcome::MissingDeps | PushOutcome::Purged => {}
            }
        }
        let covers = covered(&answer.cursor, &tables).map(Rc::new);
        // The device never sent the poison that travelled with its request.
        answer.results.retain(|result| !self.oracle.poison.contains(&(result.doc, result.hash)));
        let acts = self.acts_of_items(&answer.items);
        if self.devices[parcel.device].tiny > 0 && answer.more {
            self.devices[parcel.device].tiny -= 1;
            self.coverage.touch(FaultKind::TinyPages, acts.iter().copied());
        }
        let mut damaged = None;
        if let Some(pick) = parcel.has(FaultKind::DamageAnswer) {
            damaged = damage::damage_answer(&mut answer, pick);
            if damaged.is_some() {
                self.coverage.touch(FaultKind::DamageAnswer, acts);
            } else {
                let spared = parcel.faults.iter().filter(|fault| fault.kind == FaultKind::DamageAnswer);
                self.devices[parcel.device].armed.extend(spared);
            }
        }
        if parcel.has(FaultKind::LoseAnswer).is_some() {
            return Ok(());
        }
        let delivery = Delivery {
            device: parcel.device,
            life: parcel.life,
            ticket: parcel.ticket,
            result: Ok(Reply::Sync(answer)),
            covers,
            damaged,
        };
        self.due(20, Happening::Deliver(Box::new(delivery)));
        Ok(())
    }

    fn reply(&mut self, parcel: &Parcel, result: Result<Reply, Failure>) {
        let Parcel { device, life, ticket, .. } = *parcel;
        let delivery = Delivery { device, life, ticket, result, covers: None, damaged: None };
        self.due(20, Happening::Deliver(Box::new(delivery)));
    }
}

/// All changes that the log has up to a cursor. The cursor is opaque to devices, not to the world: see the server's
/// `cursor`. `None` during a first sync, which goes by phases and not by the log.
fn covered(cursor: &str, tables: &Tables) -> Option<Vec<Key>> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let body: Value = ciborium::from_reader(bytes.get(..bytes.len().checked_sub(4)?)?).ok()?;
    let fields = body.as_map()?;
    let field = |fields: &[(Value, Value)], name: &str| {
        fields.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value.clone())
    };
    if field(fields, "f").is_some_and(|first| !first.is_null()) {
        return None;
    }
    let points = field(fields, "p")?;
    let position = field(points.as_array()?.first()?.as_map()?, "s")?;
    let position: u64 = position.as_integer()?.try_into().ok()?;
    Some(changes_until(tables, position))
}

/// The changes in the log up to a number.
pub(super) fn changes_until(tables: &Tables, position: u64) -> Vec<(Uuid, Hash)> {
    tables
        .log()
        .range(..=position)
        .filter(|(_, entry)| tables.documents().contains_key(&entry.item))
        .map(|(_, entry)| (entry.item, entry.hash))
        .collect()
}
