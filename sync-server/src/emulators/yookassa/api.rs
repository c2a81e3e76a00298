//! The API at `/yookassa/v3`: who asks, under which key, for what. What it means is in the books.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use axum_extra::TypedHeader;
use axum_extra::headers::Authorization;
use axum_extra::headers::authorization::Basic;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Yookassa;
use super::fault::Fault;
use super::listing::{Asked, Facts, page};
use super::shop::{Receipt, Refund};

const BASE: &str = "/yookassa/v3";
const MOST: usize = 1024 * 1024;

type Answer = Result<Json<Value>, Fault>;

pub(super) fn routes(yookassa: Yookassa) -> Router {
    let api = Router::new()
        .route("/me", get(me))
        .route("/payments", get(payments).post(create))
        .route("/payments/{id}", get(payment))
        .route("/payments/{id}/capture", post(capture))
        .route("/payments/{id}/cancel", post(cancel))
        .route("/refunds", get(refunds).post(refund))
        .route("/refunds/{id}", get(one_refund))
        .route("/receipts", get(receipts).post(receipt))
        .route("/receipts/{id}", get(one_receipt))
        .route("/webhooks", get(partners).post(partners))
        .fallback(nothing)
        .with_state(yookassa);
    Router::new().nest(BASE, api)
}

/// Who asks: a shop, apart from one of the same number with another key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Who {
    pub(super) shop: String,
    key: [u8; 32],
}

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let told = TypedHeader::<Authorization<Basic>>::from_request_parts(parts, state).await;
        let TypedHeader(Authorization(told)) = told.map_err(|_| Fault::credentials())?;
        if told.username().is_empty() || told.password().is_empty() {
            return Err(Fault::credentials());
        }
        let key = Sha256::digest(told.password()).into();
        Ok(Self { shop: told.username().to_owned(), key })
    }
}

/// What is asked with effects: by whom, under which key, and the body.
#[derive(Debug)]
struct Posted {
    who: Who,
    key: String,
    /// Method, path and body, to know it again by.
    asked: String,
    body: Value,
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let (mut parts, body) = request.into_parts();
        let who = Who::from_request_parts(&mut parts, state).await?;
        let key = key(&parts.headers)?;
        let body = to_bytes(body, MOST).await.map_err(|_| Fault::not_now("The body is too large"))?;
        let body = if body.is_empty() {
            Value::Null
        } else {
            let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
            if !kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/json")) {
                return Err(Fault::of(StatusCode::UNSUPPORTED_MEDIA_TYPE));
            }
            serde_json::from_slice(&body).map_err(|_| Fault::not_now("The body is not JSON"))?
        };
        let asked = format!("{} {} {body}", parts.method, parts.uri.path());
        Ok(Self { who, key, asked, body })
    }
}

fn key(headers: &HeaderMap) -> Result<String, Fault> {
    let key = headers.get("idempotence-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
    if (1..=64).contains(&key.len()) {
        Ok(key.to_owned())
    } else {
        Err(Fault::invalid("Idempotence-Key", "The header must have from 1 to 64 characters"))
    }
}

async fn create(State(yookassa): State<Yookassa>, posted: Posted) -> Answer {
    let Posted { who, key, asked, body } = posted;
    yookassa
        .change(&who, |shop, now| shop.once(&key, asked, now.at, |shop| shop.create(&body, now)))
        .map(Json)
}

async fn capture(State(yookassa): State<Yookassa>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { who, key, asked, body } = posted;
    yookassa
        .change(&who, |shop, now| shop.once(&key, asked, now.at, |shop| shop.capture(&id, &body, now)))
        .map(Json)
}

async fn cancel(State(yookassa): State<Yookassa>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { who, key, asked, .. } = posted;
    yookassa.change(&who, |shop, now| shop.once(&key, asked, now.at, |shop| shop.cancel(&id, now))).map(Json)
}

async fn refund(State(yookassa): State<Yookassa>, posted: Posted) -> Answer {
    let Posted { who, key, asked, body } = posted;
    yookassa
        .change(&who, |shop, now| shop.once(&key, asked, now.at, |shop| shop.refund(&body, now)))
        .map(Json)
}

async fn receipt(State(yookassa): State<Yookassa>, posted: Posted) -> Answer {
    let Posted { who, key, asked, body } = posted;
    yookassa
        .change(&who, |shop, now| shop.once(&key, asked, now.at, |shop| shop.add_receipt(&body, now)))
        .map(Json)
}

async fn me(State(yookassa): State<Yookassa>, who: Who) -> Answer {
    // Whoever asks who it is has books from then on, and can be given an address for notifications.
    let shown = yookassa.change(&who, |shop, _| {
        Ok(json!({
            "account_id": shop.id,
            "status": "enabled",
            "test": true,
            "fiscalization_enabled": true,
            "payment_methods": ["bank_card", "sbp", "yoo_money"],
        }))
    });
    shown.map(Json)
}

async fn payment(State(yookassa): State<Yookassa>, Path(id): Path<String>, who: Who) -> Answer {
    yookassa.change(&who, |shop, _| shop.payment(&id)).map(Json)
}

async fn payments(State(yookassa): State<Yookassa>, Query(asked): Query<Asked>, who: Who) -> Answer {
    let list = yookassa.change(&who, |shop, _| {
        page(
            &shop.payments,
            &asked,
            |payment| Facts {
                created: payment.created,
                captured: payment.captured,
                status: Some(payment.status.as_str()),
                ..Facts::default()
            },
            |payment| payment.shown(&shop.id),
        )
    });
    list.map(Json)
}

async fn one_refund(State(yookassa): State<Yookassa>, Path(id): Path<String>, who: Who) -> Answer {
    let found = yookassa.change(&who, |shop, _| {
        let found = shop.refunds.iter().find(|refund| refund.id == id);
        found.map(Refund::shown).ok_or_else(|| Fault::not_found("Refund"))
    });
    found.map(Json)
}

async fn refunds(State(yookassa): State<Yookassa>, Query(asked): Query<Asked>, who: Who) -> Answer {
    let list = yookassa.change(&who, |shop, _| {
        page(
            &shop.refunds,
            &asked,
            |refund| Facts {
                created: refund.created,
                status: Some(refund.status.as_str()),
                payment: Some(&refund.payment),
                ..Facts::default()
            },
            Refund::shown,
        )
    });
    list.map(Json)
}

async fn one_receipt(State(yookassa): State<Yookassa>, Path(id): Path<String>, who: Who) -> Answer {
    let found = yookassa.change(&who, |shop, _| {
        let found = shop.receipts.iter().find(|receipt| receipt.id == id);
        found.map(Receipt::shown).ok_or_else(|| Fault::not_found("Receipt"))
    });
    found.map(Json)
}

async fn receipts(State(yookassa): State<Yookassa>, Query(asked): Query<Asked>, who: Who) -> Answer {
    let list = yookassa.change(&who, |shop, _| {
        page(
            &shop.receipts,
            &asked,
            |receipt| Facts {
                created: receipt.created,
                status: Some("succeeded"),
                payment: receipt.payment.as_deref(),
                refund: receipt.refund.as_deref(),
                ..Facts::default()
            },
            Receipt::shown,
        )
    });
    list.map(Json)
}

/// Webhooks by API are for partners with a token of their own; a shop types its address in the merchant's cabinet.
async fn partners(_: Who) -> Fault {
    Fault::of(StatusCode::FORBIDDEN)
}

async fn nothing(_: Who) -> Fault {
    Fault::not_found("This address")
}
