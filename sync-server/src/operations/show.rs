//! The state of the queue as JSON, and the figures as Prometheus reads them.

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::Operations;
use crate::http::Problem;
use crate::jobs::look::{Overview, Troubled, overview as look, troubled as look_at_troubled};

/// Figures in the text format of Prometheus.
pub(super) async fn metrics(State(operations): State<Operations>) -> Result<String, Problem> {
    let (open, idle) = operations.state.db.connections();
    metrics::gauge!("veloria_db_connections", "state" => "open").set(f64::from(open));
    metrics::gauge!("veloria_db_connections", "state" => "idle").set(u32::try_from(idle).unwrap_or(u32::MAX));
    for kind in look(&operations.jobs).await?.kinds {
        for (state, count) in
            [("waiting", kind.waiting), ("later", kind.later), ("running", kind.running), ("dead", kind.dead)]
        {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            metrics::gauge!("veloria_jobs", "job" => kind.name.clone(), "state" => state).set(count);
        }
    }
    let Some(figures) = &operations.figures else { return Ok(String::new()) };
    figures.run_upkeep();
    Ok(figures.render())
}

/// All kinds and queues.
pub(super) async fn overview(State(operations): State<Operations>) -> Result<Json<Overview>, Problem> {
    Ok(Json(look(&operations.jobs).await?))
}

/// Which jobs to show.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Which {
    /// Only of this kind.
    #[serde(default)]
    pub(super) job: Option<String>,
}

/// Jobs that are dead or on their way there, the newest trouble first.
pub(super) async fn troubled(
    State(operations): State<Operations>,
    Query(which): Query<Which>,
) -> Result<Json<Vec<Troubled>>, Problem> {
    Ok(Json(look_at_troubled(&operations.jobs, which.job.as_deref()).await?))
}
