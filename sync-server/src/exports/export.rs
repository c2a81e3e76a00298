//! `GET /export`: everything of one moment, as JSON, CSV, contact cards or a calendar.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use domain::Projection;
use domain::appointments::Status;
use domain::errors::{ErrorCode, FieldProblem};
use domain::exports::{Everything, ExportFormat};
use domain::ids::{AppointmentId, ClientId, NoteId};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use utoipa::IntoParams;

use super::store::{self, StoredRow};
use crate::db::{StoreError, TenantTx};
use crate::http::{Principal, Problem, QuestionErrors};
use crate::{AppState, auth};

/// When to come again.
const LATER: Duration = Duration::from_secs(5);

/// In which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Form {
    /// `json` (everything, can be imported again), `csv` (a ZIP of tables), `vcard` (clients) or `ics` (visits).
    #[param(example = "json")]
    format: Option<String>,
}

/// Export everything
#[utoipa::path(
    get, path = "/export", operation_id = "exportEverything", tag = "exports",
    params(Form),
    responses((status = 200, description = "A file, whose name and kind its headers say", content(
        (Object = "application/json"), (Vec<u8> = "application/zip"), (String = "text/vcard"), (String = "text/calendar")
    )), QuestionErrors)
)]
pub(super) async fn export_everything(
    State(state): State<AppState>,
    principal: Principal,
    query: Result<Query<Form>, axum::extract::rejection::QueryRejection>,
) -> Result<impl IntoResponse, Problem> {
    let Query(form) = query.map_err(|_| Problem::new(ErrorCode::BadRequest))?;
    let word = form.format.as_deref().unwrap_or("json");
    let format = ExportFormat::parse(word)
        .ok_or_else(|| Problem::new(ErrorCode::BadRequest).field("format", FieldProblem::Unknown))?;
    // A whole business lies in memory meanwhile: a few at a time, and whoever gets no place comes again.
    let place = state.export_places.clone().try_acquire_owned();
    let place = place.map_err(|_| Problem::new(ErrorCode::Unavailable).after(LATER))?;
    let mut tx = state.db.tenant_at_one_moment(principal.tenant).await?;
    let stored = Stored::read(&mut tx).await?;
    tx.commit().await?;
    // Understanding and writing it takes a while, and a thread that may wait has it.
    let written = tokio::task::spawn_blocking(move || {
        let written = stored.everything()?.write(format).map_err(|error| Problem::internal(&error));
        // Held to the end even if the caller has hung up: it is the memory that is counted.
        drop(place);
        written
    });
    let bytes = written.await.map_err(|error| Problem::internal(&error))??;
    let disposition = format!("attachment; filename=\"{}\"", format.filename());
    Ok(([(CONTENT_TYPE, format.media_type().to_owned()), (CONTENT_DISPOSITION, disposition)], bytes))
}

/// All that the tenant has, as it is stored.
struct Stored {
    tenant: Json,
    services: Vec<String>,
    payments: Vec<String>,
    media: Vec<String>,
    rows: Vec<StoredRow>,
}

impl Stored {
    async fn read(tx: &mut TenantTx) -> Result<Self, Problem> {
        let tenant = auth::find_tenant(tx).await?.ok_or_else(Problem::not_found)?;
        let tenant = json!({
            "id": tenant.id, "name": tenant.name, "timezone": tenant.timezone, "locale": tenant.locale,
            "currency": tenant.currency, "plan": tenant.plan,
        });
        let services = store::records(tx, "service").await?;
        let payments = store::records(tx, "payment").await?;
        let media = store::records(tx, "media").await?;
        Ok(Self { tenant, services, payments, media, rows: store::rows(tx).await? })
    }

    /// In the order in which a device exports it.
    fn everything(self) -> Result<Everything, Problem> {
        let mut all = Everything {
            tenant: self.tenant,
            clients: Vec::new(),
            appointments: Vec::new(),
            notes: Vec::new(),
            services: records(&self.services)?,
            payments: records(&self.payments)?,
            media: records(&self.media)?,
        };
        let rows = self.rows.into_iter().map(StoredRow::parse).collect::<Result<Vec<_>, _>>()?;
        let mut last_visits: BTreeMap<ClientId, (i64, String)> = BTreeMap::new();
        for (_, row) in &rows {
            if let Projection::Appointments(visit) = row
                && visit.status() == Status::Completed
                && let (Some(client), Some(time)) = (visit.client_id, visit.visit_time())
            {
                let found = (time.starts_at().as_second(), time.starts_at_rfc3339());
                let last = last_visits.entry(client).or_insert_with(|| found.clone());
                if found.0 > last.0 {
                    *last = found;
                }
            }
        }
        for (id, row) in rows {
            match row {
                Projection::Clients(row) => {
                    let id = ClientId(id);
                    all.clients.push(row.show(id, last_visits.remove(&id).map(|(_, start)| start)));
                }
                Projection::Appointments(row) => all.appointments.push(row.show(AppointmentId(id))),
                Projection::Notes(row) => all.notes.push(row.show(NoteId(id))),
            }
        }
        Ok(all)
    }
}

fn records<T: serde::de::DeserializeOwned>(bodies: &[String]) -> Result<Vec<T>, StoreError> {
    bodies.iter().map(|body| serde_json::from_str(body).map_err(StoreError::damaged)).collect()
}
