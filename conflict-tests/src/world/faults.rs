//! What goes wrong at once, rather than with the next request.

use client_core::app::AppError;
use domain::documents::Collection;
use uuid::Uuid;

use super::damage;
use super::device::outbox;
use super::history::{ActKind, Fault, FaultKind};
use super::invariants::Broken;
use super::network::Happening;
use super::play::World;

const MOST_DEVICES: usize = 6;
const YEAR: i64 = 365 * 24 * 3_600 * 1_000;

impl World {
    pub(super) fn fault(&mut self, fault: Fault) -> Result<(), Broken> {
        let number = self.device(fault.device);
        let pick = fault.pick;
        let (now, tenant) = (self.now(), self.devices[number].tenant);
        if fault.kind.waits_for_request() {
            self.devices[number].armed.retain(|other| other.kind != fault.kind);
            self.devices[number].armed.push(fault);
            return Ok(());
        }
        match fault.kind {
            FaultKind::Cut => {
                self.touch_waiting(FaultKind::Cut, number)?;
                self.devices[number].cut_until = now + 500 + i64::from(pick % 30_000);
            }
            FaultKind::Kill => {
                self.touch_waiting(FaultKind::Kill, number)?;
                self.devices[number].kill();
                let life = self.devices[number].life;
                self.due(i64::from(pick % 5_000), Happening::Restart { device: number, life });
            }
            FaultKind::RestoreServer => self.restore_server(tenant, pick)?,
            FaultKind::CloneHome if self.devices.len() < MOST_DEVICES => {
                self.touch_waiting(FaultKind::CloneHome, number)?;
                let seed = self.fresh_seed();
                let copy = self.devices[number].copy(
                    &self.time,
                    seed,
                    pick.is_multiple_of(2),
                    &self.oracle.revoked,
                )?;
                self.devices.extend(copy);
            }
            FaultKind::RestoreHome => self.restore_home(number, pick)?,
            FaultKind::ClockOff => {
                let offset = match pick % 4 {
                    0 => 0,
                    1 => YEAR,
                    2 => -YEAR,
                    _ => i64::from(pick) - i64::from(u32::MAX / 2),
                };
                self.devices[number].clock.jump(offset);
            }
            FaultKind::DamageFile => {
                self.damage_file(number, pick)?;
                self.damage_file(number, pick.rotate_left(11))?;
            }
            FaultKind::Fold => {
                let tables = self.tables(tenant)?;
                let until = tables.head() * u64::from(pick % 100 + 1) / 100;
                let folded: Vec<_> = tables.log().range(..=until).map(|(_, e)| (e.item, e.hash)).collect();
                self.touch_entries(FaultKind::Fold, &folded);
                self.server.fold(self.tenants[tenant], until);
                self.has_changed(tenant);
            }
            FaultKind::TinyPages => self.devices[number].tiny = 1 + pick % 12,
            FaultKind::Join if self.devices.len() < MOST_DEVICES => {
                let tables = self.tables(tenant)?;
                let all: Vec<_> = tables.log().values().map(|e| (e.item, e.hash)).collect();
                self.touch_entries(FaultKind::Join, &all);
                let fresh = self.join(tenant)?;
                self.wake(fresh)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn restore_server(&mut self, tenant: usize, pick: u32) -> Result<(), Broken> {
        let count = self.dumps[tenant].len().max(1);
        let Some(dump) = self.dumps[tenant].get(pick as usize % count).cloned() else { return Ok(()) };
        let tables = self.tables(tenant)?;
        let lost: Vec<_> = tables
            .log()
            .iter()
            .filter(|(seq, entry)| dump.log().get(seq).is_none_or(|kept| kept.chain != entry.chain))
            .map(|(_, entry)| (entry.item, entry.hash))
            .collect();
        for (group, keys) in &self.graph.groups {
            if keys.iter().any(|key| lost.contains(key)) {
                self.oracle.offered_back.insert(*group);
            }
        }
        self.touch_entries(FaultKind::RestoreServer, &lost);
        // A device that was put back before it had pulled leaves what it once pushed to the server alone.
        self.is_left_at(tenant, dump.log().values().map(|entry| (entry.item, entry.hash)), None)?;
        self.open.retain(|_, open| open.tenant != tenant);
        self.server.restore(self.tenants[tenant], dump.clone());
        // It remembers what it had answered by then, also what another restore had made it forget.
        self.oracle.answered.retain(|(of, _), _| *of != tenant);
        let answered = dump.intents().iter().map(|(id, result)| ((tenant, *id), result.result));
        self.oracle.answered.extend(answered);
        self.has_changed(tenant);
        Ok(())
    }

    fn restore_home(&mut self, number: usize, pick: u32) -> Result<(), Broken> {
        let Some(backup) = self.devices[number].backup.take() else { return Ok(()) };
        self.touch_waiting(FaultKind::RestoreHome, number)?;
        self.throw_away(number)?;
        self.oracle.cancelled.retain(|(device, _)| *device != number);
        let seed = self.fresh_seed();
        let device = &mut self.devices[number];
        device.kill();
        device.store = Some(backup);
        device.seen.clear();
        device.start(seed, pick.is_multiple_of(2), &self.oracle.revoked)?;
        self.wake(number)
    }

    fn damage_file(&mut self, number: usize, pick: u32) -> Result<(), Broken> {
        let Some(app) = &mut self.devices[number].app else { return Ok(()) };
        let store = app.store_mut();
        let (id, collection, stored) = {
            let found = store.read::<_, AppError>(|tx| {
                let mut all: Vec<(Uuid, Collection)> = Vec::new();
                for collection in Collection::ALL {
                    all.extend(tx.document_ids(collection)?.into_iter().map(|id| (id, collection)));
                }
                let Some((id, collection)) = all.get(pick as usize % all.len().max(1)).copied() else {
                    return Ok(None);
                };
                Ok(tx.document(id)?.map(|stored| (id, collection, stored)))
            })?;
            let Some(found) = found else { return Ok(()) };
            found
        };
        let mut bytes = stored.bytes.clone();
        damage::damage_stored(&mut bytes, pick);
        store.write::<_, AppError>(|tx| Ok(tx.damage_document(id, &bytes)?))?;
        let past = self.graph.past(id, collection, &stored.heads)?;
        let acts: Vec<ActKind> = past.iter().filter_map(|hash| self.graph.act_of(&(id, *hash))).collect();
        self.coverage.touch(FaultKind::DamageFile, acts);
        Ok(())
    }

    /// Counts what a device has not got rid of yet.
    fn touch_waiting(&mut self, fault: FaultKind, number: usize) -> Result<(), Broken> {
        let Some(app) = &self.devices[number].app else { return Ok(()) };
        let waiting = outbox(app.store())?;
        let asked = app.store().read(|tx| tx.open_intents(u32::MAX))?;
        let acts: Vec<ActKind> = waiting
            .iter()
            .filter_map(|entry| self.graph.act_of(&(entry.doc, entry.hash)))
            .chain(asked.iter().filter_map(|stored| self.oracle.act_of_intent(stored.intent.id)))
            .collect();
        self.coverage.touch(fault, acts);
        Ok(())
    }

    /// Counts entries of the server's log.
    fn touch_entries(&mut self, fault: FaultKind, entries: &[(Uuid, domain::documents::Hash)]) {
        let mut acts = Vec::new();
        for (item, hash) in entries {
            acts.extend(self.graph.act_of(&(*item, *hash)));
            acts.extend(self.oracle.records.get(item).into_iter().flatten());
        }
        self.coverage.touch(fault, acts);
    }
}
