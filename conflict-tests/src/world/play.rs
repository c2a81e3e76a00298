//! Playing a history: step by step, with everything that is due between, then healing, then the last checks.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use client_core::app::AppError;
use client_core::store::StoreError;
use client_core::sync::{Effect, Event};
use domain::ids::{Ids as _, TenantId};
use jiff::Timestamp;
use sync_server::sync::memory::{MemoryServer, Tables};

use super::acts::{self, Done};
use super::coverage::Coverage;
use super::device::{Device, WorldIds, WorldTime, outbox};
use super::graph::{Graph, Key};
use super::history::{Act, ActKind, FaultKind, History, What};
use super::invariants::{self, Broken};
use super::network::Happening;
use super::oracle::{Asked, Edit, Oracle, Promises};
use super::server::OpenTx;
use super::trace::Trace;

/// The world begins on this Sunday morning, in milliseconds since 1970.
const BEGIN: i64 = 1_795_336_200_000;
/// How often copies of homes and dumps of the server are made, in steps.
const BACKUP_EVERY: usize = 10;
const ROUNDS: u32 = 10;
const ROUND: i64 = 6_000;

/// How a history went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What was met.
    pub coverage: Coverage,
    /// A hash of all that happened, in order.
    pub trace: u64,
    /// How many rounds it took after healing until all were equal.
    pub rounds: u32,
}

#[derive(Debug)]
pub(super) struct World {
    pub seed: u64,
    pub lazy: bool,
    pub eager: bool,
    pub time: WorldTime,
    pub server: MemoryServer,
    pub server_ids: WorldIds,
    pub server_down_until: i64,
    pub tenants: Vec<TenantId>,
    pub dumps: Vec<VecDeque<Arc<Tables>>>,
    /// What each tenant has stored, as of the last look.
    looked: Vec<Option<Arc<Tables>>>,
    /// Whether older copies will be needed.
    pub restores: bool,
    pub devices: Vec<Device>,
    pub queue: BTreeMap<(i64, u64), Happening>,
    pub open: BTreeMap<u64, OpenTx>,
    pub counter: u64,
    pub graph: Graph,
    pub oracle: Oracle,
    pub coverage: Coverage,
    pub trace: Trace,
}

/// Plays a history to its end.
pub fn run(history: &History) -> Result<Run, Broken> {
    let mut world = World::new(history)?;
    for (index, step) in history.steps.iter().enumerate() {
        let played = world.pass(i64::from(step.wait)).and_then(|()| world.step(index, &step.what));
        played.map_err(|broken| Broken { step: Some(index), ..broken })?;
    }
    let rounds = world.heal()?;
    world.leave_behind()?;
    invariants::at_rest(&mut world)?;
    Ok(Run { coverage: world.coverage, trace: world.trace.finish(), rounds })
}

impl World {
    fn new(history: &History) -> Result<Self, Broken> {
        let time: WorldTime = Arc::new(AtomicI64::new(BEGIN));
        let mut server_ids = WorldIds::new(history.seed ^ 0x5eed);
        let server = MemoryServer::new();
        let mut tenants = Vec::new();
        for _ in 0..=u8::from(history.neighbour) {
            let tenant = TenantId(server_ids.uuid());
            server.add_tenant(tenant, server_ids.uuid());
            tenants.push(tenant);
        }
        let mut world = Self {
            seed: history.seed,
            lazy: history.lazy,
            eager: history.eager,
            time,
            server,
            server_ids,
            server_down_until: 0,
            dumps: vec![VecDeque::new(); tenants.len()],
            looked: vec![None; tenants.len()],
            restores: history.steps.iter().any(|step| {
                matches!(&step.what, What::Fault(fault)
                    if matches!(fault.kind, FaultKind::RestoreHome | FaultKind::RestoreServer))
            }),
            devices: Vec::new(),
            queue: BTreeMap::new(),
            open: BTreeMap::new(),
            counter: 0,
            graph: Graph::default(),
            oracle: Oracle {
                tenants: tenants.iter().map(|_| Promises::default()).collect(),
                ..Oracle::default()
            },
            coverage: Coverage::default(),
            trace: Trace::new(),
            tenants,
        };
        for _ in 0..history.devices {
            world.join(0)?;
        }
        if history.neighbour {
            world.join(1)?;
        }
        Ok(world)
    }

    /// A new device of a tenant; answers which.
    pub(super) fn join(&mut self, tenant: usize) -> Result<usize, Broken> {
        let seed = self.fresh_seed();
        let device = Device::new((tenant, self.tenants[tenant]), &self.time, seed, self.lazy)?;
        self.devices.push(device);
        Ok(self.devices.len() - 1)
    }

    pub(super) fn fresh_seed(&mut self) -> u64 {
        self.counter += 1;
        self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(self.counter)
    }

    pub(super) fn now(&self) -> i64 {
        self.time.load(Ordering::Relaxed)
    }

