//! Checks when all is quiet: every replica, the server, and a device that begins from nothing.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use client_core::App;
use client_core::store::{IntentState, StoreError};
use domain::documents::{Chunk, Collection, Document, Heads};
use domain::sync::{RecordKind, canonical_json};
use domain::{Projection, project};
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use sync_server::sync::memory::Tables;
use uuid::Uuid;

use super::super::device::{Contents, contents};
use super::super::graph::Key;
use super::super::history::ActKind;
use super::super::oracle::{LookedOver, letter, tokens_in};
use super::super::play::World;
use super::promises::{i08_payments_are_there_once, i12_stored_is_ours};
use super::resolution::{i09_conflicts_agree, i10_deterministic_resolution};
use super::steps::{put_aside, wanted};
use super::{Broken, must};

/// Whether nothing waits anywhere and all heads are equal.
pub(in super::super) fn is_quiet(world: &World) -> Result<bool, Broken> {
    // What a device sent before it died or was put back may still be written, with nobody left who waits for it.
    if world.is_anything_on_its_way() {
        return Ok(false);
    }
    let mut servers: BTreeMap<usize, (Contents, Records)> = BTreeMap::new();
    for (number, device) in world.devices.iter().enumerate() {
        // A disconnected device goes on by itself.
        if world.is_out(number) {
            continue;
        }
        let Some(app) = &device.app else { return Ok(false) };
        if app.pending()? > 0 || !wanted(app)?.is_empty() || device.engine.is_waiting() {
            return Ok(false);
        }
        let (held, kept) = match servers.entry(device.tenant) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let tables = tables(world, device.tenant)?;
                entry.insert((server_contents(&tables), server_records(&tables)))
            }
        };
        if contents(app.store())? != *held || records(app)? != *kept {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What is still going on after all rounds.
pub(in super::super) fn i14_liveness_bound(world: &World) -> Broken {
    let state = |number: usize| -> Result<String, Broken> {
        let app = world.app(number)?;
        let tables = tables(world, world.devices[number].tenant)?;
        let (own, theirs) = (contents(app.store())?, server_contents(&tables));
        let differing: Vec<_> = own
            .keys()
            .chain(theirs.keys())
            .filter(|id| own.get(*id) != theirs.get(*id))
            .map(|id| (id, own.get(id), theirs.get(id)))
            .take(3)
            .collect();
        let (pending, wants) = (app.pending()?, wanted(app)?);
        let waiting = world.devices[number].engine.is_waiting();
        let (own, theirs) = (records(app)?, server_records(&tables));
        let records: Vec<_> = own
            .keys()
            .chain(theirs.keys())
            .filter(|id| own.get(*id) != theirs.get(*id))
            .map(|id| (id, own.get(id), theirs.get(id)))
            .take(3)
            .collect();
        Ok(format!(
            "device {number}: pending {pending}, wants {wants:?}, waiting {waiting}, documents {differing:?}, \
             records {records:?}"
        ))
    };
    let states: Vec<String> = (0..world.devices.len())
        .map(|number| state(number).unwrap_or_else(|broken| broken.to_string()))
        .collect();
    Broken::new("I14_liveness_bound", states.join("; "))
}

/// All that must hold once everything has been said.
pub(in super::super) fn at_rest(world: &mut World) -> Result<(), Broken> {
    for tenant in 0..world.tenants.len() {
        let fresh = world.join(tenant)?;
        for _ in 0..3 {
            world.wake(fresh)?;
            world.pass(4_000)?;
        }
        let tables = tables(world, tenant)?;
        // All of the log once more, from its beginning.
        world.oracle.tenants[tenant].log = LookedOver::default();
        super::after_commit(world, tenant, &tables)?;
        i01_convergence(world, tenant, &tables)?;
        i10_deterministic_resolution(world, tenant, &tables)?;
        i09_conflicts_agree(world, tenant, &tables)?;
        i02_ack_durable(world, tenant, &tables)?;
        i02_asked_durable(world, tenant, &tables)?;
        i08_payments_are_there_once(world, tenant, &tables)?;
        i12_stored_is_ours(world, tenant, &tables)?;
        i03_server_ack_durable(world, tenant, fresh)?;
        i04_no_invention(world, fresh)?;
        for number in world.members(tenant) {
            let app = world.app(number)?;
            super::i06_atomic_group(world, app, &contents(app.store())?, true)?;
        }
        i11_apply_algebra(world.seed, &tables)?;
        i13_poison_contained(world, &tables)?;
    }
    Ok(())
}

/// The same JSON, rows, heads and sums on all replicas and the server, and every document opens.
fn i01_convergence(world: &mut World, tenant: usize, tables: &Tables) -> Result<(), Broken> {
    let name = "I01_convergence";
    let rows: BTreeMap<Uuid, String> = tables.rows().iter().map(|(id, row)| (*id, row.to_json())).collect();
    let mut first: Option<(String, String)> = None;
    for number in world.members(tenant) {
        let app = world.devices[number].app.as_mut().ok_or_else(|| Broken::new(name, "a device is dead"))?;
        while app.open_idle(100)? > 0 {}
        let verified = app.verify()?;
        must((verified.unopened, verified.different) == (0, 0), name, || {
            format!("device {number}: {verified:?}")
        })?;
        let held = contents(app.store())?;
        let server = server_contents(tables);
        must(held == server, name, || {
            let differing = held.keys().chain(server.keys()).find(|id| server.get(*id) != held.get(*id));
            let (own, theirs) =
                (differing.and_then(|id| held.get(id)), differing.and_then(|id| server.get(id)));
            format!("device {number} holds {own:?} of {differing:?}, the server {theirs:?}")
        })?;
        for (id, (collection, _)) in &held {
            let row = app.store().read(|tx| tx.row(*collection, *id))?;
            must(row.as_ref() == rows.get(id), name, || {
                format!("device {number} reads {id} as {row:?}, the server as {:?}", rows.get(id))
            })?;
        }
        let export = serde_json::to_string(&app.export()?).unwrap_or_default();
        let digest = app.store().read::<_, StoreError>(|tx| {
            Ok(format!("{:x?}", tx.digest()?.values().map(|sum| sum.0).collect::<Vec<_>>()))
        })?;
        match &first {
            None => first = Some((export, digest)),
            Some((other, sums)) => {
                must(*other == export, name, || {
                    format!("device {number} exports {export}, another {other}")
                })?;
                must(*sums == digest, name, || format!("device {number} has other sums"))?;
            }
        }
    }
    Ok(())
}

/// A saved edit is on every replica, or visibly set aside. (All replicas are equal by now, so the server's will do.)
fn i02_ack_durable(world: &World, tenant: usize, tables: &Tables) -> Result<(), Broken> {
    let held = server_contents(tables);
    let aside = all_put_aside(world, tenant)?;
    let replayed: HashSet<Uuid> = aside.iter().map(|(doc, _)| *doc).collect();
    for edit in world.oracle.edits.iter().filter(|edit| edit.tenant == tenant) {
        let (doc, hash) = edit.key;
        let is_there = match held.get(&doc) {
            Some((collection, heads)) => world.graph.past(doc, *collection, heads)?.contains(&hash),
            None => false,
        };
        let holds = is_there || aside.contains(&edit.key) || edit.thrown_away;
        must(holds, "I02_ack_durable", || format!("{edit:?} is on no replica and nowhere set aside"))?;
        if !is_there || replayed.contains(&doc) || world.oracle.undone.contains(&edit.key) {
            continue;
        }
        let times = |text: &str| text.chars().filter(|c| *c == letter(edit.token)).count();
        let found = match (edit.kind, tables.rows().get(&doc).map(|row| &**row)) {
            (ActKind::WriteAboutClient, Some(Projection::Clients(row))) => times(&row.notes),
            (ActKind::EditNote | ActKind::AddNote, Some(Projection::Notes(row))) => times(&row.body),
            (ActKind::Book, Some(Projection::Appointments(row))) => times(&row.note),
            (ActKind::Tag, Some(Projection::Clients(row)))
                if !world.oracle.untagged.contains(&(doc, edit.token)) =>
            {
                row.tags.iter().map(|tag| times(tag)).sum()
            }
            _ => 1,
        };
        must(found == 1, "I02_ack_durable", || format!("the value of {edit:?} is there {found} times"))?;
    }
    Ok(())
}

/// What any device of a tenant shows as put aside.
fn all_put_aside(world: &World, tenant: usize) -> Result<HashSet<Key>, Broken> {
    let mut aside = HashSet::new();
    for number in world.members(tenant) {
        aside.extend(put_aside(world.app(number)?)?);
    }
    Ok(aside)
}

/// What the server was asked to do is done or visibly refused, and its effect is there.
fn i02_asked_durable(world: &World, tenant: usize, tables: &Tables) -> Result<(), Broken> {
    for asked in world.oracle.asked.iter().filter(|asked| asked.tenant == tenant && !asked.thrown_away) {
        let stored = world.app(asked.device)?.store().read(|tx| tx.intent(asked.id))?;
        let state = stored.map(|stored| stored.state);
        let is_done = state == Some(IntentState::Done);
        let is_settled = match state {
            Some(IntentState::Done | IntentState::Refused | IntentState::Expired) => true,
            Some(IntentState::Cancelled) => world.oracle.cancelled.contains(&(asked.device, asked.id)),
            _ => false,
        };
        must(is_settled, "I02_ack_durable", || format!("{asked:?} is {state:?}"))?;
        let acts = world.oracle.records.get(&asked.target);
        let was_removed = acts.is_some_and(|acts| acts.contains(&ActKind::RemoveService));
        let kind = match asked.kind {
            ActKind::AddService => RecordKind::Service,
            ActKind::TakePayment => RecordKind::Payment,
            _ => continue,
        };
        if is_done && !was_removed {
            let record = tables.records().get(&(kind.as_str().to_owned(), asked.target));
            let is_there = record.is_some_and(|record| record.body.is_some());
            must(is_there, "I02_ack_durable", || format!("{asked:?} was done and is gone"))?;
        }
    }
    Ok(())
}

/// All that the server ever said it has comes to a device that begins from nothing. (After a restore it comes back from
/// the devices; if it is damaged on that way, it lies visibly aside there.)
fn i03_server_ack_durable(world: &World, tenant: usize, fresh: usize) -> Result<(), Broken> {
    let held = contents(world.app(fresh)?.store())?;
    let mut excused = all_put_aside(world, tenant)?;
    excused.extend(world.oracle.edits.iter().filter(|edit| edit.thrown_away).map(|edit| edit.key));
    for key in world.oracle.tenants[tenant].acked.iter().filter(|key| !excused.contains(*key)) {
        let is_there = match held.get(&key.0) {
            Some((collection, heads)) => world.graph.past(key.0, *collection, heads)?.contains(&key.1),
            None => false,
        };
        must(is_there, "I03_server_ack_durable", || {
            format!("{key:?} was acknowledged and is in no pull from zero")
        })?;
    }
    Ok(())
}

/// Every value was written by somebody of this tenant (and so none by a neighbour).
fn i04_no_invention(world: &World, fresh: usize) -> Result<(), Broken> {
    let tokens = &world.oracle.tenants[world.devices[fresh].tenant].tokens;
    let export = serde_json::to_string(&world.app(fresh)?.export()?).unwrap_or_default();
    let stranger = tokens_in(&export).find(|token| !tokens.contains(token));
    must(stranger.is_none(), "I04_no_invention", || {
        format!("the value {stranger:?} was written by nobody here")
    })
}

/// Twice is once, any order is any other, in parts or together, and what is saved loads as it was.
fn i11_apply_algebra(seed: u64, tables: &Tables) -> Result<(), Broken> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut chosen: Vec<_> = tables.documents().iter().collect();
    chosen.shuffle(&mut rng);
    for (id, stored) in chosen.into_iter().take(3) {
        let Ok(Some(mut document)) = stored.open(*id) else { continue };
        let (heads, row) = (document.heads(), project(&mut document).to_json());
        let mut chunks = document.chunks_since(&[]);
        chunks.shuffle(&mut rng);
        let twice: Vec<Chunk> = chunks.iter().chain(&chunks).cloned().collect();
        let mut parts = Document::new(stored.collection);
        // A part that comes too early is missing something and comes again.
        for _ in 0..=chunks.len() {
            let mut rest = &twice[..];
            while !rest.is_empty() {
                let (part, later) = rest.split_at(rng.random_range(1..=rest.len()));
                parts = parts.receive(part).document;
                rest = later;
            }
        }
        let saved = parts.save();
        let same = |other: &mut Document| other.heads() == heads && project(other).to_json() == row;
        let mut loaded = Document::load(stored.collection, &saved)
            .map_err(|error| Broken::new("I11_apply_algebra", error.to_string()))?;
        let holds = same(&mut parts) && same(&mut loaded) && loaded.save() == saved;
        must(holds, "I11_apply_algebra", || {
            format!("{} {id} depends on how it was put together", stored.collection)
        })?;
    }
    Ok(())
}

