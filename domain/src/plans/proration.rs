//! What a change of the plan costs now: the rule of docs/billing.md as a pure function, in minor units.
//!
//! Part of the plans room. A month that is paid for is worth, at any moment of it, its price times the part of it that is
//! left, rounded down to a whole minor unit. Changing the plan gives back what the old plan is worth and takes what the new
//! one is. So a way over a third plan costs what the straight way costs, and there and back costs nothing.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::Plan;
use crate::money::{Currency, Money};

/// What a month of each plan costs at this installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    currency: Currency,
    veloria: i64,
    imperium: i64,
}

/// A price that nobody could mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// Less than nothing.
    #[error("a plan cannot cost less than nothing")]
    Negative,
    /// Two plans in two currencies.
    #[error("the plans must be sold in one currency")]
    TwoCurrencies,
    /// A larger plan that is cheaper than a smaller one.
    #[error("a larger plan cannot cost less than a smaller one")]
    Upside,
}

impl Default for Prices {
    /// What a month costs unless an installation says otherwise: 990 and 2,490 rubles.
    fn default() -> Self {
        Self { currency: Currency::RUB, veloria: 99_000, imperium: 249_000 }
    }
}

impl Prices {
    /// The prices of a month.
    ///
    /// # Errors
    /// If nobody could mean them.
    pub fn new(veloria: Money, imperium: Money) -> Result<Self, PriceError> {
        if veloria.currency() != imperium.currency() {
            return Err(PriceError::TwoCurrencies);
        }
        if veloria.minor() < 0 || imperium.minor() < 0 {
            return Err(PriceError::Negative);
        }
        if veloria.minor() > imperium.minor() {
            return Err(PriceError::Upside);
        }
        Ok(Self { currency: veloria.currency(), veloria: veloria.minor(), imperium: imperium.minor() })
    }

    /// What a month of this plan costs.
    pub const fn of(&self, plan: Plan) -> Money {
        let minor = match plan {
            Plan::Ivory => 0,
            Plan::Veloria => self.veloria,
            Plan::Imperium => self.imperium,
        };
        Money::new(minor, self.currency)
    }
}

/// No month is shorter.
const FORTNIGHT: SignedDuration = SignedDuration::from_hours(24 * 14);

/// A month that is, or would be, paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends, and the next one begins.
    pub to: Timestamp,
}

impl Period {
    /// The month around `now`, if the first one began at `anchor`: from that day and hour of a month to the same of the next,
    /// by the wall of the business. A day that a month has not is its last day. A moment before the anchor is in the first month.
    #[must_use]
    pub fn around(now: Timestamp, anchor: Timestamp, zone: &TimeZone) -> Option<Self> {
        let first = anchor.to_zoned(zone.clone());
        let passed = (now.to_zoned(zone.clone()).year() - first.year()) * 12
            + i16::from(now.to_zoned(zone.clone()).month() - first.month());
        // Counted from the anchor each time, so that the 31st comes back after a February.
        let start = |months: i16| Some(first.checked_add(i64::from(months).months()).ok()?.timestamp());
        let months =
            (0..=passed.max(0)).rev().find(|&months| start(months).is_some_and(|start| start <= now));
        let months = months.unwrap_or(0);
        Some(Self { from: start(months)?, to: start(months + 1)? })
    }

    /// The months that began after the last entry of a ledger and not after `now`: each is due when it begins. `begun` is when the
    /// last month began that is in the ledger. A business that moves to another zone shifts its hours, so what begins within a
    /// fortnight of that is the same month.
    #[must_use]
    pub fn begun_since(
        last: Timestamp,
        begun: Timestamp,
        now: Timestamp,
        anchor: Timestamp,
        zone: &TimeZone,
    ) -> Vec<Self> {
        let (mut months, mut begun) = (Vec::new(), begun);
        let mut end = Self::around(last, anchor, zone).map(|month| month.to);
        while let Some(start) = end.filter(|end| *end <= now) {
            let Some(month) = Self::around(start, anchor, zone) else { break };
            if month.from.duration_since(begun) >= FORTNIGHT {
                months.push(month);
                begun = month.from;
            }
            end = Some(month.to).filter(|end| *end > start);
        }
        months
    }

    /// What a month of this price is worth at a moment of it.
    pub fn worth(&self, price: Money, now: Timestamp) -> Money {
        let whole = i128::from(self.to.as_second()) - i128::from(self.from.as_second());
        let left = (i128::from(self.to.as_second()) - i128::from(now.as_second())).clamp(0, whole.max(0));
        let minor = if whole > 0 { i128::from(price.minor()) * left / whole } else { 0 };
        // No more than the price, which fits.
        Money::new(i64::try_from(minor).unwrap_or(i64::MAX), price.currency())
    }
}

/// What a change costs now, and in which month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The month that goes on; a new one begins when nothing was paid for.
    pub period: Period,
    /// What is due now; less than nothing is a credit for what comes.
    pub due: Money,
}