    /// Writes a line into the trace.
    pub(super) fn note(&mut self, what: &str) {
        what.hash(&mut self.trace);
        self.say(|| what.to_owned());
    }

    /// Prints a line for a person who looks into a broken history.
    pub(super) fn say(&self, what: impl FnOnce() -> String) {
        if self.trace.is_told {
            println!("{:>8} {}", self.now() - BEGIN, what());
        }
    }

    /// Lets time pass, and all that is due in it happen.
    pub(super) fn pass(&mut self, millis: i64) -> Result<(), Broken> {
        let until = self.now() + millis;
        while let Some(entry) = self.queue.first_entry().filter(|entry| entry.key().0 <= until) {
            let ((at, _), happening) = entry.remove_entry();
            self.time.store(at.max(self.now()), Ordering::Relaxed);
            self.happen(happening)?;
        }
        self.time.store(until, Ordering::Relaxed);
        Ok(())
    }

    fn step(&mut self, index: usize, what: &What) -> Result<(), Broken> {
        self.note(&format!("{index} {what:?}"));
        if self.restores && index.is_multiple_of(BACKUP_EVERY) {
            self.back_up()?;
        }
        match what {
            What::Act(act) => self.act(act),
            What::Sync(device) => self.wake(self.device(*device)),
            What::Fault(fault) => self.fault(*fault),
        }
    }

    pub(super) fn device(&self, number: u8) -> usize {
        usize::from(number) % self.devices.len()
    }

    fn back_up(&mut self) -> Result<(), Broken> {
        for device in &mut self.devices {
            if let Some(app) = &device.app {
                device.backup = Some(app.store().duplicate().map_err(AppError::from)?);
            }
        }
        for tenant in 0..self.tenants.len() {
            let tables = self.tables(tenant)?;
            self.dumps[tenant].push_back(tables);
            if self.dumps[tenant].len() > 4 {
                self.dumps[tenant].pop_front();
            }
        }
        Ok(())
    }

    /// What a tenant has stored now.
    pub(super) fn tables(&mut self, tenant: usize) -> Result<Arc<Tables>, Broken> {
        if let Some(tables) = &self.looked[tenant] {
            return Ok(tables.clone());
        }
        let dump = self.server.dump(self.tenants[tenant]);
        let tables = dump.ok_or_else(|| Broken::new("I00_possible", "the tenant is gone"))?;
        self.looked[tenant] = Some(tables.clone());
        Ok(tables)
    }

    /// The server's storage has changed.
    pub(super) fn has_changed(&mut self, tenant: usize) {
        self.looked[tenant] = None;
    }

    fn act(&mut self, act: &Act) -> Result<(), Broken> {
        let number = self.device(act.device);
        let (now, device) = (self.now(), &self.devices[number]);
        if device.app.is_none() {
            return Ok(());
        }
        let is_the_worlds = match act.kind {
            ActKind::Revoke => self.revoke(number, act.pick),
            ActKind::Enrol => self.enrol(number, act.pick)?,
            ActKind::Trespass => self.trespass(number, act.pick)?,
            ActKind::TrespassHistory => self.trespass_history(number, act.pick)?,
            _ => false,
        };
        if is_the_worlds {
            self.coverage.did(act.kind);
            return self.after_act(number);
        }
        let device = &mut self.devices[number];
        let Some(app) = &mut device.app else { return Ok(()) };
        let before = app.store().read::<_, AppError>(|tx| Ok(tx.outbox_keys()?))?.len();
        let asked = app.store().read::<_, StoreError>(|tx| Ok(tx.intents()?.len()))?;
        let done = match acts::perform(app, act, Timestamp::from_millisecond(now).unwrap_or_default()) {
            Ok(done) => done,
            // It was damaged on purpose and comes back with the next sync.
            Err(AppError::Damaged(_)) => return Ok(()),
            Err(AppError::NotFound(id)) if app.store().read(|tx| tx.wants(u32::MAX))?.contains(&id) => {
                return Ok(());
            }
            Err(error) => return Err(Broken::new("I00_possible", format!("{act:?} was refused: {error}"))),
        };
        let fresh = outbox(app.store())?.split_off(before);
        let intents = app.store().read::<_, StoreError>(|tx| Ok(tx.intents()?.split_off(asked)))?;
        let tenant = device.tenant;
        let faults: Vec<FaultKind> = [
            (device.cut_until > now).then_some(FaultKind::Cut),
            device.is_copy.then_some(FaultKind::CloneHome),
            device.clock.is_off().then_some(FaultKind::ClockOff),
        ]
        .into_iter()
        .flatten()
        .collect();
        invariants::i05_what_is_told_is_written(app, &done, &fresh)?;
        invariants::i08_settled_once(&done, &intents)?;
        let Done { kind, untagged, undone, cancelled, again, shown, .. } = done;
        device.again.extend(again);
        if let Some(shown) = shown
            && !shown.contains(super::oracle::letter(act.token))
        {
            return Err(Broken::new(
                "I05_causality",
                format!("{act:?} is not in what is shown after it: {shown}"),
            ));
        }
        for fault in faults {
            self.coverage.touch(fault, [kind]);
        }
        self.coverage.did(kind);
        self.oracle.untagged.extend(untagged);
        self.oracle.undone.extend(undone);
        self.oracle.cancelled.extend(cancelled.map(|id| (number, id)));
        self.oracle.tenants[tenant].tokens.insert(act.token);
        for entry in fresh {
            self.graph.learn(&entry, Some(kind))?;
            let key = (entry.doc, entry.hash);
            self.note(&format!("edit {key:?}"));
            self.oracle.owners.insert(entry.doc, tenant);
            self.devices[number].unsettled.push(self.oracle.edits.len());
            self.oracle.edits.push(Edit { tenant, kind, token: act.token, key, thrown_away: false });
        }
        for stored in intents {
            let (id, target) = (stored.intent.id, stored.intent.target);
            self.oracle.owners.insert(target, tenant);
            self.oracle.records.entry(target).or_default().insert(kind);
            self.oracle.asked.push(Asked { tenant, device: number, kind, id, target, thrown_away: false });
        }
        self.after_act(number)
    }

