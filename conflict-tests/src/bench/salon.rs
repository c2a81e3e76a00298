//! A generated salon: clients, visits and notes as fields that REST takes, the same for the same seed. Pure.
//!
//! Clients have the shape of the peer harness's records, so that byte ratios mean the same here and there. Words come
//! from a small vocabulary, which flatters compression; `docs/performance.md` says so beside every figure of bytes.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

/// How much of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Clients.
    pub clients: usize,
    /// Visits of them.
    pub visits: usize,
    /// Notes about them.
    pub notes: usize,
}

impl Size {
    /// The base of the goals.
    pub const FULL: Self = Self { clients: 5_000, visits: 50_000, notes: 5_000 };
    /// A twentieth of it.
    pub const QUICK: Self = Self { clients: 250, visits: 2_500, notes: 250 };

    /// All entities.
    #[must_use]
    pub const fn total(self) -> usize {
        self.clients + self.visits + self.notes
    }
}

const FIRST: [&str; 8] = ["Анна", "Мария", "Ольга", "Юлия", "Дарья", "Елена", "Ирина", "Алёна"];
const LAST: [&str; 8] =
    ["Иванова", "Попова", "Козлова", "Волкова", "Смирнова", "Лебедева", "Орлова", "Зайцева"];
const WORDS: [&str; 14] = [
    "клиентка",
    "предпочитает",
    "тёплый",
    "оттенок",
    "длина",
    "форма",
    "миндаль",
    "кофе",
    "утро",
    "корень",
    "осветление",
    "матовый",
    "повтор",
    "через",
];
const TAGS: [&[&str]; 4] = [&["vip"], &["новая", "маникюр"], &[], &["постоянная", "балаяж", "reactivation"]];

/// From five years ago to sixty days from now.
const DAYS_BEFORE: i64 = 5 * 365;
const DAYS: usize = 5 * 365 + 60;
/// Her day, in half hours.
const FIRST_HOUR: usize = 8;
const HALVES: usize = 28;
const PLACES: usize = DAYS * HALVES;
/// Has no factor in common with the number of places, so that every place is met once before any is met again.
const STRIDE: usize = 20_011;
const OVERLAP_EVERY: usize = 250;

/// A client's fields.
#[must_use]
pub fn client(seed: u64, i: usize) -> Map<String, Json> {
    let mut chance = Chance::new(seed, 1, i);
    fields(json!({
        "name": format!("{} {}", chance.of(&FIRST), chance.of(&LAST)),
        "phone": format!("+79{:09}", (i * 7_919 + 1_234_567) % 1_000_000_000),
        "email": format!("user{i}@mail.ru"),
        "birthday": format!("{}-{:02}-{:02}", 1965 + chance.below(40), 1 + chance.below(12), 1 + chance.below(28)),
        "tags": TAGS[chance.below(4)],
        "allergies": if i.is_multiple_of(5) { json!(["аммиак"]) } else { json!([]) },
        "preferences": {
            "channel": if i.is_multiple_of(2) { "sms" } else { "telegram" },
            "time": if i.is_multiple_of(3) { "вечер" } else { "утро" },
            "drink": "кофе",
        },
        "notes": text(&mut chance, 6, 18),
        "loyaltyLevel": (i % 5).to_string(),
    }))
}

/// A visit's fields: one half hour of one day, which no other visit has. Days lie between five years before `today` and sixty
/// days after it and are worked from 8:00 to 22:00; that is 52,780 half hours, and more visits than that begin anew. One
/// visit in 250 is put on purpose into the half hour of the visit before it.
#[must_use]
pub fn visit(seed: u64, i: usize, client: &str, today: Date) -> Map<String, Json> {
    let mut chance = Chance::new(seed, 2, i);
    let overlaps = i % OVERLAP_EVERY == OVERLAP_EVERY - 1;
    let place = place(seed, if overlaps { i - 1 } else { i });
    let (day, half) = (place / HALVES, place % HALVES);
    let days = i64::try_from(day).unwrap_or(0) - DAYS_BEFORE;
    let day = today.checked_add(days.days()).unwrap_or(today);
    let (hour, minute) = (FIRST_HOUR + half / 2, 30 * (half % 2));
    let (minute, minutes) = if overlaps { (minute + 10, 20) } else { (minute, 15 + 5 * chance.below(4)) };
    let mut visit = json!({
        "clientId": client,
        "startsAt": format!("{day}T{hour:02}:{minute:02}:00"),
        "durationMin": minutes,
        "price": 500 * (2 + chance.below(14)),
    });
    if i.is_multiple_of(4) {
        visit["note"] = json!(text(&mut chance, 3, 6));
    }
    fields(visit)
}

