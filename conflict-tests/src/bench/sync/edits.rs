//! Goals 6, 7 and 9 and what goes with them: edits of records that both devices have. A thousand at once, one alone,
//! none at all, and a thousand of the same records on both devices while they were apart.

use client_core::app::Span;
use client_core::sync::Options;
use domain::ids::{AppointmentId, ClientId, NoteId};

use super::super::Outcome;
use super::super::device::Device;
use super::super::figure::{Bound, Figure};
use super::super::probe::{figure, ms, us_each};
use super::base::NAME;
use super::{Bench, RUNS};

const MOST_EDITS: usize = 1_000;

/// Edits on `a`, read by `b`.
pub(super) async fn measure(bench: &mut Bench, clients: &[String]) -> Outcome<()> {
    let account = bench.host.enrol(NAME, "D").await?;
    let home = bench.home("edits-b")?;
    // The server was started anew since the base was made, so lines to it are, too.
    let mut b = Device::make(&home, &account, bench.host.port(), Options::default())?;
    b.sync(&bench.host).await?;
    let account = bench.host.enrol(NAME, "A").await?;
    let mut a = Device::make(&bench.home("edits-a")?, &account, bench.host.port(), Options::default())?;
    a.sync(&bench.host).await?;
    let ids = &clients[..clients.len().min(MOST_EDITS)];
    let mix = Mix::of(&a, ids)?;
    many(bench, &mut a, &mut b, &mix).await?;
    single(bench, &mut a, &mut b, &ids[0]).await?;
    apart(bench, &mut a, &mut b, ids).await
}

/// What is edited: ten visits to a client and a note, as the base has them.
struct Mix {
    clients: Vec<ClientId>,
    visits: Vec<AppointmentId>,
    notes: Vec<NoteId>,
}

impl Mix {
    fn of(device: &Device, clients: &[String]) -> Outcome<Self> {
        let of_each = clients.len() / 12;
        let clients: Vec<ClientId> =
            clients[..of_each].iter().map(|id| id.parse()).collect::<Result<_, _>>()?;
        let visits = device.app.appointments(Span::default())?.into_iter().take(of_each * 10);
        let notes = device.app.notes(None)?.into_iter().take(of_each);
        Ok(Self { clients, visits: visits.map(|v| v.id).collect(), notes: notes.map(|n| n.id).collect() })
    }

    const fn len(&self) -> usize {
        self.clients.len() + self.visits.len() + self.notes.len()
    }

    /// One field of each; every edit a transaction of its own.
    fn edit(&self, device: &mut Device, run: usize) -> Outcome<()> {
        let one = |field: &str, value: String| [(field.to_owned(), value.into())].into_iter().collect();
        for (i, id) in self.clients.iter().enumerate() {
            device.app.edit_client(*id, &one("email", format!("a{run}x{i}@mail.ru")))?;
        }
        for (i, id) in self.visits.iter().enumerate() {
            device.app.edit_appointment(*id, &one("note", format!("правка {run} {i}")))?;
        }
        for id in &self.notes {
            let kind = if run.is_multiple_of(2) { "formula" } else { "general" };
            device.app.edit_note(*id, &one("kind", kind.to_owned()))?;
        }
        Ok(())
    }
}

/// A thousand edits in one push and one pull.
async fn many(bench: &mut Bench, a: &mut Device, b: &mut Device, mix: &Mix) -> Outcome<()> {
    let (mut up, mut down, mut cpu, mut server, mut rounds) = (vec![], vec![], vec![], vec![], vec![]);
    for run in 0..=RUNS {
        mix.edit(a, run)?;
        let count = usize::try_from(a.app.pending()?)?;
        let pushed = a.sync(&bench.host).await?;
        let pulled = b.sync(&bench.host).await?;
        let each = us_each(pulled.cpu, count);
        if run == 0 {
            let name = format!("{count} remote edits of documents that nobody had opened");
            bench.board.tell(Figure::new("6", name, "us CPU each", &[each]));
            continue;
        }
        cpu.push(each);
        server.push(us_each(pushed.host_cpu, count));
        up.push(figure(pushed.bytes.up_bodies()) / figure(count as u64));
        down.push(figure(pulled.bytes.down_bodies()) / figure(count as u64));
        rounds.push(f64::from(pushed.rounds));
    }
    let of = |what: &str| format!("about {} edits of a field: {what}", mix.len());
    let mut tell = |figure| bench.board.tell(figure);
    tell(
        Figure::new("6", of("applied by the other device"), "us CPU each", &cpu)
            .held_to(Bound::AtMost(220.0)),
    );
    tell(Figure::new("6", of("taken in, server and Postgres"), "us CPU each", &server));
    tell(Figure::new("7", of("pushed"), "B each", &up).held_to(Bound::AtMost(60.0)));
    tell(Figure::new("7", of("pulled"), "B each", &down).held_to(Bound::AtMost(60.0)));
    tell(Figure::new("offline", of("round trips to push"), "requests", &rounds).held_to(Bound::AtMost(3.0)));
    Ok(())
}

