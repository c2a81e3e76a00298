//! `GET /payments/{id}`.

use domain::ids::PaymentId;
use domain::payments::Payment;
use domain::sync::RecordKind;

use crate::db::StoreError;
use crate::http::{ItemErrors, PathId, Problem, Read};
use crate::sync;
use crate::writes::{IfNoneMatch, ReadHeaders, Reply};

/// Read a payment
#[utoipa::path(
    get, path = "/payments/{id}", operation_id = "getPayment", tag = "payments",
    params(("id" = PaymentId, Path, description = "The payment's id"), ReadHeaders),
    responses((status = 200, description = "The payment", body = Payment), (status = 304, description = "As it is known"), ItemErrors)
)]
pub(super) async fn get_payment(
    Read { mut tx, .. }: Read,
    PathId(id): PathId<PaymentId>,
    known: IfNoneMatch,
) -> Result<Reply, Problem> {
    let body = sync::record(&mut tx, RecordKind::Payment, id.0).await?;
    tx.commit().await?;
    let body = body.ok_or_else(Problem::not_found)?;
    let payment: Payment = serde_json::from_value(body).map_err(StoreError::damaged)?;
    Ok(Reply::ok(&payment)?.unless_known(&known, &super::tag(&payment)?))
}
