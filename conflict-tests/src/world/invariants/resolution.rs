//! How conflicts stand is a function of the changes alone: of no order of arrival, no clock, no language.

use std::collections::BTreeMap;

use client_core::store::StoreError;
use domain::appointments::Promises;
use domain::conflicts::{Conflict, Memory, whole};
use domain::documents::Document;
use domain::ids::ServiceId;
use domain::lang::Lang;
use domain::services::Service;
use domain::sync::RecordKind;
use domain::{Projection, project};
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde::de::DeserializeOwned;
use sync_server::sync::memory::Tables;
use uuid::Uuid;

use super::super::play::World;
use super::{Broken, must};

const I09: &str = "I09_double_booking_seen";
const I10: &str = "I10_deterministic_resolution";

/// Which conflicts there are, by what the rows and the price list say.
pub(super) fn conflicts_of(tables: &Tables) -> BTreeMap<Uuid, Conflict> {
    whole(tables.rows().iter().map(|(id, row)| (*id, &**row)), &services(tables), &promises(tables))
}

fn services(tables: &Tables) -> BTreeMap<ServiceId, Service> {
    of_kind(tables, RecordKind::Service).map(|service: Service| (service.id, service)).collect()
}

fn promises(tables: &Tables) -> BTreeMap<Uuid, Promises> {
    let promises = of_kind(tables, RecordKind::Promises);
    promises.map(|promises: Promises| (promises.appointment_id.0, promises)).collect()
}

fn of_kind<T: DeserializeOwned>(tables: &Tables, kind: RecordKind) -> impl Iterator<Item = T> {
    let records = tables.records().values().filter(move |record| record.kind == kind.as_str());
    records.filter_map(|record| serde_json::from_value(record.body.clone()?).ok())
}

/// Put together from the same changes in another order, and brought up to date in another order, the conflicts are the same
/// and stand the same; every device lets the same decision stand, and tells the same in both languages.
pub(super) fn i10_deterministic_resolution(
    world: &World,
    tenant: usize,
    tables: &Tables,
) -> Result<(), Broken> {
    let all = conflicts_of(tables);
    let mut rng = StdRng::seed_from_u64(world.seed ^ 0x10);
    let mut rows: Vec<(Uuid, Projection)> = Vec::new();
    for (id, row) in tables.rows() {
        let is_at_stake = all.values().any(|conflict| conflict.about.contains(id));
        let stored = tables.documents().get(id).filter(|_| is_at_stake);
        let opened = stored.and_then(|stored| stored.open(*id).ok().flatten());
        rows.push((
            *id,
            opened.map_or_else(|| (**row).clone(), |mut document| put_together(&mut document, &mut rng)),
        ));
    }
    rows.shuffle(&mut rng);
    let (list, mut memory) = (services(tables), Memory::default());
    for (id, promises) in promises(tables) {
        memory.put_promises(id, Some(promises));
    }
    let late = rows.len() / 2;
    for (id, row) in &rows[..late] {
        memory.put(*id, Some(row.clone()));
    }
    for (id, service) in &list {
        memory.put_service(*id, Some(service.clone()));
    }
    for (id, row) in &rows[late..] {
        memory.put(*id, Some(row.clone()));
    }
    must(*memory.conflicts() == all, I10, || {
        format!("in another order the conflicts are {:?} instead of {all:?}", memory.conflicts())
    })?;
    for number in world.members(tenant) {
        for conflict in kept(world, number)? {
            let same = all.get(&conflict.id).is_none_or(|other| *other == conflict);
            must(same, I10, || {
                format!("device {number} holds {conflict:?}, the changes say {:?}", all.get(&conflict.id))
            })?;
        }
    }
    told_alike(world, tenant)
}

/// The same document, from its changes in any order and in parts.
fn put_together(document: &mut Document, rng: &mut StdRng) -> Projection {
    let mut chunks = document.chunks_since(&[]);
    chunks.shuffle(rng);
    let mut parts = Document::new(document.collection());
    // A part that comes too early is missing something and comes again.
    while parts.heads() != document.heads() {
        let (part, rest) = chunks.split_at(rng.random_range(0..=chunks.len()));
        let before = parts.heads();
        parts = parts.receive(rest).document.receive(part).document;
        if parts.heads() == before {
            parts = parts.receive(&chunks).document;
        }
        if parts.heads() == before {
            break;
        }
    }
    project(&mut parts)
}

/// In both languages the same conflicts wait, on the same facts, with the same ways out.
fn told_alike(world: &World, tenant: usize) -> Result<(), Broken> {
    let Some(number) = world.members(tenant).first().copied() else { return Ok(()) };
    let app = world.app(number)?;
    let told = |lang| -> Result<Vec<_>, Broken> {
        let all = app.conflicts(false, lang)?.into_iter();
        let ways = |told: domain::conflicts::Told| {
            let ways: Vec<String> = told.resolutions.into_iter().map(|way| way.id).collect();
            (told.id, told.facts, ways)
        };
        Ok(all.map(ways).collect())
    };
    let (ru, en) = (told(Lang::Ru)?, told(Lang::En)?);
    must(ru == en, I10, || format!("in Russian {ru:?}, in English {en:?}"))
}

/// Every device keeps the very conflicts that the server finds in its rows: none is missing, none is invented, each with the
/// same id, the same facts and the same standing decision.
pub(super) fn i09_conflicts_agree(world: &World, tenant: usize, tables: &Tables) -> Result<(), Broken> {
    let all = conflicts_of(tables);
    let server: Vec<&Conflict> = all.values().collect();
    for number in world.members(tenant) {
        let kept = kept(world, number)?;
        must(kept.iter().eq(server.iter().copied()), I09, || {
            format!("device {number} keeps {kept:?}, the rows of the server have {server:?}")
        })?;
    }
    Ok(())
}

fn kept(world: &World, number: usize) -> Result<Vec<Conflict>, Broken> {
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method is bound to one transaction's life"
    )]
    let kept = world.app(number)?.store().read::<_, StoreError>(|tx| tx.all_conflicts())?;
    Ok(kept)
}
