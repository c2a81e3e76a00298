//! What the root scalars of each collection may hold: a rule of form, not of meaning.
//!
//! Pure. Every device runs these rules before it commits, the server before it stores; so they must never depend
//! on data that changes between versions (phone metadata, time zones), nor on the rest of the document: values
//! that pass alone pass together, whatever is merged with whatever. Unknown fields and unknown words pass.

use std::collections::BTreeMap;

use crate::documents::Collection;

type Rule = fn(&str) -> bool;

/// The rules of a collection's text scalars at the root.
pub(crate) fn text_scalars(collection: Collection) -> BTreeMap<&'static str, Rule> {
    let rules: &[(&'static str, Rule)] = match collection {
        Collection::Clients => &[
            ("name", line),
            ("phone", phone),
            ("email", email),
            ("birthday", line),
            ("locale", word),
            ("loyaltyLevel", line),
            ("source", word),
            ("mergedInto", uuid),
        ],
        Collection::Appointments => &[
            ("kind", word),
            ("clientId", uuid),
            ("serviceId", uuid),
            ("time", visit_time),
            ("depositAmount", money),
            ("price", money),
            ("cost", money),
            ("source", word),
        ],
        Collection::Notes => &[("clientId", uuid), ("appointmentId", uuid), ("kind", word)],
    };
    rules.iter().copied().collect()
}

/// At most [`MAX_LINE`] characters of four bytes and no line break.
///
/// [`MAX_LINE`]: crate::input::MAX_LINE
fn line(text: &str) -> bool {
    text.len() <= 4 * crate::input::MAX_LINE && !text.chars().any(char::is_control)
}

/// At most 64 bytes.
fn word(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && line(text)
}

/// `+` and 6 to 15 digits (E.164).
fn phone(text: &str) -> bool {
    text.strip_prefix('+')
        .is_some_and(|d| (6..=15).contains(&d.len()) && d.bytes().all(|b| b.is_ascii_digit()))
}

fn email(text: &str) -> bool {
    text.len() <= 254
        && line(text)
        && text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
}

fn uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::parse_str(text).is_ok()
}

/// Whole minor units, a space, three capital letters.
fn money(text: &str) -> bool {
    text.split_once(' ').is_some_and(|(minor, currency)| {
        minor.parse::<i64>().is_ok()
            && currency.len() == 3
            && currency.bytes().all(|b| b.is_ascii_uppercase())
    })
}

/// `2026-12-01T10:00[Europe/Moscow]/PT90M`, perhaps with an offset before the zone.
fn visit_time(text: &str) -> bool {
    let Some((start, duration)) = text.rsplit_once('/') else { return false };
    let Some((wall, zone)) = start.split_once('[') else { return false };
    let minutes =
        duration.strip_prefix("PT").and_then(|d| d.strip_suffix('M')).and_then(|d| d.parse::<u32>().ok());
    let zone = zone.strip_suffix(']');
    wall.get(..16).is_some_and(|w| w.parse::<jiff::civil::DateTime>().is_ok())
        && zone.is_some_and(|z| !z.is_empty() && z.len() <= 64 && line(z))
        && minutes.is_some_and(|m| (1..=20_160).contains(&m))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::MAX_LINE;

    #[test]
    fn the_longest_name_that_an_app_takes_is_a_line_whatever_it_is_written_in() {
        assert!(line(&"🌸".repeat(MAX_LINE)) && line(&"Щ".repeat(MAX_LINE)));
        assert!(!line(&"🌸".repeat(MAX_LINE + 1)) && !line("two\nlines"));
    }

    #[test]
    fn forms() {
        assert!(visit_time("2026-12-01T10:00[Europe/Moscow]/PT90M"));
        assert!(visit_time("2026-10-25T02:30+02:00[Europe/Berlin]/PT90M"));
        assert!(visit_time("2026-12-01T10:00[Mars/Olympus]/PT90M"), "a zone of tomorrow's tz data passes");
        assert!(!visit_time("2026-12-01T10:00/PT90M") && !visit_time("2026-12-01T10:00[Europe/Moscow]/PT0M"));
        assert!(money("150000 RUB") && money("-5 RUB") && !money("1500.00 RUB") && !money("5"));
        assert!(phone("+79161234567") && !phone("89161234567"));
    }
}
