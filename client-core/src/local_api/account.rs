//! Who is signed in, what the plan has, and her devices: `/auth/login`, `/auth/register`, `/auth/logout`, `/auth/me`,
//! `/billing/plan`, `/devices`.
//!
//! Signing in makes this a device of the account; its token goes into the home and to no caller. Who is signed in and what the plan
//! has is told without a network, as the server said it last; a server that was never heard is asked. Her devices are the server's to
//! tell; what it said last of them stands in while it is away.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Method, Request, Response};
use axum::routing::{get, post};
use domain::errors::ErrorCode;
use domain::lang::Lang;
use secrecy::SecretString;
use serde_json::{Map, Value as Json};

use super::forward::Way;
use super::problem::Problem;
use super::reply::Reply;
use super::{Answered, LocalApi, MAX_BODY_BYTES, elsewhere, request};
use crate::app::{Account, App, AppError};
use crate::driver::account::Accounts;
use crate::driver::{RemoteError, Steps as _};

const ME: &str = "/api/v1/auth/me";
const PLAN: &str = "/api/v1/billing/plan";
const DEVICES: &str = "/api/v1/devices";
const TOKEN: &str = "/api/v1/auth/token";

type Refused = Result<Response<Body>, Problem>;

/// With whole paths: what goes on to the server must still say where to.
pub(super) fn routes() -> Router<LocalApi> {
    Router::new()
        .route("/api/v1/auth/login", post(login))
        .route("/api/v1/auth/register", post(register))
        .route("/api/v1/auth/password/forgot", post(as_stranger))
        .route("/api/v1/auth/password/reset", post(as_stranger))
        .route("/api/v1/auth/logout", post(logout))
        .route(ME, get(me).patch(changed_there))
        .route(PLAN, get(plan).put(changed_there))
        .route(DEVICES, get(devices).fallback(elsewhere))
}

impl LocalApi {
    /// Where a home signs in that has no account yet; one that has an account stays with its server.
    pub fn sign_in_at(&self, server: &str) {
        let server = server.trim().trim_end_matches('/').to_owned();
        *self.server.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(server);
    }

    /// The server of the account, or the one where a new home signs in.
    pub async fn server(&self) -> Result<Option<String>, AppError> {
        let own = self.app.with(|app| app.server()).await.unwrap_or(Ok(None))?;
        Ok(own.or_else(|| self.server.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()))
    }

    /// Whether this is the password of who is signed in here: only the server knows. None if nobody is.
    pub async fn is_password(&self, password: &SecretString) -> Result<Option<bool>, RemoteError> {
        let look =
            |app: &mut App| (app.server().ok().flatten(), app.user().ok().flatten(), app.person_language());
        let (server, user, lang) = self.app.clone().look(look).await;
        let email = user.as_ref().and_then(|user| user["email"].as_str());
        let (Some(server), Some(email)) = (server, email) else { return Ok(None) };
        Accounts::new(&server, lang.as_str())?.is_password(email, password).await.map(Some)
    }

    /// Asks the server who is signed in and what the plan has, and keeps the answers. Without a way there stands what was kept.
    pub async fn refresh_account(&self) {
        for path in [ME, PLAN] {
            let asked = Request::builder().method(Method::GET).uri(path).body(Body::empty());
            let Ok(asked) = asked else { continue };
            if let Err(Problem(refusal)) = self.forwarded_and_kept(path, asked).await {
                tracing::debug!(code = %refusal.code, path, "the account as it was kept");
            }
        }
    }

