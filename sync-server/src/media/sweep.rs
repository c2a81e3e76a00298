//! Takes away bytes that nothing knows: uploads that never ended, pictures whose record was not written or is gone.
//!
//! Safe at any time and any number of times: it looks at what is there, and leaves alone what is young. Young is a month for
//! pictures, because a server that was restored from a backup hears of newer pictures from the devices, and the bytes must
//! still be there then.

use std::collections::HashSet;

use futures::TryStreamExt as _;
use jiff::SignedDuration;

use super::gallery::{GalleryError, Lying};
use super::{begin, store};
use crate::AppState;
use crate::db::StoreError;
use domain::ids::TenantId;
use uuid::Uuid;

/// How long bytes without a record stay.
pub(super) const DAYS: i64 = 30;

/// Why a sweep did not come to its end. The next one goes on.
#[derive(Debug, thiserror::Error)]
pub(super) enum SweepError {
    /// The storage.
    #[error(transparent)]
    Gallery(#[from] GalleryError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a sweep found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Swept {
    /// Pictures and uploads that were taken away.
    pub(super) removed: usize,
    /// Those that nothing knows and that are too young.
    pub(super) left: usize,
}

/// Sweeps the folder of a tenant.
pub(super) async fn sweep(state: &AppState, tenant: TenantId) -> Result<Swept, SweepError> {
    let now = state.now();
    // First what lies there, then what is known: what comes in between is young in any case.
    let lying = state.gallery.everything(tenant).try_collect::<Vec<_>>().await.map_err(GalleryError::from)?;
    let mut tx = state.db.tenant(tenant).await?;
    store::forget_before(&mut tx, now - SignedDuration::from_hours(begin::HOURS)).await?;
    let known: HashSet<Uuid> = store::known(&mut tx).await?.into_iter().collect();
    tx.commit().await?;
    let is_old = |lying: &Lying| {
        let days = if lying.is_piece { 1 } else { DAYS };
        lying.since < now - SignedDuration::from_hours(24 * days)
    };
    let (old, young): (Vec<_>, Vec<_>) =
        lying.into_iter().filter(|lying| !known.contains(&lying.folder)).partition(is_old);
    let folders = |lying: Vec<Lying>| lying.into_iter().map(|lying| lying.folder).collect::<HashSet<_>>();
    let (old, young) = (folders(old), folders(young));
    for folder in &old {
        state.gallery.remove(tenant, *folder).await?;
    }
    Ok(Swept { removed: old.len(), left: young.len() })
}
