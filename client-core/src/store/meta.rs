//! Table `meta`: single values by name, each as JSON.

use rusqlite::params;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::sql::{first, run};
use super::{Result, Tx};

impl Tx<'_> {
    /// A value; `None` if it was never set.
    pub fn meta<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let text: Option<String> =
            first(self.conn, "SELECT value FROM meta WHERE key = ?1", params![key], |row| row.get(0))?;
        text.map(|text| serde_json::from_str(&text)).transpose().map_err(Into::into)
    }

    /// Sets a value.
    pub fn set_meta(&self, key: &str, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string(value)?;
        let sql = "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        run(self.conn, sql, params![key, text]).map(drop)
    }

    /// Forgets a value.
    pub fn clear_meta(&self, key: &str) -> Result<()> {
        run(self.conn, "DELETE FROM meta WHERE key = ?1", params![key]).map(drop)
    }
}
