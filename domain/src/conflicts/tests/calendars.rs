//! Generated calendars: bookings, moves, cancellations, deletions, changed services, in every order; days on which the
//! clocks change, ends that touch, visits past midnight. Every overlapping pair is flagged, no other is, and upkeep keeps
//! what a full recomputation finds. `VELORIA_CALENDARS` says how many are tried.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use uuid::Uuid;

use crate::Projection;
use crate::appointments::{AppointmentRow, CONFIRMATION, DEPOSIT, Promise, Promises, REMINDER};
use crate::clients::ClientRow;
use crate::conflicts::{Kind, Memory, whole};
use crate::ids::{AppointmentId, ServiceId};
use crate::services::Service;

/// One thing that happens to a calendar.
#[derive(Clone, Debug)]
enum Happens {
    /// A visit is put: where, how long, which service, whose, what stands.
    Visit {
        id: u8,
        day: usize,
        quarter: u16,
        minutes: u32,
        service: u8,
        client: u8,
        status: &'static str,
        import: u8,
    },
    /// A visit is deleted, or its document erased.
    Gone { id: u8, erased: bool },
    /// A client is put: phone, mail, deleted, merged.
    Client { id: u8, phone: u8, email: u8, deleted: bool, merged: bool },
    /// Something went out about a visit: money taken or given back, or words; for the hour that stood, or that it is off.
    Promise { id: u8, cause: u8, kind: u8, quarter: u16, off: bool },
    /// A service is put: what it takes, whether it is offered; or it is removed.
    Service { id: u8, shape: u8 },
}

/// Ordinary days, days on which the clocks change, and the days beside them.
const DAYS: [(&str, &str); 8] = [
    ("2026-12-01", "Europe/Moscow"),
    ("2026-12-02", "Europe/Moscow"),
    ("2026-10-25", "Europe/Berlin"),
    ("2026-10-24", "Europe/Berlin"),
    ("2027-03-28", "Europe/Berlin"),
    ("2027-03-27", "Europe/Berlin"),
    ("2026-12-01", "Asia/Kathmandu"),
    ("2027-04-04", "Australia/Lord_Howe"),
];

fn happens() -> impl Strategy<Value = Happens> {
    let status = prop::sample::select(vec!["booked", "confirmed", "cancelled", "no_show", "completed"]);
    let visit = (0_u8..12, 0..DAYS.len(), 0_u16..96, 1_u32..16, 0_u8..4, 0_u8..6, status, 0_u8..4);
    let visit = visit.prop_map(|(id, day, quarter, quarters, service, client, status, import)| {
        Happens::Visit { id, day, quarter, minutes: quarters * 15, service, client, status, import }
    });
    let client = (0_u8..6, 0_u8..4, 0_u8..4, prop::bool::weighted(0.2), prop::bool::weighted(0.1));
    let client = client.prop_map(|(id, phone, email, deleted, merged)| Happens::Client {
        id,
        phone,
        email,
        deleted,
        merged,
    });
    prop_oneof![
        6 => visit,
        1 => (0_u8..12, any::<bool>()).prop_map(|(id, erased)| Happens::Gone { id, erased }),
        2 => client,
        2 => (0_u8..12, any::<u8>(), 0_u8..4, 0_u16..96, prop::bool::weighted(0.2))
            .prop_map(|(id, cause, kind, quarter, off)| Happens::Promise { id, cause, kind, quarter, off }),
        1 => (0_u8..4, 0_u8..5).prop_map(|(id, shape)| Happens::Service { id, shape }),
    ]
}

fn visit_id(id: u8) -> Uuid {
    Uuid::from_u128(0x100 + u128::from(id))
}

fn client_id(id: u8) -> Uuid {
    Uuid::from_u128(0x200 + u128::from(id))
}

fn service_id(id: u8) -> ServiceId {
    ServiceId(Uuid::from_u128(0x300 + u128::from(id)))
}