    /// The server's answer; if it is a good one, it is kept.
    async fn forwarded_and_kept(&self, path: &'static str, request: Request<Body>) -> Refused {
        let response = self.forwarded(request).await?;
        if !response.status().is_success() {
            return Ok(response);
        }
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| Problem::new(ErrorCode::Internal))?;
        if let Ok(said) = serde_json::from_slice::<Json>(&bytes) {
            let keep = move |app: &mut App| match path {
                PLAN => app.keep_billing(&said),
                DEVICES => app.keep_devices(&said),
                _ => app.keep_me(&said),
            };
            self.app.with(keep).await.map_err(|_| Problem::new(ErrorCode::Internal))??;
        }
        Ok(Response::from_parts(parts, Body::from(bytes)))
    }

    /// What is kept of an answer of the server, or the answer itself.
    async fn kept(
        self,
        path: &'static str,
        request: Request<Body>,
        look: fn(&App) -> crate::app::Result<Option<Json>>,
    ) -> Response<Body> {
        let asked = request::language(request.headers());
        let known = self.app.with(move |app| -> Result<Option<Reply>, Problem> {
            if !app.is_signed_in()? {
                return Err(Problem::new(ErrorCode::Unauthorized));
            }
            look(app)?.map(|said| Reply::ok(&said)).transpose()
        });
        let answered = match known.await.unwrap_or_else(|_| Err(Problem::new(ErrorCode::Internal))) {
            Ok(Some(reply)) => return reply.into_response(),
            Ok(None) => self.forwarded_and_kept(path, request).await,
            Err(problem) => Err(problem),
        };
        self.or_refused(answered, asked).await
    }

    async fn or_refused(&self, answered: Refused, asked: Option<Lang>) -> Response<Body> {
        match answered {
            Ok(response) => response,
            Err(problem) => self.refuse(&problem, asked).await,
        }
    }

    /// The server's answer to somebody who has no key.
    async fn sent_by_stranger(&self, request: Request<Body>) -> Refused {
        let server = self.server().await?.ok_or(Problem::new(ErrorCode::Offline))?;
        self.sent(Way { server, token: None }, request).await
    }

    /// The password gives a token for a moment, that gives this device its own; a refusal is the server's, word for word.
    async fn signed_in(&self, request: Request<Body>, lang: Lang) -> Refused {
        let (mut parts, body) = request.into_parts();
        let body = to_bytes(body, MAX_BODY_BYTES).await;
        let body = body.map_err(|_| Problem::new(ErrorCode::PayloadTooLarge))?;
        let mut said: Map<String, Json> =
            serde_json::from_slice(&body).map_err(|_| Problem::new(ErrorCode::BadJson))?;
        let device = device_name();
        said.insert("name".to_owned(), device.clone().into());
        parts.uri = axum::http::Uri::from_static(TOKEN);
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let asked = Request::from_parts(parts, Body::from(serde_json::to_vec(&said)?));
        let response = self.sent_by_stranger(asked).await?;
        if !response.status().is_success() {
            return Ok(response);
        }
        let passing = passing(&to_bytes(response.into_body(), MAX_BODY_BYTES).await.unwrap_or_default())?;
        let server = self.server().await?.unwrap_or_default();
        let accounts = Accounts::new(&server, lang.as_str())?;
        let account = accounts.connect(&passing, &device).await?;
        self.keep(&accounts, account).await?;
        self.refresh_account().await;
        let shown = self.app.with(|app| shown(app)).await;
        Ok(shown.map_err(|_| Problem::new(ErrorCode::Internal))??.into_response())
    }

    /// A home belongs to one business for ever: a device of another one is taken back.
    async fn keep(&self, accounts: &Accounts, account: Account) -> Result<(), Problem> {
        let (token, device) = (account.token.clone(), account.device.id);
        let kept = self.app.with(move |app| app.sign_in(&account)).await;
        let kept = kept.map_err(|_| Problem::new(ErrorCode::Internal))?;
        if matches!(kept, Err(AppError::OtherTenant))
            && let Err(error) = accounts.disconnect(&token, device).await
        {
            // It is listed among her devices, and she can revoke it there.
            tracing::warn!(%error, "a device of another account stays listed");
        }
        Ok(kept?)
    }

    async fn signed_out(&self, lang: Lang) -> Result<(), Problem> {
        let look = |app: &mut App| Ok::<_, AppError>((app.server()?, app.token()?, app.device()?));
        let known = self.app.with(look).await.map_err(|_| Problem::new(ErrorCode::Internal))??;
        let (Some(server), Some(token), Some(device)) = known else {
            return Err(Problem::new(ErrorCode::Unauthorized));
        };
        Accounts::new(&server, lang.as_str())?.disconnect(&token, device.id).await?;
        Ok(self.app.with(App::sign_out).await.map_err(|_| Problem::new(ErrorCode::Internal))??)
    }

    async fn lang(&self, asked: Option<Lang>) -> Lang {
        match asked {
            Some(lang) => lang,
            None => self.app.with(|app| app.person_language()).await.unwrap_or_default(),
        }
    }
}