/// Where a visit lies among all half hours: no two of the first 52,780 lie in one, and any first few are spread over all days.
fn place(seed: u64, i: usize) -> usize {
    let first = Chance::new(seed, 4, 0).below(PLACES);
    (first + i % PLACES * STRIDE) % PLACES
}

/// A note's fields.
#[must_use]
pub fn note(seed: u64, i: usize, client: &str) -> Map<String, Json> {
    let mut chance = Chance::new(seed, 3, i);
    let kind = if i.is_multiple_of(3) { "formula" } else { "general" };
    fields(json!({ "clientId": client, "kind": kind, "body": text(&mut chance, 12, 30) }))
}

/// The bytes of this many clients as one JSON array: what byte ratios are ratios to.
#[must_use]
pub fn clients_json(seed: u64, count: usize) -> usize {
    let all: Vec<_> = (0..count).map(|i| client(seed, i)).collect();
    serde_json::to_vec(&all).map_or(0, |bytes| bytes.len())
}

fn text(chance: &mut Chance, least: usize, more: usize) -> String {
    let count = least + chance.below(more);
    let words: Vec<&str> = (0..count).map(|_| chance.of(&WORDS)).collect();
    words.join(" ")
}

fn fields(value: Json) -> Map<String, Json> {
    if let Json::Object(map) = value { map } else { Map::new() }
}

/// `SplitMix64`: enough for data that only has to be varied and repeatable.
#[derive(Debug)]
pub struct Chance(u64);

impl Chance {
    /// The chance of one thing of one kind under a seed.
    #[must_use]
    pub fn new(seed: u64, kind: u64, i: usize) -> Self {
        let mut chance = Self(seed ^ kind.rotate_left(48) ^ (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        chance.next();
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below this one.
    pub fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % (most as u64).max(1)).unwrap_or(0)
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_salon_and_another_seed_another_one() {
        assert_eq!(client(7, 3), client(7, 3));
        assert_ne!(client(7, 3), client(8, 3));
        assert_ne!(client(7, 3)["phone"], client(7, 4)["phone"]);
    }

    #[test]
    fn the_calendar_is_possible_but_for_the_few_visits_that_overlap_on_purpose() {
        let today = jiff::civil::date(2026, 11, 22);
        let mut spans: Vec<(jiff::civil::DateTime, jiff::civil::DateTime)> = (0..Size::FULL.visits)
            .map(|i| {
                let visit = visit(1, i, "", today);
                let starts: jiff::civil::DateTime = visit["startsAt"].as_str().unwrap().parse().unwrap();
                (starts, starts + visit["durationMin"].as_i64().unwrap().minutes())
            })
            .collect();
        spans.sort_unstable();
        let (first, last) = (today - (5 * 365).days(), today + 60.days());
        for (starts, ends) in &spans {
            assert!(first <= starts.date() && starts.date() < last, "{starts}");
            assert!(starts.hour() >= 8 && ends.time() <= jiff::civil::time(22, 0, 0, 0), "{starts}");
        }
        assert_eq!(spans.len(), 50_000);
        let meets = |pair: &&[(jiff::civil::DateTime, jiff::civil::DateTime)]| pair[1].0 < pair[0].1;
        let pairs = spans.windows(2).filter(meets).count();
        assert_eq!(pairs, 200, "two visits each: 0.8 % of all");
        let across = spans.windows(3).filter(|three| three[2].0 < three[0].1).count();
        assert_eq!(across, 0, "no visit reaches past its half hour");
    }

    #[test]
    fn everything_generated_is_what_the_domain_takes() {
        let today = jiff::civil::date(2026, 11, 22);
        for i in 0..50 {
            domain::clients::ClientEdit::new_from_json(&client(1, i)).unwrap();
            let id = uuid::Uuid::from_u128(1).to_string();
            domain::notes::NoteEdit::new_from_json(&note(1, i, &id)).unwrap();
            let context = domain::appointments::BookContext {
                zone: "Europe/Moscow",
                currency: domain::money::Currency::default(),
                service: None,
                source: "manual",
            };
            let visit = visit(1, i, &id, today);
            domain::appointments::AppointmentEdit::new_from_json(&visit, &context).unwrap();
        }
    }
}
