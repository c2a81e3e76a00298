//! Conflicts on a device: what keeping them costs beside an edit, in a tenth of a base and in all of it; the list; a long
//! history; everything as it was at a moment; taking back what a device did. On a real encrypted file, in time of one core.

use std::sync::Arc;

use client_core::app::{Account, App, DeviceIdentity, Home, Tenant};
use client_core::system::{SystemClock, SystemIds, fill_random};
use domain::ids::{AppointmentId, ClientId, DeviceId, TenantId};
use domain::money::Currency;
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use serde_json::{Map, Value as Json, json};
use tempfile::TempDir;
use uuid::Uuid;

use super::Outcome;
use super::figure::{Board, Bound, Figure};
use super::probe::{self, figure};
use super::salon::{self, Size};

const TODAY: Date = date(2026, 12, 1);
/// How many edits each run measures.
const EDITS: usize = 200;
/// As many records as the server takes back in one step; a device has no such bound.
const TAKEN_BACK: usize = 2_000;
/// The goal: keeping conflicts costs at most this part of an edit.
const PART: f64 = 0.1;
/// The goal for the first page of a long history, in milliseconds.
const PAGE: f64 = 50.0;

/// Measures in a tenth of the base and in all of it.
pub fn run(size: Size, board: &mut Board) -> Outcome<()> {
    let tenth = Size { clients: size.clients / 10, visits: size.visits / 10, notes: 0 };
    for (base, size) in [("a tenth of the base", tenth), ("the base", size)] {
        let mut salon = Salon::fill(size)?;
        let (mut edits, mut upkeep) = (Vec::new(), Vec::new());
        for run in 0..3 {
            edits.push(salon.edit(run)?);
            upkeep.push(salon.look_again(run)?);
        }
        let edit = Figure::new("conflicts", format!("an edit of a visit, {base}"), "us CPU", &edits);
        let kept = Figure::new("conflicts", format!("of that, keeping conflicts, {base}"), "us CPU", &upkeep);
        let kept = kept.over("the edit", edit.value).held_to(Bound::TimesFloor(PART));
        board.tell(edit);
        board.tell(kept);
        let open =
            salon.app.store().read::<_, client_core::StoreError>(|tx| Ok(tx.open_conflicts()?.len()))?;
        board.tell(Figure::new(
            "conflicts",
            format!("open conflicts, {base}"),
            "conflicts",
            &[figure(open as u64)],
        ));
        let now = salon.app.now();
        let at = timed(|| salon.app.appointments_at(now).map(|all| all.len()))?;
        board.tell(Figure::new("conflicts", format!("all visits as of a moment, {base}"), "ms CPU", &[at]));
        let page = salon.long_history()?;
        let page = Figure::new("conflicts", format!("first page of 1,000 changes, {base}"), "ms CPU", &page);
        board.tell(page.held_to(Bound::AtMost(PAGE)));
        let (count, spent) = salon.take_back()?;
        let name = format!("taking back {count} changes that a device made, {base}");
        board.tell(Figure::new("conflicts", name, "ms CPU", &[spent]));
    }
    Ok(())
}

/// A device with a salon in its file.
struct Salon {
    app: App,
    visits: Vec<AppointmentId>,
    client: ClientId,
    _folder: TempDir,
}

