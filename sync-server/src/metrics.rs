//! Figures about this process for Prometheus: counts and times, by route template and by job. Nothing of any tenant.

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// What requests and jobs take, in seconds.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0, 60.0];

/// Begins to count. Only once in a process; the handle tells the figures.
pub fn start() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .install_recorder()?;
    metrics::describe_histogram!(
        "veloria_http_seconds",
        "Answered requests by method, route template and status"
    );
    metrics::describe_counter!("veloria_jobs_total", "Attempts of jobs by kind and end: done, failed, dead");
    metrics::describe_histogram!("veloria_job_seconds", "How long jobs ran");
    metrics::describe_histogram!(
        "veloria_job_wait_seconds",
        "How long jobs waited after their time had come"
    );
    metrics::describe_gauge!(
        "veloria_jobs",
        "Jobs in the queue by kind and state: waiting, later, running, dead"
    );
    metrics::describe_gauge!("veloria_db_connections", "Connections to the database by state: open, idle");
    Ok(handle)
}
