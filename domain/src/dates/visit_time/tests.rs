//! Examples around the changes of the clocks, and the laws of visit times.

use proptest::prelude::*;

use super::*;

fn parse(input: &str, zone: &str) -> VisitTime {
    VisitTime::parse_input(input, zone, 90).unwrap()
}

fn stored(text: &str) -> VisitTime {
    VisitTime::from_stored(text).unwrap()
}

#[test]
fn a_wall_time_and_an_instant_give_the_same_visit() {
    let wall = parse("2026-12-01T10:00", "Europe/Moscow");
    assert_eq!(wall.to_stored(), "2026-12-01T10:00[Europe/Moscow]/PT90M");
    for input in [
        "2026-12-01T10:00:59",
        "2026-12-01T10:00:00+03:00",
        "2026-12-01T07:00:30.5Z",
        "2026-12-01T02:00-05:00",
    ] {
        assert_eq!(parse(input, "Europe/Moscow"), wall, "{input}");
    }
    assert_eq!(wall.starts_at().to_string(), "2026-12-01T07:00:00Z");
    assert_eq!(wall.starts_at_rfc3339(), "2026-12-01T10:00:00+03:00");
    assert_eq!(wall.ends_at_rfc3339(), "2026-12-01T11:30:00+03:00");
    assert_eq!((wall.zone(), wall.duration_min()), ("Europe/Moscow", 90));
    assert_eq!((wall.date().to_string(), wall.wall().hour()), ("2026-12-01".to_owned(), 10));
    assert_eq!(format!("{wall:?}"), "VisitTime(2026-12-01T10:00[Europe/Moscow]/PT90M)");
}

#[test]
fn an_hour_that_summer_time_skips_moves_forward() {
    let visit = parse("2026-03-29T02:30", "Europe/Berlin");
    assert_eq!(visit.to_stored(), "2026-03-29T03:30[Europe/Berlin]/PT90M");
    assert_eq!(visit.starts_at_rfc3339(), "2026-03-29T03:30:00+02:00");
}

#[test]
fn an_hour_that_happens_twice_is_the_first_unless_the_offset_says_otherwise() {
    let first = parse("2026-10-25T02:30", "Europe/Berlin");
    assert_eq!(first.to_stored(), "2026-10-25T02:30+02:00[Europe/Berlin]/PT90M");
    assert_eq!(first.starts_at().to_string(), "2026-10-25T00:30:00Z");
    assert_eq!(first.ends_at_rfc3339(), "2026-10-25T03:00:00+01:00");
    let second = parse("2026-10-25T02:30:00+01:00", "Europe/Berlin");
    assert_eq!(second.to_stored(), "2026-10-25T02:30+01:00[Europe/Berlin]/PT90M");
    assert_eq!(second.starts_at().to_string(), "2026-10-25T01:30:00Z");
    assert_ne!(first, second);
    assert!(first.overlaps(&second));
    assert!(!first.with_duration(60).unwrap().overlaps(&second));
}

#[test]
fn times_written_under_other_zone_rules_stay_readable() {
    // Stored without an offset, the hour happens twice by today's rules: the first is meant.
    assert_eq!(
        stored("2026-10-25T02:30[Europe/Berlin]/PT30M").starts_at().to_string(),
        "2026-10-25T00:30:00Z"
    );
    // Stored with one, but the hour happens once: wall time and zone decide.
    let once = stored("2026-12-01T10:00+02:00[Europe/Moscow]/PT30M");
    assert_eq!(once.starts_at_rfc3339(), "2026-12-01T10:00:00+03:00");
    assert_eq!(once.to_stored(), "2026-12-01T10:00+02:00[Europe/Moscow]/PT30M");
    // Stored in an hour that is skipped by today's rules.
    assert_eq!(
        stored("2026-03-29T02:30[Europe/Berlin]/PT30M").starts_at_rfc3339(),
        "2026-03-29T03:30:00+02:00"
    );
}

#[test]
fn visits_that_touch_do_not_overlap() {
    let morning = stored("2026-12-01T10:00[Europe/Moscow]/PT90M");
    assert!(!morning.overlaps(&stored("2026-12-01T11:30[Europe/Moscow]/PT30M")));
    assert!(morning.overlaps(&stored("2026-12-01T11:29[Europe/Moscow]/PT30M")));
    assert!(morning.overlaps(&stored("2026-12-01T08:29[Europe/London]/PT1M")));
    assert!(!morning.overlaps(&stored("2026-12-01T08:30[Europe/London]/PT1M")));
}

#[test]
fn what_is_not_a_time_is_refused_with_the_reason() {
    let read =
        |input, zone, minutes| VisitTime::parse_input(input, zone, minutes).map(|visit| visit.to_stored());
    assert_eq!(read("2026-12-01T10:00", "Moscow", 90), Err(TimeError::UnknownZone));
    assert_eq!(read("tomorrow at ten", "Europe/Moscow", 90), Err(TimeError::NotATime));
    assert_eq!(read("2026-02-30T10:00", "Europe/Moscow", 90), Err(TimeError::NotATime));
    assert_eq!(read("2026-12-01T10:00", "Europe/Moscow", 0), Err(TimeError::DurationOutOfRange));
    assert_eq!(
        read("2026-12-01T10:00", "Europe/Moscow", MAX_DURATION_MIN + 1),
        Err(TimeError::DurationOutOfRange)
    );
    assert_eq!(read("1899-12-31T10:00", "Europe/Moscow", 90), Err(TimeError::YearOutOfRange));
    assert_eq!(read("9999-12-31T23:59-23:59", "Europe/Moscow", 90), Err(TimeError::YearOutOfRange));
    assert!(read("2200-12-31T23:59", "Pacific/Kiritimati", MAX_DURATION_MIN).is_ok());
}

