//! Days that are 23, 24 and 25 hours long, odd zones, trips, and laws that hold for every calendar.

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::*;
use crate::dates::zone_rules;
use crate::money::Currency;
use crate::services::ServiceEdit;

fn hours(value: &Json) -> BusinessHours {
    BusinessHours::from_json(value.as_object().unwrap()).unwrap()
}

fn service(value: &Json) -> Service {
    let mut fields = json!({ "name": "Услуга", "basePrice": 1000, "durationMin": 60 });
    fields.as_object_mut().unwrap().extend(value.as_object().cloned().unwrap());
    let edit = ServiceEdit::new_from_json(fields.as_object().unwrap(), Currency::RUB).unwrap();
    edit.add(ServiceId(Uuid::nil()), Currency::RUB, "")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Starts of one day, seen long before.
fn starts(hours: &BusinessHours, zone: &str, taken: &Taken, service: &Service, day: Date) -> Vec<String> {
    let now =
        zone_rules("UTC").unwrap().to_timestamp(day.at(0, 0, 0, 0)).unwrap() - SignedDuration::from_hours(72);
    let calendar = Calendar { hours, zone, taken, now };
    let found = slots(&calendar, service, day, day).unwrap();
    found.iter().map(|slot| slot.time.starts_at_rfc3339()).collect()
}

fn short(starts: &[String]) -> Vec<&str> {
    starts.iter().map(|start| &start[11..16]).collect()
}

#[test]
fn a_day_is_walked_by_the_step_and_right_after_each_visit() {
    let hours = hours(&json!({ "weekly": { "tue": [{ "from": "10:00", "to": "14:00" }] }, "stepMin": 60 }));
    let day = date(2026, 12, 1);
    let free = Taken::default();
    let hour = service(&json!({}));
    assert_eq!(
        short(&starts(&hours, "Europe/Moscow", &free, &hour, day)),
        ["10:00", "11:00", "12:00", "13:00"]
    );
    let (from, until) = (at("2026-12-01T08:00:00Z").as_second(), at("2026-12-01T08:40:00Z").as_second());
    let taken = Taken::stretches(vec![Span::new(from, until)]);
    assert_eq!(
        short(&starts(&hours, "Europe/Moscow", &taken, &hour, day)),
        ["10:00", "11:40", "12:00", "13:00"]
    );
    let buffered = service(&json!({ "bufferBeforeMin": 10, "bufferAfterMin": 15 }));
    assert_eq!(short(&starts(&hours, "Europe/Moscow", &taken, &buffered, day)), ["11:50", "12:00", "13:00"]);
    assert_eq!(starts(&hours, "Europe/Moscow", &free, &hour, date(2026, 12, 2)), [""; 0], "closed");
}

#[test]
fn free_stretches_of_one_visit_take_the_busy_ones_of_another() {
    let hours = hours(&json!({ "weekly": { "tue": [{ "from": "10:00", "to": "13:00" }] }, "stepMin": 30 }));
    let day = date(2026, 12, 1);
    let colour = service(&json!({ "durationMin": 120, "segments": [
        { "busy": true, "minutes": 30 }, { "busy": false, "minutes": 60 }, { "busy": true, "minutes": 30 },
    ] }));
    let start = at("2026-12-01T07:00:00Z").as_second();
    let shift = |span: &Span| Span::new(span.from + start, span.until + start);
    let taken = Taken::stretches(busy_segments(Some(&colour), 120).iter().map(shift).collect());
    let hour = service(&json!({}));
    assert_eq!(short(&starts(&hours, "Europe/Moscow", &taken, &hour, day)), ["10:30", "12:00"]);
    assert_eq!(short(&starts(&hours, "Europe/Moscow", &taken, &colour, day)), ["10:30", "11:00"]);
}

#[test]
fn breaks_time_off_exceptions_notice_horizon_and_caps_are_kept() {
    let hours = hours(&json!({
        "weekly": { "mon": [{ "from": "10:00", "to": "13:00" }], "tue": [{ "from": "10:00", "to": "13:00" }],
                    "wed": [{ "from": "10:00", "to": "13:00" }] },
        "breaks": { "mon": [{ "from": "11:00", "to": "12:00" }] },
        "exceptions": [{ "date": "2026-12-01", "intervals": [{ "from": "18:00", "to": "20:00" }] }],
        "timeOff": [{ "from": "2026-12-02T00:00", "to": "2026-12-02T12:00" }],
        "stepMin": 60, "minNoticeMin": 120, "horizonDays": 10, "dailyCap": 2,
    }));
    let hour = service(&json!({}));
    let free = Taken::default();
    let zone = "Europe/Moscow";
    assert_eq!(short(&starts(&hours, zone, &free, &hour, date(2026, 11, 30))), ["10:00", "12:00"]);
    assert_eq!(short(&starts(&hours, zone, &free, &hour, date(2026, 12, 1))), ["18:00", "19:00"]);
    assert_eq!(short(&starts(&hours, zone, &free, &hour, date(2026, 12, 2))), ["12:00"]);
    let seen = |now: &str, taken: &Taken| {
        let calendar = Calendar { hours: &hours, zone, taken, now: at(now) };
        slots(&calendar, &hour, date(2026, 12, 1), date(2026, 12, 1)).unwrap().len()
    };
    assert_eq!(seen("2026-12-01T13:30:00Z", &free), 1, "18:00 is too soon");
    assert_eq!(seen("2026-11-20T20:59:59Z", &free), 0, "eleven days ahead by her wall");
    assert_eq!(seen("2026-11-20T21:00:00Z", &free), 2);
    let two = Taken { spans: Vec::new(), starts: vec![at("2026-12-01T05:00:00Z").as_second(); 2] };
    assert_eq!(seen("2026-11-30T00:00:00Z", &two), 0, "two visits are enough for a day");
}

#[test]
fn each_end_of_the_hours_has_its_own_offset() {
    // The trap: tomorrow's nine o'clock computed with today's offset is eight or ten.
    let hours = hours(&json!({ "weekly": { "sun": [{ "from": "00:00", "to": "04:00" }] }, "stepMin": 60 }));
    let hour = service(&json!({}));
    let of = |zone: &str, day| starts(&hours, zone, &Taken::default(), &hour, day);
    // 25 hours: the repeated hour is there twice.
    assert_eq!(
        of("Europe/Berlin", date(2026, 10, 25)),
        [
            "2026-10-25T00:00:00+02:00",
            "2026-10-25T01:00:00+02:00",
            "2026-10-25T02:00:00+02:00",
            "2026-10-25T02:00:00+01:00",
            "2026-10-25T03:00:00+01:00",
        ]
    );
    // 23 hours: the hour that is skipped is not.
    assert_eq!(
        of("Europe/Berlin", date(2026, 3, 29)),
        ["2026-03-29T00:00:00+01:00", "2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00",]
    );
    assert_eq!(of("Asia/Kathmandu", date(2026, 10, 25))[0], "2026-10-25T00:00:00+05:45");
    assert_eq!(of("Australia/Lord_Howe", date(2026, 10, 4)).len(), 3, "the clock jumps by half an hour");
}

#[test]
fn hours_past_midnight_and_trips_are_by_the_wall_of_their_day() {
    let hours = hours(&json!({
        "weekly": { "fri": [{ "from": "22:00", "to": "01:00" }], "sat": [{ "from": "00:00", "to": "02:00" }] },
        "travel": [{ "from": "2026-12-11", "to": "2026-12-12", "timezone": "Asia/Yekaterinburg" }],
        "stepMin": 60,
    }));
    let (hour, free) = (service(&json!({})), Taken::default());
    let calendar =
        Calendar { hours: &hours, zone: "Europe/Moscow", taken: &free, now: at("2026-12-01T00:00:00Z") };
    let found = slots(&calendar, &hour, date(2026, 12, 4), date(2026, 12, 5)).unwrap();
    let found: Vec<String> = found.iter().map(|slot| slot.time.starts_at_rfc3339()).collect();
    assert_eq!(
        found,
        [
            "2026-12-04T22:00:00+03:00",
            "2026-12-04T23:00:00+03:00",
            "2026-12-05T00:00:00+03:00",
            "2026-12-05T01:00:00+03:00",
        ]
    );
    let there = slots(&calendar, &hour, date(2026, 12, 11), date(2026, 12, 11)).unwrap();
    assert_eq!(there[0].time.starts_at_rfc3339(), "2026-12-11T22:00:00+05:00");
}

#[test]
fn the_best_leave_no_time_that_is_good_for_nothing() {
    let hours = hours(&json!({ "weekly": { "tue": [{ "from": "10:00", "to": "12:30" }] }, "stepMin": 15 }));
    let (hour, free) = (service(&json!({})), Taken::default());
    let calendar =
        Calendar { hours: &hours, zone: "Europe/Moscow", taken: &free, now: at("2026-11-30T00:00:00Z") };
    let found = slots(&calendar, &hour, date(2026, 12, 1), date(2026, 12, 1)).unwrap();
    let best: Vec<String> = best(&found, 3).iter().map(|slot| slot.show().starts_at).collect();
    assert_eq!(short(&best), ["10:00", "10:15", "11:30"]);
}

fn calendars() -> impl Strategy<Value = (BusinessHours, &'static str, Taken, Service, Date)> {
    let zones = prop::sample::select(vec![
        "Europe/Moscow",
        "Europe/Berlin",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "America/New_York",
        "Pacific/Apia",
    ]);
    let days = prop::sample::select(vec![
        date(2026, 3, 8),
        date(2026, 3, 29),
        date(2026, 4, 5),
        date(2026, 10, 4),
        date(2026, 10, 25),
        date(2026, 11, 1),
        date(2026, 12, 1),
    ]);
    let interval = (0_u32..22, 1_u32..10).prop_map(|(from, length)| {
        let to = (from + length) % 24;
        json!({ "from": format!("{from:02}:00"), "to": format!("{to:02}:30") })
    });
    let segments = proptest::collection::vec((any::<bool>(), 1_u32..60), 0..4);
    let taken = proptest::collection::vec((-600_i64..2_400, 1_i64..180), 0..10);
    (zones, days, interval, segments, taken, 1_u32..240, 0_u32..30, 5_u32..120).prop_map(
        |(zone, day, interval, segments, taken, minutes, buffer, step)| {
            let week: serde_json::Map<_, _> = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
                .iter()
                .map(|name| ((*name).to_owned(), json!([interval])))
                .collect();
            let hours = hours(&json!({ "weekly": week, "stepMin": step, "horizonDays": 730 }));
            let segments: Vec<Json> =
                segments.iter().map(|(busy, minutes)| json!({ "busy": busy, "minutes": minutes })).collect();
            let service =
                service(&json!({ "durationMin": minutes, "segments": segments, "bufferAfterMin": buffer }));
            let midnight = zone_rules(zone).unwrap().to_timestamp(day.at(0, 0, 0, 0)).unwrap().as_second();
            let spans = taken.iter().map(|(from, length)| {
                let from = midnight + from * 60;
                Span::new(from, from + length * 60)
            });
            (hours, zone, Taken::stretches(spans.collect()), service, day)
        },
    )
}

proptest! {
    #[test]
    fn no_slot_touches_what_is_taken_and_all_lie_in_her_hours((hours, zone, taken, service, day) in calendars()) {
        let now = at("2026-01-01T00:00:00Z");
        let calendar = Calendar { hours: &hours, zone, taken: &taken, now };
        let found = slots(&calendar, &service, day, day).unwrap();
        let rules = zone_rules(zone).unwrap();
        let interval = hours.of_day(day).0[0];
        let (from, to) = interval.on(day).unwrap();
        let (from, to) = (rules.to_timestamp(from).unwrap().as_second(), rules.to_timestamp(to).unwrap().as_second());
        for slot in &found {
            let start = slot.time.starts_at().as_second();
            for busy in busy_segments(Some(&service), service.duration_min) {
                let busy = Span::new(start + busy.from, start + busy.until);
                prop_assert!(!touches(&taken.spans, busy));
                prop_assert!(from <= busy.from && busy.until <= to);
            }
            let end = start + i64::from(service.duration_min) * 60;
            prop_assert!(!touches(&taken.spans, Span::new(end, end + i64::from(service.buffer_after_min) * 60)));
            prop_assert_eq!(start % 60, 0);
        }
        prop_assert!(found.windows(2).all(|pair| pair[0].time.starts_at() < pair[1].time.starts_at()));
        // Asked for three days, the middle one is the same.
        let (before, after) = (day.yesterday().unwrap(), day.tomorrow().unwrap());
        let three = slots(&calendar, &service, before, after).unwrap();
        prop_assert!(found.iter().all(|slot| three.contains(slot)));
    }

    #[test]
    fn free_and_taken_minutes_add_up((hours, zone, taken, _, day) in calendars()) {
        let rules = zone_rules(zone).unwrap();
        let (from, to) = hours.of_day(day).0[0].on(day).unwrap();
        let second = |wall| rules.to_timestamp(wall).unwrap().as_second();
        let open = merge(vec![Span::new(second(from), second(to))]);
        let free = without(&open, &taken.spans);
        let busy = without(&open, &free);
        let total = |spans: &[Span]| spans.iter().map(|span| span.seconds()).sum::<i64>();
        prop_assert_eq!(total(&free) + total(&busy), total(&open));
    }
}
