//! One import as it runs: row after row through the door of a [`Base`].
//!
//! Part of the import room. A row that cannot go in is reported and passed over; only the base itself can stop an
//! import, and then the same import again goes on where it stopped. How many rows are kept together is the business
//! of whoever runs it.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::base::{Base, Standing, Stop};
use super::bookings::Bookings;
use super::cells::{Cells, Plan};
use super::duplicates::{Contacts, Duplicates};
use super::identity::{row_hash, thing_id};
use super::rows::{Entry, entries};
use super::{Business, ImportError, Job, Kind, Outcome, Problem, Reason, Report, RowReport, Table};
use super::{appointments, clients as client_rows, own, payments, services};
use crate::Projection;
use crate::documents::Collection;
use crate::email::Email;
use crate::ids::ClientId;
use crate::phone::Phone;
use crate::search::fold;
use crate::services::Service;

/// What became of a row that nothing is wrong with.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) result: Outcome,
    pub(super) reason: Option<Reason>,
    pub(super) id: Uuid,
}

/// How the thing stands that a row may have become before.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Absent,
    /// She removed it, or it was erased.
    Removed,
    /// An import made it, and the undoing of that import removed it.
    Undone,
    /// With the hash of the row that it was imported from.
    Here(Option<String>),
    /// The same of a row that was merged into a client who was there.
    Merged(Option<String>, ClientId),
}

/// A file and its map brought together, and all that needs no base checked.
#[derive(Debug)]
pub struct Prepared<'a> {
    pub(super) kind: Kind,
    pub(super) duplicates: Duplicates,
    pub(super) plan: Plan<'a>,
    pub(super) business: Business,
    id: Uuid,
    rows: Vec<Entry<'a>>,
    left_out: usize,
    pictures: usize,
}

impl<'a> Prepared<'a> {
    /// Brings a job together with the table of its file.
    pub fn new(job: &Job<'a>, table: &'a Table, business: &Business) -> Result<Self, ImportError> {
        let currency = job.map.formats.currency.unwrap_or(business.currency);
        if job.kind == Kind::Services && currency != business.currency {
            return Err(ImportError::OtherCurrency(business.currency.to_string()));
        }
        let plan = Plan::new(job.kind, job.map, table, job.filters, currency)?;
        let (rows, left_out) = entries(job.kind, table, &plan);
        Ok(Self {
            kind: job.kind,
            duplicates: job.duplicates,
            plan,
            business: business.clone(),
            id: job.id(business.tenant),
            rows,
            left_out,
            pictures: table.pictures,
        })
    }

    /// How many rows are wanted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no row is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What the import is known by.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// A report that has no rows yet.
    #[must_use]
    pub fn report(&self) -> Report {
        Report { import: self.id, left_out: self.left_out, pictures: self.pictures, ..Report::default() }
    }
}

/// One import.
#[derive(Debug)]
pub struct Import<'a, B> {
    pub(super) base: B,
    pub(super) plan: &'a Plan<'a>,
    pub(super) business: &'a Business,
    pub(super) duplicates: Duplicates,
    pub(super) services: HashMap<Uuid, Service>,
    pub(super) payments: HashMap<Uuid, Option<String>>,
    pub(super) bookings: Bookings,
    pub(super) contacts: Contacts,
    pub(super) id: Uuid,
    kind: Kind,
    rows: &'a [Entry<'a>],
    clients: HashMap<String, Option<ClientId>>,
    clients_created: usize,
}

impl<'a, B: Base> Import<'a, B> {
    /// Reads what the rows will need.
    pub fn new(prepared: &'a Prepared<'a>, mut base: B) -> Result<Self, B::Error> {
        let services = base.services()?.into_iter().map(|service| (service.id.0, service)).collect();
        let payments = match prepared.kind {
            Kind::Payments => payments::standing(base.payments()?),
            _ => HashMap::new(),
        };
        let matching = &prepared.plan.map.matching;
        let bookings =
            if matching.is_empty() { Bookings::default() } else { Bookings::new(base.visits()?, matching) };
        Ok(Self {
            base,
            plan: &prepared.plan,
            business: &prepared.business,
            duplicates: prepared.duplicates,
            services,
            payments,
            bookings,
            contacts: Contacts::default(),
            id: prepared.id,
            kind: prepared.kind,
            rows: &prepared.rows,
            clients: HashMap::new(),
            clients_created: 0,
        })
    }

    /// The base, for whoever keeps several rows together.
    pub const fn base(&mut self) -> &mut B {
        &mut self.base
    }

    /// How many clients were made from codes that nobody bore.
    #[must_use]
    pub const fn clients_created(&self) -> usize {
        self.clients_created
    }

    /// Brings one row in. Rows are brought in once each, in order.
    pub fn row(&mut self, index: usize) -> Result<RowReport, B::Error> {
        let row = &self.rows[index];
        let done = match &row.content {
            Err(problem) => Err(Stop::Row(problem.clone())),
            Ok((key, cells)) => {
                let cells = Cells { plan: self.plan, cells };
                match own::import(self, self.kind, key) {
                    Ok(None) => match self.kind {
                        Kind::Services => services::import(self, &cells, key),
                        Kind::Clients => client_rows::import(self, &cells, key),
                        Kind::Appointments => appointments::import(self, &cells, key),
                        Kind::Payments => payments::import(self, &cells, key),
                    },
                    Ok(Some(done)) => Ok(done),
                    Err(stop) => Err(stop),
                }
            }
        };
        let line = row.line;
        match done {
            Ok(Done { result, reason, id }) => Ok(RowReport { line, result, reason, id: Some(id) }),
            Err(Stop::Row(problem)) => {
                Ok(RowReport { line, result: Outcome::Skipped, reason: Some(problem.into()), id: None })
            }
            Err(Stop::All(error)) => Err(error),
        }
    }