pub(super) fn visit(fields: &serde_json::Value) -> AppointmentRow {
    let mut row = json!({ "kind": "visit", "clientId": null, "serviceId": null, "items": [], "time": null, "events": [],
        "depositAmount": null, "price": "250000 RUB", "cost": null, "source": "manual", "note": "", "media": {}, "meta": {},
        "deletedAt": null, "createdAt": 1, "updatedAt": 1 });
    for (name, value) in fields.as_object().expect("an object") {
        row[name] = value.clone();
    }
    serde_json::from_value(row).expect("a row")
}

pub(super) fn client(fields: &serde_json::Value) -> ClientRow {
    let mut row = json!({ "name": "Anna", "phone": null, "email": null, "contacts": {}, "birthday": null, "tags": [],
        "allergies": [], "preferences": {}, "notes": "", "locale": null, "loyaltyLevel": null, "source": null,
        "consents": [], "meta": {}, "mergedInto": null, "deletedAt": null, "createdAt": 1, "updatedAt": 1 });
    for (name, value) in fields.as_object().expect("an object") {
        row[name] = value.clone();
    }
    serde_json::from_value(row).expect("a row")
}

pub(super) fn service(id: ServiceId, fields: &serde_json::Value) -> Service {
    let mut body = json!({ "id": id, "category": null, "name": "Cut", "basePrice": 2500, "cost": null, "currency": "RUB",
        "durationMin": 60, "segments": [], "bufferBeforeMin": 0, "bufferAfterMin": 0, "upsellSuggestions": [],
        "packages": [], "active": true, "meta": {}, "createdAt": "", "updatedAt": "" });
    for (name, value) in fields.as_object().expect("an object") {
        body[name] = value.clone();
    }
    serde_json::from_value(body).expect("a service")
}

fn apply(memory: &mut Memory, happens: &Happens) {
    match *happens {
        Happens::Visit { id, day, quarter, minutes, service, client, status, import } => {
            let (date, zone) = DAYS[day];
            let wall = format!("{date}T{:02}:{:02}", quarter / 4, quarter % 4 * 15);
            let time =
                crate::dates::VisitTime::parse_input(&wall, zone, minutes).expect("a time").to_stored();
            let meta = if import == 0 { json!({ "importId": Uuid::from_u128(9) }) } else { json!({}) };
            let row = visit(&json!({
                "kind": if id == 11 || id == 10 { "block" } else { "visit" },
                "time": time, "serviceId": service_id(service), "clientId": client_id(client), "meta": meta,
                "events": [{ "id": "1", "type": status, "at": 0, "after": [] }],
                "facts": { "movedSinceImport": import == 0 && quarter % 5 == 0 },
            }));
            memory.put(visit_id(id), Some(Projection::Appointments(Box::new(row))));
        }
        Happens::Gone { id, erased: true } => memory.put(visit_id(id), None),
        Happens::Gone { id, erased: false } => {
            if let Some(Projection::Appointments(mut row)) = memory.rows().get(&visit_id(id)).cloned() {
                row.deleted_at = Some(5);
                memory.put(visit_id(id), Some(Projection::Appointments(row)));
            }
        }
        Happens::Client { id, phone, email, deleted, merged } => {
            let row = client(&json!({
                "phone": (phone > 0).then(|| format!("+7916000000{phone}")),
                "email": (email > 0).then(|| format!("{}{email}@example.com", if id % 2 == 0 { "A" } else { "a" })),
                "deletedAt": (deleted || merged).then_some(7),
                "mergedInto": merged.then(|| client_id(0)),
            }));
            memory.put(client_id(id), Some(Projection::Clients(Box::new(row))));
        }
        Happens::Promise { id, cause, kind, quarter, off } => {
            let visit = visit_id(id);
            // Half of them for the hour that stands.
            let stands = match memory.rows().get(&visit) {
                Some(Projection::Appointments(row)) if quarter % 2 == 0 => row.time.clone(),
                _ => Some(format!(
                    "2026-12-01T{:02}:{:02}[Europe/Moscow]/PT60M",
                    quarter / 4,
                    quarter % 4 * 15
                )),
            };
            let promise = Promise {
                cause: Uuid::from_u128(u128::from(cause)),
                kind: [DEPOSIT, DEPOSIT, REMINDER, CONFIRMATION][usize::from(kind)].to_owned(),
                at: String::new(),
                time: stands,
                off,
                amount: (kind < 2).then(|| if kind == 0 { "100000 RUB" } else { "-100000 RUB" }.to_owned()),
            };
            let standing = memory.promises().get(&visit).cloned();
            if let Some(all) = Promises::with(standing, AppointmentId(visit), promise) {
                memory.put_promises(visit, Some(all));
            }
        }
        Happens::Service { id, shape } => {
            let fields = match shape {
                0 => json!({}),
                1 => json!({ "bufferBeforeMin": 15, "bufferAfterMin": 30 }),
                2 => {
                    json!({ "segments": [{ "busy": true, "minutes": 30 }, { "busy": false, "minutes": 45 }] })
                }
                3 => json!({ "active": false }),
                _ => return memory.put_service(service_id(id), None),
            };
            memory.put_service(service_id(id), Some(service(service_id(id), &fields)));
        }
    }
}

