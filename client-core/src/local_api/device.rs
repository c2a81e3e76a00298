//! What only a device knows of itself, below `/api/device`: how its work stands, what waits to be sent, and taking back what was
//! not sent. No part of the contract, so no server has these addresses, and nothing here is ever sent on.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, Response};
use axum::routing::{MethodFilter, get};
use domain::errors::ErrorCode;
use domain::lang::Lang;
use serde::Serialize;

use super::problem::Problem;
use super::reply::Reply;
use super::request::{Ask, Takes, Write};
use super::{Answered, LocalApi, read, request, write};
use crate::app::{App, AppError, Standing};
use crate::driver::Steps as _;

pub(super) fn routes() -> Router<LocalApi> {
    Router::new()
        .route("/api/device/standing", get(standing))
        .route("/api/device/waiting", read(waiting))
        .route("/api/device/intents/{id}", write(MethodFilter::DELETE, Takes::Nothing, cancel))
}

/// How the work on this device stands, and whether there is a way to the server.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceStanding {
    /// How the home stands to the server.
    #[serde(flatten)]
    pub standing: Standing,
    /// The server of the account, or the one where a new home signs in.
    pub server: Option<String>,
    /// Whether the server answered when it was last tried; unknown before that.
    pub is_reached: Option<bool>,
    /// Grows with every change of what the other addresses show.
    pub news: u64,
}

impl LocalApi {
    /// How the work on this device stands. Also where nobody is signed in: what was not sent then still waits.
    pub async fn standing(&self) -> Result<DeviceStanding, AppError> {
        let server = self.server().await?;
        let (news, is_reached) = {
            let now = self.news.borrow();
            (now.changes, now.is_reached)
        };
        let standing = self.app.clone().look(|app| app.standing()).await?;
        Ok(DeviceStanding { standing, server, is_reached, news })
    }
}

async fn standing(State(api): State<LocalApi>, request: Request<Body>) -> Response<Body> {
    let asked = request::language(request.headers());
    let answered = match api.standing().await {
        Ok(standing) => Reply::ok(&standing),
        Err(error) => Err(Problem::from(error)),
    };
    match answered {
        Ok(reply) => reply.into_response(),
        Err(problem) => api.refuse(&problem, asked).await,
    }
}

fn waiting(app: &mut App, _: &Ask, _: Lang) -> Answered {
    Reply::ok(&app.waiting()?)
}

/// Only what was never sent: what was may be done already, whatever she wishes now.
fn cancel(app: &mut App, write: &mut Write<'_>) -> Answered {
    let id = write.ask.path("id")?;
    match app.cancel_intent(id) {
        Ok(intent) => Reply::ok(&intent),
        Err(AppError::NotFound(_)) => Err(Problem::new(ErrorCode::NotFound)),
        Err(error) => Err(error.into()),
    }
}
