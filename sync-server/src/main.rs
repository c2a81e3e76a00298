//! The program: reads its settings, has a database ready (its own, if none is named), serves, ends in order.

use std::env;
use std::error::Error;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use domain::lang::Lang;
use secrecy::SecretString;
use sync_server::admin::{self, Admin};
use sync_server::billing::Billing;
use sync_server::config::{AppEnv, Cli, Command, Config, EmulatorsArgs};
use sync_server::db::{Db, JobsDb, migrate};
use sync_server::embedded_postgres::{Binaries, Durability, EmbeddedPostgres, address_of_running};
use sync_server::emulators::House;
use sync_server::jobs::{Kinds, Worker, WorkerSettings};
use sync_server::media::{Gallery, LinkKeys, Painter, remake_picture};
use sync_server::operations::Operations;
use sync_server::redis::Redis;
use sync_server::sealed::{Sealer, SigningKeys};
use sync_server::stop::Stop;
use sync_server::sync::Live;
use sync_server::system::{SharedIds, SystemClock, SystemIds};
use sync_server::{AppState, doctor, invoices, logging, metrics, openapi, server};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// Automerge makes and drops many small things; with glibc's allocator a third of a sync goes into that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Some(Command::RemakePicture)) {
        return remake_picture();
    }
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sync-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(Cli { command, config }: Cli) -> Outcome<()> {
    let command = command.unwrap_or(Command::Serve);
    if matches!(command, Command::Openapi) {
        return Ok(io::stdout().write_all(openapi::pretty()?.as_bytes())?);
    }
    // Two TLS libraries in one build, and rustls would not know which to take.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    if let Command::Admin(admin) = &command {
        return administer(admin, &config);
    }
    if matches!(command, Command::Doctor) {
        let findings = Runtime::new()?.block_on(doctor::examine(&config));
        for finding in &findings {
            println!("{finding}");
        }
        let is_ill = findings.iter().any(|finding| finding.state == doctor::State::Fail);
        return if is_ill {
            Err("something does not work; the lines above say what to do".into())
        } else {
            Ok(())
        };
    }
    logging::start(config.app.log_format)?;
    if let Command::Emulators(emulators) = &command {
        return Runtime::new()?.block_on(emulate(emulators, &config));
    }
    for answer in config.mission.answers(config.redis.url()?.is_some())? {
        tracing::warn!("{answer}");
    }
    // Before the runtime: starting blocks, and stopping comes after everything else.
    let (postgres, url) = database(matches!(command, Command::Worker), &config)?;
    let outcome = Runtime::new()?.block_on(work(&command, &config, &url));
    if let Some(postgres) = postgres {
        postgres.stop()?;
    }
    outcome
}

/// What an operator does by hand: on the database that is named, on that of the server that runs on this data folder, or on one
/// that is started for it.
fn administer(admin: &Admin, config: &Config) -> Outcome<()> {
    let running = match config.database.url()? {
        None => address_of_running(&config.serve.data.join("postgres"), "postgres").map(SecretString::from),
        named => named,
    };
    let (postgres, url) = match running {
        Some(url) => (None, url),
        None => database(false, config)?,
    };
    let done = Runtime::new()?.block_on(async {
        migrate(&url).await?;
        let state = state(config, &url).await?;
        let everybody = JobsDb::connect(&url, 1).await?;
        Outcome::Ok(admin::act(&state, &everybody, &admin.act).await)
    })?;
    if let Some(postgres) = postgres {
        postgres.stop()?;
    }
    let lang = admin.lang.unwrap_or_else(language);
    match done {
        Ok(shown) => {
            println!("{}", if admin.json { shown.json() } else { shown.lines() });
            Ok(())
        }
        Err(error) if admin.json => {
            println!("{}", error.json(lang));
            Err(error.code().to_string().into())
        }
        Err(error) => Err(error.lines(lang).into()),
    }
}

/// The language of the environment, as other programs find it.
fn language() -> Lang {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| env::var(name).ok());
    named.and_then(|tag| tag.parse().ok()).unwrap_or_default()
}

/// The database that is named, or else one of our own.
fn database(is_worker: bool, config: &Config) -> Outcome<(Option<EmbeddedPostgres>, SecretString)> {
    if let Some(url) = config.database.url()? {
        return Ok((None, url));
    }
    if is_worker {
        return Err("a worker needs the database of its server: set DATABASE_URL".into());
    }
    let folder = config.serve.data.join("postgres");
    tracing::info!(folder = %folder.display(), "starting Postgres");
    let postgres = EmbeddedPostgres::start(Binaries::locate(None)?, &folder, Durability::Full)?;
    let url = postgres.url("postgres").into();
    Ok((Some(postgres), url))
}

async fn work(command: &Command, config: &Config, url: &SecretString) -> Outcome<()> {
    let stop = Stop::listen(config.serve.stop_on_stdin_eof)?;
    tokio::select! {
        migrated = migrate(url) => migrated?,
        reason = stop.clone().wait() => {
            tracing::info!(reason, "stopped while migrating");
            return Ok(());
        }
    }
    tracing::info!("the database is up to date");
    match command {
        Command::Serve => serve(config, url, stop).await,
        Command::Worker => work_only(config, url, stop).await,
        Command::Migrate
        | Command::Openapi
        | Command::Doctor
        | Command::Emulators(_)
        | Command::Admin(_)
        | Command::RemakePicture => Ok(()),
    }
}

