//! The program: reads its settings, has a database ready (its own, if none is named), serves, ends in order.

use std::error::Error;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use secrecy::SecretString;
use sync_server::config::{AppEnv, Cli, Command, Config};
use sync_server::db::{Db, migrate};
use sync_server::embedded_postgres::{Binaries, Durability, EmbeddedPostgres};
use sync_server::stop::Stop;
use sync_server::system::{SharedIds, SystemClock, SystemIds};
use sync_server::{AppState, logging, openapi, server};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

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
    config.app.key()?;
    // Before the runtime: starting blocks, and stopping comes after everything else.
    let (postgres, url) = database(&config)?;
    let outcome = Runtime::new()?.block_on(work(command, &config, &url));
    if let Some(postgres) = postgres {
        postgres.stop()?;
    }
    outcome
}

/// The database that is named, or else one of our own.
fn database(config: &Config) -> Outcome<(Option<EmbeddedPostgres>, SecretString)> {
    if let Some(url) = config.database.url()? {
        return Ok((None, url));
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
        Command::Migrate | Command::Openapi => Ok(()),
    }
}

async fn serve(config: &Config, url: &SecretString, stop: Stop) -> Outcome<()> {
    let db = Db::connect(url, config.database.connections).await?;
    let is_production = config.app.env == AppEnv::Prod;
    let state = AppState::new(db.clone(), Arc::new(SystemClock), SharedIds::new(SystemIds), is_production);
    let listener = listen(config.serve.address()).await?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    server::serve(listener, state, async {
        let reason = stop.wait().await;
        tracing::info!(reason, "stopping");
    })
    .await;
    db.close().await;
    Ok(())
}

async fn listen(address: SocketAddr) -> Outcome<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}").into())
}