#[test]
fn the_stored_form_has_one_spelling() {
    for text in [
        "",
        "2026-12-01T10:00[Europe/Moscow]",
        "2026-12-01T10:00[Europe/Moscow]/PT1H30M",
        "2026-12-01T10:00[Europe/Moscow]/PT090M",
        "2026-12-01T10:00[Europe/Moscow]/PT+90M",
        "2026-12-01T10:00:00[Europe/Moscow]/PT90M",
        "2026-12-01T10:00Z[Europe/Moscow]/PT90M",
        "2026-12-01T10:00-00:00[Europe/Moscow]/PT90M",
        "2026-12-01T10:00/PT90M",
        " 2026-12-01T10:00[Europe/Moscow]/PT90M",
    ] {
        assert_eq!(VisitTime::from_stored(text), Err(TimeError::NotStored), "{text:?}");
    }
    assert_eq!(VisitTime::from_stored("2026-12-01T10:00[Mars/Base]/PT90M"), Err(TimeError::UnknownZone));
    assert_eq!(VisitTime::from_stored("2026-12-01T10:00[UTC]/PT0M"), Err(TimeError::DurationOutOfRange));
}

/// Zones with summer time, half and three-quarter hours, a skipped day, a summer time of half an hour, and laws that changed.
const ZONES: [&str; 10] = [
    "UTC",
    "Europe/Moscow",
    "Europe/Volgograd",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/St_Johns",
    "Africa/Casablanca",
    "America/Toronto",
];

/// Any instant of 1975..2199, half of them in the hours around a change of the clocks.
fn visit() -> impl Strategy<Value = VisitTime> {
    let instant = 157_766_400_i64..7_258_118_400;
    (instant, prop::sample::select(&ZONES[..]), 1..=MAX_DURATION_MIN, any::<bool>(), -10_800_i64..10_800)
        .prop_map(|(second, zone, duration, near_change, shift)| {
            let mut instant = Timestamp::from_second(second).unwrap();
            let rules = zones::find(zone).unwrap();
            if let Some(change) = rules.preceding(instant).next().filter(|_| near_change) {
                instant =
                    Timestamp::from_second(change.timestamp().as_second().max(157_766_400) + shift).unwrap();
            }
            VisitTime::at(instant, zone, duration).unwrap()
        })
}

proptest! {
    #[test]
    fn every_form_reads_back_as_the_same_visit(visit in visit()) {
        prop_assert_eq!(&VisitTime::from_stored(&visit.to_stored()).unwrap(), &visit);
        let again = VisitTime::parse_input(&visit.starts_at_rfc3339(), visit.zone(), visit.duration_min());
        prop_assert_eq!(&again.unwrap(), &visit);
        prop_assert_eq!(visit.starts_at_rfc3339().parse::<Timestamp>().unwrap(), visit.starts_at());
        prop_assert_eq!(visit.ends_at_rfc3339().parse::<Timestamp>().unwrap(), visit.ends_at());
        prop_assert_eq!(visit.starts_at_rfc3339()[..16].to_owned(), text::write_minute(visit.wall()));
    }

    #[test]
    fn an_instant_is_kept_to_the_minute(second in 157_766_400_i64..7_258_118_400, zone in prop::sample::select(&ZONES[..])) {
        let visit = VisitTime::at(Timestamp::from_second(second).unwrap(), zone, 30).unwrap();
        prop_assert_eq!(visit.starts_at().as_second(), second - second % 60);
    }

    #[test]
    fn overlap_is_mutual_and_means_a_shared_moment(a in visit(), b in visit(), shift in -40_000_i64..40_000) {
        let near = Timestamp::from_second(a.starts_at().as_second() + shift * 60).unwrap();
        let near = VisitTime::at(near, b.zone(), b.duration_min()).unwrap();
        prop_assert_eq!(a.overlaps(&near), near.overlaps(&a));
        let shared = a.ends_at().min(near.ends_at()) > a.starts_at().max(near.starts_at());
        prop_assert_eq!(a.overlaps(&near), shared);
        prop_assert!(a.overlaps(&a));
    }

    #[test]
    fn nothing_typed_makes_a_parser_panic(
        input in "\\PC{0,24}|[12][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9](:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?",
        minutes in any::<u32>(),
    ) {
        let _ = VisitTime::parse_input(&input, "Europe/Berlin", minutes);
        let stored = format!("{input}[Europe/Berlin]/PT{minutes}M");
        if let Ok(visit) = VisitTime::from_stored(&stored) {
            prop_assert_eq!(visit.to_stored(), stored);
        }
    }
}
