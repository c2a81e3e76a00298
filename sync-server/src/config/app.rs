//! What kind of installation this is.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use secrecy::SecretString;

use super::secret::{self, SettingError};

/// What kind of installation this is.
#[derive(Debug, Args)]
pub struct AppConfig {
    /// `prod` has cookies for https only
    #[arg(long = "app-env", global = true, env = "APP_ENV", value_enum, default_value = "local")]
    pub env: AppEnv,
    /// The key under which stored secrets of providers are encrypted
    #[arg(long = "app-key", global = true, env = "APP_KEY", hide_env_values = true)]
    key: Option<SecretString>,
    /// A file with that key
    #[arg(long = "app-key-file", global = true, env = "APP_KEY_FILE")]
    key_file: Option<PathBuf>,
    /// How log lines look
    #[arg(long, global = true, env = "LOG_FORMAT", value_enum, default_value = "json")]
    pub log_format: LogFormat,
}

/// The kind of an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AppEnv {
    /// On this machine, over plain http.
    #[value(alias = "dev", alias = "development", alias = "testing")]
    Local,
    /// Behind https.
    #[value(alias = "production")]
    Prod,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

impl AppConfig {
    /// The key, if there is one. Nothing needs it yet; a wrong setting is told now all the same.
    pub fn key(&self) -> Result<Option<SecretString>, SettingError> {
        secret::read("APP_KEY", self.key.as_ref(), self.key_file.as_deref())
    }
}
