//! What the tests here stand on: a database that can be killed and comes back at the same address, and the real program.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use sync_server::embedded_postgres::{Binaries, Durability, EmbeddedPostgres, EmbeddedPostgresError};
use sync_server::system::random_bytes;
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use crate::client::Visitor;

/// A Postgres of this test alone, behind an address that stays when it dies.
pub(crate) struct Database {
    folder: std::path::PathBuf,
    postgres: Option<EmbeddedPostgres>,
    front: SocketAddr,
    behind: Arc<AtomicU16>,
    name: String,
}

/// As somebody's salon has it: what was said to be kept is kept, whoever is killed.
fn start(folder: &std::path::Path) -> Result<EmbeddedPostgres, EmbeddedPostgresError> {
    EmbeddedPostgres::start(Binaries::locate(None)?, folder, Durability::Full)
}

impl Database {
    /// Starts it, in one of the folders that tests keep so that no cluster must be made each time.
    pub(crate) async fn start() -> Self {
        let slots = env::temp_dir().join("veloria-test-postgres");
        let (folder, postgres) = (0..64)
            .find_map(|slot| {
                let folder = slots.join(slot.to_string());
                match start(&folder) {
                    Ok(postgres) => Some((folder, postgres)),
                    Err(EmbeddedPostgresError::InUse { .. }) => None,
                    Err(error) => panic!("cannot start Postgres: {error}"),
                }
            })
            .expect("64 tests use Postgres already");
        let name = format!("veloria_test_{}", hex::encode(random_bytes::<8>()));
        let mut admin = PgConnection::connect(&postgres.url("postgres")).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(format!("create database {name}"))).execute(&mut admin).await.unwrap();
        let behind = Arc::new(AtomicU16::new(postgres.port()));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let front = listener.local_addr().unwrap();
        tokio::spawn(pass_on(listener, behind.clone()));
        Self { folder, postgres: Some(postgres), front, behind, name }
    }

    /// Its address, which stays.
    pub(crate) fn url(&self) -> String {
        let postgres = self.postgres.as_ref().expect("it runs");
        let port = |port: u16| format!("127.0.0.1:{port}/");
        postgres.url(&self.name).replace(&port(postgres.port()), &port(self.front.port()))
    }

    /// How many rows a table has, whoever's they are.
    pub(crate) async fn count(&self, table: &str) -> usize {
        let mut owner = PgConnection::connect(&self.url()).await.unwrap();
        let count = AssertSqlSafe(format!("select count(*) from {table}"));
        let count: i64 = sqlx::query_scalar(count).fetch_one(&mut owner).await.unwrap();
        usize::try_from(count).unwrap()
    }

    /// Ends all of it as a power cut does.
    pub(crate) fn kill(&mut self) {
        self.behind.store(0, Ordering::SeqCst);
        if let Some(postgres) = self.postgres.take() {
            let id = i32::try_from(postgres.process_id()).ok().and_then(rustix::process::Pid::from_raw);
            rustix::process::kill_process(id.unwrap(), rustix::process::Signal::KILL).unwrap();
        }
    }

    /// Starts it again.
    pub(crate) fn start_again(&mut self) {
        let postgres = start(&self.folder).unwrap();
        self.behind.store(postgres.port(), Ordering::SeqCst);
        self.postgres = Some(postgres);
    }
}

/// Connects who comes with whoever is behind; with nobody there, hangs up.
async fn pass_on(listener: TcpListener, behind: Arc<AtomicU16>) {
    while let Ok((mut near, _)) = listener.accept().await {
        let behind = behind.clone();
        tokio::spawn(async move {
            if let Ok(mut far) =
                TcpStream::connect((Ipv4Addr::LOCALHOST, behind.load(Ordering::SeqCst))).await
            {
                let _ = copy_bidirectional(&mut near, &mut far).await;
            }
        });
    }
}

