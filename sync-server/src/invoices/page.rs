//! The page that a client opens by a signed link: plain HTML in her language, no script, nothing loaded, not for search engines.
//! Nobody signs in, and nothing of any client is on it.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::{Path, Query, State};
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::ids::{InvoiceId, TenantId};
use domain::invoices::{Invoice, Paper};
use domain::lang::{self, Lang, text};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::get::as_pdf;
use super::links;
use crate::auth::{self, Tenant};
use crate::db::StoreError;
use crate::http::{Problem, escape};
use crate::online::PaysAt;
use crate::{AppState, online};

const STYLE: &str = include_str!("page.css");
/// Its own style and nothing else: the hash of the style stands in the policy.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
});
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
const UNLISTED: &str = "noindex, nofollow";

/// What the link may say besides.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    lang: Option<String>,
}

/// Shows the invoice of a link.
pub(super) async fn show_page(
    State(state): State<AppState>,
    uri: Uri,
    Path(parts): Path<[String; 4]>,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let lang = language(wish.lang, &headers);
    Ok(match behind(&state, &parts).await? {
        Some(shown) => answer(StatusCode::OK, page(&shown, lang, uri.path())),
        None => answer(StatusCode::NOT_FOUND, gone(lang)),
    })
}

/// The same as PDF.
pub(super) async fn send_pdf(
    State(state): State<AppState>,
    Path(parts): Path<[String; 4]>,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let lang = language(wish.lang, &headers);
    let Some(Shown { invoice, tenant, .. }) = behind(&state, &parts).await? else {
        return Ok(answer(StatusCode::NOT_FOUND, gone(lang)));
    };
    let mut response = as_pdf(&invoice, &tenant.name, lang).await?;
    response.headers_mut().insert(ROBOTS, HeaderValue::from_static(UNLISTED));
    Ok(response)
}

/// What a page shows.
struct Shown {
    invoice: Invoice,
    tenant: Tenant,
    /// Where the client can pay it over the internet.
    pays_at: Option<PaysAt>,
}

/// What is behind a link; `None` if the link opens nothing.
async fn behind(state: &AppState, parts: &[String; 4]) -> Result<Option<Shown>, StoreError> {
    let parts = parts.each_ref().map(String::as_str);
    let Some((tenant, id)) = links::opened(&state.invoice_links, parts, state.now()) else { return Ok(None) };
    load(state, tenant, id).await
}

async fn load(state: &AppState, tenant: TenantId, id: InvoiceId) -> Result<Option<Shown>, StoreError> {
    let mut tx = state.db.tenant(tenant).await?;
    let (invoice, tenant) = (super::find(&mut tx, id).await?, auth::find_tenant(&mut tx).await?);
    let pays_at = online::pays_at(&mut tx, id).await?;
    tx.commit().await?;
    let shown = |(invoice, tenant): (Invoice, Tenant)| {
        // What was asked for may be more than is left since: nobody is led to pay twice.
        let due = invoice.money(&invoice.due);
        let is_due = |at: &PaysAt| due.is_some_and(|due| at.amount.minor() <= due.minor());
        Shown { invoice, tenant, pays_at: pays_at.filter(is_due) }
    };
    Ok(invoice.zip(tenant).map(shown))
}

/// The language that was chosen on the page, else the one that the browser asks for.
fn language(chosen: Option<String>, headers: &HeaderMap) -> Lang {
    let asked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let chosen = chosen.and_then(|tag| tag.parse().ok());
    chosen.unwrap_or_else(|| asked.map_or_else(Lang::default, Lang::from_accept_language))
}

fn answer(status: StatusCode, html: String) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY.as_str()),
        (CACHE_CONTROL, "private, no-store"),
        (ROBOTS, UNLISTED),
    ];
    (status, headers, html).into_response()
}

fn page(shown: &Shown, lang: Lang, path: &str) -> String {
    let paper = Paper::of(&shown.invoice, &shown.tenant.name, lang);
    let mut body = format!("<article><p>{}</p><h1>{}</h1>", escape(&paper.business), escape(&paper.title));
    // Writing to a String cannot fail.
    let _ = write!(body, "<p><span class=\"status\">{}</span></p>", escape(&paper.status));
    for date in &paper.dates {
        let _ = write!(body, "<p>{}</p>", escape(date));
    }
    body.push_str("<table><thead><tr>");
    for head in &paper.heads {
        let _ = write!(body, "<th scope=\"col\">{}</th>", escape(head));
    }
    body.push_str("</tr></thead><tbody>");
    for item in &paper.items {
        body.push_str("<tr>");
        for cell in item {
            let _ = write!(body, "<td>{}</td>", escape(cell));
        }
        body.push_str("</tr>");
    }
    body.push_str("</tbody></table><dl>");
    for (name, sum) in &paper.sums {
        let _ = write!(body, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(sum));
    }
    if let Some((name, sum)) = &paper.due {
        let _ = write!(body, "<dt class=\"due\">{}</dt><dd class=\"due\">{}</dd>", escape(name), escape(sum));
    }
    body.push_str("</dl>");
    match (&paper.due, &shown.pays_at) {
        (Some(_), Some(PaysAt { url, amount })) => {
            let pay = lang::fill(lang, "invoice.page.pay", &[("amount", &lang::money(lang, *amount))]);
            let _ = write!(
                body,
                "<p><a class=\"pay\" rel=\"noreferrer\" href=\"{}\">{}</a></p><p>{}</p>",
                escape(url),
                escape(&pay),
                text(lang, "invoice.page.where")
            );
        }
        (Some(_), None) => {
            let _ = write!(body, "<p>{}</p>", text(lang, "invoice.page.how"));
        }
        (None, _) => {}
    }
    let other = if lang == Lang::Ru { Lang::En } else { Lang::Ru };
    let _ = write!(
        body,
        "</article><nav><a href=\"{}/pdf?lang={lang}\">{}</a>\
         <a href=\"?lang={other}\" hreflang=\"{other}\" lang=\"{other}\">{}</a></nav>",
        escape(path.trim_end_matches('/')),
        text(lang, "invoice.page.pdf"),
        text(lang, "invoice.page.other")
    );
    around(lang, &format!("{}: {}", paper.title, paper.business), &body)
}

fn gone(lang: Lang) -> String {
    let (title, told) = (text(lang, "invoice.page.gone"), text(lang, "invoice.page.gone_text"));
    around(lang, title, &format!("<article><h1>{title}</h1><p>{told}</p></article>"))
}

fn around(lang: Lang, title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex, nofollow\"><title>{}</title><style>{STYLE}</style></head>\
         <body><main>{body}</main></body></html>",
        escape(title)
    )
}
