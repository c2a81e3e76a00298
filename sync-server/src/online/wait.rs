//! Waiting a little for what a job of this request brings: most answers come within a second, and whoever asked can go on at once. Who
//! waits holds no transaction and no connection.

use std::time::Duration;

use domain::ids::{OnlinePaymentId, TenantId};
use domain::online::OnlinePayment;
use tokio::time::sleep;

use super::rows::{RefundRow, Row};
use super::{qr, store};
use crate::AppState;
use crate::db::{StoreError, TenantTx};

/// The pauses between looks; together about four seconds.
const PAUSES: [u64; 12] = [30, 50, 80, 120, 200, 300, 400, 500, 500, 600, 600, 600];

/// A payment, once it is as it was waited for, or as it is by then.
pub(super) async fn until(
    state: &AppState,
    tenant: TenantId,
    id: OnlinePaymentId,
    is_done: impl Fn(&Row, &[RefundRow]) -> bool,
) -> Result<Option<OnlinePayment>, StoreError> {
    // Where no provider is, nothing comes.
    let pauses: &[u64] = if state.online.client().is_ok() { &PAUSES } else { &[] };
    for pause in pauses {
        let mut tx = state.db.tenant(tenant).await?;
        let found = known(&mut tx, id).await?;
        tx.commit().await?;
        match found {
            Some((row, refunds)) if is_done(&row, &refunds) => return shown(&row, &refunds).map(Some),
            Some(_) => sleep(Duration::from_millis(*pause)).await,
            None => return Ok(None),
        }
    }
    let mut tx = state.db.tenant(tenant).await?;
    let found = find(&mut tx, id).await?;
    tx.commit().await?;
    Ok(found)
}

/// A payment as everybody sees it.
pub(super) async fn find(
    tx: &mut TenantTx,
    id: OnlinePaymentId,
) -> Result<Option<OnlinePayment>, StoreError> {
    let found = known(tx, id).await?;
    found.map(|(row, refunds)| shown(&row, &refunds)).transpose()
}

async fn known(tx: &mut TenantTx, id: OnlinePaymentId) -> Result<Option<(Row, Vec<RefundRow>)>, StoreError> {
    let Some(row) = store::find(tx, id).await? else { return Ok(None) };
    let refunds = store::refunds_of(tx, &[id.0]).await?;
    Ok(Some((row, refunds)))
}

fn shown(row: &Row, refunds: &[RefundRow]) -> Result<OnlinePayment, StoreError> {
    let shown = row.shown(refunds).map_err(StoreError::damaged)?;
    let qr_code = shown.url.as_deref().and_then(qr::picture);
    Ok(OnlinePayment { qr_code, ..shown })
}
