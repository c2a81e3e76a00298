//! One import as it runs: row after row through the doors of the app, many to a transaction.
//!
//! Part of the import room. A row that cannot go in is reported and passed over; only the device's own file can stop
//! an import, and then the same import again goes on where it stopped.

use std::collections::HashMap;

use domain::clients::{self, ClientEdit};
use domain::documents::Collection;
use domain::ids::{ClientId, ServiceId};
use domain::search::fold;
use domain::services::Service;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::bookings::Bookings;
use super::cells::{Cells, Plan};
use super::identity::{author, row_hash, thing_id};
use super::rows::{Entry, entries};
use super::{ImportError, Job, Kind, Mode, Outcome, Problem, Reason, Report, RowReport, Table};
use super::{appointments, clients as client_rows, payments, services};
use crate::app::{App, AppError, Tenant};
use crate::store::{Form, StoreError};

/// Rows per transaction: the disk is waited for once in so many rows.
const BATCH: usize = 256;

/// What became of a row that nothing is wrong with.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) result: Outcome,
    pub(super) reason: Option<Reason>,
    pub(super) id: Uuid,
}

/// Why a row did not go in.
#[derive(Debug)]
pub(super) enum Stop {
    /// It concerns this row.
    Row(Problem),
    /// It concerns everything.
    All(AppError),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Row(problem)
    }
}

impl From<AppError> for Stop {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Invalid(fields) => Self::Row(Problem::Fields(fields)),
            AppError::Store(_) | AppError::NotSignedIn => Self::All(error),
            other => Self::Row(Problem::Other(other.to_string())),
        }
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::All(error.into())
    }
}

/// How a document stands that a row may have become before.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Absent,
    Removed,
    /// With the hash of the row that it was imported from.
    Here(Option<String>),
}

/// One import.
pub(super) struct Session<'a> {
    pub(super) app: &'a mut App,
    pub(super) plan: &'a Plan<'a>,
    pub(super) tenant: Tenant,
    pub(super) services: HashMap<Uuid, Service>,
    pub(super) payments: HashMap<Uuid, Option<String>>,
    pub(super) bookings: Bookings,
    clients: HashMap<String, Option<ClientId>>,
    clients_created: usize,
}

impl App {
    /// Imports a file. `progress` is told how many rows are done, of how many.
    pub fn import(
        &mut self,
        job: &Job<'_>,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Report, ImportError> {
        let text = super::decode(job.bytes, job.map.encoding)?;
        let delimiter = job.map.delimiter.and_then(|mark| u8::try_from(mark).ok());
        let table = Table::read(&text, delimiter).ok_or(ImportError::Empty)?;
        let tenant = self.tenant()?;
        let currency = job.map.formats.currency.unwrap_or(tenant.currency);
        if job.kind == Kind::Services && currency != tenant.currency {
            return Err(ImportError::OtherCurrency(tenant.currency.to_string()));
        }
        let plan = Plan::new(job.kind, job.map, &table, job.filters, currency)?;
        let (rows, left_out) = entries(job.kind, &table, &plan);
        let mut report = Report { left_out, dry_run: job.mode == Mode::DryRun, ..Report::default() };
        let mut session = Session::new(self, &plan, tenant, job.kind)?;
        if report.dry_run {
            session.app.store_mut().begin()?;
        }
        let ended = session.run(job.kind, &rows, &mut report, progress);
        if report.dry_run {
            session.app.store_mut().rollback();
        }
        report.clients_created = session.clients_created;
        ended.map(|()| report)
    }
}

impl<'a> Session<'a> {
    fn new(app: &'a mut App, plan: &'a Plan<'a>, tenant: Tenant, kind: Kind) -> Result<Self, ImportError> {
        let services = app.services()?.into_iter().map(|service| (service.id.0, service)).collect();
        let payments = if kind == Kind::Payments { payments::standing(app)? } else { HashMap::new() };
        let bookings = if plan.map.matching.is_empty() {
            Bookings::default()
        } else {
            Bookings::read(app, &plan.map.matching)?
        };
        Ok(Self {
            app,
            plan,
            tenant,
            services,
            payments,
            bookings,
            clients: HashMap::new(),
            clients_created: 0,
        })
    }

