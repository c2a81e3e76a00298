//! Which database: one address, or its parts by the names that the mission gives them; neither means the embedded one.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};

use super::secret::{self, SettingError};

/// Which database.
#[derive(Debug, Args)]
pub struct DatabaseConfig {
    /// The database, `postgres://user:password@host:5432/name`; without any, an embedded Postgres is started
    #[arg(long = "database-url", global = true, env = "DATABASE_URL", hide_env_values = true)]
    url: Option<SecretString>,
    /// A file with that address
    #[arg(long = "database-url-file", global = true, env = "DATABASE_URL_FILE")]
    url_file: Option<PathBuf>,
    /// The kind of database: `pgsql`
    #[arg(long = "db-connection", global = true, env = "DB_CONNECTION", hide = true)]
    connection: Option<String>,
    /// The parts of the address, for those who have them apart
    #[arg(long = "db-host", global = true, env = "DB_HOST", hide = true)]
    host: Option<String>,
    #[arg(id = "db_port", long = "db-port", global = true, env = "DB_PORT", hide = true)]
    port: Option<u16>,
    #[arg(long = "db-database", global = true, env = "DB_DATABASE", hide = true)]
    database: Option<String>,
    #[arg(long = "db-username", global = true, env = "DB_USERNAME", hide = true)]
    username: Option<String>,
    #[arg(long = "db-password", global = true, env = "DB_PASSWORD", hide = true, hide_env_values = true)]
    password: Option<SecretString>,
    #[arg(long = "db-password-file", global = true, env = "DB_PASSWORD_FILE", hide = true)]
    password_file: Option<PathBuf>,
    /// The most connections to the database at a time
    #[arg(long = "db-connections", global = true, env = "DB_CONNECTIONS", default_value_t = 20)]
    pub connections: u32,
}

impl DatabaseConfig {
    /// The address of the database; `None` means the embedded one.
    pub fn url(&self) -> Result<Option<SecretString>, SettingError> {
        if let Some(url) = secret::read("DATABASE_URL", self.url.as_ref(), self.url_file.as_deref())? {
            return Ok(Some(url));
        }
        if self.connection.as_deref().is_some_and(|kind| !matches!(kind, "pgsql" | "postgres" | "postgresql"))
        {
            return Err(SettingError::Bad { name: "DB_CONNECTION", expected: "pgsql" });
        }
        let Some(host) = self.host.as_deref().filter(|host| !host.is_empty()) else { return Ok(None) };
        let password = secret::read("DB_PASSWORD", self.password.as_ref(), self.password_file.as_deref())?;
        let user = encode(self.username.as_deref().unwrap_or("postgres"));
        let password =
            password.map_or(String::new(), |password| format!(":{}", encode(password.expose_secret())));
        let database = encode(self.database.as_deref().unwrap_or("veloria"));
        let port = self.port.unwrap_or(5432);
        Ok(Some(format!("postgres://{user}{password}@{host}:{port}/{database}").into()))
    }
}

/// A part of an address as RFC 3986 has it: a password may contain `@` and `/`.
fn encode(part: &str) -> String {
    let mut encoded = String::new();
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(byte.into());
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(host: Option<&str>, connection: &str) -> DatabaseConfig {
        DatabaseConfig {
            url: None,
            url_file: None,
            connection: Some(connection.to_owned()),
            host: host.map(str::to_owned),
            port: None,
            database: None,
            username: Some("anna".to_owned()),
            password: Some("p@ss/".into()),
            password_file: None,
            connections: 1,
        }
    }

    #[test]
    fn an_address_may_come_in_parts() {
        let url = parts(Some("db"), "pgsql").url().unwrap().unwrap();
        assert_eq!(url.expose_secret(), "postgres://anna:p%40ss%2F@db:5432/veloria");
    }

    #[test]
    fn without_a_host_the_database_is_the_embedded_one_and_no_other_kind_is_known() {
        assert!(parts(None, "pgsql").url().unwrap().is_none());
        assert_eq!(parts(Some("db"), "mysql").url().unwrap_err().to_string(), "DB_CONNECTION must be pgsql");
    }
}
