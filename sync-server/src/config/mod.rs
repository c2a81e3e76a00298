//! Settings: flags and environment, read once at the start. Every variable is explained in `.env.example`.

mod app;
mod billing;
mod database;
mod edge;
mod jobs;
mod mail;
mod media;
mod mission;
mod online;
mod operations;
mod redis;
mod secret;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::admin::Admin;

pub use app::{AppConfig, AppEnv, AppKeyError, LogFormat};
pub use billing::{BillingConfig, BillingSettingError};
pub use database::DatabaseConfig;
pub use edge::EdgeConfig;
pub use jobs::JobsConfig;
pub use mail::{MailConfig, MailSettingError, MailerKind};
pub use media::{Disk, MediaConfig, S3};
pub use mission::MissionConfig;
pub use online::OnlineConfig;
pub use operations::OperationsConfig;
pub use redis::RedisConfig;
pub use secret::SettingError;

/// The server of a CRM for a private beauty master
#[derive(Debug, Parser)]
#[command(version, about, propagate_version = true)]
pub struct Cli {
    /// What to do; `serve` if absent.
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub config: Config,
}

/// What the program can do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Serve `/api/v1`, `/docs` and `/healthz`; migrates the database first
    Serve,
    /// Do jobs and nothing else; needs a database that is named
    Worker,
    /// Bring the database up to date, and end
    Migrate,
    /// Look at settings, database, jobs, Redis and disk, and say what to do; ends with 1 if something does not work
    Doctor,
    /// Accounts, plans, suspension and keys, by hand; beside a running server, too
    Admin(Admin),
    /// Outside services on this machine (payments today), with a page that shows and steers what happened; not in `prod`
    Emulators(EmulatorsArgs),
    /// Print the description of the API (`OpenAPI` 3.1)
    Openapi,
    /// Read one picture from stdin and write ours to stdout; the server starts it itself
    #[command(name = crate::media::REMAKE_PICTURE, hide = true)]
    RemakePicture,
}

/// How the emulators are. They listen on 127.0.0.1 at `--port`, or 8095, and need neither database nor settings.
#[derive(Args, Clone, Debug)]
pub struct EmulatorsArgs {
    /// Where payments are notified of; `{shop}` stands for the shop's number, and the page and `/control` can change it
    #[arg(long)]
    pub notify: Option<String>,
}

impl EmulatorsArgs {
    /// The address to listen on.
    #[must_use]
    pub fn address(config: &Config) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, config.serve.port.unwrap_or(8095)).into()
    }
}

/// All settings.
#[derive(Debug, Args)]
pub struct Config {
    #[command(flatten)]
    pub serve: ServeConfig,
    #[command(flatten)]
    pub database: DatabaseConfig,
    #[command(flatten)]
    pub jobs: JobsConfig,
    #[command(flatten)]
    pub operations: OperationsConfig,
    #[command(flatten)]
    pub mission: MissionConfig,
    #[command(flatten)]
    pub online: OnlineConfig,
    #[command(flatten)]
    pub redis: RedisConfig,
    #[command(flatten)]
    pub app: AppConfig,
    #[command(flatten)]
    pub mail: MailConfig,
    #[command(flatten)]
    pub media: MediaConfig,
    #[command(flatten)]
    pub billing: BillingConfig,
    #[command(flatten)]
    pub edge: EdgeConfig,
}

/// Where and how to serve.
#[derive(Debug, Args)]
pub struct ServeConfig {
    /// Where to listen
    #[arg(long, global = true, env = "VELORIA_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Listen on this port of 127.0.0.1 instead
    #[arg(long, global = true, env = "VELORIA_PORT")]
    pub port: Option<u16>,
    /// Where the embedded Postgres keeps its data when no database is named
    #[arg(long, global = true, env = "VELORIA_DATA", default_value = ".veloria")]
    pub data: PathBuf,
    /// End when stdin ends: the program that started us may be killed before it can tell us
    #[arg(long, global = true)]
    pub stop_on_stdin_eof: bool,
}

impl ServeConfig {
    /// The address to listen on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.port.map_or(self.listen, |port| (Ipv4Addr::LOCALHOST, port).into())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_stand_before_or_after_the_command_and_serve_is_the_default() {
        for line in [&["sync-server", "--port", "18080"][..], &["sync-server", "serve", "--port", "18080"]] {
            let cli = Cli::try_parse_from(line).unwrap();
            assert_eq!(cli.config.serve.address().port(), 18080);
            assert!(matches!(cli.command, None | Some(Command::Serve)));
        }
    }

    #[test]
    fn every_variable_is_explained() {
        let example = include_str!("../../../.env.example");
        for argument in Cli::command().get_arguments() {
            if let Some(name) = argument.get_env() {
                let name = name.to_str().unwrap();
                assert!(example.lines().any(|line| line.contains(&format!("{name}="))), "{name}");
            }
        }
    }
}
