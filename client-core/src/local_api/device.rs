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

#[cfg(test)]
mod tests {
    use std::future::{Future, pending};
    use std::pin::Pin;
    use std::sync::Arc;

    use axum::body::Bytes;
    use axum::http::StatusCode;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::driver::{Ended, Transport, session};
    use crate::local_api::{Forward, SharedApp, Unreachable, Way};
    use crate::sync::{Engine, Failure, Options, Reply as SyncReply, Request as SyncRequest};
    use crate::testing::{device, fields};

    /// Nothing here goes to a server.
    struct Nowhere;

    impl Forward for Nowhere {
        fn forward(
            &self,
            _: Way,
            request: Request<Bytes>,
        ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Unreachable>> + Send + '_>> {
            panic!("{} was sent on", request.uri())
        }
    }

    fn api() -> LocalApi {
        LocalApi::new(SharedApp::new(device(1)), Arc::new(Nowhere))
    }

    async fn ask(api: &LocalApi, method: &str, path: &str) -> (StatusCode, Json) {
        let request = Request::builder().method(method).uri(path).body(Bytes::new());
        let response = api.answer(request.unwrap()).await;
        (response.status(), serde_json::from_slice(response.body()).unwrap_or_default())
    }

    #[tokio::test]
    async fn what_waits_is_listed_and_taken_back_as_long_as_it_was_not_sent() {
        let api = api();
        let (kept, gone) = api
            .app()
            .with(|app| {
                app.add_client(&fields(json!({ "name": "Анна" }))).unwrap();
                let add = |app: &mut App, name: &str| {
                    app.add_service(&fields(json!({ "name": name, "basePrice": 900, "durationMin": 30 })))
                        .unwrap()
                        .id
                };
                (add(app, "Стрижка"), add(app, "Передумала"))
            })
            .await
            .unwrap();
        let (_, waiting) = ask(&api, "GET", "/api/device/waiting").await;
        assert_eq!(waiting["edits"], json!({ "clients": 1 }));
        let names: Vec<_> =
            waiting["intents"].as_array().unwrap().iter().map(|asked| &asked["about"]).collect();
        assert_eq!(names, ["Стрижка", "Передумала"]);
        let (_, before) = ask(&api, "GET", "/api/device/standing").await;
        assert_eq!(
            (&before["pending"], &before["isReached"], &before["isFixed"]),
            (&json!(3), &Json::Null, &json!(true))
        );

        let id = waiting["intents"][1]["id"].as_str().unwrap();
        let path = format!("/api/device/intents/{id}");
        let (status, taken) = ask(&api, "DELETE", &path).await;
        assert_eq!((status, &taken["state"]), (StatusCode::OK, &json!("cancelled")));
        assert_eq!(ask(&api, "DELETE", &path).await.0, StatusCode::CONFLICT, "it waits no more");
        assert_eq!(ask(&api, "GET", &format!("/api/v1/services/{gone}")).await.0, StatusCode::NOT_FOUND);
        assert_eq!(ask(&api, "GET", &format!("/api/v1/services/{kept}")).await.0, StatusCode::OK);
        let (_, waiting) = ask(&api, "GET", "/api/device/waiting").await;
        assert_eq!(waiting["intents"].as_array().unwrap().len(), 1);
        let (_, after) = ask(&api, "GET", "/api/device/standing").await;
        assert_eq!(after["pending"], 2);
        assert!(after["news"].as_u64() > before["news"].as_u64());
    }

    #[tokio::test]
    async fn what_was_sent_is_not_taken_back_and_what_nobody_asked_is_not_found() {
        /// Takes it, and is gone before it answers.
        struct Taken;

        impl Transport for Taken {
            async fn perform(&self, _: &SyncRequest) -> Result<SyncReply, Failure> {
                Err(Failure::Timeout)
            }
        }
        let mut api = api();
        let add = |app: &mut App| {
            app.add_service(&fields(json!({ "name": "Стрижка", "basePrice": 900, "durationMin": 30 })))
        };
        api.app().with(move |app| add(app).map(drop)).await.unwrap().unwrap();
        let (_, waiting) = ask(&api, "GET", "/api/device/waiting").await;
        let id = waiting["intents"][0]["id"].as_str().unwrap().to_owned();
        let ended = session(&mut api, &mut Engine::new(Options::default()), &Taken).await.unwrap();
        assert!(matches!(ended, Ended::Later(..)));
        assert_eq!(ask(&api, "DELETE", &format!("/api/device/intents/{id}")).await.0, StatusCode::CONFLICT);
        let (_, standing) = ask(&api, "GET", "/api/device/standing").await;
        assert_eq!((&standing["pending"], &standing["isReached"]), (&json!(1), &json!(false)));
        for path in [
            "/api/device/intents/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1",
            "/api/device/intents/x",
            "/api/device/x",
        ] {
            assert_eq!(ask(&api, "DELETE", path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    async fn how_the_work_stands_is_told_while_the_server_never_answers_and_when_nobody_is_signed_in() {
        struct Silent;

        impl Transport for Silent {
            async fn perform(&self, _: &SyncRequest) -> Result<SyncReply, Failure> {
                pending().await
            }
        }
        let api = api();
        let (mut home, mut engine) = (api.clone(), Engine::new(Options::default()));
        let standing = tokio::select! {
            biased;
            _ = session(&mut home, &mut engine, &Silent) => panic!("nobody answers"),
            standing = ask(&api, "GET", "/api/device/standing") => standing,
        };
        assert_eq!((standing.0, &standing.1["firstSync"]), (StatusCode::OK, &json!(0)));
        api.app().with(|app| app.sign_out().unwrap()).await.unwrap();
        assert_eq!(ask(&api, "GET", "/api/device/standing").await.0, StatusCode::OK);
        assert_eq!(ask(&api, "GET", "/api/device/waiting").await.0, StatusCode::UNAUTHORIZED);
    }
}
