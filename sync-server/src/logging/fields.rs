//! The list of what may be logged, and how fields are read so that nothing else gets through.

use std::fmt;

use domain::pii::{MASK, mask};
use serde_json::{Map, Value as Json};
use tracing::field::{Field, Visit};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FormatFields, FormattedFields};

/// Ids, counts, codes, names of our own things. Their texts still lose what looks like a person.
const ALLOWED: &[&str] = &[
    "address",
    "attempt",
    "attempts",
    "cause",
    "code",
    "count",
    "device",
    "document",
    "error",
    "folder",
    "id",
    "import",
    "is_complete",
    "job",
    "job_id",
    "kind",
    "message",
    "method",
    "micros",
    "node",
    "peer",
    "place",
    "places",
    "queue",
    "reason",
    "request_id",
    "removed",
    "route",
    "seconds",
    "setting",
    "status",
    "task",
    "tenant",
    "version",
    "worker",
];

/// The fields of a line or a span.
#[derive(Debug, Default)]
pub(super) struct Fields(pub(super) Map<String, Json>);

impl Fields {
    fn keep(&mut self, field: &Field, value: impl Into<Json>) {
        // Fields of the `log` crate's bridge say where in a library something is.
        let name = field.name();
        if name.starts_with("log.") {
            return;
        }
        let value = if ALLOWED.contains(&name) { value.into() } else { Json::from(MASK) };
        self.0.insert(name.to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.keep(field, mask(&format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.keep(field, mask(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.keep(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.keep(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.keep(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.keep(field, value);
    }
}

/// Keeps a span's fields as one JSON object.
#[derive(Debug)]
pub(super) struct SpanFields;

impl<'writer> FormatFields<'writer> for SpanFields {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut read = Fields::default();
        fields.record(&mut read);
        write!(writer, "{}", Json::from(read.0))
    }

    fn add_fields(
        &self,
        current: &'writer mut FormattedFields<Self>,
        fields: &tracing::span::Record<'_>,
    ) -> fmt::Result {
        let mut all = Fields(serde_json::from_str(&current.fields).unwrap_or_default());
        fields.record(&mut all);
        current.fields = Json::from(all.0).to_string();
        Ok(())
    }
}
