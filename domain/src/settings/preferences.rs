//! How she is told and how she is reached: notifications, channels, branding, switches of integrations.
//!
//! Part of the settings room. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::clock::ClockTime;
use crate::errors::{FieldErrors, FieldProblem};
use crate::input::{Fields, Patch};

/// The ways to reach a client, in the order in which they are tried unless she says otherwise.
const CHANNELS: [&str; 3] = ["telegram", "sms", "email"];
/// What can be connected.
const INTEGRATIONS: [&str; 3] = ["googleCalendar", "telegram", "webhooks"];
/// What she can be told of.
const EVENTS: [&str; 5] = ["booked", "cancelled", "moved", "conflict", "payment"];

/// When clients are reminded, what she is told, and when nobody is disturbed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NotificationPrefs {
    /// How many hours before a visit its client is reminded.
    pub reminder_hours: Vec<u32>,
    /// When nothing is sent to clients.
    pub quiet_hours: Option<QuietHours>,
    /// Of what she is told: `booked`, `cancelled`, `moved`, `conflict`, `payment`.
    pub events: BTreeMap<String, bool>,
}

/// A stretch of every day in the client's zone; it may run past midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuietHours {
    /// `21:00`.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "21:00"))]
    pub from: ClockTime,
    /// `09:00`.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "09:00"))]
    pub to: ClockTime,
}

impl Default for NotificationPrefs {
    fn default() -> Self {
        let quiet = ClockTime::new(21, 0).zip(ClockTime::new(9, 0)).map(|(from, to)| QuietHours { from, to });
        let events = EVENTS.iter().map(|event| ((*event).to_owned(), true)).collect();
        Self { reminder_hours: vec![24, 3], quiet_hours: quiet, events }
    }
}

impl NotificationPrefs {
    /// Reads a request; what is absent is as in the default.
    ///
    /// # Errors
    /// Every field that is unknown or wrong.
    pub fn from_json(object: &Map<String, Json>) -> Result<Self, FieldErrors> {
        let standard = Self::default();
        let mut fields = Fields::new(object);
        let hours = fields.list("reminderHours");
        let quiet = fields.object("quietHours");
        let events = flags(&mut fields, "events", &EVENTS, standard.events);
        let reminder_hours = match hours {
            Patch::Keep => standard.reminder_hours,
            Patch::Clear => Vec::new(),
            Patch::Set(list) => read_hours(&mut fields, &list),
        };
        let quiet_hours = match quiet {
            Patch::Keep => standard.quiet_hours,
            Patch::Clear => None,
            Patch::Set(object) => {
                let read = serde_json::from_value(Json::Object(object)).ok();
                if read.is_none_or(|quiet: QuietHours| quiet.from == quiet.to) {
                    fields.mistake("quietHours", FieldProblem::InvalidTime);
                }
                read
            }
        };
        fields.finish(Self { reminder_hours, quiet_hours, events })
    }
}

fn read_hours(fields: &mut Fields<'_>, list: &[Json]) -> Vec<u32> {
    let number =
        |value: &Json| value.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| (1..=720).contains(n));
    let Some(mut hours) = list.iter().map(number).collect::<Option<Vec<u32>>>() else {
        fields.mistake("reminderHours", FieldProblem::OutOfRange);
        return Vec::new();
    };
    hours.sort_unstable_by(|a, b| b.cmp(a));
    hours.dedup();
    hours
}

/// How clients are reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Channels {
    /// In the order in which they are tried; one that is not there is not used.
    pub order: Vec<String>,
    /// Under which name messages come.
    pub sender_name: Option<String>,
}

impl Default for Channels {
    fn default() -> Self {
        Self { order: CHANNELS.map(str::to_owned).to_vec(), sender_name: None }
    }
}

impl Channels {
    /// Reads a request; what is absent is as in the default.
    ///
    /// # Errors
    /// Every field that is unknown or wrong.
    pub fn from_json(object: &Map<String, Json>) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let (order, sender) = (fields.list("order"), fields.line("senderName"));
        let order = match order {
            Patch::Keep => Self::default().order,
            Patch::Clear => Vec::new(),
            Patch::Set(list) => {
                let words: Vec<String> = list.iter().filter_map(Json::as_str).map(str::to_owned).collect();
                let is_known = words.iter().all(|word| CHANNELS.contains(&word.as_str()));
                let is_once = words.iter().enumerate().all(|(n, word)| !words[..n].contains(word));
                if words.len() != list.len() || !is_known || !is_once {
                    fields.mistake("order", FieldProblem::Invalid);
                }
                words
            }
        };
        fields.finish(Self { order, sender_name: sender.into_option() })
    }
}

