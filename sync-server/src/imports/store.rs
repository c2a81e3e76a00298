//! Every statement about imports, and what an import reads of a tenant. Documents and records are written through the
//! door of `sync`.

use domain::Projection;
use domain::documents::Collection;
use domain::ids::ClientId;
use domain::imports::{Known, RowReport};
use domain::lang::Lang;
use domain::sync::RecordKind;
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use super::views::{RowView, Stored};
use crate::db::{StoreError, TenantTx};
use crate::http::After;

/// A new upload.
pub(super) async fn insert(tx: &mut TenantTx, import: &Stored, file: &[u8]) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into imports (tenant_id, id, state, kind, filename, format, file, map, duplicates, import_id, total,
                              report, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)",
        tenant.0,
        import.id,
        import.state,
        import.kind,
        import.filename,
        import.format,
        file,
        import.map,
        import.duplicates,
        import.import_id,
        import.total,
        import.report,
        import.created_at.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// One upload, without its file.
pub(super) async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<Stored>, StoreError> {
    let tenant = tx.tenant();
    let found = sqlx::query!(
        "select id, state, kind, filename, format, map, duplicates, import_id, done, total, report, lease_until,
                created_at, updated_at
         from imports
         where tenant_id = $1
           and id = $2",
        tenant.0,
        id
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.map(|row| Stored {
        id: row.id,
        state: row.state,
        kind: row.kind,
        filename: row.filename,
        format: row.format,
        map: row.map,
        duplicates: row.duplicates,
        import_id: row.import_id,
        done: row.done,
        total: row.total,
        report: row.report,
        lease_until: row.lease_until.map(jiff_sqlx::Timestamp::to_jiff),
        created_at: row.created_at.to_jiff(),
        updated_at: row.updated_at.to_jiff(),
    }))
}

/// Whether any import of the tenant is being run or undone just now. Two uploads of one file are one import, so there is
/// only ever one at a time.
pub(super) async fn any_held(tx: &mut TenantTx, now: Timestamp) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!(
        r#"select exists (select from imports where tenant_id = $1 and lease_until > $2) as "held!""#,
        tenant.0,
        now.to_sqlx() as _
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(found)
}

/// Until when whoever works on an import holds it.
pub(super) async fn lease_of(tx: &mut TenantTx, id: Uuid) -> Result<Option<Timestamp>, StoreError> {
    let tenant = tx.tenant();
    let found =
        sqlx::query_scalar!("select lease_until from imports where tenant_id = $1 and id = $2", tenant.0, id)
            .fetch_optional(tx.conn())
            .await?;
    Ok(found.flatten().map(jiff_sqlx::Timestamp::to_jiff))
}

/// Empties the files of imports that ended before a moment; all else of them stays.
pub(super) async fn drop_files(tx: &mut TenantTx, before: Timestamp) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update imports
         set file = ''
         where tenant_id = $1
           and state in ('done', 'undone', 'failed')
           and updated_at < $2
           and file <> ''",
        tenant.0,
        before.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether the file of an upload is still here.
pub(super) async fn has_file(tx: &mut TenantTx, id: Uuid) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    let row = sqlx::query!(
        r#"select file <> '' as "is_here!" from imports where tenant_id = $1 and id = $2"#,
        tenant.0,
        id
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.is_some_and(|row| row.is_here))
}

