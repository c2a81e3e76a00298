//! The mood of a service: how it answers, whatever it is asked. Only its API has moods; the page and the steering always work.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::json;
use tokio::time::sleep;

use super::listen::HangUp;
use super::steer::{Steering, Told};

/// How a service answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// As it should.
    Ok,
    /// As it should, but late.
    Slow,
    /// With a page for people, and 200, without doing anything: something stands in between.
    Html,
    /// That the key is not accepted: it was withdrawn.
    Locked,
    /// That it was asked too often.
    TooMany,
    /// That something broke inside; nothing was done.
    Broken,
    /// It does what it was asked, and the line is cut before the answer.
    Lost,
    /// Not at all.
    Down,
}

impl Mode {
    pub(super) const ALL: &[Self] = &[
        Self::Ok,
        Self::Slow,
        Self::Html,
        Self::Locked,
        Self::TooMany,
        Self::Broken,
        Self::Lost,
        Self::Down,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Slow => "slow",
            Self::Html => "html",
            Self::Locked => "401",
            Self::TooMany => "429",
            Self::Broken => "500",
            Self::Lost => "lost",
            Self::Down => "down",
        }
    }
}

/// How long a slow service takes, unless told otherwise.
const SLOW: i64 = 30;
/// The longest: an hour.
const SLOWEST: i64 = 3600;

#[derive(Clone, Copy, Debug)]
struct Mood {
    mode: Mode,
    seconds: u64,
    /// For how many requests more; none means until it is changed.
    times: Option<u64>,
}

/// The words in which a service says that it was asked too often, and that it broke.
pub(super) type Refusal = fn(StatusCode) -> Response;

/// The mood of one service. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Moods {
    mood: Arc<Mutex<Mood>>,
    refusal: Refusal,
}

impl Moods {
    pub(super) fn new(refusal: Refusal) -> Self {
        let mood = Mood { mode: Mode::Ok, seconds: 0, times: None };
        Self { mood: Arc::new(Mutex::new(mood)), refusal }
    }

    pub(super) fn now(&self) -> Mode {
        self.mood.lock().unwrap_or_else(PoisonError::into_inner).mode
    }

    /// The mood of the next request.
    fn take(&self) -> Mood {
        let mut mood = self.mood.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = *mood;
        mood.times = mood.times.map(|times| times.saturating_sub(1));
        if mood.times == Some(0) {
            *mood = Mood { mode: Mode::Ok, seconds: 0, times: None };
        }
        taken
    }

    /// `POST /control/{name}/mode` with `{"mode": "slow", "seconds": 30, "times": 1}`; the last two may be left out.
    pub(super) fn routes(&self, name: &str) -> Router {
        Router::new().route(&format!("/control/{name}/mode"), post(set)).with_state(self.clone())
    }

    /// Its API, in this mood.
    pub(super) fn around(&self, api: Router) -> Router {
        api.layer(axum::middleware::from_fn_with_state(self.clone(), answer))
    }
}

async fn set(State(moods): State<Moods>, steering: Steering) -> Told {
    let asked = steering.text("mode");
    let Some(mode) = Mode::ALL.iter().copied().find(|mode| asked == Some(mode.as_str())) else {
        let names: Vec<_> = Mode::ALL.iter().map(|mode| mode.as_str()).collect();
        return Told::bad(&format!("mode: one of {}", names.join(", ")));
    };
    let seconds = steering.number("seconds").unwrap_or(SLOW).clamp(0, SLOWEST).unsigned_abs();
    let times = steering.number("times").map(|times| times.max(1).unsigned_abs());
    *moods.mood.lock().unwrap_or_else(PoisonError::into_inner) = Mood { mode, seconds, times };
    Told::done(&steering, Json(json!({ "mode": mode.as_str() })))
}

async fn answer(State(moods): State<Moods>, request: Request, next: Next) -> Response {
    let mood = moods.take();
    match mood.mode {
        Mode::Ok => next.run(request).await,
        Mode::Slow => {
            sleep(Duration::from_secs(mood.seconds)).await;
            next.run(request).await
        }
        Mode::Html => {
            Html("<html><body><h1>Технические работы / Maintenance</h1></body></html>").into_response()
        }
        Mode::Locked => (moods.refusal)(StatusCode::UNAUTHORIZED),
        Mode::TooMany => {
            let mut answer = (moods.refusal)(StatusCode::TOO_MANY_REQUESTS);
            answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
            answer
        }
        Mode::Broken => (moods.refusal)(StatusCode::INTERNAL_SERVER_ERROR),
        Mode::Lost => {
            next.run(request).await;
            hang_up()
        }
        Mode::Down => hang_up(),
    }
}

fn hang_up() -> Response {
    let mut answer = StatusCode::SERVICE_UNAVAILABLE.into_response();
    answer.extensions_mut().insert(HangUp);
    answer
}