    fn after_act(&mut self, number: usize) -> Result<(), Broken> {
        if self.eager { self.wake(number) } else { Ok(()) }
    }

    /// Wakes a device's engine.
    pub(super) fn wake(&mut self, number: usize) -> Result<(), Broken> {
        let effect = self.tell(number, Event::Wake)?;
        effect.map_or(Ok(()), |effect| self.perform(number, effect))
    }

    /// Tells a device's engine what happened; `None` if it is dead.
    pub(super) fn tell(&mut self, number: usize, event: Event) -> Result<Option<Effect>, Broken> {
        let device = &mut self.devices[number];
        let Some(app) = &mut device.app else { return Ok(None) };
        let effect = app.sync_step(&mut device.engine, event).map_err(AppError::from)?;
        let waiting = app.store().read::<_, AppError>(|tx| Ok(tx.outbox_keys()?))?;
        if waiting.iter().any(|key| !self.graph.knows(key)) {
            for entry in outbox(app.store())? {
                self.graph.learn(&entry, None)?;
            }
        }
        invariants::i02_nothing_leaves_too_early(self, number, &waiting)?;
        Ok(Some(effect))
    }

    /// Everything works again; how many rounds until all are equal.
    fn heal(&mut self) -> Result<u32, Broken> {
        self.note("heal");
        self.server_down_until = 0;
        for number in 0..self.devices.len() {
            let seed = self.fresh_seed();
            let device = &mut self.devices[number];
            (device.cut_until, device.tiny) = (0, 0);
            device.armed.clear();
            device.start(seed, false, &self.oracle.revoked)?;
            if let Some(app) = &mut device.app {
                // The slow scrub that finds what a failing disk has done.
                app.verify()?;
            }
            self.take_back_in(number)?;
        }
        for round in 1..=ROUNDS {
            for number in 0..self.devices.len() {
                self.wake(number)?;
                self.pass(ROUND / i64::try_from(self.devices.len()).unwrap_or(1))?;
            }
            if invariants::is_quiet(self)? {
                return Ok(round);
            }
        }
        Err(invariants::i14_liveness_bound(self))
    }

    /// The home of a device is gone; what existed only there is gone with it.
    pub(super) fn throw_away(&mut self, number: usize) -> Result<(), Broken> {
        let tenant = self.devices[number].tenant;
        let tables = self.tables(tenant)?;
        self.is_left_at(tenant, tables.log().values().map(|entry| (entry.item, entry.hash)), Some(number))?;
        for asked in self.oracle.asked.iter_mut().filter(|asked| asked.device == number) {
            asked.thrown_away = true;
        }
        self.devices[number].unsettled.clear();
        Ok(())
    }

    /// What is neither among these, which the server has, nor on any device but this one is gone, and nobody can bring it back.
    pub(super) fn is_left_at(
        &mut self,
        tenant: usize,
        server: impl Iterator<Item = Key>,
        but: Option<usize>,
    ) -> Result<(), Broken> {
        let mut left: HashSet<Key> = server.collect();
        for (number, device) in self.devices.iter().enumerate() {
            let store = device.app.as_ref().map(client_core::App::store).or(device.store.as_ref());
            if let Some(store) =
                store.filter(|_| but != Some(number) && device.tenant == tenant && !self.is_out(number))
            {
                for (doc, (collection, heads)) in super::device::contents(store)? {
                    let past = self.graph.past(doc, collection, &heads)?;
                    left.extend(past.iter().map(|hash| (doc, *hash)));
                }
            }
        }
        for edit in self.oracle.edits.iter_mut().filter(|edit| edit.tenant == tenant) {
            edit.thrown_away |= !left.contains(&edit.key);
        }
        Ok(())
    }
}
