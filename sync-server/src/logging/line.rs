//! One line for one event: for programs a JSON object, for people words.

use std::fmt;

use serde_json::{Map, Value as Json, json};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use super::fields::{Fields, SpanFields};
use crate::config::LogFormat;

/// How lines look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line(pub(super) LogFormat);

impl<S> FormatEvent<S, SpanFields> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, SpanFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let span = context.lookup_current().and_then(|span| {
            let extensions = span.extensions();
            let kept = extensions.get::<FormattedFields<SpanFields>>()?;
            let mut kept: Map<String, Json> = serde_json::from_str(&kept.fields).ok()?;
            kept.insert("name".to_owned(), span.name().into());
            Some(kept)
        });
        let mut time = String::new();
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        let (level, target) = (event.metadata().level(), event.metadata().target());
        match self.0 {
            LogFormat::Json => {
                let mut line = json!({ "timestamp": time, "level": level.to_string(), "target": target });
                if let Some(line) = line.as_object_mut() {
                    line.extend(fields.0);
                    line.extend(span.map(|span| ("span".to_owned(), Json::from(span))));
                }
                writeln!(writer, "{line}")
            }
            LogFormat::Text => {
                let message = fields.0.remove("message");
                let message = message.as_ref().and_then(Json::as_str).unwrap_or_default();
                write!(writer, "{time} {level:>5} {target}: {message}")?;
                for (name, value) in fields.0.iter().chain(span.iter().flatten()) {
                    match value.as_str() {
                        Some(text) => write!(writer, " {name}={text}")?,
                        None => write!(writer, " {name}={value}")?,
                    }
                }
                writeln!(writer)
            }
        }
    }
}
