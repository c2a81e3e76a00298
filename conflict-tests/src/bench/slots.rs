//! Free hours: what a question costs on a full calendar, in time of one core. The same pure function answers on the server, on a
//! device and for the booking page; here nothing stands around it.

use std::collections::BTreeMap;

use client_core::system::SystemIds;
use domain::appointments::{AppointmentEdit, AppointmentRow, BookContext, Status, book};
use domain::documents::Author;
use domain::ids::{AppointmentId, Ids as _, ServiceId};
use domain::money::Currency;
use domain::services::{Service, ServiceEdit};
use domain::settings::BusinessHours;
use domain::slots::{Calendar, Taken, slots};
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Map, Value as Json, json};

use super::Outcome;
use super::figure::{Board, Bound, Figure};
use super::probe::{self, figure};

const ZONE: &str = "Europe/Moscow";
/// A Tuesday.
const FIRST: Date = date(2026, 12, 1);
/// Visits of an hour with a quarter of an hour between them, and an hour free in the afternoon.
const VISITS: [&str; 6] = ["10:00", "11:15", "12:30", "13:45", "16:00", "17:15"];
/// So many questions a second and core are the goal, which makes so many microseconds each.
const GOAL_US: f64 = 1e6 / 10_000.0;

/// Measures questions of a day and of a week. `questions` are asked of each kind, three times.
pub fn run(questions: u32, board: &mut Board) -> Outcome<()> {
    let salon = Salon::open()?;
    for (name, days, bound) in
        [("one day", 1, Bound::AtMost(GOAL_US)), ("one week", 7, Bound::Told), ("a month", 30, Bound::Told)]
    {
        let (mut asked, mut whole) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            asked.push(salon.ask(questions, days, Reading::Once)?);
            whole.push(salon.ask(questions, days, Reading::EachTime)?);
        }
        let of = |what: &str| format!("{name} of a full calendar, {what}");
        board.tell(Figure::new("slots", of("asked"), "us CPU each", &asked).held_to(bound));
        board.tell(Figure::new("slots", of("its visits looked through each time"), "us CPU each", &whole));
    }
    Ok(())
}

/// When the visits are turned into what is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Before the questions.
    Once,
    /// For each question, as a request does.
    EachTime,
}

/// A calendar in which hardly an hour is free, sixty days long.
struct Salon {
    hours: BusinessHours,
    services: BTreeMap<ServiceId, Service>,
    asked_for: Service,
    visits: Vec<(Date, AppointmentId, AppointmentRow)>,
    now: Timestamp,
}

impl Salon {
    fn open() -> Outcome<Self> {
        let mut ids = SystemIds;
        let asked_for = service(ids.uuid().into())?;
        let context = BookContext { service: None, zone: ZONE, currency: Currency::RUB, source: "bench" };
        let author = Author::new(*ids.uuid().as_bytes(), "bench");
        let now: Timestamp = "2026-11-20T06:00:00Z".parse()?;
        let mut visits = Vec::new();
        for day in 0..60 {
            let day = FIRST.checked_add(day.days())?;
            for time in VISITS {
                let fields = object(json!({ "startsAt": format!("{day}T{time}:00"), "durationMin": 60 }))?;
                let edit = AppointmentEdit::new_from_json(&fields, &context)
                    .map_err(|wrong| format!("{wrong:?}"))?;
                let (mut document, _) = book(&author, now.as_second(), &mut ids, &edit, Status::Booked);
                visits.push((day, ids.uuid().into(), AppointmentRow::read(&mut document)));
            }
        }
        let services = BTreeMap::from([(asked_for.id, asked_for.clone())]);
        Ok(Self { hours: BusinessHours::default(), services, asked_for, visits, now })
    }

    /// The time of one core that each of so many questions takes, in microseconds.
    fn ask(&self, questions: u32, days: i32, reading: Reading) -> Outcome<f64> {
        let (first, last) = (FIRST, FIRST.checked_add(59.days())?);
        let mut taken = self.taken(first, last);
        let (mut from, mut found) = (first, 0);
        let before = probe::thread_cpu()?;
        for _ in 0..questions {
            let to = from.checked_add((days - 1).days())?;
            if reading == Reading::EachTime {
                taken = self.taken(from, to);
            }
            let calendar = Calendar { hours: &self.hours, zone: ZONE, taken: &taken, now: self.now };
            found += slots(&calendar, &self.asked_for, from, to)?.len();
            from = if to < last { from.tomorrow()? } else { first };
        }
        let spent = probe::thread_cpu()?.saturating_sub(before);
        if found == 0 {
            return Err("no hour was free: there was nothing to measure".into());
        }
        Ok(spent.as_secs_f64() * 1e6 / figure(u64::from(questions)))
    }

    fn taken(&self, from: Date, to: Date) -> Taken {
        let near = self.visits.iter().filter(|(day, ..)| (from..=to).contains(day));
        Taken::by(near.map(|(_, id, row)| (*id, row)), &self.services)
    }
}

fn service(id: ServiceId) -> Outcome<Service> {
    let fields =
        object(json!({ "name": "Маникюр", "basePrice": 2500, "durationMin": 45, "bufferAfterMin": 10 }))?;
    let edit = ServiceEdit::new_from_json(&fields, Currency::RUB).map_err(|wrong| format!("{wrong:?}"))?;
    Ok(edit.add(id, Currency::RUB, "2026-11-20T06:00:00Z"))
}

fn object(value: Json) -> Outcome<Map<String, Json>> {
    match value {
        Json::Object(object) => Ok(object),
        _ => Err("not an object".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_questions_find_free_hours_in_a_full_calendar() {
        let mut board = Board::default();
        run(3, &mut board).unwrap();
        assert!(board.table().contains("one day of a full calendar, asked"));
    }
}
