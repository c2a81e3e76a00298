//! What the body looks like, for the API description alone: the body itself is read by `domain::till`.
#![expect(dead_code, reason = "only its derived description is used")]

use utoipa::ToSchema;

/// What was counted at the end of a day.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "date": "2026-12-01", "counted": 9950, "reason": "Сдача" }))]
pub(super) struct TillCount {
    /// The day; not one that is still to come.
    #[schema(example = "2026-12-01")]
    date: String,
    /// What lies in the till, currency units.
    counted: f64,
    /// Why that is another sum than it should be; needed if it is.
    reason: Option<String>,
}
