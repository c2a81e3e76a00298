//! Values as several slices write them into an answer.

use jiff::Timestamp;

/// The moment as records keep it: RFC 3339 in UTC, whole seconds.
#[must_use]
pub fn now_text(now: Timestamp) -> String {
    domain::dates::format_seconds(now.as_second()).unwrap_or_default()
}
