//! How long to wait after a failure: from a second to five minutes, with jitter, whatever she edits meanwhile.

use domain::ids::Ids;
use jiff::{SignedDuration, Timestamp};

const FIRST_MS: u64 = 1_000;
const MOST_MS: u64 = 300_000;

/// Until when to wait after so many failures in a row (1 is the first). Half of it is chance, so that devices that
/// lost one server together do not come back together.
pub(super) fn until(
    now: Timestamp,
    failures: u32,
    asked: Option<SignedDuration>,
    ids: &mut dyn Ids,
) -> Timestamp {
    let full = FIRST_MS.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(MOST_MS);
    let chance = u64::from(u16::from_le_bytes([ids.uuid().as_bytes()[14], ids.uuid().as_bytes()[15]]));
    let wait = full / 2 + full / 2 * chance / u64::from(u16::MAX);
    let wait = SignedDuration::from_millis(i64::try_from(wait).unwrap_or(i64::MAX));
    now.checked_add(asked.map_or(wait, |asked| asked.max(wait))).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemIds;

    #[test]
    fn the_pause_doubles_from_a_second_to_five_minutes() {
        let now = Timestamp::UNIX_EPOCH;
        for (failures, least, most) in
            [(1, 500, 1_000), (2, 1_000, 2_000), (9, 128_000, 256_000), (60, 150_000, 300_000)]
        {
            let pause = until(now, failures, None, &mut SystemIds).as_millisecond();
            assert!((least..=most).contains(&pause), "{failures}: {pause}");
        }
        let asked = until(now, 1, Some(SignedDuration::from_secs(90)), &mut SystemIds);
        assert_eq!(asked.as_second(), 90, "the server's own wish counts when it is longer");
    }
}