/// Which pairs need her twice, minute by minute and without any of the code under test but the price list.
fn by_the_minute(memory: &Memory) -> Vec<(Uuid, Uuid)> {
    let mut minutes: BTreeMap<i64, Vec<(Uuid, bool, bool)>> = BTreeMap::new();
    for (id, row) in memory.rows() {
        let Projection::Appointments(row) = row else { continue };
        if row.deleted_at.is_some() || matches!(row.events[0].kind.as_str(), "cancelled" | "no_show") {
            continue;
        }
        let time = row.visit_time().expect("a time");
        let start = time.starts_at().as_second() / 60;
        let service = row.service_id.and_then(|id| memory.services().get(&id));
        let (before, after) = service.map_or((0, 0), |s| (s.buffer_before_min, s.buffer_after_min));
        let length = i64::from(time.duration_min());
        let is_still = row.meta.contains_key("importId") && !row.facts.moved_since_import;
        for minute in -i64::from(before)..length + i64::from(after) {
            let colour_works = service.is_some_and(|s| !s.segments.is_empty()) && (30..75).contains(&minute);
            if !colour_works || !(0..length).contains(&minute) {
                minutes.entry(start + minute).or_default().push((*id, row.kind == "block", is_still));
            }
        }
    }
    let mut pairs: Vec<(Uuid, Uuid)> = minutes
        .values()
        .flat_map(|there| there.iter().flat_map(move |a| there.iter().map(move |b| (a, b))))
        .filter(|(a, b)| a.0 < b.0 && !(a.1 && b.1) && !(a.2 && b.2))
        .map(|(a, b)| (a.0, b.0))
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

#[test]
fn upkeep_keeps_what_a_full_recomputation_finds_and_flags_exactly_what_overlaps() {
    let cases = std::env::var("VELORIA_CALENDARS").map_or(600, |text| text.parse().expect("a number"));
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let history = prop::collection::vec(happens(), 1..40);
    let checked = runner.run(&history, |history| {
        let mut memory = Memory::default();
        for step in &history {
            apply(&mut memory, step);
        }
        let rows = memory.rows().iter().map(|(id, row)| (*id, row));
        let all = whole(rows, memory.services(), memory.promises());
        prop_assert_eq!(memory.conflicts(), &all);
        let flagged: Vec<(Uuid, Uuid)> = {
            let overlaps = all.values().filter(|conflict| conflict.kind == Kind::Overlap);
            let mut pairs: Vec<_> = overlaps.map(|c| (c.about[0], c.about[1])).collect();
            pairs.sort_unstable();
            pairs
        };
        prop_assert_eq!(flagged, by_the_minute(&memory));
        // Another order of arrival leads to the same set: only the last version of each thing counts.
        let mut late = Memory::default();
        for (id, service) in memory.services().iter().rev() {
            late.put_service(*id, Some(service.clone()));
        }
        for (id, promises) in memory.promises().iter().rev() {
            late.put_promises(*id, Some(promises.clone()));
        }
        for (id, row) in memory.rows().iter().rev() {
            late.put(*id, Some(row.clone()));
        }
        prop_assert_eq!(late.conflicts(), &all);
        Ok(())
    });
    checked.expect("every calendar holds");
}