    /// The id of the thing that a row of a file of this kind is.
    pub(super) fn thing(&self, kind: Kind, file: &str, key: &str) -> Uuid {
        thing_id(self.business.tenant, &self.plan.map.source, kind, file, key)
    }

    /// The hash of a row that names clients or services, as the file says it: whom a name means may change without the
    /// row, when she renames somebody. A name counts as the code that it may be.
    pub(super) fn hash(&self, said: &Map<String, Json>, named: &[(&str, Kind, Option<&str>)]) -> String {
        let mut said = said.clone();
        for (field, kind, name) in named {
            if let Some(name) = name {
                let id = self.thing(*kind, "", name).to_string();
                said.insert((*field).to_owned(), Json::from(id));
            }
        }
        row_hash(&said)
    }

    /// How the document with this id stands.
    pub(super) fn find(&mut self, collection: Collection, id: Uuid) -> Result<Found, Stop<B::Error>> {
        Ok(match self.base.standing(collection, id).map_err(Stop::All)? {
            Standing::Absent => Found::Absent,
            Standing::Erased => Found::Removed,
            Standing::Here(None) => Found::Here(None),
            Standing::Here(Some(row)) => {
                let mark = |name: &str| row.meta().get(name).and_then(Json::as_str).map(str::to_owned);
                let merged_into = match &*row {
                    Projection::Clients(row) => row.merged_into,
                    Projection::Appointments(_) | Projection::Notes(_) => None,
                };
                if is_undone(&row) {
                    Found::Undone
                } else if let Some(into) = merged_into {
                    Found::Merged(mark("importHash"), into)
                } else if row.is_deleted() {
                    Found::Removed
                } else {
                    Found::Here(mark("importHash"))
                }
            }
        })
    }

    /// The client with this code; made from the code if nobody bears it. `None` if she was erased.
    pub(super) fn client(&mut self, code: &str) -> Result<Option<ClientId>, Stop<B::Error>> {
        if let Some(known) = self.clients.get(code) {
            return Ok(*known);
        }
        let id = self.thing(Kind::Clients, "", code);
        let client = match self.base.standing(Collection::Clients, id).map_err(Stop::All)? {
            Standing::Erased => None,
            Standing::Here(Some(row)) if is_undone(&row) => {
                self.bring_back(Collection::Clients, id, |_| ())?;
                self.clients_created += 1;
                Some(ClientId(id))
            }
            Standing::Here(Some(row)) => match *row {
                // A row that was merged into somebody who was there before it.
                Projection::Clients(row) => Some(row.merged_into.unwrap_or(ClientId(id))),
                _ => Some(ClientId(id)),
            },
            Standing::Here(None) => Some(ClientId(id)),
            Standing::Absent => {
                if let Some(own) = own::client(self, code)? {
                    Some(own)
                } else if let Some(meant) = self.meant(code)? {
                    Some(meant)
                } else {
                    let said = client_rows::from_code(code);
                    self.create_client(id, &said, code)?;
                    self.clients_created += 1;
                    Some(ClientId(id))
                }
            }
        };
        self.clients.insert(code.to_owned(), client);
        Ok(client)
    }

    /// Whom a file means that has no codes of clients: by telephone, e-mail, or a name that one client bears.
    fn meant(&mut self, text: &str) -> Result<Option<ClientId>, Stop<B::Error>> {
        let (phone, email) = (Phone::parse(text).ok(), Email::parse(text).ok());
        let (phone, email) = (phone.as_ref().map(Phone::as_str), email.as_ref().map(Email::as_str));
        if phone.is_some() || email.is_some() {
            let known = self.base.with_contact(phone, email).map_err(Stop::All)?;
            return Ok(known.map(|known| known.id));
        }
        self.base.with_name(&fold(text)).map_err(Stop::All)
    }

    /// The service with this code, or else with this name.
    pub(super) fn service(&self, code: &str) -> Result<&Service, Stop<B::Error>> {
        let by_code = self.services.get(&self.thing(Kind::Services, "", code));
        let folded = fold(code);
        // Of several with one name always the same one.
        let by_name = || self.services.values().filter(|s| fold(&s.name) == folded).min_by_key(|s| s.id);
        by_code.or_else(by_name).ok_or_else(|| Problem::UnknownService(code.to_owned()).into())
    }

    /// Minutes that the map gives for a service, by what the file calls it.
    pub(super) fn mapped_minutes(&self, names: &[Option<&str>]) -> Option<u32> {
        names.iter().flatten().find_map(|name| self.plan.map.durations.get(*name)).copied()
    }
}

/// Whether the undoing of an import removed it.
fn is_undone(row: &Projection) -> bool {
    row.is_deleted() && row.meta().contains_key("importUndone")
}
