//! Dates, times, amounts and telephone numbers as people write them. The patterns stand in the language's file.

use jiff::civil::{Date, DateTime, Time, Weekday};

use super::Lang;
use super::catalogue::Catalogue;
use crate::money::Money;
use crate::phone::Phone;

/// `1 декабря 2026`, `December 1, 2026`.
#[must_use]
pub fn date(lang: Lang, date: Date) -> String {
    Catalogue::of(lang).date(date)
}

/// `15:05`, `3:05 PM`.
#[must_use]
pub fn time(lang: Lang, time: Time) -> String {
    Catalogue::of(lang).time(time)
}

/// `вторник, 1 декабря 2026, 15:05`, `Tuesday, December 1, 2026, 3:05 PM`.
#[must_use]
pub fn datetime(lang: Lang, moment: DateTime) -> String {
    Catalogue::of(lang).datetime(moment)
}

/// `вторник`, `Tuesday`.
#[must_use]
pub fn weekday(lang: Lang, day: Weekday) -> &'static str {
    Catalogue::of(lang).weekday(day)
}

/// `1 500,50 ₽`, `₽1,500.50`. Whole amounts have no decimals; the spaces do not break.
#[must_use]
pub fn money(lang: Lang, money: Money) -> String {
    Catalogue::of(lang).money(money)
}

/// `+7 916 123-45-67`: as the country of the number writes it for the rest of the world.
#[must_use]
pub fn phone(phone: &Phone) -> String {
    phone.shown()
}

impl Catalogue {
    pub(super) fn date(&self, date: Date) -> String {
        let (day, year) = (date.day().to_string(), date.year().to_string());
        let month = self.named("month", date.month());
        self.fill("format.date", &[("day", &day), ("month", month), ("year", &year)])
    }

    pub(super) fn time(&self, time: Time) -> String {
        let half = if time.hour() < 12 { "format.am" } else { "format.pm" };
        let hour12 = (time.hour() + 11) % 12 + 1;
        let values = [
            ("hour", &*format!("{:02}", time.hour())),
            ("hour12", &*hour12.to_string()),
            ("minute", &*format!("{:02}", time.minute())),
            ("half", self.text(half).unwrap_or_default()),
        ];
        self.fill("format.time", &values)
    }

    pub(super) fn datetime(&self, moment: DateTime) -> String {
        let (date, time) = (self.date(moment.date()), self.time(moment.time()));
        let weekday = self.weekday(moment.weekday());
        self.fill("format.datetime", &[("weekday", weekday), ("date", &date), ("time", &time)])
    }

    pub(super) fn weekday(&self, day: Weekday) -> &str {
        self.named("weekday", day.to_monday_one_offset())
    }

    pub(super) fn money(&self, money: Money) -> String {
        let minor = money.minor().unsigned_abs();
        let (whole, rest) = (minor / 100, minor % 100);
        let minus = if money.minor() < 0 { "\u{2212}" } else { "" };
        let mut amount = grouped(whole, self.text("format.group").unwrap_or_default());
        if rest > 0 {
            let decimal = self.text("format.decimal").unwrap_or_default();
            amount = format!("{amount}{decimal}{rest:02}");
        }
        let currency = money.currency();
        let sign = sign(currency.as_str());
        let written = self.fill("format.money", &[("amount", &amount), ("sign", sign)]);
        format!("{minus}{written}")
    }

    /// `month.12`, `weekday.1`.
    fn named(&self, family: &str, number: i8) -> &str {
        self.text(&format!("{family}.{number}")).unwrap_or_default()
    }
}

/// The digits in groups of three.
fn grouped(number: u64, between: &str) -> String {
    let digits = number.to_string();
    let mut written = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            written.push_str(between);
        }
        written.push(digit);
    }
    written
}

/// The sign of a currency, the same in every language; its code where there is none.
fn sign(currency: &str) -> &str {
    match currency {
        "RUB" => "₽",
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "KZT" => "₸",
        "UAH" => "₴",
        "GEL" => "₾",
        "AMD" => "֏",
        other => other,
    }
}
