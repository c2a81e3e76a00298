//! `GET /online-payments/{id}`.

use axum::Json;
use domain::ids::OnlinePaymentId;
use domain::online::OnlinePayment;

use super::wait;
use crate::http::{ItemErrors, PathId, Problem, Read};

/// Read a payment over the internet
#[utoipa::path(
    get, path = "/online-payments/{id}", operation_id = "getOnlinePayment", tag = "payments",
    params(("id" = OnlinePaymentId, Path, description = "The payment's id")),
    responses((status = 200, description = "As it is now, with its link as a picture while somebody can pay", body = OnlinePayment), ItemErrors)
)]
pub(super) async fn get_online_payment(
    Read { mut tx, .. }: Read,
    PathId(id): PathId<OnlinePaymentId>,
) -> Result<Json<OnlinePayment>, Problem> {
    let found = wait::find(&mut tx, id).await?;
    tx.commit().await?;
    found.map(Json).ok_or_else(Problem::not_found)
}
