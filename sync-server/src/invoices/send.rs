//! `POST /invoices/{id}/send`: a link for the client, and a letter with it. Other channels join here.

use axum::extract::State;
use axum::http::HeaderMap;
use domain::api::Refusal;
use domain::email::Email;
use domain::errors::ErrorCode;
use domain::ids::InvoiceId;
use domain::input::Fields;
use domain::invoices::{Invoice, letter};
use domain::lang::Lang;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use super::links;
use super::schemas::InvoiceSending;
use crate::auth::Tenant;
use crate::http::{MoneyErrors, PathId, Problem, now_text};
use crate::mail::{self, Letter};
use crate::writes::{MaybeObject, Reply, Write, WriteHeaders};
use crate::{AppState, auth, clients};

/// An invoice that was sent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SentInvoice {
    /// As it is now.
    invoice: Invoice,
    /// The page that the client opens.
    #[schema(
        example = "https://crm.example.ru/i/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b0/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b8/1811808000/9f86d081"
    )]
    link: String,
    /// Until when it does, RFC 3339.
    expires_at: String,
    /// Whether a letter is on its way.
    mailed: bool,
}

/// Send an invoice
#[utoipa::path(
    post, path = "/invoices/{id}/send", operation_id = "sendInvoice", tag = "invoices",
    params(("id" = InvoiceId, Path, description = "The invoice's id"), WriteHeaders),
    request_body = Option<InvoiceSending>,
    responses((status = 200, description = "The link, and the invoice as it is now", body = SentInvoice), MoneyErrors)
)]
pub(super) async fn send_invoice(
    State(state): State<AppState>,
    PathId(id): PathId<InvoiceId>,
    headers: HeaderMap,
    mut write: Write<MaybeObject>,
) -> Result<Reply, Problem> {
    let invoice = super::find(&mut write.tx, id).await?.ok_or_else(Problem::not_found)?;
    write.changes(super::tag(&invoice)?);
    let Asked { email, is_mailed } = Asked::read(&write.body.0)?;
    let tenant = auth::find_tenant(&mut write.tx).await?.ok_or_else(Problem::not_found)?;
    let now = state.now();
    let invoice = invoice.send(&now_text(now)).map_err(Refusal::from)?;
    let (path, expires) = links::link(&state.invoice_links, tenant.id, id, now);
    let link = format!("{}{path}", state.address_for(&headers));

    let client = match invoice.client_id {
        Some(client) => clients::find(&mut write.tx, client).await?,
        None => None,
    };
    let is_named = email.is_some();
    let to = email.or_else(|| client.as_ref().and_then(|client| client.email.clone())).filter(|_| is_mailed);
    let mailed = match to {
        Some(to) if state.mail.is_configured() => {
            let lang = client.and_then(|client| client.locale).unwrap_or_else(|| tenant.locale.clone());
            let letter = written(&invoice, &tenant, lang.parse().unwrap_or_default(), &link, to);
            mail::send(&state, &mut write.tx, &letter).await?;
            true
        }
        // Who names an address wants a letter; without one the link is what was asked for.
        Some(_) if is_named => return Err(Problem::new(ErrorCode::MailNotConfigured)),
        _ => false,
    };
    let sent = SentInvoice { invoice, link, expires_at: now_text(expires), mailed };
    let reply = Reply::ok(&sent)?;
    super::keep(&state, write, &sent.invoice, reply).await
}

struct Asked {
    email: Option<String>,
    is_mailed: bool,
}

impl Asked {
    fn read(body: &Map<String, Json>) -> Result<Self, Problem> {
        let mut fields = Fields::new(body);
        let email = fields.email("email").map(|email: Email| email.to_string());
        let mail = fields.flag("mail");
        let (email, is_mailed) = (email.into_option(), mail.into_option().unwrap_or(true));
        Ok(fields.finish(Self { email, is_mailed })?)
    }
}

fn written(invoice: &Invoice, tenant: &Tenant, lang: Lang, link: &str, to: String) -> Letter {
    let (subject, text) = letter(invoice, &tenant.name, lang, link);
    Letter { to, subject, text }
}
