//! Where Redis is.

use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;

use super::secret::{self, SettingError};

/// Where Redis is.
#[derive(Debug, Args)]
pub struct RedisConfig {
    /// Redis for several nodes, `redis://host:6379/0`; without it each process keeps its own limits
    #[arg(id = "redis_url", long = "redis-url", global = true, env = "REDIS_URL", hide_env_values = true)]
    url: Option<SecretString>,
    /// A file with that address
    #[arg(id = "redis_url_file", long = "redis-url-file", global = true, env = "REDIS_URL_FILE")]
    url_file: Option<PathBuf>,
}

impl RedisConfig {
    /// The address, if there is one.
    pub fn url(&self) -> Result<Option<SecretString>, SettingError> {
        secret::read("REDIS_URL", self.url.as_ref(), self.url_file.as_deref())
    }
}
