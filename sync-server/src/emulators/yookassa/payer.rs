//! The page to which a shop sends the payer: what is to be paid, and how it ends. Says clearly that it is an emulator's.

use std::fmt::Write as _;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use domain::lang;
use domain::yookassa::PaymentStatus;

use super::super::page::{button, whole};
use super::super::words::{Asked, Words};
use super::Yookassa;
use super::control::happen;
use super::payment::Payment;
use crate::http::escape;

/// A payment's page is below this.
pub(super) const BASE: &str = "/yookassa/pay/";

pub(super) fn routes(yookassa: Yookassa) -> Router {
    Router::new()
        .route(&format!("{BASE}{{id}}"), get(page))
        .route(&format!("{BASE}{{id}}/{{act}}"), post(act))
        .with_state(yookassa)
}

async fn page(State(yookassa): State<Yookassa>, Path(id): Path<String>, Asked(words): Asked) -> Response {
    let found = yookassa.find(|shop| shop.place(&id), |shop, place, _| Ok(shop.payments[place].clone()));
    match found {
        Ok(payment) => whole(words, words.payer_title, &content(words, &payment)).into_response(),
        Err(_) => (StatusCode::NOT_FOUND, whole(words, words.payer_title, words.not_found)).into_response(),
    }
}

fn content(words: &Words, payment: &Payment) -> String {
    let mut page = format!("<p class=\"note\">{}</p>", words.payer_about);
    let _ = write!(page, "<p>{}</p>", escape(payment.description.as_deref().unwrap_or_default()));
    let sum = lang::money(words.lang, payment.amount);
    let _ = write!(page, "<p>{}</p><p class=\"sum\">{}</p>", words.to_pay, escape(&sum));
    if payment.status == PaymentStatus::Pending {
        for (act, label) in [("pay", words.pay), ("decline", words.decline), ("expire", words.expire)] {
            page.push_str(&button(&format!("{BASE}{}/{act}", payment.id), label, "", &[]));
        }
        return page;
    }
    let _ = write!(page, "<p role=\"status\">{}</p>", state(words, payment.status));
    // Where a shop sends people is the shop's word: no script in an address.
    let back = payment.return_url.as_deref();
    if let Some(back) = back.filter(|back| back.starts_with("https://") || back.starts_with("http://")) {
        let _ = write!(page, "<p><a class=\"button\" href=\"{}\">{}</a></p>", escape(back), words.back);
    }
    page
}

pub(super) const fn state(words: &Words, status: PaymentStatus) -> &'static str {
    match status {
        PaymentStatus::Pending => words.pending,
        PaymentStatus::WaitingForCapture => words.waiting_for_capture,
        PaymentStatus::Succeeded => words.succeeded,
        PaymentStatus::Canceled => words.canceled,
    }
}

/// Back to the page, which says how it ended; also when the button was pressed twice.
async fn act(State(yookassa): State<Yookassa>, Path((id, act)): Path<(String, String)>) -> Redirect {
    if let Err(fault) = happen(&yookassa, &id, &act, None) {
        tracing::debug!(reason = %fault, "a payer's button did nothing");
    }
    Redirect::to(&format!("{BASE}{id}"))
}
