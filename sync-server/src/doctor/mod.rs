//! `sync-server doctor`: looks at settings, database, roles, migrations, jobs, Redis, disk and clock, changes nothing, and
//! says of each whether it is well and what to do if it is not.

mod store;

use std::fmt;
use std::path::Path;

use domain::ids::Clock as _;
use secrecy::SecretString;
use sqlx::{ConnectOptions as _, PgConnection};

use crate::config::{AppEnv, Config};
use crate::db::{connect_options, our_newest_migration};
use crate::redis::Redis;
use crate::system::SystemClock;

/// Less free space than this is worth a word.
const LITTLE_SPACE: u64 = 2 << 30;
/// With less Postgres soon stops.
const NO_SPACE: u64 = 200 << 20;
/// A clock that is further off than this, in seconds, makes deadlines wrong.
const CLOCK_DRIFT: i64 = 5;

/// How one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Ok,
    /// It works; somebody should look.
    Warn,
    /// It does not work.
    Fail,
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How it is.
    pub state: State,
    /// What was looked at.
    pub what: &'static str,
    /// What was seen, and what to do.
    pub said: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.state {
            State::Ok => "ok  ",
            State::Warn => "warn",
            State::Fail => "FAIL",
        };
        write!(formatter, "{word} {}: {}", self.what, self.said)
    }
}

/// Findings, as they come.
#[derive(Debug, Default)]
struct Report(Vec<Finding>);

impl Report {
    fn add(&mut self, state: State, what: &'static str, said: impl Into<String>) {
        self.0.push(Finding { state, what, said: said.into() });
    }
}

/// Looks at everything.
pub async fn examine(config: &Config) -> Vec<Finding> {
    let mut report = Report::default();
    settings(&mut report, config);
    match config.database.url() {
        Ok(Some(url)) => database(&mut report, &url).await,
        Ok(None) => report.add(
            State::Ok,
            "database",
            "none is named; `serve` starts one of its own in the data folder",
        ),
        Err(error) => report.add(State::Fail, "database", error.to_string()),
    }
    redis(&mut report, config).await;
    disk(&mut report, &config.serve.data);
    report.0
}

fn settings(report: &mut Report, config: &Config) {
    let is_production = config.app.env == AppEnv::Prod;
    // Asked in prod alone: elsewhere asking would make a key, and a doctor changes nothing.
    if is_production {
        match config.app.sealer(&config.serve.data) {
            Ok(_) => report.add(State::Ok, "APP_KEY", "can be used; keep it apart from backups"),
            Err(error) => report.add(State::Fail, "APP_KEY", error.to_string()),
        }
    } else {
        report.add(
            State::Ok,
            "APP_KEY",
            "without one, a key is made in the data folder; APP_ENV=prod needs it set",
        );
    }
    match config.mail.mailer(config.app.env, &config.serve.data) {
        Ok(mailer) if mailer.is_configured() => report.add(State::Ok, "mail", "its settings fit together"),
        Ok(_) => report.add(
            State::Warn,
            "mail",
            "no letter leaves, so nobody can reset a password or confirm an address; set MAIL_MAILER=smtp and MAIL_HOST",
        ),
        Err(error) => report.add(State::Fail, "mail", error.to_string()),
    }
    match config.operations.token() {
        Ok(_) => report.add(State::Ok, "operators", "their address and token fit together"),
        Err(error) => report.add(State::Fail, "operators", error.to_string()),
    }
    let has_redis = config.redis.url().is_ok_and(|url| url.is_some());
    match config.mission.answers(has_redis) {
        Ok(answers) => answers.into_iter().for_each(|answer| report.add(State::Warn, "settings", answer)),
        Err(error) => report.add(State::Fail, "settings", error.to_string()),
    }
}