/// Nothing of the poison is in any document, and the server has one row for each that it still knows of.
fn i13_poison_contained(world: &World, tables: &Tables) -> Result<(), Broken> {
    let mut rows = BTreeMap::new();
    for (doc, hash, _) in tables.quarantine() {
        *rows.entry((*doc, *hash)).or_insert(0) += 1;
    }
    let poisoned: BTreeSet<_> = world.oracle.poison.iter().collect();
    for key in poisoned {
        let in_log = tables.log().values().any(|entry| (entry.item, entry.hash) == *key);
        let count = rows.get(key).copied().unwrap_or(0);
        must(!in_log && count <= 1, "I13_poison_contained", || {
            format!("{key:?} has {count} rows, in the log: {in_log}")
        })?;
    }
    Ok(())
}

fn server_contents(tables: &Tables) -> Contents {
    let entry = |(id, heads): (Uuid, (Collection, Heads))| (!heads.1.is_empty()).then_some((id, heads));
    let all = tables.documents().iter().map(|(id, stored)| (*id, (stored.collection, stored.heads.clone())));
    all.filter_map(entry).collect()
}

/// Living records by id, as canonical JSON.
type Records = BTreeMap<Uuid, String>;

fn records(app: &App) -> Result<Records, Broken> {
    let all = app.store().read::<_, StoreError>(|tx| {
        let kinds = [
            RecordKind::Tenant,
            RecordKind::Service,
            RecordKind::Payment,
            RecordKind::Settings,
            RecordKind::Message,
            RecordKind::Promises,
        ];
        kinds.into_iter().map(|kind| tx.records(kind.as_str())).collect::<Result<Vec<_>, _>>()
    })?;
    Ok(all.into_iter().flatten().map(|record| (record.id, canonical_json(&record.body))).collect())
}

fn server_records(tables: &Tables) -> Records {
    let living = tables.records().values().filter_map(|record| Some((record.id, record.body.as_ref()?)));
    living.map(|(id, body)| (id, canonical_json(body))).collect()
}

fn tables(world: &World, tenant: usize) -> Result<Arc<Tables>, Broken> {
    world.server.dump(world.tenants[tenant]).ok_or_else(|| Broken::new("I00_possible", "the tenant is gone"))
}

impl World {
    pub(in super::super) fn app(&self, number: usize) -> Result<&App, Broken> {
        self.devices[number].app.as_ref().ok_or_else(|| Broken::new("I00_possible", "a device is dead"))
    }

    /// The devices of a tenant that are not disconnected.
    pub(super) fn members(&self, tenant: usize) -> Vec<usize> {
        let is_one = |number: &usize| self.devices[*number].tenant == tenant && !self.is_out(*number);
        (0..self.devices.len()).filter(is_one).collect()
    }
}
