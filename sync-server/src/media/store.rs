//! Every statement about pictures and uploads. Records are only read here: they are written through the door of `sync`.

use domain::api::Listing;
use domain::ids::{AppointmentId, ClientId, MediaId};
use domain::media::{Media, MediaPlace, MediaType, UploadStart};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use super::schemas::Upload;
use crate::db::{StoreError, TenantTx};
use crate::listing::{self, Column, Found, Table};

/// Where they are kept.
pub(crate) static LIST: Table = Table {
    spec: &domain::media::LIST,
    table: "records",
    json: "body",
    living: "kind = 'media' and body is not null",
    columns: &[
        Column::new("id", "id"),
        Column::new("type", "plain_json(body) ->> 'type'"),
        Column::new("createdAt", "(plain_json(body) ->> 'createdAt')::timestamptz"),
        Column::new("updatedAt", "(plain_json(body) ->> 'updatedAt')::timestamptz"),
    ],
}
.checked();

/// Pictures, or those of a client (and whoever was merged into her) or a visit.
pub(super) async fn list(
    tx: &mut TenantTx,
    client: Option<ClientId>,
    visit: Option<AppointmentId>,
    listing: &Listing,
) -> Result<Vec<Found>, StoreError> {
    let tenant = tx.tenant();
    listing::list(tx, &LIST, listing, |query| {
        if let Some(client) = client {
            query.push(" and of_client in (select id::text from same_clients(").push_bind(tenant.0);
            query.push(", ").push_bind(client.0).push("))");
        }
        if let Some(visit) = visit {
            query.push(" and of_visit = ").push_bind(visit.to_string());
        }
    })
    .await
}

/// The picture that was made of the same file for the same place.
pub(super) async fn same(
    tx: &mut TenantTx,
    sha256: &str,
    place: MediaPlace,
) -> Result<Option<Media>, StoreError> {
    let tenant = tx.tenant();
    let bodies = sqlx::query_scalar!(
        r#"select body as "body!"
           from records
           where tenant_id = $1
             and kind = 'media'
             and file_hash = $2
           order by id"#,
        tenant.0,
        sha256
    )
    .fetch_all(tx.conn())
    .await?;
    for body in bodies {
        let media: Media = serde_json::from_str(&body).map_err(StoreError::damaged)?;
        let standing = MediaPlace {
            media_type: media.media_type,
            client_id: media.client_id,
            appointment_id: media.appointment_id,
        };
        if standing == place {
            return Ok(Some(media));
        }
    }
    Ok(None)
}

/// What all pictures take of the storage.
pub(super) async fn bytes(tx: &mut TenantTx) -> Result<u64, StoreError> {
    let tenant = tx.tenant();
    let sum = sqlx::query_scalar!(
        r#"select coalesce(sum((plain_json(body) ->> 'bytes')::bigint), 0)::bigint as "sum!"
           from records
           where tenant_id = $1
             and kind = 'media'
             and body is not null"#,
        tenant.0
    )
    .fetch_one(tx.conn())
    .await?;
    u64::try_from(sum).map_err(StoreError::damaged)
}

/// The ids of all pictures and of all uploads that are still coming.
pub(super) async fn known(tx: &mut TenantTx) -> Result<Vec<Uuid>, StoreError> {
    let tenant = tx.tenant();
    let ids = sqlx::query_scalar!(
        r#"select id as "id!" from records where tenant_id = $1 and kind = 'media' and body is not null
           union all
           select id from media_uploads where tenant_id = $1"#,
        tenant.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids)
}

