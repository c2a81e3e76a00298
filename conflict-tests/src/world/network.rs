//! Between the devices and the server: parcels on their way, and what becomes of them.

use std::rc::Rc;

use client_core::app::AppError;
use client_core::sync::{Effect, Event, Failure, Reply, Request};
use domain::ids::DeviceId;
use domain::sync::Item;
use uuid::Uuid;

use super::damage;
use super::device::contents;
use super::graph::Key;
use super::history::{ActKind, Fault, FaultKind};
use super::invariants::{self, Broken};
use super::play::World;

/// A device gives an answer up after so long.
const TIMEOUT: i64 = 30_000;

/// Something that is due at some moment.
#[derive(Debug)]
pub(super) enum Happening {
    /// An engine's pause is over.
    Wake { device: usize, life: u32 },
    /// A dead device starts again.
    Restart { device: usize, life: u32 },
    /// A request reaches the server.
    Arrive(Box<Parcel>),
    /// A transaction ends.
    Commit(u64),
    /// The server disconnects a device, as soon as nobody writes.
    Revoke { tenant: usize, device: DeviceId },
    /// An answer, or the word that there is none, reaches a device.
    Deliver(Box<Delivery>),
}

/// A request on its way.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub device: usize,
    pub life: u32,
    pub ticket: Uuid,
    /// Whose key it carries.
    pub identity: DeviceId,
    pub request: Request,
    pub faults: Vec<Fault>,
    pub tries: u32,
}

/// An answer on its way.
#[derive(Debug)]
pub(super) struct Delivery {
    pub device: usize,
    pub life: u32,
    pub ticket: Uuid,
    pub result: Result<Reply, Failure>,
    /// All changes in the log up to the answer's cursor, once the first sync is over.
    pub covers: Option<Rc<Vec<Key>>>,
    pub damaged: Option<Key>,
}

impl Parcel {
    pub(super) fn has(&self, kind: FaultKind) -> Option<u32> {
        self.faults.iter().find(|fault| fault.kind == kind).map(|fault| fault.pick)
    }
}

impl World {
    pub(super) fn due(&mut self, after: i64, happening: Happening) {
        self.counter += 1;
        self.queue.insert((self.now() + after, self.counter), happening);
    }

    /// Whether a request has still to reach the server, or to be written there.
    pub(super) fn is_anything_on_its_way(&self) -> bool {
        self.queue.values().any(|event| matches!(event, Happening::Arrive(_) | Happening::Commit(_)))
    }

    pub(super) fn happen(&mut self, happening: Happening) -> Result<(), Broken> {
        match happening {
            Happening::Wake { device, life } if self.devices[device].life == life => self.wake(device),
            Happening::Restart { device, life } if self.devices[device].life == life => {
                let seed = self.fresh_seed();
                self.devices[device].start(seed, false, &self.oracle.revoked)?;
                self.wake(device)
            }
            Happening::Wake { .. } | Happening::Restart { .. } => Ok(()),
            Happening::Arrive(parcel) => self.arrive(parcel),
            Happening::Commit(number) => self.commit(number),
            Happening::Revoke { tenant, device } => {
                self.disconnect(tenant, device);
                Ok(())
            }
            Happening::Deliver(delivery) => self.deliver(*delivery),
        }
    }

    /// Does what an engine says.
    pub(super) fn perform(&mut self, device: usize, effect: Effect) -> Result<(), Broken> {
        match effect {
            Effect::Send(ticket, request) => self.send(device, ticket, request),
            Effect::Sleep(until) => {
                let Some(app) = &self.devices[device].app else { return Ok(()) };
                let pause = until.as_millisecond().saturating_sub(app.now().as_millisecond()).max(0);
                let life = self.devices[device].life;
                self.due(pause, Happening::Wake { device, life });
                Ok(())
            }
            Effect::Idle(report) => {
                self.note(&format!("idle {device} {report:?}"));
                Ok(())
            }
            Effect::Ignored => Ok(()),
            Effect::Stopped(Failure::Revoked) if self.is_out(device) => Ok(()),
            Effect::Stopped(failure) => {
                Err(Broken::new("I14_liveness_bound", format!("device {device} stopped for ever: {failure}")))
            }
        }
    }

    /// The acts whose work a request carries.
    pub(super) fn acts_in(&self, request: &Request) -> Vec<ActKind> {
        let Request::Sync(ask) = request else { return Vec::new() };
        let pushed = ask.push.iter().filter_map(|push| self.graph.act_of(&(push.doc, push.hash)));
        let asked = ask.intents.iter().filter_map(|intent| self.oracle.act_of_intent(intent.id));
        pushed.chain(asked).collect()
    }

    /// The acts whose work an answer carries.
    pub(super) fn acts_of_items(&self, items: &[Item]) -> Vec<ActKind> {
        let mut acts = Vec::new();
        for item in items {
            match item {
                Item::Doc(item) => {
                    let heads = if item.heads.is_empty() { vec![item.hash] } else { item.heads.clone() };
                    if let Ok(past) = self.graph.past(item.doc, item.collection, &heads) {
                        acts.extend(past.iter().filter_map(|hash| self.graph.act_of(&(item.doc, *hash))));
                    }
                }
                Item::Record(item) => acts.extend(self.oracle.records.get(&item.id).into_iter().flatten()),
            }
        }
        acts
    }