async fn database(report: &mut Report, url: &SecretString) {
    let connected = match connect_options(url) {
        Ok(options) => options.connect().await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match connected {
        Ok(mut connection) => {
            if let Err(error) = inside(report, &mut connection).await {
                report.add(State::Fail, "database", error.to_string());
            }
        }
        Err(error) => {
            report.add(
                State::Fail,
                "database",
                format!("{error}; check DATABASE_URL and that Postgres runs"),
            );
        }
    }
}

async fn inside(report: &mut Report, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let version = store::version(connection).await?;
    match version / 10_000 {
        15.. => report.add(State::Ok, "database", format!("Postgres {} answers", version / 10_000)),
        old => {
            report.add(State::Fail, "database", format!("Postgres {old} is too old; 15 or newer is needed"));
        }
    }
    let drift = store::seconds(connection).await? - SystemClock.now().as_second();
    match drift.abs() {
        0..=CLOCK_DRIFT => report.add(State::Ok, "clock", "this machine and the database agree"),
        _ => report.add(
            State::Warn,
            "clock",
            format!("the database is {drift} s ahead of this machine; let both ask a time server"),
        ),
    }
    match store::migration(connection).await? {
        None => {
            report.add(State::Warn, "migrations", "none yet; run `sync-server migrate`, or start the server");
            return Ok(());
        }
        Some(newest) if newest < our_newest_migration() => report.add(
            State::Warn,
            "migrations",
            format!("at {newest}, this build knows {}; run `sync-server migrate`", our_newest_migration()),
        ),
        Some(newest) if newest > our_newest_migration() => report.add(
            State::Warn,
            "migrations",
            format!("at {newest}, a newer build was here; this one knows {}", our_newest_migration()),
        ),
        Some(newest) => report.add(State::Ok, "migrations", format!("at {newest}, as this build wants it")),
    }
    for role in store::roles(connection).await? {
        let (state, said) = match (role.passes_walls, role.is_ours) {
            (true, _) => (
                State::Fail,
                format!(
                    "{} may bypass row-level security; run `alter role {} nosuperuser nobypassrls`",
                    role.name, role.name
                ),
            ),
            (_, false) => (
                State::Fail,
                format!(
                    "we may not become {}; run `grant {} to CURRENT_USER` as a superuser",
                    role.name, role.name
                ),
            ),
            (false, true) => (State::Ok, format!("{} is bound by row-level security", role.name)),
        };
        report.add(state, "roles", said);
    }
    let (workers, dead) = store::jobs(connection).await?;
    match workers {
        0 => report.add(State::Warn, "jobs", "no worker is alive; start the server, or `sync-server worker`"),
        count => report.add(State::Ok, "jobs", format!("workers alive: {count}")),
    }
    if dead > 0 {
        report.add(State::Warn, "jobs", format!("out of attempts: {dead}; look at the operators' page"));
    }
    Ok(())
}

async fn redis(report: &mut Report, config: &Config) {
    match config.redis.url() {
        Err(error) => report.add(State::Fail, "Redis", error.to_string()),
        Ok(None) => report.add(State::Ok, "Redis", "not set; one node needs none"),
        Ok(Some(url)) => match Redis::at(&url) {
            Err(error) => report.add(State::Fail, "Redis", error.to_string()),
            Ok(redis) if redis.answers().await => report.add(State::Ok, "Redis", "answers"),
            Ok(_) => report.add(
                State::Warn,
                "Redis",
                "does not answer; each process keeps its own limits until it does",
            ),
        },
    }
}

/// The nearest folder that is there, for the data folder may not be yet.
fn disk(report: &mut Report, data: &Path) {
    let here = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    let Some(folder) = here.ancestors().find(|folder| folder.exists()) else { return };
    match rustix::fs::statvfs(folder) {
        Err(error) => report.add(State::Warn, "disk", format!("cannot be asked: {error}")),
        Ok(space) => {
            let free = space.f_bavail.saturating_mul(space.f_frsize);
            let said = format!("{} MB free in {}", free >> 20, folder.display());
            report.add(
                match free {
                    ..NO_SPACE => State::Fail,
                    NO_SPACE..LITTLE_SPACE => State::Warn,
                    LITTLE_SPACE.. => State::Ok,
                },
                "disk",
                said,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::config::Cli;
    use crate::testing::TestDatabase;

    async fn findings(line: &[&str]) -> Vec<Finding> {
        examine(&Cli::try_parse_from([&["sync-server", "doctor"], line].concat()).unwrap().config).await
    }

    fn state(findings: &[Finding], what: &str) -> Vec<State> {
        findings.iter().filter(|finding| finding.what == what).map(|finding| finding.state).collect()
    }

    #[tokio::test]
    async fn a_sound_installation_has_nothing_worse_than_a_missing_worker() {
        let database = TestDatabase::create().await;
        let found = findings(&["--database-url", database.url().expose_secret()]).await;
        assert!(found.iter().all(|finding| finding.state != State::Fail), "{found:?}");
        assert_eq!(state(&found, "roles"), [State::Ok, State::Ok]);
        assert_eq!(
            (state(&found, "migrations"), state(&found, "jobs")),
            (vec![State::Ok], vec![State::Warn])
        );
    }

    #[tokio::test]
    async fn what_is_missing_is_named_and_no_secret_is_shown() {
        let line = [
            "--app-env=prod",
            "--database-url=postgres://anna:geheim@127.0.0.1:1/x",
            "--redis-url=redis://:geheim@127.0.0.1:1",
            "--operations-listen=0.0.0.0:1",
            "--yookassa-secret-key=geheim",
            "--queue-connection=sqs",
        ];
        let found = findings(&line).await;
        for what in ["APP_KEY", "database", "operators", "settings"] {
            assert_eq!(state(&found, what), [State::Fail], "{what}: {found:?}");
        }
        for what in ["mail", "Redis"] {
            assert_eq!(state(&found, what), [State::Warn], "{what}: {found:?}");
        }
        assert!(!format!("{found:?}").contains("geheim"));
    }
}
