//! For whoever runs the server: figures for Prometheus, the state of the queue, and a page with buttons. It has an address of
//! its own, so no tenant's route sees it and no tenant's key opens it.
//!
//! On loopback it asks for nothing but a host name of this machine (a foreign page that got our address by a trick of names
//! does not have one); elsewhere for the token. It shows names of jobs, ids, counts and errors, and never what is in a job.

mod act;
mod guard;
mod page;
mod show;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;
use tower_http::csrf::CsrfLayer;

use crate::db::JobsDb;
use crate::{AppState, health};

pub use guard::Guard;

/// What this room needs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Operations {
    state: AppState,
    jobs: JobsDb,
    figures: Option<PrometheusHandle>,
    guard: Arc<Guard>,
}

impl Operations {
    /// The room; without figures, `/metrics` is empty.
    #[must_use]
    pub fn new(
        state: AppState,
        jobs: JobsDb,
        figures: Option<PrometheusHandle>,
        token: Option<&SecretString>,
    ) -> Self {
        Self { state, jobs, figures, guard: Arc::new(Guard::new(token)) }
    }

    /// All that is answered here.
    pub fn router(self) -> Router {
        let health = health::routes().with_state(self.state.clone());
        Router::new()
            .route("/", get(page::page))
            .route("/metrics", get(show::metrics))
            .route("/api/jobs", get(show::overview))
            .route("/api/jobs/troubled", get(show::troubled))
            .route("/api/jobs/retry", post(act::retry))
            .route("/api/jobs/discard", post(act::discard))
            .route("/api/jobs/pause", post(act::pause))
            .route("/api/jobs/resume", post(act::resume))
            .layer(CsrfLayer::new())
            .layer(from_fn_with_state(self.guard.clone(), guard::admit))
            .with_state(self)
            .merge(health)
    }
}