    fn send(&mut self, number: usize, ticket: Uuid, mut request: Request) -> Result<(), Broken> {
        let now = self.now();
        let device = &mut self.devices[number];
        let (life, tenant, identity) = (device.life, device.tenant, device.identity);
        let faults = std::mem::take(&mut device.armed);
        if let (Request::Sync(ask), true) = (&mut request, device.tiny > 0) {
            ask.max_bytes = Some(1 + u64::from(device.tiny) * 40);
        }
        let is_cut = device.cut_until > now;
        self.trace.request(number, &request);
        self.say(|| format!("send {number} {request:?}"));
        let failed = |failure| {
            Happening::Deliver(Box::new(Delivery {
                device: number,
                life,
                ticket,
                result: Err(failure),
                covers: None,
                damaged: None,
            }))
        };
        if is_cut {
            self.due(20, failed(Failure::Offline("cut".to_owned())));
            self.devices[number].armed = faults;
            return Ok(());
        }
        if let Request::Sync(ask) = &mut request {
            invariants::i08_cancelled_is_not_asked(&self.oracle, number, &ask.intents)?;
            let device = &mut self.devices[number];
            for intent in device.again.drain(..) {
                if ask.intents.iter().all(|other| other.id != intent.id) {
                    ask.intents.push(intent);
                }
            }
            ask.want.extend(device.trespass.take());
        }
        let mut parcel = Parcel { device: number, life, ticket, identity, request, faults, tries: 0 };
        let untouched = Parcel { faults: Vec::new(), ..parcel.clone() };
        let acts = self.acts_in(&parcel.request);
        for fault in parcel.faults.clone() {
            self.spoil(tenant, fault, &mut parcel, &acts);
        }
        self.due(TIMEOUT, failed(Failure::Timeout));
        if let Some(pick) = parcel.has(FaultKind::Repeat) {
            self.due(500 + i64::from(pick % 40_000), Happening::Arrive(Box::new(untouched)));
        }
        if parcel.has(FaultKind::LoseRequest).is_none() {
            let slow = parcel.has(FaultKind::Delay).map_or(0, |pick| i64::from(pick % 20_000));
            self.due(20 + slow, Happening::Arrive(Box::new(parcel)));
        }
        Ok(())
    }

    /// Does to a request what waits for it, and counts it.
    fn spoil(&mut self, tenant: usize, fault: Fault, parcel: &mut Parcel, acts: &[ActKind]) {
        let Request::Sync(ask) = &mut parcel.request else {
            // Nothing of that kind is in it; the fault waits for the next one.
            self.devices[parcel.device].armed.push(fault);
            parcel.faults.retain(|other| *other != fault);
            return;
        };
        match fault.kind {
            FaultKind::DamageRequest if damage::damage_ask(ask, fault.pick).is_none() => {
                self.devices[parcel.device].armed.push(fault);
                return;
            }
            FaultKind::Poison => {
                let Ok(tables) = self.tables(tenant) else { return };
                let count = tables.documents().len().max(1);
                let chosen = tables.documents().iter().nth(fault.pick as usize % count);
                let open = chosen.and_then(|(id, stored)| Some((*id, stored.open(*id).ok().flatten()?)));
                match open.and_then(|(id, document)| damage::poison(&document, id, fault.pick)) {
                    Some(push) if !acts.is_empty() => {
                        self.oracle.poison.insert((push.doc, push.hash));
                        ask.push.push(push);
                    }
                    _ => {
                        self.devices[parcel.device].armed.push(fault);
                        return;
                    }
                }
            }
            // It is counted when the answer is known.
            FaultKind::DamageAnswer => return,
            _ => {}
        }
        self.coverage.touch(fault.kind, acts.iter().copied());
    }

    fn deliver(&mut self, delivery: Delivery) -> Result<(), Broken> {
        let Delivery { device: number, life, ticket, result, covers, damaged } = delivery;
        let device = &self.devices[number];
        let is_here = device.app.is_some()
            && device.life == life
            && (result.is_err() || device.cut_until <= self.now());
        if !is_here {
            return Ok(());
        }
        let caught_up = matches!(&result, Ok(Reply::Sync(answer)) if !answer.more);
        let is_answer = result.is_ok();
        self.trace.result(number, &result);
        self.say(|| format!("deliver {number} {result:?}"));
        let event = match result {
            Ok(reply) => Event::Answered(ticket, reply),
            Err(failure) => Event::Failed(ticket, failure),
        };
        let Some(effect) = self.tell(number, event)? else { return Ok(()) };
        if effect == Effect::Ignored {
            return Ok(());
        }
        if is_answer {
            let app = self.devices[number].app.as_ref().ok_or_else(|| AppError::NotFound(Uuid::nil()))?;
            let after = contents(app.store())?;
            invariants::i05_nothing_is_unread(self, app, &self.devices[number].seen, &after)?;
            invariants::i13_damage_is_put_aside(self, app, &after, damaged)?;
            if let Some(covers) = covers {
                invariants::i07_cursor_monotonic_no_gap(self, app, &after, &covers)?;
            }
            if caught_up {
                invariants::i06_atomic_group(self, app, &after, false)?;
            }
            self.devices[number].seen = after;
        }
        self.perform(number, effect)
    }
}