/// The real program. Dropping it ends it.
pub(crate) struct Node {
    process: Child,
    pub(crate) address: String,
    lines: Arc<Mutex<Vec<Json>>>,
    _data: TempDir,
}

impl Node {
    /// Starts it with these settings and nothing else of this environment, and waits until it serves.
    pub(crate) async fn start(settings: &[(&str, &str)]) -> Self {
        let data = TempDir::new().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_sync-server"));
        command.env_clear();
        for name in ["PATH", "HOME", "VELORIA_CACHE", "XDG_CACHE_HOME", "VELORIA_PG_BIN"] {
            if let Some(value) = env::var_os(name) {
                command.env(name, value);
            }
        }
        let mut process = command
            .env("VELORIA_DATA", data.path())
            .env("VELORIA_LISTEN", "127.0.0.1:0")
            .env("VELORIA_OPERATIONS_LISTEN", "127.0.0.1:0")
            .envs(settings.iter().copied())
            .arg("--stop-on-stdin-eof")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = Arc::<Mutex<Vec<Json>>>::default();
        let (said, err) = (lines.clone(), process.stderr.take().unwrap());
        thread::spawn(move || {
            for line in BufReader::new(err).lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or(Json::String(line));
                said.lock().unwrap().push(line);
            }
        });
        let mut node = Self { process, address: String::new(), lines, _data: data };
        while node.address.is_empty() {
            sleep(Duration::from_millis(10)).await;
            node.address = node.said("serving").and_then(|line| address_of(&line)).unwrap_or_default();
            assert!(node.process.try_wait().unwrap().is_none(), "it ended: {:?}", node.lines.lock().unwrap());
        }
        node
    }

    /// The first line of the log with this text.
    pub(crate) fn said(&self, text: &str) -> Option<Json> {
        self.lines.lock().unwrap().iter().find(|line| line.to_string().contains(text)).cloned()
    }

    /// How many warnings it has said.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let lines = self.lines.lock().unwrap();
        lines.iter().filter(|line| line["level"] == "WARN").map(Json::to_string).collect()
    }

    /// Whether it still runs.
    pub(crate) fn lives(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    /// The memory that it holds, in bytes; nothing where the system does not say.
    pub(crate) fn memory(&self) -> Option<u64> {
        let pages = std::fs::read_to_string(format!("/proc/{}/statm", self.process.id())).ok()?;
        pages.split(' ').nth(1)?.parse::<u64>().ok().map(|pages| pages * 4096)
    }

    /// Somebody without a token.
    pub(crate) fn stranger(&self) -> Visitor {
        Visitor { address: self.address.clone(), token: String::new() }
    }

    /// Somebody with a business and a token.
    pub(crate) async fn register(&self, name: &str) -> Visitor {
        let email = format!("{name}@example.ru");
        let account = json!({ "name": name, "email": email, "password": PASSWORD });
        let answer = self.stranger().post("/api/v1/auth/register", &account).await.unwrap();
        assert_eq!(answer.status, 201, "{}", answer.json);
        let mut visitor = self.stranger();
        visitor.token = sign_in(&visitor, name).await.unwrap().unwrap();
        visitor
    }
}

const PASSWORD: &str = "тёплый-лак-42";

/// A new token for somebody who has registered; or the status that came instead.
pub(crate) async fn sign_in(visitor: &Visitor, name: &str) -> std::io::Result<Result<String, u16>> {
    let body = json!({ "email": format!("{name}@example.ru"), "password": PASSWORD, "name": "test" });
    let stranger = Visitor { token: String::new(), ..visitor.clone() };
    let answer = stranger.post("/api/v1/auth/token", &body).await?;
    let token = answer.json["token"].as_str().map(str::to_owned);
    Ok(token.ok_or(answer.status))
}

fn address_of(line: &Json) -> Option<String> {
    let found = line["address"].as_str().or_else(|| line["fields"]["address"].as_str())?;
    Some(found.to_owned())
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.process.kill().and_then(|()| self.process.wait());
    }
}
