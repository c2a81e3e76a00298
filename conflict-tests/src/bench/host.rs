//! The other side: a Postgres with full durability, and the server's own release binary as a process beside us, so that
//! its CPU and memory are its own.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use client_core::app::Account;
use client_core::driver::account::{Accounts, Registration};
use secrecy::SecretString;
use sqlx::{Connection as _, PgConnection};
use sync_server::embedded_postgres::{Binaries, Durability, EmbeddedPostgres};

use super::{Outcome, probe};

const PASSWORD: &str = "correct horse battery";
const START_LIMIT: Duration = Duration::from_mins(2);
const PAUSE: Duration = Duration::from_millis(20);

/// A Postgres and a server on it. Dropping it ends both.
#[derive(Debug)]
pub struct Host {
    server: Server,
    postgres: EmbeddedPostgres,
    /// Where pgbench and the rest of Postgres are.
    pub postgres_programs: PathBuf,
}

impl Host {
    /// Starts both in this folder; waits until the server is healthy.
    pub async fn start(folder: &Path) -> Outcome<Self> {
        let binaries = Binaries::locate(None)?;
        let postgres_programs = binaries.folder().to_owned();
        let postgres = EmbeddedPostgres::start(binaries, &folder.join("postgres"), Durability::Full)?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let server = Server::start(&beside_us("sync-server")?, &postgres.url("postgres"), None, port).await?;
        Ok(Self { server, postgres, postgres_programs })
    }

    /// Ends the server and starts a new one on the same port: its memory begins anew.
    pub async fn restart_server(&mut self) -> Outcome<()> {
        self.server.stop();
        self.server =
            Server::start(&beside_us("sync-server")?, &self.database_url(), None, self.server.port).await?;
        Ok(())
    }

    /// `http://127.0.0.1:port`
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The server's port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.server.port
    }

    /// The database, with its password.
    #[must_use]
    pub fn database_url(&self) -> String {
        self.postgres.url("postgres")
    }

    /// A connection that sees everything.
    pub async fn connect(&self) -> Outcome<PgConnection> {
        Ok(PgConnection::connect(&self.database_url()).await?)
    }

    /// CPU of the server and of Postgres so far.
    pub fn cpu(&self) -> Outcome<Cpu> {
        let postgres = probe::tree_cpu(self.postgres.process_id())?;
        Ok(Cpu { server: probe::tree_cpu(self.server.child.id())?, postgres })
    }

    /// The server's process.
    #[must_use]
    pub fn server_process(&self) -> u32 {
        self.server.child.id()
    }

    /// Postgres' first process.
    #[must_use]
    pub fn postgres_process(&self) -> u32 {
        self.postgres.process_id()
    }

    /// Makes a business and enrols its first device.
    pub async fn register(&self, name: &str) -> Outcome<Account> {
        let registration = Registration {
            name: name.to_owned(),
            email: format!("{name}@example.ru"),
            password: PASSWORD.to_owned(),
            tenant_name: None,
            timezone: Some("Europe/Moscow".to_owned()),
            locale: Some("ru".to_owned()),
        };
        Accounts::new(&self.url(), "ru")?.register(&registration).await?;
        self.make_room().await?;
        self.enrol(name, "A").await
    }

    /// Lets every business have as many devices as any plan has: a bench enrols a new one for each run.
    async fn make_room(&self) -> Outcome<()> {
        let mut connection = self.connect().await?;
        sqlx::query("update tenants set plan = 'imperium'").execute(&mut connection).await?;
        Ok(connection.close().await?)
    }

    /// Enrols one more device of a business.
    pub async fn enrol(&self, name: &str, device: &str) -> Outcome<Account> {
        let password = SecretString::from(PASSWORD.to_owned());
        let accounts = Accounts::new(&self.url(), "ru")?;
        Ok(accounts.sign_in(&format!("{name}@example.ru"), &password, device).await?)
    }
}

/// CPU time on the other side.
#[derive(Clone, Copy, Debug)]
pub struct Cpu {
    /// Of the server's process.
    pub server: Duration,
    /// Of all of Postgres.
    pub postgres: Duration,
}

impl Cpu {
    /// Both together, since an earlier moment.
    #[must_use]
    pub fn since(self, before: Self) -> Duration {
        (self.server + self.postgres).saturating_sub(before.server + before.postgres)
    }
}

/// The server's own program as a process beside us. It ends with us, also if we are killed.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Starts it on a database; waits until it is healthy. What it keeps in files stands in `data`, if that is given.
    pub(crate) async fn start(
        program: &Path,
        database: &str,
        data: Option<&Path>,
        port: u16,
    ) -> Outcome<Self> {
        let mut command = Command::new(program);
        command.args(["serve", "--port", &port.to_string(), "--stop-on-stdin-eof"]);
        if let Some(data) = data {
            command.arg("--data").arg(data);
        }
        let child = command
            .env("DATABASE_URL", database)
            .env("RUST_LOG", "warn")
            // It is about the work, not about who may ask for it how often.
            .env("RATE_LIMITS", "off")
            .env("TENANT_REQUESTS", "0")
            // As `cargo xtask up` starts it.
            .env("MIMALLOC_PURGE_DELAY", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let server = Self { child, port };
        let client = http_client()?;
        let begun = probe::now();
        while begun.elapsed() < START_LIMIT {
            let answer = client.get(format!("{}/healthz", server.url())).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(server);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err("the server did not become healthy".into())
    }

    /// `http://127.0.0.1:port`
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn stop(&mut self) {
        drop(self.child.stdin.take());
        // Whether it ended in order or was gone already: it is over.
        let _ = self.child.wait();
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) -> Outcome<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A program of this workspace, built into the folder that we were built into.
pub fn beside_us(program: &str) -> Outcome<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(program);
    if path.exists() { Ok(path) } else { Err(format!("{} is not built", path.display()).into()) }
}

/// A client for requests that are not measured, and for the load.
pub fn http_client() -> Outcome<reqwest::Client> {
    Ok(reqwest::Client::builder().timeout(Duration::from_secs(30)).pool_max_idle_per_host(256).build()?)
}
