//! Goals 2 and 4: the whole base, pushed once and pulled by new devices, with every document opened and lazily; and how
//! soon today is there.

use std::collections::BTreeSet;
use std::path::PathBuf;

use client_core::app::Span;
use client_core::driver::Transport as _;
use client_core::sync::{Effect, Engine, Event, Options};
use domain::ids::ClientId;
use jiff::ToSpan as _;

use super::super::device::Device;
use super::super::figure::{Bound, Figure};
use super::super::probe::{self, figure, us_each};
use super::super::{Outcome, floors};
use super::{Bench, RUNS, SEED};

/// The base as it stands when it is on the server.
#[derive(Debug)]
pub(super) struct Base {
    /// The device that made it.
    pub(super) a: Device,
    /// A device that pulled it lazily.
    pub(super) b: Device,
    /// Where that one lives.
    pub(super) b_home: PathBuf,
    /// The clients' ids.
    pub(super) clients: Vec<String>,
}

pub(super) const NAME: &str = "base";

/// Makes, pushes and pulls the base.
pub(super) async fn measure(bench: &mut Bench) -> Outcome<Base> {
    let (size, total) = (bench.size, bench.size.total());
    let account = bench.host.register(NAME).await?;
    let port = bench.host.port();
    let mut a = Device::make(&bench.home("base-a")?, &account, port, Options::default())?;
    let watch = probe::Stopwatch::start()?;
    let clients = a.fill(SEED, size, bench.today)?;
    let written = us_each(watch.spent()?.cpu, total);
    bench.board.tell(Figure::new("base", format!("writing {total} entities"), "us CPU each", &[written]));
    let floors = bench.floors("base", &floors::entities(&a)?).await?;
    let pushed = a.sync(&bench.host).await?;
    let ingest = us_each(pushed.host_cpu, total);
    bench.board.tell(
        Figure::new("5", format!("push of {total}, server and Postgres"), "us CPU each", &[ingest])
            .over("C in", floors.c_in),
    );
    let mut last = None;
    for rows in [false, true] {
        let (mut cpu, mut host_cpu, mut growth, mut wall) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for run in 0..RUNS {
            bench.host.restart_server().await?;
            let account = bench.host.enrol(NAME, "B").await?;
            let home = bench.home(&format!("base-{rows}-{run}"))?;
            let options = Options { rows, ..Options::default() };
            let mut b = Device::make(&home, &account, bench.host.port(), options)?;
            let before = probe::rss(bench.host.server_process())?;
            let pulled = b.sync(&bench.host).await?;
            let peak = probe::peak_rss(bench.host.server_process())?;
            cpu.push(us_each(pulled.cpu, total));
            host_cpu.push(us_each(pulled.host_cpu, total));
            wall.push(pulled.wall.as_secs_f64());
            growth.push(figure(peak.saturating_sub(before)) / 1e6);
            last = Some((b, home, pulled));
        }
        let (mode, times, out) = if rows {
            ("lazy", 3.0, ("C out with rows", floors.c_out_rows))
        } else {
            ("every document opened", 8.0, ("C out", floors.c_out))
        };
        let mut tell = |figure| bench.board.tell(figure);
        let of = |what: &str| format!("{what}, {total} entities, {mode}");
        tell(
            Figure::new("2", of("first pull, device"), "us CPU each", &cpu)
                .over("R", floors.r)
                .held_to(Bound::TimesFloor(times)),
        );
        tell(Figure::new("2", of("first pull"), "s wall", &wall));
        tell(
            Figure::new("4", of("first pull, server and Postgres"), "us CPU each", &host_cpu)
                .over(out.0, out.1)
                .held_to(Bound::TimesFloor(3.0)),
        );
        tell(
            Figure::new("4", of("growth of the server's memory"), "MB RSS", &growth)
                .held_to(Bound::AtMost(32.0)),
        );
    }
    let (b, b_home, pulled) = last.ok_or("nothing was pulled")?;
    let share = today_first(bench, &b, pulled.bytes.down_bodies()).await?;
    bench.board.tell(
        Figure::new(
            "today",
            "bytes until today and a week are usable on a new device",
            "% of all",
            &[share * 100.0],
        )
        .held_to(Bound::AtMost(5.0)),
    );
    Ok(Base { a, b, b_home, clients })
}

/// Which part of the bytes has come when the visits of today and the next days, their clients and those clients' notes
/// are here.
async fn today_first(bench: &Bench, whole: &Device, all: u64) -> Outcome<f64> {
    let start = bench.today.to_zoned(jiff::tz::TimeZoneDatabase::bundled().get("Europe/Moscow")?)?;
    let until = start.checked_add(7.days())?.timestamp();
    let from = Span { from: Some(start.timestamp()), until: Some(until) };
    let coming = whole.app.appointments(from)?;
    let clients: BTreeSet<ClientId> = coming.iter().filter_map(|visit| visit.client_id).collect();
    let mut notes = 0;
    for client in &clients {
        notes += whole.app.notes(Some(*client))?.len();
    }
    let today = Today { from, visits: coming.len(), clients, notes };
    let account = bench.host.enrol(NAME, "C").await?;
    let mut device =
        Device::make(&bench.home("base-today")?, &account, bench.host.port(), Options::default())?;
    let mut engine = Engine::new(Options::default());
    let before = device.counted();
    let mut event = Event::Wake;
    loop {
        let effect = device.app.sync_step(&mut engine, event)?;
        if today.is_on(&device)? {
            break;
        }
        let Effect::Send(ticket, request) = effect else { return Err("today never came".into()) };
        event = Event::Answered(ticket, device.http().perform(&request).await?);
    }
    Ok(figure(device.counted().since(before).down_bodies()) / figure(all.max(1)))
}

/// What must be there before she can work: the visits of the week, their clients, those clients' notes.
struct Today {
    from: Span,
    visits: usize,
    clients: BTreeSet<ClientId>,
    notes: usize,
}

impl Today {
    fn is_on(&self, device: &Device) -> Outcome<bool> {
        if device.app.appointments(self.from)?.len() < self.visits {
            return Ok(false);
        }
        let mut notes = 0;
        for client in &self.clients {
            if device.app.client(*client).is_err() {
                return Ok(false);
            }
            notes += device.app.notes(Some(*client))?.len();
        }
        Ok(notes >= self.notes)
    }
}
