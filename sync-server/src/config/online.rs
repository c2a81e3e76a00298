//! Payments over the internet: where the provider is, who may notify us, and the shop of an installation that has one owner.

use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;

use super::secret::{self, SettingError};
use crate::http::Networks;
use crate::online::{Installation, Online};
use crate::yookassa::{Credentials, PATIENCE, REAL, Yookassa};

/// Where the vendor's notifications come from (its documentation, and its SDK 3.13.0).
const VENDOR: &str = "185.71.76.0/27,185.71.77.0/27,77.75.153.0/25,77.75.154.128/25,77.75.156.11,77.75.156.35,\
    2a02:5180:0:1509::/64,2a02:5180:0:2655::/64,2a02:5180:0:1533::/64,2a02:5180:0:2669::/64";

/// How money comes over the internet.
#[derive(Debug, Args)]
pub struct OnlineConfig {
    /// Where the API of `YooKassa` is: https, or http on this machine (the emulators)
    #[arg(id = "yookassa_url", long = "yookassa-url", global = true, env = "YOOKASSA_URL", default_value = REAL)]
    url: String,
    /// The shop of an installation that has one owner; others connect their own in the settings
    #[arg(id = "yookassa_shop_id", long = "yookassa-shop-id", global = true, env = "YOOKASSA_SHOP_ID")]
    shop: Option<String>,
    /// Its secret key
    #[arg(
        id = "yookassa_secret_key",
        long = "yookassa-secret-key",
        global = true,
        env = "YOOKASSA_SECRET_KEY",
        hide_env_values = true
    )]
    key: Option<SecretString>,
    /// A file with that key
    #[arg(
        id = "yookassa_secret_key_file",
        long = "yookassa-secret-key-file",
        global = true,
        env = "YOOKASSA_SECRET_KEY_FILE"
    )]
    key_file: Option<PathBuf>,
    /// Whose shop that is, by the e-mail that signs in; without it, it serves as long as the installation has one business
    #[arg(id = "yookassa_owner", long = "yookassa-owner", global = true, env = "YOOKASSA_OWNER")]
    owner: Option<String>,
    /// Where notifications may come from: addresses and networks, or `none`
    #[arg(
        id = "yookassa_sources",
        long = "yookassa-sources",
        global = true,
        env = "YOOKASSA_SOURCES",
        default_value = VENDOR
    )]
    sources: Networks,
}

impl OnlineConfig {
    /// What handlers and jobs use.
    pub fn online(&self) -> Result<Online, SettingError> {
        let bad = |name, expected| SettingError::Bad { name, expected };
        let client = Yookassa::new(&self.url, PATIENCE)
            .map_err(|_| bad("YOOKASSA_URL", "https, or http on this machine"))?;
        let key = secret::read("YOOKASSA_SECRET_KEY", self.key.as_ref(), self.key_file.as_deref())?;
        let installation = match (self.shop.clone(), key) {
            (Some(shop), Some(key)) => {
                Some(Installation { credentials: Credentials { shop, key }, owner: self.owner.clone() })
            }
            (None, None) => None,
            (None, Some(_)) => return Err(bad("YOOKASSA_SHOP_ID", "set beside YOOKASSA_SECRET_KEY")),
            (Some(_), None) => return Err(bad("YOOKASSA_SECRET_KEY", "set beside YOOKASSA_SHOP_ID")),
        };
        Ok(Online::new(client, installation, self.sources.clone()))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::config::Cli;

    fn read(line: &[&str]) -> Result<bool, String> {
        let line = [&["sync-server"], line].concat();
        let config = Cli::try_parse_from(line).map_err(|error| error.to_string())?.config;
        let online = config.online.online().map_err(|error| error.to_string())?;
        Ok(online.has_installation())
    }

    #[test]
    fn a_shop_has_a_number_and_a_key_or_neither() {
        assert_eq!(read(&[]), Ok(false));
        let both = ["--yookassa-shop-id=100500", "--yookassa-secret-key=test_k"];
        assert_eq!(read(&both), Ok(true));
        for (half, named) in both.iter().zip(["YOOKASSA_SECRET_KEY", "YOOKASSA_SHOP_ID"]) {
            assert!(read(&[half]).unwrap_err().starts_with(named));
        }
        assert!(read(&["--yookassa-url=http://example.ru"]).unwrap_err().starts_with("YOOKASSA_URL must be"));
        assert!(read(&["--yookassa-sources=everywhere"]).is_err());
    }
}
