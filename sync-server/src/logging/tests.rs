//! What a line says, and above all what it does not.

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::lines;
use crate::config::LogFormat;

/// What is said meanwhile, as whoever reads the log sees it.
#[derive(Clone, Default)]
pub(crate) struct Recorded(Arc<Mutex<Vec<u8>>>);

impl Recorded {
    /// Hears what this thread says until the answer is dropped.
    pub(crate) fn listen(&self, format: LogFormat) -> DefaultGuard {
        let writer = self.clone();
        tracing_subscriber::registry().with(lines(format, move || writer.clone())).set_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Recorded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged while something is done.
fn logged(format: LogFormat, does: impl FnOnce()) -> String {
    let said = Recorded::default();
    let listening = said.listen(format);
    does();
    drop(listening);
    said.text()
}

fn something() {
    let span =
        tracing::info_span!("request", request_id = "r-1", tenant = tracing::field::Empty, guest = "Ольга");
    span.record("tenant", "t-1");
    let _entered = span.enter();
    let cause = "no letter to anna@example.ru, +7 916 123-45-67";
    tracing::warn!(status = 500, name = "Ольга", cause, "failed");
}

#[test]
fn only_fields_on_the_list_say_anything() {
    let mut line: Json = serde_json::from_str(&logged(LogFormat::Json, something)).unwrap();
    assert!(line["timestamp"].take().is_string());
    let expected = json!({
        "timestamp": null,
        "level": "WARN",
        "target": "sync_server::logging::tests",
        "message": "failed",
        "status": 500,
        "name": "…",
        "cause": "no letter to … +…",
        "span": { "name": "request", "request_id": "r-1", "tenant": "t-1", "guest": "…" },
    });
    assert_eq!(line, expected);
}

#[test]
fn people_read_the_same() {
    let line = logged(LogFormat::Text, something);
    assert!(line.contains("WARN sync_server::logging::tests: failed"), "{line}");
    assert!(line.contains("status=500") && line.contains("request_id=r-1"), "{line}");
    assert!(!line.contains("Ольга") && !line.contains("anna@"), "{line}");
}
