//! Clients on this device.

use std::collections::BTreeSet;

use domain::Projection;
use domain::clients::{self, Client, ClientEdit, ClientRow, Consent, ConsentEdit, Other, Search};
use domain::documents::Collection;
use domain::ids::ClientId;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{App, AppError, Result};
use crate::store::ClientEntry;

impl App {
    /// Adds a client from the fields that REST takes.
    pub fn add_client(&mut self, fields: &Map<String, Json>) -> Result<Client> {
        self.add_client_as(&ClientEdit::new_from_json(fields)?)
    }

    /// The same, read already.
    pub fn add_client_as(&mut self, edit: &ClientEdit) -> Result<Client> {
        let id = ClientId(self.new_id());
        let row = self.create_document(id.0, |author, at, _| clients::create(author, at, edit))?;
        self.show_client(id, row)
    }

    /// Edits a client; absent fields stay untouched.
    pub fn edit_client(&mut self, id: ClientId, fields: &Map<String, Json>) -> Result<Client> {
        self.edit_client_as(id, &ClientEdit::patch_from_json(fields)?)
    }

    /// The same, read already.
    pub fn edit_client_as(&mut self, id: ClientId, edit: &ClientEdit) -> Result<Client> {
        let row = self.edit_document(Collection::Clients, id.0, |document, author, at, _| {
            clients::edit(document, author, at, edit)
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

    /// What the document of a client says.
    pub fn client_row(&self, id: ClientId) -> Result<ClientRow> {
        self.store.read(|tx| tx.client(id.0)?.map(|entry| entry.row).ok_or(AppError::NotFound(id.0)))
    }

    /// Adds to the ledger that the client allowed something, or took it back.
    pub fn record_consent(&mut self, id: ClientId, consent: &ConsentEdit) -> Result<Consent> {
        let entry = self.new_id().to_string();
        let row = self.edit_document(Collection::Clients, id.0, |document, author, at, _| {
            clients::record_consent(document, author, at, &entry, consent)
        })?;
        let Projection::Clients(row) = row else { return Err(AppError::NotFound(id.0)) };
        row.consents.into_iter().find(|recorded| recorded.id == entry).ok_or(AppError::NotFound(id.0))
    }

    /// The client and those who were merged into her, and into them: money and pictures stay with the card they were made for.
    pub fn same_clients(&self, id: ClientId) -> Result<BTreeSet<ClientId>> {
        let mergings = self.store.read::<_, AppError>(|tx| Ok(tx.mergings()?))?;
        let (mut same, mut waiting) = (BTreeSet::from([id]), vec![id.to_string()]);
        while let Some(stays) = waiting.pop() {
            let gone = mergings.iter().filter(|(_, into)| *into == stays).map(|(gone, _)| ClientId(*gone));
            waiting.extend(gone.filter(|gone| same.insert(*gone)).map(|gone| gone.to_string()));
        }
        Ok(same)
    }

    /// The clients that a search finds, or all, by name and id.
    pub fn clients_found(&self, search: Option<&Search>) -> Result<Vec<Client>> {
        self.store.read(|tx| {
            let all = tx.clients()?.into_iter();
            Ok(all.filter(|entry| search.is_none_or(|search| search.finds(&entry.row))).map(show).collect())
        })
    }

    /// The other clients with this phone or e-mail, a few of them. Who was merged into another is no longer one.
    pub fn clients_with_contact(
        &self,
        except: Option<ClientId>,
        phone: Option<&str>,
        email: Option<&str>,
    ) -> Result<Vec<Other>> {
        let found = self.store.read::<_, AppError>(|tx| Ok(tx.clients_with_contact(phone, email)?))?;
        let email = email.map(str::to_lowercase);
        let other = |entry: ClientEntry| Other {
            id: ClientId(entry.id),
            has_phone: phone.is_some() && entry.row.phone.as_deref() == phone,
            has_email: email.is_some() && entry.row.email.as_deref().map(str::to_lowercase) == email,
            name: entry.row.name,
            phone: entry.row.phone,
            email: entry.row.email,
        };
        let others = found
            .into_iter()
            .filter(|entry| Some(ClientId(entry.id)) != except && entry.row.merged_into.is_none());
        Ok(others.take(10).map(other).collect())
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
