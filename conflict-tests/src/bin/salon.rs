//! `salon DIR`: a real salon's exports through everything. Imports one master's lines into a new device, syncs them to
//! a real server, enrols a second device from nothing, and compares: exports byte for byte, and the monthly totals with
//! a recount of the file that shares no code with the import. Says `equal` at the end, or what is not, and exits with 1.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use client_core::App;
use client_core::app::{Export, Home};
use client_core::driver::account::{Accounts, Registration};
use client_core::driver::http::Http;
use client_core::driver::{Ended, sync_once};
use client_core::import::{Duplicates, Filter, ImportMap, Job, Kind, Mode, Report, month_totals};
use client_core::sync::{Engine, Options};
use client_core::system::{SystemClock, SystemIds, fill_random};
use domain::appointments::Status;
use secrecy::SecretString;
use sync_server::testing::{PASSWORD, TestServer};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Runs a salon's exports through import, server and a second device.
#[derive(Debug, Parser)]
struct Cli {
    /// The folder with the exported files.
    dir: PathBuf,
    /// Whose lines.
    #[arg(long, default_value = "JJ")]
    staff: String,
}

const EMAIL: &str = "master@example.ru";

/// The files in the order in which they are imported: what they are, their names, their maps.
const FILES: [(Kind, &str, &str); 5] = [
    (Kind::Services, "service-listing.csv", include_str!("../../maps/services.toml")),
    (Kind::Appointments, "future-bookings.csv", include_str!("../../maps/bookings.toml")),
    (Kind::Appointments, "client-cancellations.csv", include_str!("../../maps/cancellations.toml")),
    (Kind::Appointments, "no-show-report.csv", include_str!("../../maps/no-shows.toml")),
    (Kind::Payments, RECEIPTS, include_str!("../../maps/receipts.toml")),
];
const RECEIPTS: &str = "receipt-transactions.csv";

