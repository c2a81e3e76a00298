//! The figures of REST: the main routes at fixed rates on many tenants, how much the server can take, and the same SQL
//! through pgbench on the same Postgres.

mod pgbench;
mod routes;
mod tenants;

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use super::figure::{Board, Bound, Figure, median};
use super::host::{self, Host};
use super::probe::figure;
use super::salon::Size;
use super::{Outcome, load};
use routes::Route;
use tenants::Tenants;

const RUNS: usize = 3;
const READS_A_SECOND: u32 = 500;
const WRITES_A_SECOND: u32 = 50;
/// Of one business with 5,000 clients, besides: a search looks through all of them.
const SEARCHES_A_SECOND: u32 = 100;
/// As many connections as the server's pool has on its side.
const LINES: usize = 8;

/// How large a run is.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The one large tenant.
    pub size: Size,
    /// All tenants.
    pub tenants: usize,
    /// How long each measurement lasts.
    pub seconds: u32,
}

/// Measures everything; figures go to the board.
pub async fn run(folder: &Path, plan: Plan, now: Timestamp, board: &mut Board) -> Outcome<()> {
    let host = Host::start(folder).await?;
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let begun = super::probe::now();
    let tenants = tenants::make(&host, plan, today).await?;
    eprintln!("api: {} tenants in {:.0} s", tenants.all.len(), begun.elapsed().as_secs_f64());
    let client = host::http_client()?;
    for route in Route::ALL {
        let rate = if route.writes() { WRITES_A_SECOND } else { READS_A_SECOND };
        for big in [false, true] {
            measure(&client, &host, &tenants, (plan, today), (route, rate, big), board).await?;
        }
    }
    let search = (Route::SearchClients, SEARCHES_A_SECOND, true);
    measure(&client, &host, &tenants, (plan, today), search, board).await?;
    for route in [Route::GetClient, Route::ListClients] {
        let own = ceiling(&client, &host, &tenants, (plan, today), (route, board)).await?;
        scripted(&host, &tenants, (folder, plan), (route, own, board))?;
    }
    Ok(())
}

async fn measure(
    client: &reqwest::Client,
    host: &Host,
    tenants: &Tenants,
    (plan, today): (Plan, Date),
    (route, rate, big): (Route, u32, bool),
    board: &mut Board,
) -> Outcome<()> {
    let count = (rate * plan.seconds) as usize;
    let (mut p50, mut p95, mut p99, mut failed) = (vec![], vec![], vec![], vec![]);
    for run in 0..=RUNS {
        let volley = load::at_rate(client, rate, if run == 0 { count / 4 } else { count }, |i| {
            route.shot(&host.url(), tenants, today, i + run * count, big)
        })
        .await?;
        // The first run only warms caches and connections.
        if run > 0 {
            p50.push(volley.at(0.5));
            p95.push(volley.at(0.95));
            p99.push(volley.at(0.99));
            failed.push(figure(volley.failed as u64));
        }
    }
    let whose = if big { "the large tenant".to_owned() } else { format!("{} tenants", tenants.all.len()) };
    let name = |what: &str| format!("{} at {rate}/s, {whose}, {what}", route.name());
    board.tell(Figure::new("api", name("p50"), "ms wall", &p50));
    board.tell(Figure::new("api", name("p95"), "ms wall", &p95).held_to(Bound::AtMost(10.0)));
    board.tell(Figure::new("api", name("p99"), "ms wall", &p99));
    board.tell(Figure::new("api", name("failed"), "requests", &failed).held_to(Bound::AtMost(0.0)));
    Ok(())
}

/// The most requests a second, each line sending the next request when the last one is answered.
async fn ceiling(
    client: &reqwest::Client,
    host: &Host,
    tenants: &Tenants,
    (plan, today): (Plan, Date),
    (route, board): (Route, &mut Board),
) -> Outcome<f64> {
    let mut rates = Vec::new();
    for _ in 0..RUNS {
        let (url, tenants) = (host.url(), tenants.clone());
        let make = move |i| route.shot(&url, &tenants, today, i, false);
        let length = Duration::from_secs(plan.seconds.into());
        let volley = load::flat_out(client, LINES, length, make).await?;
        if volley.failed > 0 {
            return Err(format!("{} requests of {} failed", volley.failed, route.name()).into());
        }
        rates.push(figure(volley.times.len() as u64) / volley.wall.as_secs_f64());
    }
    let name = format!("{} flat out on {LINES} lines", route.name());
    board.tell(Figure::new("pgbench", name, "requests/s", &rates));
    Ok(median(&rates))
}

/// The same SQL without us.
fn scripted(
    host: &Host,
    tenants: &Tenants,
    (folder, plan): (&Path, Plan),
    (route, own, board): (Route, f64, &mut Board),
) -> Outcome<()> {
    let script = pgbench::Script::of(route, tenants, folder)?;
    let (mut p95, mut most) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        p95.push(script.at_rate(host, READS_A_SECOND, plan.seconds)?);
        most.push(script.flat_out(host, LINES, plan.seconds)?);
    }
    let name = |what: &str| format!("SQL of {} through pgbench, {what}", route.name());
    board.tell(Figure::new("pgbench", name(&format!("p95 at {READS_A_SECOND}/s")), "ms wall", &p95));
    // Half of what pgbench can is asked of us, so pgbench may do twice what we do.
    let figure = Figure::new("pgbench", name(&format!("flat out on {LINES} lines")), "requests/s", &most);
    board.tell(figure.over("ours", own).held_to(Bound::TimesFloor(2.0)));
    Ok(())
}
