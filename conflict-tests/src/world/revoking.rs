//! Disconnecting a device: the server knows it no more, and what it has not sent stays with it until she signs
//! in on it again.

use std::collections::BTreeSet;

use client_core::store::StoreError;
use domain::ids::DeviceId;

use super::device::outbox;
use super::invariants::Broken;
use super::network::Happening;
use super::play::World;

/// So long until the server is asked again while somebody writes.
const AGAIN: i64 = 50;

impl World {
    /// One device disconnects another; whether it can. Once in a business, and only where two are left that can meet.
    pub(super) fn revoke(&mut self, number: usize, pick: u32) -> bool {
        let tenant = self.devices[number].tenant;
        let ours = || self.devices.iter().filter(|device| device.tenant == tenant);
        let revoked = &self.oracle.revoked;
        let own = self.devices[number].identity;
        let others: BTreeSet<DeviceId> =
            ours().map(|device| device.identity).filter(|other| *other != own).collect();
        if others.len() < 2 || ours().any(|device| revoked.contains(&device.identity)) {
            return false;
        }
        let chosen = others.iter().nth(pick as usize % others.len()).copied();
        let Some(device) = chosen else { return false };
        self.due(0, Happening::Revoke { tenant, device });
        true
    }

    /// The server's part of it.
    pub(super) fn disconnect(&mut self, tenant: usize, device: DeviceId) {
        if self.server.revoke(self.tenants[tenant], device) {
            self.oracle.revoked.insert(device);
            self.note(&format!("revoked {device}"));
        } else {
            self.due(AGAIN, Happening::Revoke { tenant, device });
        }
    }

    /// Whether a device is disconnected.
    pub(super) fn is_out(&self, number: usize) -> bool {
        self.oracle.revoked.contains(&self.devices[number].identity)
    }

    /// In every other history she signs in again on the devices that were disconnected: what they hold is handed over, once.
    pub(super) fn take_back_in(&mut self, number: usize) -> Result<(), Broken> {
        if !self.is_out(number) || !self.seed.is_multiple_of(2) {
            return Ok(());
        }
        let (seed, tenant) = (self.fresh_seed(), self.tenants[self.devices[number].tenant]);
        let device = &mut self.devices[number];
        let Some(app) = &device.app else { return Ok(()) };
        let waits = !outbox(app.store())?.is_empty()
            || !app.store().read::<_, StoreError>(|tx| tx.open_intents(1))?.is_empty();
        device.sign_in_again(tenant, seed)?;
        self.coverage.came_back += u64::from(waits);
        self.note(&format!("{number} is let in again"));
        Ok(())
    }

    /// What only disconnected devices have is not looked for elsewhere: it stays on them, for their owner to look at.
    pub(super) fn leave_behind(&mut self) -> Result<(), Broken> {
        let out: Vec<usize> = (0..self.devices.len()).filter(|number| self.is_out(*number)).collect();
        out.into_iter().try_for_each(|number| self.throw_away(number))
    }
}
