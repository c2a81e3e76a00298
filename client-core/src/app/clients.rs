//! Clients on this device.

use std::collections::BTreeSet;

use domain::Projection;
use domain::clients::{self, Client, ClientEdit};
use domain::documents::Collection;
use domain::ids::ClientId;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{App, AppError, Result};
use crate::store::ClientEntry;

impl App {
    /// Adds a client from the fields that REST takes.
    pub fn add_client(&mut self, fields: &Map<String, Json>) -> Result<Client> {
        let edit = ClientEdit::new_from_json(fields)?;
        let id = ClientId(self.new_id());
        let row = self.create_document(id.0, |author, at, _| clients::create(author, at, &edit))?;
        self.show_client(id, row)
    }

    /// Edits a client; absent fields stay untouched.
    pub fn edit_client(&mut self, id: ClientId, fields: &Map<String, Json>) -> Result<Client> {
        let edit = ClientEdit::patch_from_json(fields)?;
        let row = self.edit_document(Collection::Clients, id.0, |document, author, at, _| {
            clients::edit(document, author, at, &edit)
        })?;
        self.show_client(id, row)
    }

    /// Removes a client; visits and notes stay.
    pub fn remove_client(&mut self, id: ClientId) -> Result<()> {
        self.edit_document(Collection::Clients, id.0, |document, author, at, _| {
            clients::remove(document, author, at)
        })
        .map(drop)
    }

    /// One client.
    pub fn client(&self, id: ClientId) -> Result<Client> {
        self.store.read(|tx| tx.client(id.0)?.map(show).ok_or(AppError::NotFound(id.0)))
    }

    /// All clients, by name and id; with a query those that it finds.
    pub fn clients(&self, query: Option<&str>) -> Result<Vec<Client>> {
        self.store.read(|tx| {
            let all = tx.clients()?;
            let Some(query) = query else { return Ok(all.into_iter().map(show).collect()) };
            let found = tx.search(query)?.into_iter().filter(|found| found.kind == "clients");
            let found: BTreeSet<Uuid> = found.map(|found| found.id).collect();
            Ok(all.into_iter().filter(|entry| found.contains(&entry.id)).map(show).collect())
        })
    }

    fn show_client(&self, id: ClientId, row: Projection) -> Result<Client> {
        let Projection::Clients(row) = row else { return Err(AppError::NotFound(id.0)) };
        let last_visit_at = self.store.read::<_, AppError>(|tx| Ok(tx.last_visit(id.0)?))?;
        Ok(row.show(id, last_visit_at))
    }
}

fn show(entry: ClientEntry) -> Client {
    entry.row.show(ClientId(entry.id), entry.last_visit_at)
}
