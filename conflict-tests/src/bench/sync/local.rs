//! Goal 12 and the flat cost: a week of the calendar and a local edit, on a small base and on the whole one.

use client_core::app::Span;
use client_core::sync::Options;
use jiff::ToSpan as _;

use super::super::Outcome;
use super::super::device::Device;
use super::super::figure::{Bound, Figure, median, quantile};
use super::super::probe::{Stopwatch, ms, us_each};
use super::super::salon::Size;
use super::base::Base;
use super::{Bench, RUNS, SEED};

const SMALL: Size = Size { clients: 84, visits: 832, notes: 84 };
const EDITS: usize = 200;
const WEEKS: i64 = 200;

/// Reads and edits without any network.
pub(super) async fn measure(bench: &mut Bench, base: &mut Base) -> Outcome<()> {
    let account = bench.host.register("flat").await?;
    let mut small = Device::make(&bench.home("flat")?, &account, bench.host.port(), Options::default())?;
    let few = small.fill(SEED, SMALL, bench.today)?;
    let zone = jiff::tz::TimeZoneDatabase::bundled().get("Europe/Moscow")?;
    let mut weeks = Vec::new();
    for run in 0..RUNS {
        let mut times = Vec::new();
        for week in 0..WEEKS {
            let start = bench.today.checked_sub((7 * week).days())?.to_zoned(zone.clone())?.timestamp();
            let until = start.checked_add((7 * 24).hours())?;
            let watch = Stopwatch::start()?;
            let found = base.a.app.appointments(Span { from: Some(start), until: Some(until) })?;
            times.push(ms(watch.spent()?.wall));
            if found.is_empty() && run == 0 && week == 10 {
                return Err("the generated calendar has an empty week".into());
            }
        }
        weeks.push(quantile(&times, 0.95));
    }
    let name = format!("a week out of {} visits, p95", bench.size.visits);
    bench.board.tell(Figure::new("12", name, "ms wall", &weeks).held_to(Bound::AtMost(5.0)));
    let (mut seen, mut cost, mut small_cost) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..RUNS {
        let (wall, cpu) = edits(&mut base.a, &base.clients, run)?;
        seen.push(wall);
        cost.push(cpu);
        small_cost.push(edits(&mut small, &few, run)?.1);
    }
    let name = format!("local edit to visible row, {} entities, p95", bench.size.total());
    bench.board.tell(Figure::new("12", name, "ms wall", &seen).held_to(Bound::AtMost(10.0)));
    let name = format!("local edit with {} entities, over one with {}", bench.size.total(), SMALL.total());
    bench.board.tell(
        Figure::new("flat", name, "us CPU each", &cost)
            .over("with few", median(&small_cost))
            .held_to(Bound::TimesFloor(1.3)),
    );
    Ok(())
}

/// The p95 of the wall time from an edit to its row being read again, and the CPU of each.
fn edits(device: &mut Device, clients: &[String], run: usize) -> Outcome<(f64, f64)> {
    let mut times = Vec::with_capacity(EDITS);
    let all = Stopwatch::start()?;
    for i in 0..EDITS {
        let id = &clients[(i * 7) % clients.len()];
        let email = format!("local{run}x{i}@mail.ru");
        let watch = Stopwatch::start()?;
        device.set(id, "email", &email)?;
        if device.app.client(id.parse()?)?.email.as_deref() != Some(&email) {
            return Err("an edit does not show".into());
        }
        times.push(ms(watch.spent()?.wall));
    }
    Ok((quantile(&times, 0.95), us_each(all.spent()?.cpu, EDITS)))
}
