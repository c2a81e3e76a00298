//! `GET /changes`: what happened in the whole business, the newest first.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use domain::history::{RecordChange, changes_among};
use uuid::Uuid;

use super::store::{self, Logged};
use crate::http::{After, Asked, ListErrors, Page, PageQuery, Problem, Read};
use crate::{devices, sync};

/// List the changes of all records
///
/// In the order in which the server received them, the newest first. What was erased on purpose is not among them.
#[utoipa::path(
    get, path = "/changes", operation_id = "listChanges", tag = "history",
    params(PageQuery),
    responses((status = 200, description = "A page of changes, the newest first", body = Page<RecordChange>), ListErrors)
)]
pub(super) async fn all_changes(
    Read { mut tx, .. }: Read,
    Asked(query): Asked,
) -> Result<Json<Page<RecordChange>>, Problem> {
    let (limit, cursor) = query.page("all changes", &[])?;
    let before = cursor.after().and_then(|after| after.0.as_deref()?.parse().ok());
    let logged = store::newest(&mut tx, before, limit.and_one()).await?;
    let mut wanted: BTreeMap<Uuid, BTreeSet<_>> = BTreeMap::new();
    for Logged { document, hash, .. } in &logged {
        wanted.entry(*document).or_default().insert(*hash);
    }
    // What was erased since is not there, and with it what happened to it.
    let ids: Vec<Uuid> = wanted.keys().copied().collect();
    let mut told = BTreeMap::new();
    for (id, mut document) in sync::open_all(&mut tx, &ids).await? {
        for change in changes_among(&mut document, id, wanted.get(&id).unwrap_or(&BTreeSet::new())) {
            told.insert((id, change.change.id), change);
        }
    }
    let names = devices::names(&mut tx).await?;
    tx.commit().await?;
    // One entry may be missing here and there; the page goes on after the last one that the log has.
    let page = cursor.page(
        limit,
        logged,
        |logged| After(Some(logged.seq.to_string()), logged.document),
        |Logged { document, hash, at, .. }| {
            let mut found = told.remove(&(document, hash))?;
            if let Some(name) = names.get(&found.change.device) {
                name.clone_into(&mut found.change.device);
            }
            found.change.received_at = Some(at.to_string());
            Some(found)
        },
    );
    let Page { data, next_cursor } = page;
    Ok(Json(Page { data: data.into_iter().flatten().collect(), next_cursor }))
}
