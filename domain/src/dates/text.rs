//! The written forms of wall times and offsets that this room shares, read strictly: jiff's own parsers also take forms
//! that we do not want in a document, or quietly drop an offset.

use jiff::civil::DateTime;
use jiff::tz::Offset;

/// `2026-12-01T10:00` (whole minutes) as a wall time.
pub(super) fn parse_minute(text: &str) -> Option<DateTime> {
    has_shape(text, "0000-00-00T00:00").then(|| text.parse().ok()).flatten()
}

/// A wall time as `2026-12-01T10:00`.
pub(super) fn write_minute(wall: DateTime) -> String {
    wall.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// What a person or a program may send: `2026-12-01T10:00`, with seconds and their fraction or without, and then
/// nothing, `Z` or an offset. Seconds are rounded down to the minute.
pub(super) fn parse_time(text: &str) -> Option<(DateTime, Option<Offset>)> {
    let wall = parse_minute(text.get(..16)?)?;
    let mut rest = &text[16..];
    if let Some(seconds) = rest.get(..3).filter(|seconds| has_shape(seconds, ":00")) {
        if seconds > ":59" {
            return None;
        }
        rest = &rest[3..];
        if let Some(fraction) = rest.strip_prefix('.') {
            rest = fraction.trim_start_matches(|character: char| character.is_ascii_digit());
            if rest.len() == fraction.len() {
                return None;
            }
        }
    }
    let offset = match rest {
        "" => None,
        "Z" => Some(Offset::UTC),
        _ => Some(parse_offset(rest)?),
    };
    Some((wall, offset))
}

/// `+03:00` as an offset. Before about 1972 a few zones were off by seconds too: `+02:30:17`.
pub(super) fn parse_offset(text: &str) -> Option<Offset> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = &text[1..];
    if !has_shape(digits, "00:00") && !has_shape(digits, "00:00:00") {
        return None;
    }
    let parts: Vec<i32> = digits.split(':').filter_map(|part| part.parse().ok()).collect();
    let (hours, minutes, seconds) = (parts[0], parts[1], parts.get(2).copied().unwrap_or(0));
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60 + seconds)).ok()
}

/// An offset as `+03:00`, with seconds only where there are some.
pub(super) fn write_offset(offset: Offset) -> String {
    let sign = if offset.is_negative() { '-' } else { '+' };
    let size = offset.seconds().unsigned_abs();
    let (hours, minutes, seconds) = (size / 3600, size / 60 % 60, size % 60);
    let seconds = if seconds == 0 { String::new() } else { format!(":{seconds:02}") };
    format!("{sign}{hours:02}:{minutes:02}{seconds}")
}

/// Whether the text has a digit wherever the shape has a `0`, and is the same everywhere else.
pub(super) fn has_shape(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(byte, model)| match model {
            b'0' => byte.is_ascii_digit(),
            other => byte == other,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_strictly() {
        let read = |text: &str| {
            parse_time(text)
                .map(|(wall, offset)| write_minute(wall) + &offset.map_or(String::new(), write_offset))
        };
        assert_eq!(read("2026-12-01T10:00").as_deref(), Some("2026-12-01T10:00"));
        assert_eq!(read("2026-12-01T10:00:59").as_deref(), Some("2026-12-01T10:00"));
        assert_eq!(read("2026-12-01T10:00:59.999Z").as_deref(), Some("2026-12-01T10:00+00:00"));
        assert_eq!(read("2026-12-01T10:00-03:30").as_deref(), Some("2026-12-01T10:00-03:30"));
        for text in [
            "",
            "2026-12-01",
            "2026-12-01 10:00",
            "2026-12-01T10",
            "2026-12-01T24:00",
            "2026-12-01T10:60",
            "2026-12-01T10:00:60",
            "2026-12-01T10:00:00.",
            "2026-12-01T10:00z",
            "2026-12-01T10:00+3",
            "2026-12-01T10:00+24:00",
            "2026-12-01T10:00+03:00[Europe/Moscow]",
            "2026-02-30T10:00",
            "2026-12-01T10:0é",
            "+002026-12-01T10:00",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