async fn login(State(api): State<LocalApi>, request: Request<Body>) -> Response<Body> {
    let asked = request::language(request.headers());
    let lang = api.lang(asked).await;
    let answered = api.signed_in(request, lang).await;
    api.or_refused(answered, asked).await
}

/// A new account; a home that has one takes no second.
async fn register(State(api): State<LocalApi>, request: Request<Body>) -> Response<Body> {
    let asked = request::language(request.headers());
    let is_taken = api.app.with(|app| app.tenant().is_ok()).await.unwrap_or(true);
    let answered =
        if is_taken { Err(AppError::OtherTenant.into()) } else { api.sent_by_stranger(request).await };
    api.or_refused(answered, asked).await
}

async fn as_stranger(State(api): State<LocalApi>, request: Request<Body>) -> Response<Body> {
    let asked = request::language(request.headers());
    let answered = api.sent_by_stranger(request).await;
    api.or_refused(answered, asked).await
}

/// What was written stays here; without a way to the server she stays signed in, and is told so.
async fn logout(State(api): State<LocalApi>, request: Request<Body>) -> Response<Body> {
    let asked = request::language(request.headers());
    let lang = api.lang(asked).await;
    let answered = api.signed_out(lang).await.map(|()| Reply::no_content().into_response());
    api.or_refused(answered, asked).await
}

async fn me(State(api): State<LocalApi>, request: Request<Body>) -> Response<Body> {
    api.kept(ME, request, App::me).await
}

async fn plan(State(api): State<LocalApi>, request: Request<Body>) -> Response<Body> {
    api.kept(PLAN, request, App::billing).await
}

async fn devices(State(api): State<LocalApi>, request: Request<Body>) -> Response<Body> {
    let asked = request::language(request.headers());
    let answered = match api.forwarded_and_kept(DEVICES, request).await {
        Err(Problem(refusal)) if refusal.code == ErrorCode::Offline => {
            let known = api.app.with(|app| app.devices()).await;
            match known.unwrap_or(Ok(None)) {
                Ok(Some(said)) => Reply::ok(&said).map(Reply::into_response),
                Ok(None) => Err(Problem(refusal)),
                Err(error) => Err(error.into()),
            }
        }
        other => other,
    };
    api.or_refused(answered, asked).await
}

/// Her name or her plan is changed on the server, and what is kept here follows.
async fn changed_there(State(api): State<LocalApi>, request: Request<Body>) -> Response<Body> {
    let asked = request::language(request.headers());
    let answered = api.forwarded(request).await;
    if answered.as_ref().is_ok_and(|response| response.status().is_success()) {
        api.refresh_account().await;
    }
    api.or_refused(answered, asked).await
}

fn shown(app: &App) -> Answered {
    let me = app.me()?;
    let (user, tenant) = match &me {
        Some(me) => (me["user"].clone(), me["tenant"].clone()),
        None => (app.user()?.unwrap_or_default(), serde_json::to_value(app.tenant()?)?),
    };
    Reply::ok(&serde_json::json!({ "user": user, "tenant": tenant }))
}

fn passing(body: &Bytes) -> Result<SecretString, Problem> {
    let said: Json = serde_json::from_slice(body)?;
    let token = said["token"].as_str().ok_or_else(|| Problem::new(ErrorCode::Internal))?;
    Ok(SecretString::from(token))
}

/// What she calls this device until she gives it another name.
fn device_name() -> String {
    let name = std::fs::read_to_string("/etc/hostname").ok().or_else(|| std::env::var("COMPUTERNAME").ok());
    let name =
        name.map(|name| name.trim().chars().take(60).collect::<String>()).filter(|name| !name.is_empty());
    name.unwrap_or_else(|| "VeloriaCRM".to_owned())
}

