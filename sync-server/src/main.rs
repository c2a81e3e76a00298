//! The program: reads its settings, has a database ready (its own, if none is named), serves, ends in order.

use std::error::Error;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use secrecy::{ExposeSecret as _, SecretString};
use sync_server::billing::Billing;
use sync_server::config::{AppEnv, Cli, Command, Config};
use sync_server::db::{Db, JobsDb, migrate};
use sync_server::embedded_postgres::{Binaries, Durability, EmbeddedPostgres};
use sync_server::jobs::{Kinds, Worker, WorkerSettings};
use sync_server::redis::Redis;
use sync_server::stop::Stop;
use sync_server::system::{SharedIds, SystemClock, SystemIds};
use sync_server::{AppState, logging, openapi, server};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// Automerge makes and drops many small things; with glibc's allocator a third of a sync goes into that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match run(Cli::parse()) {
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
    logging::start(config.app.log_format)?;
    // Before the runtime: starting blocks, and stopping comes after everything else.
    let (postgres, url) = database(command, &config)?;
    let outcome = Runtime::new()?.block_on(work(command, &config, &url));
    if let Some(postgres) = postgres {
        postgres.stop()?;
    }
    outcome
}

/// The database that is named, or else one of our own.
fn database(command: Command, config: &Config) -> Outcome<(Option<EmbeddedPostgres>, SecretString)> {
    if let Some(url) = config.database.url()? {
        return Ok((None, url));
    }
    if command == Command::Worker {
        return Err("a worker needs the database of its server: set DATABASE_URL".into());
    }
    let folder = config.serve.data.join("postgres");
    tracing::info!(folder = %folder.display(), "starting Postgres");
    let postgres = EmbeddedPostgres::start(Binaries::locate(None)?, &folder, Durability::Full)?;
    let url = postgres.url("postgres").into();
    Ok((Some(postgres), url))
}

async fn work(command: Command, config: &Config, url: &SecretString) -> Outcome<()> {
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
        Command::Migrate | Command::Openapi => Ok(()),
    }
}

async fn serve(config: &Config, url: &SecretString, stop: Stop) -> Outcome<()> {
    let state = state(config, url).await?;
    let worker = match config.jobs.settings() {
        Some(settings) => Some(begin_to_work(&state, url, settings, stop.clone()).await?),
        None => None,
    };
    let listener = listen(config.serve.address()).await?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    server::serve(listener, state.clone(), async {
        let reason = stop.wait().await;
        tracing::info!(reason, "stopping");
    })
    .await;
    if let Some(worker) = worker {
        worker.await?;
    }
    state.db.close().await;
    Ok(())
}

async fn work_only(config: &Config, url: &SecretString, stop: Stop) -> Outcome<()> {
    let settings = config.jobs.settings().ok_or("VELORIA_WORKERS is 0: this worker would do nothing")?;
    let state = state(config, url).await?;
    begin_to_work(&state, url, settings, stop).await?.await?;
    state.db.close().await;
    Ok(())
}

async fn state(config: &Config, url: &SecretString) -> Outcome<AppState> {
    let db = Db::connect(url, config.database.connections).await?;
    let is_production = config.app.env == AppEnv::Prod;
    let sealer = config.app.sealer(&config.serve.data)?;
    let seed = sealer.derive("entitlements 1");
    let billing = Billing::new(config.billing.prices()?, seed.expose_secret());
    let state = AppState::new(db, Arc::new(SystemClock), SharedIds::new(SystemIds), is_production)
        .with_mail(config.mail.mailer(config.app.env, &config.serve.data)?)
        .with_billing(billing)
        .with_sealer(sealer);
    let state = match config.redis.url()? {
        Some(url) => state.with_redis(Redis::at(&url)?),
        None => state,
    };
    let edge = config.edge.edge(state.redis.clone());
    Ok(state.with_edge(edge))
}

/// Starts the worker beside the rest. It ends when told, after its last job.
async fn begin_to_work(
    state: &AppState,
    url: &SecretString,
    settings: WorkerSettings,
    stop: Stop,
) -> Outcome<JoinHandle<()>> {
    let jobs = JobsDb::connect(url, settings.connections()).await?;
    let worker = Worker::new(state.clone(), jobs.clone(), Kinds::all(), settings);
    Ok(tokio::spawn(async move {
        worker.run(async { _ = stop.wait().await }).await;
        jobs.close().await;
    }))
}

async fn listen(address: SocketAddr) -> Outcome<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}").into())
}
