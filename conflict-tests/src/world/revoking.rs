//! Disconnecting a device: the server knows it no more, and what it has not sent stays with it, until she signs in on it anew.

use std::collections::BTreeSet;

use domain::ids::DeviceId;

use super::acts;
use super::coverage::Moment;
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

    /// She signs in again on a disconnected device, which hands over what it has not sent; whether there is one that runs.
    pub(super) fn enrol(&mut self, number: usize, pick: u32) -> Result<bool, Broken> {
        let tenant = self.devices[number].tenant;
        let is_one = |other: &usize| {
            let device = &self.devices[*other];
            device.tenant == tenant && device.app.is_some() && self.is_out(*other)
        };
        let out: Vec<usize> = (0..self.devices.len()).filter(is_one).collect();
        let Some(chosen) = acts::pick(out, pick) else { return Ok(false) };
        self.let_in_again(chosen)?;
        self.wake(chosen)?;
        Ok(true)
    }

    /// Whether a device is disconnected.
    pub(super) fn is_out(&self, number: usize) -> bool {
        self.oracle.revoked.contains(&self.devices[number].identity)
    }

    /// In every other history she signs in at last on the devices that are still out: what they hold is handed over, once.
    pub(super) fn take_back_in(&mut self, number: usize) -> Result<(), Broken> {
        if self.is_out(number) && self.seed.is_multiple_of(2) { self.let_in_again(number) } else { Ok(()) }
    }

    fn let_in_again(&mut self, number: usize) -> Result<(), Broken> {
        let (seed, tenant) = (self.fresh_seed(), self.tenants[self.devices[number].tenant]);
        let waits = self.app(number)?.pending()?;
        self.devices[number].sign_in_again(tenant, seed)?;
        self.coverage.met(Moment::HandedOver, u64::from(waits > 0));
        self.note(&format!("{number} is let in again with {waits}"));
        Ok(())
    }

    /// What only disconnected devices have is not looked for elsewhere: it stays on them, for their owner to look at.
    pub(super) fn leave_behind(&mut self) -> Result<(), Broken> {
        let out: Vec<usize> = (0..self.devices.len()).filter(|number| self.is_out(*number)).collect();
        out.into_iter().try_for_each(|number| self.throw_away(number))
    }
}