fn main() -> ExitCode {
    // The first to come decides; there is nobody else in this process.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let cli = Cli::parse();
    let done =
        tokio::runtime::Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(run(&cli)));
    match done {
        Ok(()) => {
            println!("equal");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("salon: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: &Cli) -> Outcome<()> {
    let files = read_all(&cli.dir)?;
    let server = TestServer::start().await;
    let accounts = Accounts::new(server.url(), "en")?;
    let registration = Registration {
        name: cli.staff.clone(),
        email: EMAIL.to_owned(),
        password: PASSWORD.to_owned(),
        tenant_name: None,
        timezone: Some("America/Vancouver".to_owned()),
        locale: Some("en".to_owned()),
    };
    accounts.register(&registration).await?;

    let homes = tempfile::tempdir()?;
    let mut a = enrol(&accounts, &homes.path().join("a"), "A").await?;
    let reports = import(&mut a, &files, &cli.staff)?;
    let first = a.export()?;
    tell(&reports, &first);
    check(
        "appointments",
        first.appointments.len(),
        reports[1].created + reports[2].created + reports[3].created,
    )?;
    check("payments", first.payments.len(), reports[4].created)?;
    for (report, (_, name, _)) in reports.iter().zip(FILES) {
        check(&format!("rows with problems in {name}"), report.problems, 0)?;
    }
    sync(&mut a, server.url()).await?;

    let mut c = enrol(&accounts, &homes.path().join("c"), "C").await?;
    sync(&mut c, server.url()).await?;
    for (name, app) in [("A", &mut a), ("C", &mut c)] {
        let verified = app.verify()?;
        println!(
            "{name}: {} documents, {} unopened, {} different",
            verified.documents, verified.unopened, verified.different
        );
        check(&format!("unopened or different on {name}"), verified.unopened + verified.different, 0)?;
    }
    compare(&a, &c)?;

    for app in [&mut a, &mut c] {
        for report in import(app, &files, &cli.staff)? {
            check("rows that a second import writes", report.created + report.updated + report.problems, 0)?;
        }
    }
    check("changes that wait after a second import", c.pending()?, 0)?;
    compare(&a, &c)?;

    let recounted = recount(&fs::read_to_string(cli.dir.join(RECEIPTS))?, &cli.staff)?;
    let totals = month_totals(&c.payments(None)?)?;
    let totals: BTreeMap<String, i64> =
        totals.iter().map(|total| (total.month.clone(), total.amount.minor())).collect();
    for (month, cents) in &totals {
        println!(
            "{month} {}{}.{:02}",
            if *cents < 0 { "-" } else { "" },
            cents.abs() / 100,
            cents.abs() % 100
        );
    }
    if totals == recounted { Ok(()) } else { Err(format!("the file itself adds up to {recounted:?}").into()) }
}

fn read_all(dir: &Path) -> Outcome<Vec<Vec<u8>>> {
    let read = |name: &str| {
        fs::read(dir.join(name)).map_err(|error| format!("{}: {error}", dir.join(name).display()))
    };
    Ok(FILES.iter().map(|(_, name, _)| read(name)).collect::<Result<_, _>>()?)
}

async fn enrol(accounts: &Accounts, folder: &Path, name: &str) -> Outcome<App> {
    let passphrase = SecretString::from("salon".to_owned());
    let (clock, ids) = (Arc::new(SystemClock), Box::new(SystemIds));
    let mut app = Home::new(folder).open_or_create(&passphrase, &mut fill_random, clock, ids)?;
    let account = accounts.sign_in(EMAIL, &SecretString::from(PASSWORD.to_owned()), name).await?;
    app.sign_in(&account)?;
    Ok(app)
}

fn import(app: &mut App, files: &[Vec<u8>], staff: &str) -> Outcome<Vec<Report>> {
    let of_staff = [Filter { column: "Staff".to_owned(), value: staff.to_owned() }];
    let mut reports = Vec::new();
    for ((kind, _, map), bytes) in FILES.iter().zip(files) {
        let map = ImportMap::parse(map)?;
        let filters: &[Filter] = if *kind == Kind::Services { &[] } else { &of_staff };
        let job =
            Job { kind: *kind, bytes, map: &map, filters, duplicates: Duplicates::Ask, mode: Mode::Write };
        reports.push(app.import(&job, &mut |_, _| {})?);
    }
    Ok(reports)
}

fn tell(reports: &[Report], all: &Export) {
    for (report, (_, name, _)) in reports.iter().zip(FILES) {
        println!(
            "{name}: created {}, updated {}, skipped {}, of unknown time {}, clients from codes {}, left out {}",
            report.created,
            report.updated,
            report.skipped,
            report.time_unknown,
            report.clients_created,
            report.left_out
        );
    }
    let with = |status: Status| all.appointments.iter().filter(|visit| visit.status == status).count();
    println!(
        "{} services, {} clients, {} appointments ({} cancelled, {} missed, {} without a client), {} payments",
        all.services.len(),
        all.clients.len(),
        all.appointments.len(),
        with(Status::Cancelled),
        with(Status::NoShow),
        all.appointments.iter().filter(|visit| visit.client_id.is_none()).count(),
        all.payments.len()
    );
}

async fn sync(app: &mut App, server: &str) -> Outcome<()> {
    let token = app.token()?.ok_or("the device has no token")?;
    let http = Http::new(server, token)?;
    match sync_once(app, &mut Engine::new(Options::default()), &http).await? {
        Ended::Done(report) => {
            check("changes that the server refused", report.refused + report.quarantined, 0)?;
            check("what waits after a sync", app.pending()?, 0)
        }
        Ended::Later(_, failure) | Ended::Stopped(failure) => Err(failure.into()),
    }
}

fn compare(a: &App, c: &App) -> Outcome<()> {
    let (a, c) = (serde_json::to_string_pretty(&a.export()?)?, serde_json::to_string_pretty(&c.export()?)?);
    match a.lines().zip(c.lines()).find(|(a, c)| a != c) {
        Some((a, c)) => Err(format!("A and C differ: {a} | {c}").into()),
        None => check("length of the exports", c.len(), a.len()),
    }
}

fn check<T: PartialEq + std::fmt::Display + Copy>(what: &str, found: T, wanted: T) -> Outcome<()> {
    if found == wanted { Ok(()) } else { Err(format!("{what}: {found} instead of {wanted}").into()) }
}

/// Cents by month, straight from the file: its receipts have no quoted cells, or this says so.
fn recount(text: &str, staff: &str) -> Outcome<BTreeMap<String, i64>> {
    let mut months = BTreeMap::new();
    for line in text.lines().skip(1).filter(|line| !line.is_empty()) {
        let cells: Vec<&str> = line.split(',').collect();
        let [_, date, _, _, whose, _, amount, _, _] = cells.as_slice() else {
            return Err(format!("cannot recount the line {line:?}").into());
        };
        if *whose == staff {
            let month = format!("{}-{}", &date[6..], &date[..2]);
            *months.entry(month).or_insert(0) += cents(amount)?;
        }
    }
    Ok(months)
}

fn cents(amount: &str) -> Outcome<i64> {
    let digits = amount.trim_start_matches('-');
    let (units, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let size = units.parse::<i64>()? * 100 + format!("{fraction:0<2}").parse::<i64>()?;
    Ok(if digits.len() == amount.len() { size } else { -size })
}
