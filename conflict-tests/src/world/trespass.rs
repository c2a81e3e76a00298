//! Somebody who knows the id of a neighbour's document asks for it under the own key.

use super::invariants::Broken;
use super::play::World;

impl World {
    /// The device's next request asks for a document of the other business; whether there is one.
    pub(super) fn trespass(&mut self, number: usize, pick: u32) -> Result<bool, Broken> {
        let tenant = self.devices[number].tenant;
        let Some(other) = (0..self.tenants.len()).find(|other| *other != tenant) else { return Ok(false) };
        let tables = self.tables(other)?;
        let count = tables.documents().len();
        let chosen = tables.documents().keys().nth(pick as usize % count.max(1)).copied();
        self.devices[number].trespass = chosen;
        Ok(chosen.is_some())
    }
}