/// How her business looks to clients.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Branding {
    /// What clients read above everything.
    pub display_name: Option<String>,
    /// What she says of herself.
    pub about: Option<String>,
    /// Where she works.
    pub address: Option<String>,
    /// `#RRGGBB`.
    pub accent_color: Option<String>,
    /// Her page elsewhere; `https` only.
    pub link: Option<String>,
}

impl Branding {
    /// Reads a request.
    ///
    /// # Errors
    /// Every field that is unknown or wrong.
    pub fn from_json(object: &Map<String, Json>) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let (name, about) = (fields.line("displayName"), fields.text("about"));
        let (address, colour, link) =
            (fields.line("address"), fields.line("accentColor"), fields.line("link"));
        let is_colour = |text: &String| {
            text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        if colour.value().is_some_and(|text| !is_colour(text)) {
            fields.mistake("accentColor", FieldProblem::Invalid);
        }
        if link
            .value()
            .is_some_and(|text| !text.starts_with("https://") || text.contains(['"', '<', '>', ' ']))
        {
            fields.mistake("link", FieldProblem::Invalid);
        }
        fields.finish(Self {
            display_name: name.into_option(),
            about: about.into_option(),
            address: address.into_option(),
            accent_color: colour.into_option(),
            link: link.into_option(),
        })
    }
}

/// What is connected: a switch for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Integrations {
    /// `googleCalendar`, `telegram`, `webhooks`.
    pub enabled: BTreeMap<String, bool>,
}

impl Default for Integrations {
    fn default() -> Self {
        Self { enabled: INTEGRATIONS.iter().map(|name| ((*name).to_owned(), false)).collect() }
    }
}

impl Integrations {
    /// Reads a request; what is absent is off.
    ///
    /// # Errors
    /// Every field that is unknown or wrong.
    pub fn from_json(object: &Map<String, Json>) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let enabled = flags(&mut fields, "enabled", &INTEGRATIONS, Self::default().enabled);
        fields.finish(Self { enabled })
    }
}

/// Reads `{ "word": true }` over what holds for words that are not there.
fn flags(
    fields: &mut Fields<'_>,
    name: &'static str,
    words: &[&str],
    mut flags: BTreeMap<String, bool>,
) -> BTreeMap<String, bool> {
    let given = fields.object(name).into_option().unwrap_or_default();
    for (word, value) in given {
        match value.as_bool().filter(|_| words.contains(&word.as_str())) {
            Some(flag) => {
                flags.insert(word, flag);
            }
            None => fields.mistake(name, FieldProblem::Invalid),
        }
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_said_is_standard_and_what_is_written_can_be_read() {
        let empty = Map::new();
        let prefs = NotificationPrefs::from_json(&empty).unwrap();
        assert_eq!(prefs.reminder_hours, [24, 3]);
        let json = serde_json::to_value(&prefs).unwrap();
        assert_eq!(NotificationPrefs::from_json(json.as_object().unwrap()).unwrap(), prefs);
        let json = serde_json::to_value(Channels::default()).unwrap();
        assert_eq!(Channels::from_json(json.as_object().unwrap()).unwrap(), Channels::default());
        let json = serde_json::to_value(Integrations::default()).unwrap();
        assert_eq!(Integrations::from_json(json.as_object().unwrap()).unwrap(), Integrations::default());
        assert_eq!(Branding::from_json(&empty).unwrap(), Branding::default());
    }

    #[test]
    fn what_cannot_be_is_told() {
        let object = |value: Json| value.as_object().cloned().unwrap();
        let prefs =
            object(json!({ "reminderHours": [0], "quietHours": { "from": "9" }, "events": { "x": true } }));
        assert_eq!(
            serde_json::to_value(NotificationPrefs::from_json(&prefs).unwrap_err()).unwrap(),
            json!({ "reminderHours": "out_of_range", "quietHours": "invalid_time", "events": "invalid" })
        );
        for order in [json!(["pigeon"]), json!(["sms", "sms"]), json!([1])] {
            assert!(Channels::from_json(&object(json!({ "order": order }))).is_err());
        }
        let branding = object(json!({ "accentColor": "red", "link": "javascript:alert(1)" }));
        let errors = Branding::from_json(&branding).unwrap_err();
        assert_eq!(errors.iter().count(), 2);
    }
}
