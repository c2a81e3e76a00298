//! Structured logs: one JSON object a line on stderr. `RUST_LOG` chooses how much, `LOG_FORMAT=text` is for people.
//!
//! What may be logged is decided where it is logged: ids, counts, codes, route templates. Never what a master typed.

use std::io;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::TryInitError;

use crate::config::LogFormat;

/// What is logged unless `RUST_LOG` says otherwise: our own doings, and the worries of others.
const USUAL: &str = "warn,sync_server=info";

/// Nothing of the queue's library, whatever `RUST_LOG` says.
const QUEUE: &str = "graphile_worker=off";

/// Begins to log. The second call in a process fails and changes nothing.
pub fn start(format: LogFormat) -> Result<(), TryInitError> {
    use tracing_subscriber::util::SubscriberInitExt as _;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL));
    // It writes the payloads of jobs into its lines. What happens to a job, `jobs` says itself.
    let filter = filter.add_directive(QUEUE.parse().expect("the directive is one"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match format {
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .finish()
            .try_init(),
        LogFormat::Text => builder.finish().try_init(),
    }
}