async fn serve(config: &Config, url: &SecretString, stop: Stop) -> Outcome<()> {
    let state = state(config, url).await?;
    let listener = listen(config.serve.address()).await?;
    let beside = Beside::start(config, url, &state, config.jobs.settings(), &stop).await?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    let (health, drain) = (state.health.clone(), config.operations.drain());
    server::serve(listener, state.clone(), async move {
        let reason = stop.wait().await;
        tracing::info!(reason, "stopping");
        health.drain();
        sleep(drain).await;
    })
    .await;
    beside.end().await?;
    state.db.close().await;
    Ok(())
}

async fn work_only(config: &Config, url: &SecretString, stop: Stop) -> Outcome<()> {
    let settings = config.jobs.settings().ok_or("VELORIA_WORKERS is 0: this worker would do nothing")?;
    let state = state(config, url).await?;
    let beside = Beside::start(config, url, &state, Some(settings), &stop).await?;
    let reason = stop.wait().await;
    tracing::info!(reason, "stopping");
    state.health.drain();
    beside.end().await?;
    state.db.close().await;
    Ok(())
}

/// The outside world, played on this machine.
async fn emulate(emulators: &EmulatorsArgs, config: &Config) -> Outcome<()> {
    if config.app.env == AppEnv::Prod {
        return Err("the emulators are not for APP_ENV=prod: there, payments are real".into());
    }
    let stop = Stop::listen(config.serve.stop_on_stdin_eof)?;
    let listener = listen(EmulatorsArgs::address(config)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let ids = SharedIds::new(SystemIds);
    let house = House::new(Arc::new(SystemClock), ids, &address, emulators.notify.as_deref())?;
    println!("ready {address}");
    house.serve(listener, async { _ = stop.wait().await }).await;
    Ok(())
}

/// What runs beside the requests: the worker, and the room of the operators.
struct Beside {
    worker: Option<JoinHandle<()>>,
    operators: JoinHandle<()>,
    jobs: JobsDb,
}

impl Beside {
    async fn start(
        config: &Config,
        url: &SecretString,
        state: &AppState,
        settings: Option<WorkerSettings>,
        stop: &Stop,
    ) -> Outcome<Self> {
        let token = config.operations.token()?;
        // One for the operators.
        let connections = settings.map_or(0, |settings| settings.connections()).saturating_add(1);
        let jobs = JobsDb::connect(url, connections).await?;
        let room = Operations::new(state.clone(), jobs.clone(), Some(metrics::start()?), token.as_ref());
        let listener = match config.operations.addresses() {
            (usual, Some(other)) => match TcpListener::bind(usual).await {
                Ok(listener) => listener,
                Err(_) => listen(other).await?,
            },
            (address, None) => listen(address).await?,
        };
        tracing::info!(address = %listener.local_addr()?, "operators look here");
        let operators = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, room.router()).await {
                tracing::error!(%error, "the room of the operators is closed");
            }
        });
        let worker = settings.map(|settings| {
            let worker = Worker::new(state.clone(), jobs.clone(), Kinds::all(), settings);
            let stop = stop.clone();
            tokio::spawn(worker.run(async { _ = stop.wait().await }))
        });
        Ok(Self { worker, operators, jobs })
    }

    /// Waits for the worker's last jobs. Operators can look until the end.
    async fn end(self) -> Outcome<()> {
        if let Some(worker) = self.worker {
            worker.await?;
        }
        self.operators.abort();
        self.jobs.close().await;
        Ok(())
    }
}

async fn state(config: &Config, url: &SecretString) -> Outcome<AppState> {
    let db = Db::connect(url, config.database.connections).await?;
    let is_production = config.app.env == AppEnv::Prod;
    let (key, previous) = config.app.keys(&config.serve.data)?;
    let keys = LinkKeys::new(&key, &previous);
    let gallery =
        Gallery::open(&config.media.disk(&config.serve.data)?, keys, Painter::new(env::current_exe()?))?;
    let sealer = Sealer::new(&key, &previous);
    let invoice_links = SigningKeys::new(&key, &previous, invoices::LINKS);
    let billing = Billing::new(config.billing.prices()?, &key.derive(b"entitlements 1"));
    let state = AppState::new(db, Arc::new(SystemClock), SharedIds::new(SystemIds), gallery, is_production)
        .with_mail(config.mail.mailer(config.app.env, &config.serve.data)?)
        .with_billing(billing)
        .with_sealer(sealer)
        .with_invoice_links(invoice_links)
        .with_online(config.online.online()?)
        .with_address(config.app.address()?.as_deref());
    let state = match config.redis.url()? {
        Some(url) if config.mission.broadcasts() => state.with_redis(Redis::at(&url)?),
        Some(url) => state.with_redis(Redis::at(&url)?).with_live(Live::default()),
        None => state,
    };
    let edge = config.edge.edge(state.redis.clone());
    Ok(state.with_edge(edge))
}

async fn listen(address: SocketAddr) -> Outcome<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}").into())
}
