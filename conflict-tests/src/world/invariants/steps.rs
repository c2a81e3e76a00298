//! Checks while the history plays.

use std::collections::{BTreeSet, HashSet};

use client_core::App;
use client_core::store::{OutboxEntry, StoreError};
use domain::documents::Hash;
use domain::errors::ErrorCode;
use domain::sync::PushResult;
use sync_server::sync::memory::Tables;
use uuid::Uuid;

use super::super::acts::Done;
use super::super::device::Contents;
use super::super::graph::Key;
use super::super::oracle::LookedOver;
use super::super::play::World;
use super::{Broken, must};

/// A saved edit is in the outbox until the server has had it, or lies visibly aside.
pub(in super::super) fn i02_nothing_leaves_too_early(
    world: &mut World,
    number: usize,
    waiting: &[Key],
) -> Result<(), Broken> {
    let device = &mut world.devices[number];
    let Some(app) = &device.app else { return Ok(()) };
    if device.unsettled.is_empty() {
        return Ok(());
    }
    let waiting: HashSet<&Key> = waiting.iter().collect();
    let ever = &world.oracle.tenants[device.tenant].ever;
    let mut missing = Vec::new();
    device.unsettled.retain(|index| {
        let key = world.oracle.edits[*index].key;
        if !waiting.contains(&key) && !ever.contains(&key) {
            missing.push((*index, key));
        }
        !ever.contains(&key)
    });
    if missing.is_empty() {
        return Ok(());
    }
    let aside = put_aside(app)?;
    device.unsettled.retain(|index| missing.iter().all(|(other, _)| other != index));
    let lost = missing.iter().find(|(_, key)| !aside.contains(key));
    must(lost.is_none(), "I02_ack_durable", || {
        format!("device {number} has neither queued nor put aside {lost:?}, and the server never had it")
    })
}

/// What a device shows as put aside.
pub(super) fn put_aside(app: &App) -> Result<HashSet<Key>, StoreError> {
    app.store().read(|tx| Ok(tx.quarantined()?.into_iter().map(|entry| (entry.id, entry.hash)).collect()))
}

/// Documents that a device knows to be incomplete.
pub(super) fn wanted(app: &App) -> Result<BTreeSet<Uuid>, StoreError> {
    app.store().read(|tx| Ok(tx.wants(u32::MAX)?.into_iter().collect()))
}

/// After a commit the log holds only what somebody made, in causal order, groups whole and together. What was looked over before
/// is not looked over again while it is the same: the chain hash stands for all entries before it, and none came between.
pub(in super::super) fn after_commit(
    world: &mut World,
    tenant: usize,
    tables: &Tables,
) -> Result<(), Broken> {
    let log = tables.log();
    let mut read = std::mem::take(&mut world.oracle.tenants[tenant].log);
    let is_the_same = log.get(&read.head).map(|entry| entry.chain) == read.chain
        && log.range(..=read.head).count() == read.entries;
    if !is_the_same {
        read = LookedOver::default();
    }
    for (seq, entry) in log.range(read.head + 1..) {
        if tables.documents().contains_key(&entry.item) {
            let key = (entry.item, entry.hash);
            must(!world.oracle.poison.contains(&key), "I13_poison_contained", || {
                format!("the log has the poison {key:?}")
            })?;
            must(world.graph.knows(&key), "I04_no_invention", || {
                format!("the log has {key:?}, which nobody made")
            })?;
            let deps = world.graph.deps(&key);
            let missing = deps.iter().find(|dep| !read.changes.contains(&(entry.item, **dep)));
            must(missing.is_none(), "I05_causality", || {
                format!("the log has {key:?} without {missing:?} before it")
            })?;
            must(read.changes.insert(key), "I03_server_ack_durable", || {
                format!("the log has {key:?} twice")
            })?;
            world.oracle.tenants[tenant].ever.insert(key);
        }
        if entry.group != read.group {
            read.ended.extend(read.group);
            read.group = entry.group;
        }
        let is_split = entry.group.is_some_and(|group| read.ended.contains(&group));
        must(!is_split, "I06_atomic_group", || {
            format!("group {:?} is split before number {seq}", entry.group)
        })?;
        (read.head, read.chain) = (*seq, Some(entry.chain));
        read.entries += 1;
    }
    world.oracle.tenants[tenant].log = read;
    Ok(())
}

/// What the server says it has, it has.
pub(in super::super) fn i03_acked_is_there(tables: &Tables, key: Key) -> Result<(), Broken> {
    let is_there = tables.log().values().any(|entry| (entry.item, entry.hash) == key);
    must(is_there, "I03_server_ack_durable", || format!("the server said stored and has no {key:?}"))
}

/// A refused change is kept for people to look at, once.
pub(in super::super) fn i13_refused_is_kept(tables: &Tables, result: &PushResult) -> Result<(), Broken> {
    let code = result.code.unwrap_or(ErrorCode::Internal);
    let rows = tables
        .quarantine()
        .iter()
        .filter(|(doc, hash, why)| (*doc, *hash) == (result.doc, result.hash) && *why == code.as_str());
    let count = rows.count();
    must(count == 1, "I13_poison_contained", || {
        format!("{result:?} has {count} rows in the server's quarantine")
    })
}

