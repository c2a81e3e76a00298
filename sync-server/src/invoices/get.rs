//! `GET /invoices/{id}`.

use domain::ids::InvoiceId;
use domain::invoices::Invoice;

use crate::http::{ItemErrors, PathId, Problem, Read};
use crate::writes::{IfNoneMatch, ReadHeaders, Reply};

/// Read an invoice
#[utoipa::path(
    get, path = "/invoices/{id}", operation_id = "getInvoice", tag = "invoices",
    params(("id" = InvoiceId, Path, description = "The invoice's id"), ReadHeaders),
    responses((status = 200, description = "The invoice", body = Invoice), (status = 304, description = "As it is known"), ItemErrors)
)]
pub(super) async fn get_invoice(
    Read { mut tx, .. }: Read,
    PathId(id): PathId<InvoiceId>,
    known: IfNoneMatch,
) -> Result<Reply, Problem> {
    let invoice = super::find(&mut tx, id).await?;
    tx.commit().await?;
    let invoice = invoice.ok_or_else(Problem::not_found)?;
    Ok(Reply::ok(&invoice)?.unless_known(&known, &super::tag(&invoice)?))
}
