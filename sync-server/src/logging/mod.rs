//! Structured logs: one JSON object a line on stderr. `RUST_LOG` chooses how much, `LOG_FORMAT=text` is for people.
//!
//! What may be logged is on a list (`fields`), and everything else is `…`: a field that somebody adds says nothing until it
//! was thought about. Never what a master typed.

mod fields;
mod line;
#[cfg(test)]
pub(crate) mod tests;

use std::io;
use std::panic;

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::TryInitError;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::config::LogFormat;
use fields::SpanFields;
use line::Line;

/// What is logged unless `RUST_LOG` says otherwise: our own doings, and the worries of others.
const USUAL: &str = "warn,sync_server=info";

/// Nothing of the queue's library, whatever `RUST_LOG` says.
const QUEUE: &str = "graphile_worker=off";

/// Begins to log. The second call in a process fails and changes nothing.
pub fn start(format: LogFormat) -> Result<(), TryInitError> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL));
    start_into(format, filter, io::stderr)
}

/// The same into another place, and as much as somebody wants to see: for a test that reads everything that is ever said.
pub fn start_into<W>(format: LogFormat, filter: EnvFilter, writer: W) -> Result<(), TryInitError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::util::SubscriberInitExt as _;
    // It writes the payloads of jobs into its lines. What happens to a job, `jobs` says itself.
    let filter = filter.add_directive(QUEUE.parse().expect("the directive is one"));
    tracing_subscriber::registry().with(lines(format, writer).with_filter(filter)).try_init()?;
    panic::set_hook(Box::new(|panic| {
        // Where it was and nothing more: the words of a panic may quote what somebody typed.
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
        tracing::error!(place, "panicked");
    }));
    Ok(())
}

/// Writes lines of allowed fields.
fn lines<W>(format: LogFormat, writer: W) -> impl Layer<Registry> + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    tracing_subscriber::fmt::layer().with_writer(writer).fmt_fields(SpanFields).event_format(Line(format))
}
