//! Where operators look, and how the process ends.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use secrecy::SecretString;

use super::secret::{self, SettingError};

/// Where operators look, and how the process ends.
#[derive(Debug, Args)]
pub struct OperationsConfig {
    /// Where operators look: `/metrics`, the state of jobs [default: 127.0.0.1:8090, or a free port if that is taken]
    #[arg(
        id = "operations_listen",
        long = "operations-listen",
        global = true,
        env = "VELORIA_OPERATIONS_LISTEN"
    )]
    listen: Option<SocketAddr>,
    /// What operators must show; needed if they come from other machines
    #[arg(
        long = "operations-token",
        global = true,
        env = "VELORIA_OPERATIONS_TOKEN",
        hide_env_values = true
    )]
    token: Option<SecretString>,
    /// A file with that token
    #[arg(
        id = "operations_token_file",
        long = "operations-token-file",
        global = true,
        env = "VELORIA_OPERATIONS_TOKEN_FILE"
    )]
    token_file: Option<PathBuf>,
    /// How many seconds `/readyz` says 503 before the server stops listening, so that proxies look elsewhere first
    #[arg(long = "drain", global = true, env = "VELORIA_DRAIN", default_value_t = 1)]
    drain: u64,
}

/// Where the operators' page is if nobody says otherwise.
const USUAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8090);

impl OperationsConfig {
    /// Where to listen, and where else if that is taken.
    #[must_use]
    pub fn addresses(&self) -> (SocketAddr, Option<SocketAddr>) {
        match self.listen {
            Some(listen) => (listen, None),
            None => (USUAL, Some((Ipv4Addr::LOCALHOST, 0).into())),
        }
    }

    /// The token. Whoever listens to other machines must have one.
    pub fn token(&self) -> Result<Option<SecretString>, SettingError> {
        let token =
            secret::read("VELORIA_OPERATIONS_TOKEN", self.token.as_ref(), self.token_file.as_deref())?;
        if token.is_none() && self.listen.is_some_and(|listen| !listen.ip().is_loopback()) {
            return Err(SettingError::Bad {
                name: "VELORIA_OPERATIONS_TOKEN",
                expected: "set, because VELORIA_OPERATIONS_LISTEN can be reached from other machines",
            });
        }
        Ok(token)
    }

    /// How long others get to look elsewhere.
    #[must_use]
    pub const fn drain(&self) -> Duration {
        Duration::from_secs(self.drain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_machines_need_a_token() {
        let at = |listen: &str, token: Option<&str>| OperationsConfig {
            listen: Some(listen.parse().unwrap()),
            token: token.map(Into::into),
            token_file: None,
            drain: 0,
        };
        assert!(at("127.0.0.1:1", None).token().unwrap().is_none());
        assert!(at("0.0.0.0:1", Some("сезам")).token().unwrap().is_some());
        assert!(
            at("0.0.0.0:1", None)
                .token()
                .unwrap_err()
                .to_string()
                .starts_with("VELORIA_OPERATIONS_TOKEN must be set")
        );
    }
}
