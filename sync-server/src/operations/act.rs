//! The buttons: retry, discard, pause, resume. The same routes for the page's forms and for `curl -d`.

use axum::Form;
use axum::extract::State;
use axum::http::header::{ACCEPT, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::Operations;
use crate::http::Problem;
use crate::jobs::look::{self, Dead, Pause};

/// One job by its number, or all dead ones of a kind.
#[derive(Debug, Deserialize)]
pub(super) struct Chosen {
    id: Option<i64>,
    job: Option<String>,
}

impl Chosen {
    fn dead(self) -> Option<Dead> {
        match (self.id, self.job) {
            (Some(id), None) => Some(Dead::One(id)),
            (None, Some(job)) => Some(Dead::AllOf(job)),
            _ => None,
        }
    }
}

/// What to pause: `what=job` or `what=queue`, and its name.
#[derive(Debug, Deserialize)]
pub(super) struct Named {
    what: Pause,
    name: String,
}

pub(super) async fn retry(
    State(operations): State<Operations>,
    headers: HeaderMap,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Problem> {
    let Some(dead) = chosen.dead() else { return Ok(StatusCode::UNPROCESSABLE_ENTITY.into_response()) };
    let count = look::retry(&operations.jobs, &dead).await?;
    tracing::info!(job = said(&dead), count, "an operator retries");
    Ok(done(&headers))
}

pub(super) async fn discard(
    State(operations): State<Operations>,
    headers: HeaderMap,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Problem> {
    let Some(dead) = chosen.dead() else { return Ok(StatusCode::UNPROCESSABLE_ENTITY.into_response()) };
    let count = look::discard(&operations.jobs, &dead).await?;
    tracing::info!(job = said(&dead), count, "an operator discards");
    Ok(done(&headers))
}

pub(super) async fn pause(
    State(operations): State<Operations>,
    headers: HeaderMap,
    Form(named): Form<Named>,
) -> Result<Response, Problem> {
    look::pause(&operations.jobs, named.what, &named.name).await?;
    tracing::info!(kind = named.what.as_str(), job = named.name, "an operator pauses");
    Ok(done(&headers))
}

pub(super) async fn resume(
    State(operations): State<Operations>,
    headers: HeaderMap,
    Form(named): Form<Named>,
) -> Result<Response, Problem> {
    look::resume(&operations.jobs, named.what, &named.name).await?;
    tracing::info!(kind = named.what.as_str(), job = named.name, "an operator resumes");
    Ok(done(&headers))
}

/// Which jobs, for the log; its fields are on the list of what may be logged.
fn said(dead: &Dead) -> String {
    match dead {
        Dead::One(id) => format!("number {id}"),
        Dead::AllOf(name) => format!("all of {name}"),
    }
}

/// Back to the page for a browser; nothing more for a program.
fn done(headers: &HeaderMap) -> Response {
    let is_browser = headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("text/html"));
    if is_browser {
        (StatusCode::SEE_OTHER, [(LOCATION, "/")]).into_response()
    } else {
        StatusCode::NO_CONTENT.into_response()
    }
}