impl From<RemoteError> for Problem {
    fn from(error: RemoteError) -> Self {
        match error {
            RemoteError::Offline(_) => Self::new(ErrorCode::Offline),
            RemoteError::Refused(_, problem) => {
                Self::new(ErrorCode::from_wire(&problem.code).unwrap_or(ErrorCode::Internal))
            }
            RemoteError::Garbled(why) => {
                tracing::error!(cause = %why, "the server's answer makes no sense");
                Self::new(ErrorCode::Internal)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::Pin;
    use std::sync::Arc;

    use axum::http::StatusCode;
    use serde_json::json;

    use super::*;
    use crate::local_api::{Forward, SharedApp, Unreachable};
    use crate::testing::device;

    /// The server is away.
    struct Away;

    impl Forward for Away {
        fn forward(
            &self,
            _: Way,
            _: Request<Bytes>,
        ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Unreachable>> + Send + '_>> {
            Box::pin(async { Err(Unreachable) })
        }
    }

    async fn ask(api: &LocalApi, method: &str, path: &str) -> (StatusCode, Json) {
        let request = Request::builder().method(method).uri(path).body(Bytes::from_static(b"{}"));
        let response = api.answer(request.expect("a request")).await;
        (response.status(), serde_json::from_slice(response.body()).unwrap_or_default())
    }

    #[tokio::test]
    async fn who_is_signed_in_and_what_the_plan_has_is_told_without_a_network_as_the_server_said_it_last() {
        let mut app = device(1);
        let tenant = app.tenant().unwrap();
        let me = json!({
            "user": { "id": "u", "name": "Ольга", "locale": "ru" },
            "tenant": { "id": tenant.id, "name": "Салон", "createdAt": "2026-01-01T00:00:00Z" },
        });
        app.keep_me(&me).unwrap();
        let feature = |included| json!([{ "id": "appointments.conflict_resolver", "included": included }]);
        app.keep_billing(&json!({ "plan": "imperium", "features": feature(true), "due": 5 })).unwrap();
        let api = LocalApi::new(SharedApp::new(app), Arc::new(Away));
        assert_eq!(ask(&api, "GET", ME).await, (StatusCode::OK, me));
        // No signed word of the plan is here, so this device goes by the free one.
        let (status, plan) = ask(&api, "GET", PLAN).await;
        assert_eq!((status, &plan["plan"], &plan["due"]), (StatusCode::OK, &json!("ivory"), &json!(5)));
        assert_eq!(plan["features"], feature(false));
        assert_eq!(ask(&api, "PUT", PLAN).await.0, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(ask(&api, "POST", "/api/v1/auth/login").await.0, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(ask(&api, "POST", "/api/v1/auth/logout").await.0, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(ask(&api, "GET", ME).await.0, StatusCode::OK, "and she is signed in as before");
        assert_eq!(ask(&api, "POST", "/api/v1/auth/register").await.0, StatusCode::CONFLICT);
    }

    #[tokio::test]
    async fn without_a_key_nothing_is_shown_and_a_change_is_news() {
        let api = LocalApi::new(SharedApp::new(device(1)), Arc::new(Away));
        let mut news = api.news();
        assert_eq!(ask(&api, "GET", "/api/v1/clients").await.0, StatusCode::OK);
        assert!(!news.has_changed().unwrap());
        let request = Request::builder().method("POST").uri("/api/v1/clients");
        let request =
            request.header(CONTENT_TYPE, "application/json").body(Bytes::from_static(b"{\"name\":\"A\"}"));
        assert_eq!(api.answer(request.unwrap()).await.status(), StatusCode::CREATED);
        assert!(news.has_changed().unwrap());
        news.mark_unchanged();
        api.app().with(|app| app.sign_out().unwrap()).await.unwrap();
        for path in ["/api/v1/clients", ME, PLAN] {
            assert_eq!(ask(&api, "GET", path).await.0, StatusCode::UNAUTHORIZED, "{path}");
        }
    }
}
