//! Steering: what payers, banks and time do, as far as a test or a person wants it; where and how shops are told.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::ids::Clock as _;
use domain::yookassa::RefundStatus;
use serde_json::{Value, json};

use super::super::outbox::{Delivery, Handling};
use super::super::steer::{Steering, Told};
use super::Yookassa;
use super::fault::Fault;
use super::payment::Payment;

pub(super) fn routes(yookassa: Yookassa) -> Router {
    Router::new()
        .route("/control/yookassa/payments/{id}/{act}", post(payment))
        .route("/control/yookassa/refunds", post(refunds))
        .route("/control/yookassa/refunds/{id}/{act}", post(refund))
        .route("/control/yookassa/notify", post(notify))
        .route("/control/yookassa/notifications", get(notifications))
        .route("/control/yookassa/notifications/{id}/again", post(again))
        .with_state(yookassa)
}

/// What can happen to a payment from outside.
pub(super) fn happen(yookassa: &Yookassa, id: &str, act: &str, reason: Option<&str>) -> Result<Value, Fault> {
    yookassa.find(
        |shop| shop.place(id),
        |shop, place, now| {
            shop.change(place, now.at, |payment| match act {
                "pay" => payment.pay(now.at),
                "decline" => payment.decline(reason.unwrap_or("insufficient_funds")),
                "expire" => Payment::expire(payment),
                _ => Err(Fault::not_found("This action")),
            })
        },
    )
}

/// `pay`, `decline` (with `{"reason": "card_expired"}`) or `expire`.
async fn payment(
    State(yookassa): State<Yookassa>,
    Path((id, act)): Path<(String, String)>,
    steering: Steering,
) -> Told {
    told(&steering, happen(&yookassa, &id, &act, steering.text("reason")))
}

/// `{"pending": true}`: refunds wait until they are told how to end.
async fn refunds(State(yookassa): State<Yookassa>, steering: Steering) -> Told {
    let Some(pending) = steering.flag("pending") else { return Told::bad("pending: true or false") };
    yookassa.refunds_wait.store(pending, Ordering::SeqCst);
    Told::done(&steering, Json(json!({ "pending": pending })))
}

/// `succeed` or `cancel`.
async fn refund(
    State(yookassa): State<Yookassa>,
    Path((id, act)): Path<(String, String)>,
    steering: Steering,
) -> Told {
    let end = match act.as_str() {
        "succeed" => RefundStatus::Succeeded,
        "cancel" => RefundStatus::Canceled,
        _ => return Told::bad("succeed or cancel"),
    };
    let done = yookassa.find(
        |shop| shop.refunds.iter().position(|refund| refund.id == id),
        |shop, place, _| shop.end_refund(place, end),
    );
    told(&steering, done)
}

/// `{"url", "shop"?, "held"?, "reversed"?, "doubled"?}`: where and how shops are told; without `shop`, all that named nothing themselves.
async fn notify(State(yookassa): State<Yookassa>, steering: Steering) -> Told {
    if let Some(url) = steering.text("url") {
        if !url.is_empty() && reqwest::Url::parse(url).is_err() {
            return Told::bad("url: an address");
        }
        let url = Some(url.to_owned()).filter(|url| !url.is_empty());
        match steering.text("shop") {
            None => *yookassa.notify.lock().unwrap_or_else(PoisonError::into_inner) = url,
            Some(id) => {
                let mut shops = yookassa.shops();
                let mut found = shops.values_mut().filter(|shop| shop.id == id).peekable();
                if found.peek().is_none() {
                    return Told::bad("shop: it has not asked for anything yet");
                }
                found.for_each(|shop| shop.notify.clone_from(&url));
            }
        }
    }
    let was = yookassa.outbox.handling();
    let handling = Handling {
        is_held: steering.flag("held").unwrap_or(was.is_held),
        is_reversed: steering.flag("reversed").unwrap_or(was.is_reversed),
        is_doubled: steering.flag("doubled").unwrap_or(was.is_doubled),
    };
    yookassa.outbox.handle(handling);
    let told =
        json!({ "held": handling.is_held, "reversed": handling.is_reversed, "doubled": handling.is_doubled });
    Told::done(&steering, Json(told))
}

/// What shops were told, the newest first.
async fn notifications(State(yookassa): State<Yookassa>) -> Json<Value> {
    let notices = yookassa.outbox.latest(1000).into_iter().map(|notice| {
        json!({
            "id": notice.id,
            "to": notice.to,
            "about": notice.about,
            "body": notice.body,
            "tries": notice.tries,
            "heard": notice.heard,
            "taken": notice.delivery == Delivery::Taken,
        })
    });
    Json(notices.collect())
}

async fn again(State(yookassa): State<Yookassa>, Path(id): Path<u64>, steering: Steering) -> Told {
    if yookassa.outbox.again(id, yookassa.clock.now()) {
        Told::done(&steering, Json(json!({ "id": id })))
    } else {
        Told::bad("nobody remembers this notification")
    }
}

fn told(steering: &Steering, done: Result<Value, Fault>) -> Told {
    match done {
        Ok(shown) => Told::done(steering, Json(shown)),
        Err(fault) => Told::No(fault.status, fault.to_string()),
    }
}
