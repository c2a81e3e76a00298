//! Every statement about the journal: it is added to and read. The server's role can do no more.

use domain::api::{Field, Kind, ListSpec, Listing, Use};
use domain::audit::{Action, Door, Event, SubjectKind};
use domain::ids::TenantId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::{Cause, StoreError, TenantTx};
use crate::listing::{self, Column, Found, Table};

/// What the journal can be filtered and sorted by.
static SPEC: ListSpec = ListSpec {
    list: "audit-logs",
    fields: &[
        Field::new("at", Kind::Moment, Use::Both),
        Field::new("action", Kind::Word(Action::NAMES), Use::Filter),
        Field::new("door", Kind::Word(Door::NAMES), Use::Filter),
        Field::new("subject", Kind::Word(SubjectKind::NAMES), Use::Filter),
        Field::new("subjectId", Kind::Id, Use::Filter),
        Field::new("userId", Kind::Id, Use::Filter),
        Field::new("deviceId", Kind::Id, Use::Filter),
        Field::new("requestId", Kind::Line, Use::Filter),
    ],
    sort: "-at",
};

/// Where they are kept.
pub(super) static LIST: Table = Table {
    spec: &SPEC,
    table: "audit_logs",
    json: "jsonb_build_object('at', at, 'door', door, 'action', action, 'subject', subject, 'subjectId', subject_id, \
           'changes', changes, 'requestId', request_id, \
           'actor', jsonb_build_object('userId', user_id, 'tokenId', token_id, 'deviceId', device_id))::text",
    living: "true",
    columns: &[
        Column::new("at", "at"),
        Column::new("action", "action"),
        Column::new("door", "door"),
        Column::new("subject", "subject"),
        Column::new("subjectId", "subject_id"),
        Column::new("userId", "user_id"),
        Column::new("deviceId", "device_id"),
        Column::new("requestId", "request_id"),
    ],
}
.checked();

/// A page of the journal.
pub(super) async fn list(tx: &mut TenantTx, listing: &Listing) -> Result<Vec<Found>, StoreError> {
    listing::list(tx, &LIST, listing, |_| {}).await
}

/// Adds what one transaction did, in its order.
pub(super) async fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    cause: &Cause,
    events: &[Event],
) -> Result<(), StoreError> {
    let actions: Vec<&str> = events.iter().map(|event| event.action.as_str()).collect();
    let subjects: Vec<&str> = events.iter().map(|event| event.subject.as_str()).collect();
    let ids: Vec<Uuid> = events.iter().map(|event| event.id).collect();
    let changes: Vec<String> = events.iter().map(|event| event.changes.to_string()).collect();
    sqlx::query!(
        "insert into audit_logs (tenant_id, door, user_id, token_id, device_id, request_id, action, subject, subject_id, changes)
         select $1, $2, $3, $4, $5, $6, action, subject, subject_id, plain_json(changes)
         from unnest($7::text[], $8::text[], $9::uuid[], $10::text[]) as new (action, subject, subject_id, changes)",
        tenant.0,
        cause.door.as_str(),
        cause.user.map(Uuid::from),
        cause.token.map(Uuid::from),
        cause.device.map(Uuid::from),
        cause.request,
        &actions as &[&str],
        &subjects as &[&str],
        &ids,
        &changes
    )
    .execute(connection)
    .await?;
    Ok(())
}