/// Begins an upload. `None` if there are as many already as one business may have at a time.
pub(super) async fn begin(
    tx: &mut TenantTx,
    id: Uuid,
    start: UploadStart,
    most: i64,
    now: Timestamp,
) -> Result<Option<Upload>, StoreError> {
    let tenant = tx.tenant();
    let length = i64::try_from(start.length).map_err(StoreError::damaged)?;
    let inserted = sqlx::query!(
        "insert into media_uploads (tenant_id, id, length, type, client_id, appointment_id, created_at)
         select $1, $2, $3, $4, $5, $6, $7
         where (select count(*) from media_uploads where tenant_id = $1 and media_id is null) < $8",
        tenant.0,
        id,
        length,
        start.place.media_type.as_str(),
        start.place.client_id.map(|id| id.0),
        start.place.appointment_id.map(|id| id.0),
        now.to_sqlx() as _,
        most
    )
    .execute(tx.conn())
    .await?;
    let upload = Upload { id, length, offset: 0, media_id: None, created_at: now.to_string() };
    Ok((inserted.rows_affected() == 1).then_some(upload))
}

/// Forgets uploads that began before this moment.
pub(super) async fn forget_before(tx: &mut TenantTx, oldest: Timestamp) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "delete from media_uploads where tenant_id = $1 and created_at < $2",
        tenant.0,
        oldest.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An upload.
pub(super) async fn upload(tx: &mut TenantTx, id: Uuid) -> Result<Option<(Upload, MediaPlace)>, StoreError> {
    let tenant = tx.tenant();
    let row = sqlx::query!(
        "select length, received, type as media_type, client_id, appointment_id, media_id, created_at
         from media_uploads
         where tenant_id = $1
           and id = $2",
        tenant.0,
        id
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let media_type = MediaType::from_wire(&row.media_type);
    let media_type = media_type.ok_or_else(|| StoreError::damaged("an upload of no type"))?;
    let place = MediaPlace {
        media_type,
        client_id: row.client_id.map(ClientId),
        appointment_id: row.appointment_id.map(AppointmentId),
    };
    let upload = Upload {
        id,
        length: row.length,
        offset: row.received,
        media_id: row.media_id.map(MediaId),
        created_at: row.created_at.to_jiff().to_string(),
    };
    Ok(Some((upload, place)))
}

/// Claims the next piece of an upload, if it begins where the upload is and nobody else is storing one; whether it is ours now.
/// A claim that is older than `stale` is of somebody who is no more.
pub(super) async fn claim(
    tx: &mut TenantTx,
    id: Uuid,
    offset: i64,
    claim: Uuid,
    (now, stale): (Timestamp, Timestamp),
) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    let claimed = sqlx::query!(
        "update media_uploads
         set claim = $4, claimed_at = $5
         where tenant_id = $1
           and id = $2
           and received = $3
           and (claim is null or claimed_at < $6)",
        tenant.0,
        id,
        offset,
        claim,
        now.to_sqlx() as _,
        stale.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(claimed.rows_affected() == 1)
}

/// Gives a claim back with what was received by now; whether it still held.
pub(super) async fn received(
    tx: &mut TenantTx,
    id: Uuid,
    claim: Uuid,
    received: i64,
) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    let kept = sqlx::query!(
        "update media_uploads
         set received = $4, claim = null
         where tenant_id = $1
           and id = $2
           and claim = $3",
        tenant.0,
        id,
        claim,
        received
    )
    .execute(tx.conn())
    .await?;
    Ok(kept.rows_affected() == 1)
}

/// What all uploads that are still coming will be in the end.
pub(super) async fn coming_bytes(tx: &mut TenantTx) -> Result<u64, StoreError> {
    let tenant = tx.tenant();
    let sum = sqlx::query_scalar!(
        r#"select coalesce(sum(length), 0)::bigint as "sum!"
           from media_uploads
           where tenant_id = $1
             and media_id is null"#,
        tenant.0
    )
    .fetch_one(tx.conn())
    .await?;
    u64::try_from(sum).map_err(StoreError::damaged)
}

/// An upload became a picture.
pub(super) async fn became(tx: &mut TenantTx, id: Uuid, media: MediaId) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update media_uploads set media_id = $3 where tenant_id = $1 and id = $2",
        tenant.0,
        id,
        media.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An upload is no more.
pub(super) async fn forget(tx: &mut TenantTx, id: Uuid) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!("delete from media_uploads where tenant_id = $1 and id = $2", tenant.0, id)
        .execute(tx.conn())
        .await?;
    Ok(())
}