/// One edit, and none.
async fn single(bench: &mut Bench, a: &mut Device, b: &mut Device, id: &str) -> Outcome<()> {
    let (mut push, mut pull, mut round, mut idle, mut requests) = (vec![], vec![], vec![], vec![], vec![]);
    for run in 0..RUNS {
        let nothing = a.sync(&bench.host).await?;
        b.sync(&bench.host).await?;
        a.set(id, "email", &format!("single{run}@mail.ru"))?;
        let pushed = a.sync(&bench.host).await?;
        let pulled = b.sync(&bench.host).await?;
        idle.push(figure(nothing.bytes.up.max(nothing.bytes.down)));
        requests.push(f64::from(nothing.rounds));
        push.push(figure(pushed.bytes.up_bodies()) - figure(nothing.bytes.up_bodies()));
        pull.push(figure(pulled.bytes.down_bodies()) - figure(nothing.bytes.down_bodies()));
        round.push(figure(pushed.bytes.total()));
    }
    let mut tell = |figure| bench.board.tell(figure);
    let of = |what: &str| format!("one live edit, {what}");
    tell(Figure::new("7", of("what it adds to an ask"), "B", &push).held_to(Bound::AtMost(200.0)));
    tell(Figure::new("7", of("what it adds to an answer"), "B", &pull).held_to(Bound::AtMost(200.0)));
    tell(Figure::new("7", of("all of its push, both ways, HTTP heads and all"), "B", &round));
    tell(
        Figure::new("idle", "sync with nothing to say, the larger way, heads and all", "B", &idle)
            .held_to(Bound::AtMost(1024.0)),
    );
    tell(Figure::new("idle", "sync with nothing to say", "requests", &requests).held_to(Bound::AtMost(1.0)));
    Ok(())
}

/// Whose turn it is to sync.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    A,
    B,
}

/// Both devices edit the same records while they are apart; afterwards both must show both edits.
async fn apart(bench: &mut Bench, a: &mut Device, b: &mut Device, ids: &[String]) -> Outcome<()> {
    let (mut wall, mut bytes, mut hidden, mut rounds) = (vec![], vec![], vec![], vec![]);
    for run in 0..RUNS {
        for (i, id) in ids.iter().enumerate() {
            a.set(id, "email", &format!("apart{run}x{i}@mail.ru"))?;
            b.set(id, "loyaltyLevel", &format!("{run}-{i}"))?;
        }
        let mut spent = (0.0, 0);
        for turn in [Turn::A, Turn::B, Turn::A] {
            let device = if turn == Turn::A { &mut *a } else { &mut *b };
            let synced = device.sync(&bench.host).await?;
            spent = (spent.0 + ms(synced.wall), spent.1 + synced.bytes.total());
            rounds.push(f64::from(synced.rounds));
        }
        wall.push(spent.0);
        bytes.push(figure(spent.1));
        let mut lost = 0;
        for (i, id) in ids.iter().enumerate() {
            let (email, level) = (format!("apart{run}x{i}@mail.ru"), format!("{run}-{i}"));
            for device in [&*a, &*b] {
                let client = device.app.client(id.parse()?)?;
                let shows = client.email.as_deref() == Some(&email)
                    && client.loyalty_level.as_deref() == Some(&level);
                lost += u64::from(!shows);
            }
        }
        hidden.push(figure(lost));
    }
    let of = |what: &str| format!("{0} + {0} offline edits of the same records: {what}", ids.len());
    let most = rounds.iter().copied().fold(0.0, f64::max);
    let mut tell = |figure| bench.board.tell(figure);
    tell(Figure::new("9", of("edits hidden"), "edits", &hidden).held_to(Bound::AtMost(0.0)));
    tell(Figure::new("9", of("three sessions, one after the other"), "ms wall", &wall));
    tell(Figure::new("9", of("all sessions, both ways"), "B", &bytes));
    tell(
        Figure::new("9", of("round trips of a session at most"), "requests", &[most])
            .held_to(Bound::AtMost(3.0)),
    );
    Ok(())
}
