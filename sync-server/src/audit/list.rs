//! `GET /audit-logs`: what was done, the newest first. Written on every plan, read on imperium.
#![expect(unused_qualifications, reason = "written by the macro that describes the query")]

use axum::Json;
use domain::api::Listing;
use domain::ids::{DeviceId, TokenId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::store;
use crate::auth;
use crate::http::{Asked, ListErrors, Page, PageQuery, Problem, Read};
use crate::listing::{page, parameters};

/// Its filters and orders.
struct Filters;

impl IntoParams for Filters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters(store::LIST.spec)
    }
}

/// One thing that was done.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b9", "at": "2026-12-01T10:00:00.123456Z", "door": "sync",
    "actor": { "userId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", "tokenId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b2",
               "deviceId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b3" },
    "action": "appointment.status", "subject": "appointment", "subjectId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b4",
    "changes": { "from": "confirmed", "to": "completed" }, "requestId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b5",
}))]
pub(super) struct AuditLog {
    /// Its id.
    id: Uuid,
    #[serde(flatten)]
    line: AuditLine,
}

/// What the database says of it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AuditLine {
    /// RFC 3339, the database's clock.
    #[schema(value_type = String, format = "date-time")]
    at: Timestamp,
    /// `rest`, `sync`, `import`, `admin` or `job`.
    door: String,
    /// Who did it.
    actor: AuditActor,
    /// What was done.
    action: String,
    /// What kind of thing it was done to.
    subject: String,
    /// Which one.
    subject_id: Uuid,
    /// What changed: ids, states, amounts and names of fields.
    #[schema(value_type = Object)]
    changes: Value,
    /// The `X-Request-Id` of the answer.
    request_id: Option<String>,
}

/// Who did something.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
struct AuditActor {
    /// The person.
    user_id: Option<UserId>,
    /// By which token or session.
    token_id: Option<TokenId>,
    /// On which device.
    device_id: Option<DeviceId>,
}

/// List what was done
///
/// Sign-ins, tokens, devices, plan, settings, states of visits and payments, from every door. Nothing personal is in it.
/// Needs imperium; it is written on every plan.
#[utoipa::path(
    get, path = "/audit-logs", operation_id = "listAuditLogs", tag = "audit",
    params(Filters, PageQuery),
    responses((status = 200, description = "A page of the journal, the newest first unless asked otherwise", body = Page<AuditLog>), ListErrors)
)]
pub(super) async fn list_audit_logs(
    Read { mut tx, .. }: Read,
    Asked(query): Asked,
) -> Result<Json<Page<AuditLog>>, Problem> {
    let zone = auth::zone_for(&mut tx, &query).await?;
    let listing = Listing::read(store::LIST.spec, query, &zone, &())?;
    let found = store::list(&mut tx, &listing).await?;
    tx.commit().await?;
    Ok(Json(page(listing, found, |id, line| AuditLog { id, line })?))
}
