//! `/api/v1`, answered in process: the same requests, answers and errors as the server's, offline first.
//!
//! What works offline is answered by the app on this device, through the functions that the command line uses. The rest goes to
//! the server when there is a way to it, and is `503 offline` when there is none ([`Forward`]). No socket listens, and nothing
//! waits for a network while it holds the home. What both doors say is `domain::api` and the slices of `domain`; here is one
//! file for each slice, and what they share: `request`, `reply`, `problem`, `keys`.

mod account;
mod appointments;
mod clients;
mod conflicts;
mod device;
mod forward;
mod history;
mod keys;
mod media;
mod notes;
mod payments;
mod problem;
mod reply;
mod request;
mod services;
mod settings;
mod shared;
mod slots;
mod syncing;

use std::fmt;
use std::sync::{Arc, RwLock};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, RawPathParams, State};
use axum::http::{Method, Request, Response};
use axum::routing::MethodFilter;
use axum::routing::{MethodRouter, on};
use domain::errors::ErrorCode;
use domain::lang::Lang;
use tokio::sync::watch;
use tower::ServiceExt as _;

pub use device::DeviceStanding;
pub use forward::{Forward, HttpForward, Unreachable, Way};
pub use shared::SharedApp;
pub use syncing::News;

use crate::app::App;
use keys::Claim;
use problem::Problem;
use reply::Reply;
use request::{Ask, Takes, Write};

/// The largest body that is answered here: 1 MiB, as on the server.
const MAX_BODY_BYTES: usize = 1024 * 1024;

type Answered = Result<Reply, Problem>;

/// The API of one device. Clones are the same API.
#[derive(Clone)]
pub struct LocalApi {
    app: SharedApp,
    forward: Arc<dyn Forward>,
    router: Router<Self>,
    /// Where a home without an account of its own signs in.
    server: Arc<RwLock<Option<String>>>,
    /// What happened beside the answers.
    news: Arc<watch::Sender<News>>,
}

impl LocalApi {
    /// The API of a device's home, with a way to the server.
    #[must_use]
    pub fn new(app: SharedApp, forward: Arc<dyn Forward>) -> Self {
        let (news, server) = (Arc::new(watch::Sender::new(News::default())), Arc::default());
        Self { app, forward, router: routes(), server, news }
    }

    /// The home, for whoever syncs it.
    #[must_use]
    pub const fn app(&self) -> &SharedApp {
        &self.app
    }

    /// Answers a request.
    pub async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let router = self.router.clone().with_state(self.clone());
        let is_write = ![Method::GET, Method::HEAD].contains(request.method());
        // The router never fails; it answers.
        let Ok(response) = router.oneshot(request.map(Body::from)).await;
        if is_write && response.status().is_success() {
            self.changed();
        }
        let (parts, body) = response.into_parts();
        // Every body here was bytes before it was a body.
        let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
        Response::from_parts(parts, bytes)
    }

    async fn refuse(&self, problem: &Problem, asked: Option<Lang>) -> Response<Body> {
        let lang = match asked {
            Some(lang) => lang,
            None => self.app.with(|app| app.person_language()).await.unwrap_or_default(),
        };
        problem.reply(lang).into_response()
    }

    /// Does something with the home, and answers.
    async fn perform(
        self,
        request: Ask,
        act: impl FnOnce(&mut App, &Ask, Lang) -> Answered + Send + 'static,
    ) -> Response<Body> {
        let asked = request.asked_language();
        let answered = self
            .app
            .with(move |app| {
                let lang = asked.unwrap_or_else(|| app.person_language());
                if !app.is_signed_in()? {
                    return Err(Problem::new(ErrorCode::Unauthorized));
                }
                act(app, &request, lang)
            })
            .await;
        match answered.unwrap_or_else(|_| Err(Problem::new(ErrorCode::Internal))) {
            Ok(reply) => reply.into_response(),
            Err(problem) => self.refuse(&problem, asked).await,
        }
    }
}

impl fmt::Debug for LocalApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalApi").field("app", &self.app).finish_non_exhaustive()
    }
}

fn routes() -> Router<LocalApi> {
    let slices = Router::new()
        .merge(appointments::routes())
        .merge(clients::routes())
        .merge(conflicts::routes())
        .merge(history::routes())
        .merge(notes::routes())
        .merge(payments::routes())
        .merge(services::routes())
        .merge(settings::routes())
        .merge(slots::routes());
    Router::new()
        .merge(account::routes())
        .merge(device::routes())
        .merge(media::routes())
        .nest("/api/v1", slices)
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(elsewhere)
}

/// A route that reads: what it answers follows from what is here.
fn read(act: fn(&mut App, &Ask, Lang) -> Answered) -> MethodRouter<LocalApi> {
    route(MethodFilter::GET, move |app, ask, lang| {
        ask.check_path()?;
        act(app, ask, lang)
    })
}

/// A route that writes: effect and answer together, or neither.
fn write(
    method: MethodFilter,
    takes: Takes,
    act: fn(&mut App, &mut Write<'_>) -> Answered,
) -> MethodRouter<LocalApi> {
    route(method, move |app, ask, _| {
        ask.check_path()?;
        let wanted = ask.wanted()?;
        let body = ask.object(takes)?;
        let claim = Claim::of(ask)?;
        app.in_transaction(|app| {
            if let Some(claim) = &claim
                && let Some(reply) = claim.known(app)?
            {
                return Ok(reply);
            }
            let mut write = Write::new(ask, body);
            let reply = act(app, &mut write)?;
            write.check(&wanted)?;
            if let Some(claim) = &claim {
                claim.keep(app, &reply, app.now())?;
            }
            Ok(reply)
        })
    })
}

fn route<F>(method: MethodFilter, act: F) -> MethodRouter<LocalApi>
where
    F: FnOnce(&mut App, &Ask, Lang) -> Answered + Clone + Send + Sync + 'static,
{
    let answer = move |State(api): State<LocalApi>,
                       path: MatchedPath,
                       params: RawPathParams,
                       request: Request<Body>| async move {
        match ask(path, &params, request).await {
            Ok(ask) => api.perform(ask, act).await,
            Err((problem, asked)) => api.refuse(&problem, asked).await,
        }
    };
    on(method, answer)
}

async fn ask(
    path: MatchedPath,
    params: &RawPathParams,
    request: Request<Body>,
) -> Result<Ask, (Problem, Option<Lang>)> {
    let (parts, body) = request.into_parts();
    let asked = request::language(&parts.headers);
    let body = to_bytes(body, MAX_BODY_BYTES).await;
    let body = body.map_err(|_| (Problem::new(ErrorCode::PayloadTooLarge), asked))?;
    Ok(Ask {
        method: parts.method.to_string(),
        route: path.as_str().to_owned(),
        params: params.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect(),
        uri: parts.uri,
        headers: parts.headers,
        body,
    })
}

async fn method_not_allowed(State(api): State<LocalApi>, request: Request<Body>) -> Response<Body> {
    let asked = request::language(request.headers());
    api.refuse(&Problem::new(ErrorCode::MethodNotAllowed), asked).await
}

/// What is not answered here: the server's business.
async fn elsewhere(State(api): State<LocalApi>, request: Request<Body>) -> Response<Body> {
    let asked = request::language(request.headers());
    match api.forwarded(request).await {
        Ok(response) => response,
        Err(problem) => api.refuse(&problem, asked).await,
    }
}
