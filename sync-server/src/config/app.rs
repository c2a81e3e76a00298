//! What kind of installation this is.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use secrecy::SecretString;

use super::secret::{self, SettingError};
use crate::http::{Origins, OriginsError};
use crate::sealed::{KeyError, Sealer, SealingKey};

/// What kind of installation this is.
#[derive(Debug, Args)]
pub struct AppConfig {
    /// `prod` has cookies for https only
    #[arg(long = "app-env", global = true, env = "APP_ENV", value_enum, default_value = "local")]
    pub env: AppEnv,
    /// The key under which stored secrets are sealed: 32 bytes in base64
    #[arg(long = "app-key", global = true, env = "APP_KEY", hide_env_values = true)]
    key: Option<SecretString>,
    /// A file with that key
    #[arg(long = "app-key-file", global = true, env = "APP_KEY_FILE")]
    key_file: Option<PathBuf>,
    /// Keys that were `APP_KEY` before, separated by commas: what they have sealed still opens
    #[arg(
        long = "app-previous-keys",
        global = true,
        env = "APP_PREVIOUS_KEYS",
        hide_env_values = true,
        value_delimiter = ','
    )]
    previous_keys: Vec<SecretString>,
    /// The address that clients open in a browser, for links in letters; without it the one that the caller used
    #[arg(long = "app-url", global = true, env = "APP_URL")]
    app_url: Option<String>,
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
    /// The key and those before it. Without a key, one is made in the data folder; not in `prod`, where a folder that is lost
    /// with its machine would take every second factor along.
    pub fn keys(&self, data: &Path) -> Result<(SealingKey, Vec<SealingKey>), AppKeyError> {
        let key = match secret::read("APP_KEY", self.key.as_ref(), self.key_file.as_deref())? {
            Some(key) => SealingKey::parse(&key)?,
            None if self.env == AppEnv::Local => SealingKey::kept_in(data)?,
            None => return Err(AppKeyError::Missing),
        };
        let previous = self.previous_keys.iter().map(SealingKey::parse).collect::<Result<Vec<_>, _>>()?;
        Ok((key, previous))
    }

    /// Scheme, host and port of the address that clients open.
    pub fn address(&self) -> Result<Option<String>, OriginsError> {
        self.app_url.as_deref().map(|url| Origins::only(url.trim_end_matches('/'))).transpose()
    }

    /// What stored secrets are sealed with.
    pub fn sealer(&self, data: &Path) -> Result<Sealer, AppKeyError> {
        let (key, previous) = self.keys(data)?;
        Ok(Sealer::new(&key, &previous))
    }
}

/// Why stored secrets cannot be sealed.
#[derive(Debug, thiserror::Error)]
pub enum AppKeyError {
    /// There is none.
    #[error("APP_ENV=prod needs APP_KEY: 32 random bytes in base64 (openssl rand -base64 32)")]
    Missing,
    /// It cannot be read.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// It is none, or the one in the data folder is not.
    #[error("APP_KEY: {0}")]
    Key(#[from] KeyError),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(env: AppEnv, key: Option<&str>) -> AppConfig {
        let key = key.map(SecretString::from);
        AppConfig {
            env,
            key,
            key_file: None,
            previous_keys: Vec::new(),
            app_url: None,
            log_format: LogFormat::Json,
        }
    }

    #[test]
    fn without_a_key_one_is_made_beside_the_data_but_not_in_prod() {
        let folder = tempfile::tempdir().unwrap();
        let sealed = config(AppEnv::Local, None).sealer(folder.path()).unwrap().seal("here", b"x");
        assert!(config(AppEnv::Local, None).sealer(folder.path()).unwrap().open("here", &sealed).is_ok());
        let prod = tempfile::tempdir().unwrap();
        assert!(matches!(config(AppEnv::Prod, None).sealer(prod.path()), Err(AppKeyError::Missing)));
        assert_eq!(std::fs::read_dir(prod.path()).unwrap().count(), 0);
        let error = config(AppEnv::Prod, Some("too short")).sealer(prod.path()).unwrap_err();
        assert!(!error.to_string().contains("too short"), "{error}");
    }
}