    fn run(
        &mut self,
        kind: Kind,
        rows: &[Entry<'_>],
        report: &mut Report,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<(), ImportError> {
        progress(0, rows.len());
        for batch in rows.chunks(BATCH) {
            self.app.store_mut().begin()?;
            for row in batch {
                match self.row(kind, row) {
                    Ok(told) => report.add(told),
                    Err(error) => {
                        self.app.store_mut().rollback();
                        return Err(error.into());
                    }
                }
            }
            self.app.store_mut().commit()?;
            progress(report.rows.len(), rows.len());
        }
        Ok(())
    }

    fn row(&mut self, kind: Kind, row: &Entry<'_>) -> Result<RowReport, AppError> {
        let done = match &row.content {
            Err(problem) => Err(Stop::Row(problem.clone())),
            Ok((key, cells)) => {
                let cells = Cells { plan: self.plan, cells };
                match kind {
                    Kind::Services => services::import(self, &cells, key),
                    Kind::Clients => client_rows::import(self, &cells, key),
                    Kind::Appointments => appointments::import(self, &cells, key),
                    Kind::Payments => payments::import(self, &cells, key),
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
    pub(super) fn id(&self, kind: Kind, file: &str, key: &str) -> Uuid {
        thing_id(self.tenant.id, &self.plan.map.source, kind, file, key)
    }

    /// How the document with this id stands.
    pub(super) fn standing(&self, collection: Collection, id: Uuid) -> Result<Standing, Stop> {
        self.app.store().read(|tx| {
            let Some(document) = tx.document(id)? else { return Ok(Standing::Absent) };
            if document.form == Form::Purged {
                return Ok(Standing::Removed);
            }
            let row: Option<Json> = tx
                .row(collection, id)?
                .map(|row| serde_json::from_str(&row))
                .transpose()
                .map_err(StoreError::from)?;
            let Some(row) = row else { return Ok(Standing::Here(None)) };
            if row.get("deletedAt").is_some_and(|at| !at.is_null()) {
                return Ok(Standing::Removed);
            }
            let hash = row.pointer("/meta/importHash").and_then(Json::as_str).map(str::to_owned);
            Ok(Standing::Here(hash))
        })
    }

    /// The client with this code; made from the code if nobody bears it. `None` if she was erased.
    pub(super) fn client(&mut self, code: &str) -> Result<Option<ClientId>, Stop> {
        if let Some(known) = self.clients.get(code) {
            return Ok(*known);
        }
        let id = self.id(Kind::Clients, "", code);
        let document = self.app.store().read::<_, StoreError>(|tx| tx.document(id))?;
        let client = match document {
            Some(document) if document.form == Form::Purged => None,
            Some(_) => Some(ClientId(id)),
            None => {
                let said = client_rows::from_code(code);
                self.create_client(id, &said, code)?;
                self.clients_created += 1;
                Some(ClientId(id))
            }
        };
        self.clients.insert(code.to_owned(), client);
        Ok(client)
    }

    /// Writes a client as every device would write her from this row.
    pub(super) fn create_client(
        &mut self,
        id: Uuid,
        said: &Map<String, Json>,
        code: &str,
    ) -> Result<(), Stop> {
        let fields = client_rows::with_origin(said, code);
        let edit = ClientEdit::new_from_json(&fields).map_err(Problem::Fields)?;
        let author = author(id, &json!({ "fields": fields }));
        self.app.create_document(id, |_, _, _| clients::create(&author, 0, &edit))?;
        Ok(())
    }

    /// The service with this code, or else with this name.
    pub(super) fn service(&self, code: &str) -> Result<&Service, Stop> {
        let by_code = self.services.get(&self.id(Kind::Services, "", code));
        let folded = fold(code);
        // Of several with one name always the same one.
        let by_name = || self.services.values().filter(|s| fold(&s.name) == folded).min_by_key(|s| s.id);
        by_code.or_else(by_name).ok_or_else(|| Problem::UnknownService(code.to_owned()).into())
    }

    /// Minutes that the map gives for a service, by what the file calls it.
    pub(super) fn mapped_minutes(&self, names: &[Option<&str>]) -> Option<u32> {
        names.iter().flatten().find_map(|name| self.plan.map.durations.get(*name)).copied()
    }

    /// What a row says, with the mark by which a later import sees whether the row has changed.
    pub(super) fn marked(
        said: &Map<String, Json>,
        meta: &str,
        further: &[(&str, Json)],
    ) -> Map<String, Json> {
        let mut fields = said.clone();
        let mut entries = fields.remove(meta).and_then(|meta| meta.as_object().cloned()).unwrap_or_default();
        entries.insert("importHash".to_owned(), Json::from(row_hash(said)));
        entries.extend(further.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        // Sorted, so that the order does not depend on how this was built.
        let mut sorted: Vec<_> = entries.into_iter().collect();
        sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
        fields.insert(meta.to_owned(), Json::Object(sorted.into_iter().collect()));
        fields
    }
}

/// The id of a service as JSON shows it.
pub(super) fn service_json(id: ServiceId) -> Json {
    Json::from(id.to_string())
}