/// Throws uploads away that were looked at and not run for a day.
pub(super) async fn sweep(tx: &mut TenantTx, now: Timestamp) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    let oldest = now - SignedDuration::from_hours(24);
    sqlx::query!(
        "delete from imports where tenant_id = $1 and state = 'preview' and updated_at < $2",
        tenant.0,
        oldest.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The uploaded file.
pub(super) async fn file(tx: &mut TenantTx, id: Uuid) -> Result<Vec<u8>, StoreError> {
    let tenant = tx.tenant();
    let file = sqlx::query_scalar!("select file from imports where tenant_id = $1 and id = $2", tenant.0, id)
        .fetch_one(tx.conn())
        .await?;
    Ok(file)
}

/// Uploads, the newest first, from after one.
pub(super) async fn list(
    tx: &mut TenantTx,
    after: Option<&After>,
    most: i64,
) -> Result<Vec<Stored>, StoreError> {
    let tenant = tx.tenant();
    let id = after.map(|after| after.1);
    let rows = sqlx::query!(
        "select id, state, kind, filename, format, map, duplicates, import_id, done, total, report, lease_until,
                created_at, updated_at
         from imports
         where tenant_id = $1
           and ($2::uuid is null
                or (created_at, id) < (select created_at, id from imports where tenant_id = $1 and id = $2))
         order by created_at desc, id desc
         limit $3",
        tenant.0,
        id,
        most
    )
    .fetch_all(tx.conn())
    .await?;
    let listed = rows.into_iter().map(|row| Stored {
        id: row.id,
        state: row.state,
        kind: row.kind,
        filename: row.filename,
        format: row.format,
        map: row.map,
        duplicates: row.duplicates,
        import_id: row.import_id,
        done: row.done,
        total: row.total,
        report: row.report,
        lease_until: row.lease_until.map(jiff_sqlx::Timestamp::to_jiff),
        created_at: row.created_at.to_jiff(),
        updated_at: row.updated_at.to_jiff(),
    });
    Ok(listed.collect())
}

/// Keeps what has changed of an upload.
pub(super) async fn update(tx: &mut TenantTx, import: &Stored, now: Timestamp) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update imports
         set state = $3, map = $4, duplicates = $5, import_id = $6, done = $7, total = $8, report = $9,
             lease_until = $10, updated_at = $11
         where tenant_id = $1
           and id = $2",
        tenant.0,
        import.id,
        import.state,
        import.map,
        import.duplicates,
        import.import_id,
        import.done,
        import.total,
        import.report,
        import.lease_until.map(Timestamp::to_sqlx) as _,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Throws an upload away, with its rows.
pub(super) async fn delete(tx: &mut TenantTx, id: Uuid) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!("delete from imports where tenant_id = $1 and id = $2", tenant.0, id)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Forgets what became of the rows.
pub(super) async fn clear_rows(tx: &mut TenantTx, import: Uuid) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    sqlx::query!("delete from import_rows where tenant_id = $1 and import = $2", tenant.0, import)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Keeps what became of some rows, the first of which has this number.
pub(super) async fn put_rows(
    tx: &mut TenantTx,
    import: Uuid,
    first: i32,
    rows: &[RowReport],
) -> Result<(), StoreError> {
    let tenant = tx.tenant();
    let numbers: Vec<i32> = (first..).take(rows.len()).collect();
    let lines: Vec<i64> = rows.iter().map(|row| i64::try_from(row.line).unwrap_or(i64::MAX)).collect();
    let results: Vec<String> = rows.iter().map(|row| row.result.as_str().to_owned()).collect();
    let reason = |words: fn(&domain::imports::Reason) -> String| -> Vec<Option<String>> {
        rows.iter().map(|row| row.reason.as_ref().map(words)).collect()
    };
    let codes = reason(|reason| reason.code().to_owned());
    let (russian, english) = (reason(|r| r.words(Lang::Ru)), reason(|r| r.words(Lang::En)));
    let items: Vec<Option<Uuid>> = rows.iter().map(|row| row.id).collect();
    sqlx::query!(
        "insert into import_rows (tenant_id, import, number, line, result, code, reason_ru, reason_en, item_id)
         select $1, $2, number, line, result, code, reason_ru, reason_en, item_id
         from unnest($3::int[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::uuid[])
              as new (number, line, result, code, reason_ru, reason_en, item_id)
         on conflict (tenant_id, import, number) do nothing",
        tenant.0,
        import,
        &numbers,
        &lines,
        &results,
        &codes as &[Option<String>],
        &russian as &[Option<String>],
        &english as &[Option<String>],
        &items as &[Option<Uuid>]
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What became of rows, in the order of the file, from after a number; of one result only, if given.
pub(super) async fn list_rows(
    tx: &mut TenantTx,
    import: Uuid,
    result: Option<&str>,
    after: i32,
    most: i64,
    lang: Lang,
) -> Result<Vec<(i32, RowView)>, StoreError> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select number, line, result, code, reason_ru, reason_en, item_id
         from import_rows
         where tenant_id = $1
           and import = $2
           and number > $3
           and ($4::text is null or result = $4)
         order by number
         limit $5",
        tenant.0,
        import,
        after,
        result,
        most
    )
    .fetch_all(tx.conn())
    .await?;
    let views = rows.into_iter().map(|row| {
        let reason = if lang == Lang::Ru { row.reason_ru } else { row.reason_en };
        let view = RowView { line: row.line, result: row.result, code: row.code, reason, id: row.item_id };
        (row.number, view)
    });
    Ok(views.collect())
}

/// Somebody with this number, or else with this address, who was not removed; of several the one with the smallest id, as
/// on a device. Sorted here: asked for the first by id, Postgres would look through all clients in that order.
pub(super) async fn with_contact(
    tx: &mut TenantTx,
    phone: Option<&str>,
    email: Option<&str>,
) -> Result<Option<Known>, StoreError> {
    let tenant = tx.tenant();
    let found = sqlx::query!(
        "select id, name, phone
         from clients
         where tenant_id = $1
           and not deleted
           and (phone = $2 or email_key = lower($3))",
        tenant.0,
        phone,
        email
    )
    .fetch_all(tx.conn())
    .await?;
    let first =
        found.into_iter().min_by_key(|row| (phone.is_none() || row.phone.as_deref() != phone, row.id));
    Ok(first.map(|row| Known { id: ClientId(row.id), name: row.name }))
}

/// The one client who bears this folded name and was not removed.
pub(super) async fn with_name(tx: &mut TenantTx, folded: &str) -> Result<Option<ClientId>, StoreError> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!(
        "select id
         from clients
         where tenant_id = $1
           and name_folded = $2
           and not deleted
         limit 2",
        tenant.0,
        folded
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(if let [one] = found[..] { Some(ClientId(one)) } else { None })
}

/// The rows of a collection in whose JSON a text stands, removed ones too, by id.
pub(super) async fn rows(
    tx: &mut TenantTx,
    collection: Collection,
    text: &str,
) -> Result<Vec<(Uuid, Projection)>, StoreError> {
    let tenant = tx.tenant();
    let rows: Vec<(Uuid, String)> = match collection {
        Collection::Clients => sqlx::query!(
            r#"select id, row as "row!" from clients where tenant_id = $1 and strpos(row, $2) > 0 order by id"#,
            tenant.0,
            text
        )
        .fetch_all(tx.conn())
        .await?
        .into_iter()
        .map(|found| (found.id, found.row))
        .collect(),
        Collection::Appointments => sqlx::query!(
            r#"select id, row as "row!" from appointments where tenant_id = $1 and strpos(row, $2) > 0 order by id"#,
            tenant.0,
            text
        )
        .fetch_all(tx.conn())
        .await?
        .into_iter()
        .map(|found| (found.id, found.row))
        .collect(),
        Collection::Notes => sqlx::query!(
            r#"select id, row as "row!" from notes where tenant_id = $1 and strpos(row, $2) > 0 order by id"#,
            tenant.0,
            text
        )
        .fetch_all(tx.conn())
        .await?
        .into_iter()
        .map(|found| (found.id, found.row))
        .collect(),
    };
    let parse = |(id, row): (Uuid, String)| {
        Ok((id, Projection::from_json(collection, &row).map_err(StoreError::damaged)?))
    };
    rows.into_iter().map(parse).collect()
}

/// All records of a kind, by id.
pub(super) async fn records(tx: &mut TenantTx, kind: RecordKind) -> Result<Vec<String>, StoreError> {
    let tenant = tx.tenant();
    let bodies = sqlx::query_scalar!(
        r#"select body as "body!" from records where tenant_id = $1 and kind = $2 and body is not null order by id"#,
        tenant.0,
        kind.as_str()
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(bodies)
}
