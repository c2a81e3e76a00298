//! Somebody who knows the id of a neighbour's document asks for it, or for its changes, under the own key.

use domain::documents::Collection;
use uuid::Uuid;

use super::invariants::{self, Broken};
use super::play::World;

impl World {
    /// The device's next request asks for a document of the other business; whether there is one.
    pub(super) fn trespass(&mut self, number: usize, pick: u32) -> Result<bool, Broken> {
        let chosen = self.neighbours_document(number, pick)?;
        self.devices[number].trespass = chosen.map(|(id, _)| id);
        Ok(chosen.is_some())
    }

    /// REST is asked for the changes of a document of the other business, and for those of all own ones; whether there is one.
    pub(super) fn trespass_history(&mut self, number: usize, pick: u32) -> Result<bool, Broken> {
        let Some((id, collection)) = self.neighbours_document(number, pick)? else { return Ok(false) };
        let tenant = self.devices[number].tenant;
        invariants::i12_history_is_ours(self, tenant, id, collection)?;
        for (id, stored) in self.tables(tenant)?.documents() {
            invariants::i12_history_is_ours(self, tenant, *id, stored.collection)?;
        }
        Ok(true)
    }

    fn neighbours_document(
        &mut self,
        number: usize,
        pick: u32,
    ) -> Result<Option<(Uuid, Collection)>, Broken> {
        let tenant = self.devices[number].tenant;
        let Some(other) = (0..self.tenants.len()).find(|other| *other != tenant) else { return Ok(None) };
        let tables = self.tables(other)?;
        let count = tables.documents().len().max(1);
        let chosen = tables.documents().iter().nth(pick as usize % count);
        Ok(chosen.map(|(id, stored)| (*id, stored.collection)))
    }
}