/// What was taken back has an edit of its own, and who was merged into another leads there.
pub(in super::super) fn i05_what_is_told_is_written(
    app: &App,
    done: &Done,
    fresh: &[OutboxEntry],
) -> Result<(), Broken> {
    let silent = done.undone.iter().find(|(doc, _)| fresh.iter().all(|entry| entry.doc != *doc));
    must(silent.is_none(), "I05_causality", || {
        format!("{silent:?} was taken back, and nothing was written")
    })?;
    let Some((gone, into)) = done.merged else { return Ok(()) };
    let row = app.store().read::<_, StoreError>(|tx| tx.client_row(gone.0))?;
    must(row.is_some_and(|row| row.merged_into == Some(into)), "I05_causality", || {
        format!("{gone:?} was merged into {into:?} and does not lead there")
    })
}

/// What a device has shown once, it shows ever after: no answer takes a change away.
pub(in super::super) fn i05_nothing_is_unread(
    world: &World,
    app: &App,
    before: &Contents,
    after: &Contents,
) -> Result<(), Broken> {
    for (id, (collection, heads)) in before {
        let now = after.get(id).map_or(&[][..], |(_, heads)| heads);
        if now == heads.as_slice() {
            continue;
        }
        let (was, is) =
            (world.graph.past(*id, *collection, heads)?, world.graph.past(*id, *collection, now)?);
        let gone: Vec<&Hash> = was.difference(&is).collect();
        if !gone.is_empty() {
            // A refused change, or bytes that a failing disk has damaged.
            let excused = put_aside(app)?.iter().any(|(doc, _)| doc == id);
            must(excused, "I05_causality", || format!("{collection} {id} has lost {gone:?}"))?;
        }
    }
    Ok(())
}

/// Changes made by one action are seen together or not at all, by whoever has caught up. What a restored server gets
/// back comes document by document, so such groups need only be whole when all is quiet. A part that was refused and put
/// aside on the device that made it leaves the rest alone.
pub(in super::super) fn i06_atomic_group(
    world: &World,
    app: &App,
    after: &Contents,
    is_quiet: bool,
) -> Result<(), Broken> {
    let wanted = wanted(app)?;
    let offered_back = &world.oracle.offered_back;
    for (group, keys) in
        world.graph.groups.iter().filter(|(group, _)| is_quiet || !offered_back.contains(group))
    {
        let mut seen = 0;
        for (doc, hash) in keys {
            if let Some((collection, heads)) = after.get(doc) {
                seen += usize::from(world.graph.past(*doc, *collection, heads)?.contains(hash));
            }
        }
        if seen == 0 || seen == keys.len() || keys.iter().any(|(doc, _)| wanted.contains(doc)) {
            continue;
        }
        let mut excused = false;
        for app in world.devices.iter().filter_map(|device| device.app.as_ref()) {
            excused |= put_aside(app)?.iter().any(|(doc, _)| keys.iter().any(|(other, _)| other == doc));
        }
        // A part that only a disconnected or replaced device had.
        excused |= world.oracle.edits.iter().any(|edit| edit.thrown_away && keys.contains(&edit.key));
        must(excused, "I06_atomic_group", || {
            format!("{seen} of the changes of group {group} are seen: {keys:?}")
        })?;
    }
    Ok(())
}

/// A device has all that the log has up to its cursor.
pub(in super::super) fn i07_cursor_monotonic_no_gap(
    world: &World,
    app: &App,
    after: &Contents,
    covers: &[Key],
) -> Result<(), Broken> {
    let mut missing = Vec::new();
    for key in covers {
        let has = match after.get(&key.0) {
            Some((collection, heads)) => world.graph.past(key.0, *collection, heads)?.contains(&key.1),
            None => false,
        };
        if !has {
            missing.push(*key);
        }
    }
    if !missing.is_empty() {
        let wanted = wanted(app)?;
        missing.retain(|(doc, _)| !wanted.contains(doc));
    }
    must(missing.is_empty(), "I07_cursor_monotonic_no_gap", || {
        format!("the cursor is past {missing:?}, which the device neither has nor wants")
    })
}

/// A damaged item is put aside, or was here already.
pub(in super::super) fn i13_damage_is_put_aside(
    world: &World,
    app: &App,
    after: &Contents,
    damaged: Option<Key>,
) -> Result<(), Broken> {
    let Some(key) = damaged else { return Ok(()) };
    let has = match after.get(&key.0) {
        Some((collection, heads)) => world.graph.past(key.0, *collection, heads)?.contains(&key.1),
        None => false,
    };
    let holds = has || put_aside(app)?.contains(&key);
    must(holds, "I13_poison_contained", || format!("the damaged {key:?} left no trace on the device"))
}