impl Salon {
    fn fill(size: Size) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let passphrase = "a passphrase for the bench".to_owned().into();
        let (clock, ids) = (Arc::new(SystemClock), Box::new(SystemIds));
        let mut app = Home::new(folder.path()).open_or_create(&passphrase, &mut fill_random, clock, ids)?;
        app.sign_in(&account())?;
        let mut clients = Vec::with_capacity(size.clients);
        for part in (0..size.clients).collect::<Vec<_>>().chunks(500) {
            app.in_batch(|app| {
                part.iter().try_for_each(|i| {
                    clients.push(app.add_client(&salon::client(7, *i))?.id);
                    Ok(())
                })
            })?;
        }
        let mut visits = Vec::with_capacity(size.visits);
        for part in (0..size.visits).collect::<Vec<_>>().chunks(500) {
            app.in_batch(|app| {
                part.iter().try_for_each(|i| {
                    let client = clients[i % clients.len()].to_string();
                    visits.push(app.book(&salon::visit(7, *i, &client, TODAY))?.appointment.id);
                    Ok(())
                })
            })?;
        }
        let client = *clients.first().ok_or("a base without clients")?;
        Ok(Self { app, visits, client, _folder: folder })
    }

    fn chosen(&self, run: usize) -> impl Iterator<Item = AppointmentId> {
        let step = (self.visits.len() / EDITS).max(1);
        self.visits.iter().skip(run).step_by(step).take(EDITS).copied().collect::<Vec<_>>().into_iter()
    }

    /// What an edit takes, in microseconds.
    fn edit(&mut self, run: usize) -> Outcome<f64> {
        let chosen: Vec<AppointmentId> = self.chosen(run).collect();
        let spent = timed(|| {
            for (n, id) in chosen.iter().enumerate() {
                // Within the half hour that the salon gives each visit, so that no edit makes a calendar impossible.
                let minutes = json!({ "durationMin": 10 + (n + run) % 21 });
                self.app.move_appointment(*id, &object(&minutes))?;
            }
            Ok::<_, client_core::AppError>(())
        })?;
        Ok(spent * 1e3 / figure(chosen.len() as u64))
    }

    /// What bringing the conflicts about a visit up to date takes, in microseconds.
    fn look_again(&mut self, run: usize) -> Outcome<f64> {
        let chosen: Vec<Uuid> = self.chosen(run).map(|id| id.0).collect();
        let spent = timed(|| self.app.store_mut().look_over_again(&chosen))?;
        Ok(spent * 1e3 / figure(chosen.len() as u64))
    }

    /// What the first page of a record with a thousand changes takes, in milliseconds.
    fn long_history(&mut self) -> Outcome<Vec<f64>> {
        let client = self.client;
        self.app.in_batch(|app| {
            (0..1_000).try_for_each(|n| {
                let level = json!({ "loyaltyLevel": format!("level {n}") });
                app.edit_client(client, &object(&level)).map(drop)
            })
        })?;
        (0..3).map(|_| timed(|| self.app.history(client.0, None, 50, None))).collect()
    }

    /// What taking back all that this device did since a moment takes, in milliseconds, and how many changes that were. All of
    /// them must be gone.
    fn take_back(&mut self) -> Outcome<(usize, f64)> {
        // Changes know their second only: what was done before must lie in an earlier one.
        let since = self.app.now() + SignedDuration::from_secs(1);
        while self.app.now() < since {
            std::hint::spin_loop();
        }
        let chosen: Vec<AppointmentId> = self.visits.iter().copied().take(TAKEN_BACK).collect();
        let before = self.lengths(&chosen)?;
        self.app.in_batch(|app| {
            chosen
                .iter()
                .try_for_each(|id| app.move_appointment(*id, &object(&json!({ "durationMin": 5 }))).map(drop))
        })?;
        let mut count = 0;
        let spent = timed(|| {
            count = self.app.undo_device("bench", since)?.undone.len();
            Ok::<_, client_core::AppError>(())
        })?;
        if count != chosen.len() || self.lengths(&chosen)? != before {
            return Err(format!("{count} of {} changes were taken back", chosen.len()).into());
        }
        Ok((count, spent))
    }

    fn lengths(&self, visits: &[AppointmentId]) -> Outcome<Vec<Option<u32>>> {
        visits.iter().map(|id| Ok(self.app.appointment(*id)?.duration_min)).collect()
    }
}

/// The time of one core that something takes, in milliseconds.
fn timed<T, E: Into<Box<dyn std::error::Error + Send + Sync>>>(
    act: impl FnOnce() -> Result<T, E>,
) -> Outcome<f64> {
    let before = probe::thread_cpu()?;
    act().map_err(Into::into)?;
    Ok(probe::thread_cpu()?.saturating_sub(before).as_secs_f64() * 1e3)
}

fn object(value: &Json) -> Map<String, Json> {
    value.as_object().cloned().unwrap_or_default()
}

fn account() -> Account {
    Account {
        server: "http://127.0.0.1:9".to_owned(),
        user: json!({}),
        tenant: Tenant {
            id: TenantId(Uuid::from_u128(2)),
            name: "Bench".to_owned(),
            timezone: "Europe/Moscow".to_owned(),
            locale: "ru".to_owned(),
            currency: Currency::RUB,
            plan: "ivory".to_owned(),
            entitlement: None,
        },
        device: DeviceIdentity { id: DeviceId(Uuid::from_u128(1)), name: "bench".to_owned() },
        token: "token".to_owned().into(),
        entitlement_key: None,
    }
}
