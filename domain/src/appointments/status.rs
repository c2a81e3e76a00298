//! What state a visit is in: a rule over its events, the same on every replica.
//!
//! Pure. An event names the events it knew of (`after`). Events that nobody has answered yet are live; if several
//! are live, two devices acted without knowing of each other, and what was done beats what was planned.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// Where a visit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Asked for, not yet agreed.
    Requested,
    /// Agreed.
    Booked,
    /// The client said she will come.
    Confirmed,
    /// Called off.
    Cancelled,
    /// Nobody came.
    NoShow,
    /// Done.
    Completed,
}

impl Status {
    /// In the order of the rule: a later one beats an earlier one.
    pub const ALL: [Self; 6] =
        [Self::Requested, Self::Booked, Self::Confirmed, Self::Cancelled, Self::NoShow, Self::Completed];

    /// The word in documents and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Booked => "booked",
            Self::Confirmed => "confirmed",
            Self::Cancelled => "cancelled",
            Self::NoShow => "no_show",
            Self::Completed => "completed",
        }
    }

    /// Reads a word; `None` for words of tomorrow.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether the visit takes its hour.
    #[must_use]
    pub const fn is_busy(self) -> bool {
        matches!(self, Self::Requested | Self::Booked | Self::Confirmed | Self::Completed)
    }
}

/// Something that happened to a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// The event's id.
    pub id: String,
    /// A [`Status`] word, `started`, `finished`, or a word of tomorrow.
    #[serde(rename = "type")]
    pub kind: String,
    /// Milliseconds since 1970, by the clock of the device that wrote it. For showing only.
    pub at: i64,
    /// The events it knew of, sorted.
    pub after: Vec<String>,
}

/// Reads the events map, sorted by id.
pub(super) fn events(map: Map<String, Json>) -> Vec<Event> {
    map.into_iter()
        .map(|(id, entry)| Event {
            id,
            kind: entry.get("type").and_then(Json::as_str).unwrap_or_default().to_owned(),
            at: entry.get("at").and_then(Json::as_i64).unwrap_or_default(),
            after: entry
                .get("after")
                .and_then(Json::as_object)
                .map(|m| m.keys().cloned().collect())
                .unwrap_or_default(),
        })
        .collect()
}

/// The words about a visit that nobody has answered yet, with their events.
pub(super) fn live_words(events: &[Event]) -> impl Iterator<Item = (Status, &Event)> {
    let word = |event: &Event| Status::parse(&event.kind);
    live(events, move |event| word(event).is_some()).filter_map(move |event| Some((word(event)?, event)))
}

fn live<'a>(events: &'a [Event], answers: impl Fn(&Event) -> bool + 'a) -> impl Iterator<Item = &'a Event> {
    events.iter().filter(move |event| {
        answers(event) && !events.iter().any(|later| answers(later) && later.after.contains(&event.id))
    })
}

/// The state of a visit with these events; [`Status::Booked`] if nothing is known.
#[must_use]
pub fn current_status(events: &[Event]) -> Status {
    live(events, |event| Status::parse(&event.kind).is_some())
        .filter_map(|event| Status::parse(&event.kind))
        .max()
        .unwrap_or(Status::Booked)
}

/// When something happened (`started`, `finished`): the live event's moment, the latest if there are several.
#[must_use]
pub fn moment_of(events: &[Event], kind: &str) -> Option<i64> {
    live(events, |event| event.kind == kind).map(|event| event.at).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, kind: &str, after: &[&str]) -> Event {
        let after = after.iter().map(|id| (*id).to_owned()).collect();
        Event { id: id.to_owned(), kind: kind.to_owned(), at: 0, after }
    }

    #[test]
    fn what_was_done_beats_what_was_planned() {
        let booked = event("1", "booked", &[]);
        let cancelled = event("2", "cancelled", &["1"]);
        let completed = event("3", "completed", &["1"]);
        assert_eq!(current_status(&[booked.clone(), cancelled.clone()]), Status::Cancelled);
        assert_eq!(current_status(&[booked, cancelled, completed]), Status::Completed);
    }

    #[test]
    fn a_later_word_that_knew_of_the_earlier_one_holds() {
        let events =
            [event("1", "booked", &[]), event("2", "cancelled", &["1"]), event("3", "booked", &["1", "2"])];
        assert_eq!(current_status(&events), Status::Booked, "called back to life");
    }

    #[test]
    fn words_of_tomorrow_change_nothing_today() {
        let events = [event("1", "confirmed", &[]), event("2", "teleported", &["1"])];
        assert_eq!(current_status(&events), Status::Confirmed);
        assert_eq!(current_status(&[]), Status::Booked);
    }
}