/// What going from one plan to another costs at `now`. `anchor` is when the business began to pay; none while it is on the
/// free plan. `paid` is what was due in the month that runs: no more than that is given back, so a plan that was a gift, or a
/// month that nobody has written down yet, is worth no money. Nothing if the month is beyond what a calendar has.
#[must_use]
pub fn change(
    (from, to): (Plan, Plan),
    prices: &Prices,
    anchor: Option<Timestamp>,
    paid: Money,
    now: Timestamp,
    zone: &TimeZone,
) -> Option<Change> {
    // A period begins at a whole second, so that its first moment is worth the whole price.
    let anchor = anchor.or_else(|| Timestamp::from_second(now.as_second()).ok())?;
    let period = Period::around(now, anchor, zone)?;
    let (worth, price) = (period.worth(prices.of(from), now), period.worth(prices.of(to), now));
    let back = Money::new(worth.minor().min(paid.minor().max(0)), worth.currency());
    let due = price.checked_add(back.checked_neg().ok()?).ok()?;
    Some(Change { period, due })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn zone(name: &str) -> TimeZone {
        jiff::tz::TimeZoneDatabase::bundled().get(name).unwrap()
    }

    fn prices() -> Prices {
        Prices::default()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn half_a_month_costs_half_a_price() {
        let moscow = zone("Europe/Moscow");
        let start = at("2026-11-01T00:00:00+03:00");
        let begun =
            change((Plan::Ivory, Plan::Veloria), &prices(), None, Money::rub(0), start, &moscow).unwrap();
        assert_eq!((begun.due, begun.period.from), (Money::rub(99_000), start));
        assert_eq!(begun.period.to, at("2026-12-01T00:00:00+03:00"));
        let half = at("2026-11-16T00:00:00+03:00");
        let paid = begun.due;
        let up =
            change((Plan::Veloria, Plan::Imperium), &prices(), Some(start), paid, half, &moscow).unwrap();
        assert_eq!((up.due, up.period), (Money::rub(75_000), begun.period));
        let down = |paid| {
            change((Plan::Imperium, Plan::Ivory), &prices(), Some(start), Money::rub(paid), half, &moscow)
                .unwrap()
                .due
        };
        assert_eq!(down(174_000), Money::rub(-124_500), "a credit");
        assert_eq!(down(1_000), Money::rub(-1_000), "no more than was due");
        assert_eq!(down(0), Money::rub(0), "a gift is worth no money");
    }

    #[test]
    fn a_month_ends_on_the_day_it_began_or_on_the_last_there_is() {
        let moscow = zone("Europe/Moscow");
        let anchor = at("2027-01-31T10:00:00+03:00");
        let of = |now| {
            let period = Period::around(at(now), anchor, &moscow).unwrap();
            [period.from, period.to].map(|end| end.to_zoned(moscow.clone()).date().to_string())
        };
        assert_eq!(of("2027-02-10T00:00:00+03:00"), ["2027-01-31", "2027-02-28"]);
        assert_eq!(of("2027-02-28T10:00:00+03:00"), ["2027-02-28", "2027-03-31"]);
        assert_eq!(of("2027-03-31T09:59:59+03:00"), ["2027-02-28", "2027-03-31"]);
        assert_eq!(of("2030-06-30T10:00:00+03:00"), ["2030-06-30", "2030-07-31"]);
        assert_eq!(of("2026-12-01T00:00:00+03:00"), ["2027-01-31", "2027-02-28"], "before the first");
    }

    #[test]
    fn an_hour_that_a_wall_skips_or_shows_twice_changes_no_price() {
        let berlin = zone("Europe/Berlin");
        // The month has an hour less than its days; its middle is still its middle.
        let anchor = at("2027-03-01T00:00:00+01:00");
        let period = Period::around(anchor, anchor, &berlin).unwrap();
        assert_eq!(period.to.as_second() - period.from.as_second(), 31 * 86_400 - 3_600);
        assert_eq!(period.worth(Money::rub(99_000), anchor), Money::rub(99_000));
    }

    #[test]
    fn prices_that_nobody_could_mean_are_refused() {
        assert_eq!(Prices::new(Money::rub(-1), Money::rub(2)), Err(PriceError::Negative));
        assert_eq!(Prices::new(Money::rub(2), Money::rub(1)), Err(PriceError::Upside));
        let euros = Money::new(3, "EUR".parse().unwrap());
        assert_eq!(Prices::new(Money::rub(2), euros), Err(PriceError::TwoCurrencies));
        assert_eq!(prices().of(Plan::Ivory), Money::rub(0));
    }

    fn plan() -> impl Strategy<Value = Plan> {
        (0..3_usize).prop_map(|n| Plan::ALL[n])
    }

    fn a_zone() -> impl Strategy<Value = TimeZone> {
        proptest::sample::select(vec!["Europe/Moscow", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia"])
            .prop_map(zone)
    }

    /// Moments of 2001 to 2069.
    fn moment() -> impl Strategy<Value = Timestamp> {
        (978_307_200_i64..3_124_224_000).prop_map(|second| Timestamp::from_second(second).unwrap())
    }

    proptest! {
        #[test]
        fn a_way_over_a_third_plan_costs_what_the_straight_way_costs(
            (a, b, c) in (plan(), plan(), plan()), anchor in moment(), after in 0_i64..200_000_000, zone in a_zone(),
            (veloria, more) in (0_i64..10_000_000, 0_i64..10_000_000), paid in 0_i64..30_000_000,
        ) {
            let prices = Prices::new(Money::rub(veloria), Money::rub(veloria + more)).unwrap();
            let now = Timestamp::from_second(anchor.as_second() + after).unwrap();
            let cost = |way, paid| {
                change(way, &prices, Some(anchor), Money::rub(paid), now, &zone).unwrap().due.minor()
            };
            let over = |b, c| {
                let first = cost((a, b), paid);
                first + cost((b, c), paid + first)
            };
            prop_assert_eq!(over(b, c), cost((a, c), paid));
            // Once the month is written down as due, there and back costs nothing.
            if paid >= prices.of(a).minor() {
                prop_assert_eq!(over(b, a), 0);
            }
            prop_assert!(paid + over(b, c) >= 0, "nobody gets back what was never due");
        }

        #[test]
        fn a_period_holds_its_moment_and_what_is_left_of_it_only_gets_less(
            anchor in moment(), after in 0_i64..2_000_000_000, later in 0_i64..5_000_000, zone in a_zone(),
            price in 0_i64..1_000_000_000,
        ) {
            let now = Timestamp::from_second(anchor.as_second() + after).unwrap();
            let period = Period::around(now, anchor, &zone).unwrap();
            prop_assert!(period.from <= now && now < period.to);
            let hours = (period.to.as_second() - period.from.as_second()) / 3_600;
            prop_assert!((26 * 24..=32 * 24).contains(&hours), "{}", hours);
            let price = Money::rub(price);
            let worth = |at| period.worth(price, at).minor();
            prop_assert_eq!(worth(period.from), price.minor());
            prop_assert_eq!(worth(period.to), 0);
            let later = Timestamp::from_second(now.as_second() + later).unwrap();
            prop_assert!(worth(later) <= worth(now) && (0..=price.minor()).contains(&worth(later)));
        }

        #[test]
        fn no_change_takes_more_than_the_price_or_gives_more_than_was_paid(
            (a, b) in (plan(), plan()), anchor in moment(), after in 0_i64..200_000_000, zone in a_zone(),
            paid in -300_000_i64..600_000,
        ) {
            let now = Timestamp::from_second(anchor.as_second() + after).unwrap();
            let due = change((a, b), &prices(), Some(anchor), Money::rub(paid), now, &zone).unwrap().due;
            let (most, least) = (prices().of(b).minor(), -prices().of(a).minor().min(paid.max(0)));
            prop_assert!((least..=most).contains(&due.minor()));
            prop_assert!(a > b || due.minor() >= 0, "{}", due.minor());
        }
    }

    #[test]
    fn each_month_that_begins_is_due_once_wherever_the_business_moves() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let moscow = crate::dates::zone_rules("Europe/Moscow").unwrap();
        let anchor = at("2026-01-31T09:00:00Z");
        let since = |last, begun, now, zone: &TimeZone| -> Vec<String> {
            let months = Period::begun_since(at(last), at(begun), at(now), anchor, zone);
            months.iter().map(|month| month.from.to_string()).collect()
        };
        let first = "2026-01-31T09:00:00Z";
        assert!(since(first, first, "2026-02-28T08:59:59Z", &moscow).is_empty());
        assert_eq!(
            since(first, first, "2026-04-01T00:00:00Z", &moscow),
            ["2026-02-28T09:00:00Z", "2026-03-31T09:00:00Z"]
        );
        // A change in the middle of a month, and the next month in five days.
        assert_eq!(
            since("2026-02-23T00:00:00Z", first, "2026-03-01T00:00:00Z", &moscow),
            ["2026-02-28T09:00:00Z"]
        );
        // She moved east after the month was written down: by that clock the hour comes sooner and is the same month.
        let omsk = crate::dates::zone_rules("Asia/Omsk").unwrap();
        let los_angeles = crate::dates::zone_rules("America/Los_Angeles").unwrap();
        let march = "2026-02-28T09:00:00Z";
        for zone in [omsk, los_angeles] {
            assert!(since(march, march, "2026-03-02T00:00:00Z", &zone).is_empty());
            assert_eq!(since(march, march, "2026-04-02T00:00:00Z", &zone).len(), 1);
        }
    }
}
