//! `GET /invoices/{id}`, as data and as PDF.

use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use domain::ids::InvoiceId;
use domain::invoices::{Invoice, Paper};
use domain::lang::Lang;

use super::pdf;
use crate::auth;
use crate::http::{ItemErrors, Language, PathId, Problem, Read};
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

/// Read an invoice as PDF
#[utoipa::path(
    get, path = "/invoices/{id}/pdf", operation_id = "getInvoicePdf", tag = "invoices",
    params(("id" = InvoiceId, Path, description = "The invoice's id")),
    responses((status = 200, description = "The paper, in the language of the request", body = Vec<u8>, content_type = "application/pdf"), ItemErrors)
)]
pub(super) async fn get_invoice_pdf(
    Read { mut tx, .. }: Read,
    PathId(id): PathId<InvoiceId>,
    Language(lang): Language,
) -> Result<Response, Problem> {
    let (invoice, tenant) = (super::find(&mut tx, id).await?, auth::find_tenant(&mut tx).await?);
    tx.commit().await?;
    let (invoice, tenant) = invoice.zip(tenant).ok_or_else(Problem::not_found)?;
    as_pdf(&invoice, &tenant.name, lang).await
}

/// The paper as a file. Setting it takes some milliseconds, and a thread that may wait has it.
pub(super) async fn as_pdf(invoice: &Invoice, business: &str, lang: Lang) -> Result<Response, Problem> {
    let paper = Paper::of(invoice, business, lang);
    let written = tokio::task::spawn_blocking(move || pdf::write(&paper, lang.as_str())).await;
    let written = written.map_err(|error| Problem::internal(&error))?;
    let bytes = written.map_err(|error| Problem::internal(&error))?;
    let headers = [
        (CONTENT_TYPE, "application/pdf".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"invoice-{}.pdf\"", invoice.number)),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
