//! Table `notices`: what she is told, once, in whatever language she reads.

use rusqlite::params;
use serde::Serialize;
use serde_json::Value as Json;

use super::sql::{all, first, run};
use super::{Result, Tx};

/// Something she should know.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notice {
    /// Its number.
    pub number: i64,
    /// Seconds since 1970.
    pub at: i64,
    /// What happened, as a word of `crate::app::notices`.
    pub code: String,
    /// What the words need.
    pub args: Json,
    /// Whether it was shown.
    pub shown: bool,
}

impl Tx<'_> {
    /// Notes something for her.
    pub fn notify(&self, at: i64, code: &str, args: &Json) -> Result<()> {
        let sql = "INSERT INTO notices (at, code, args) VALUES (?1, ?2, ?3)";
        run(self.conn, sql, params![at, code, args.to_string()]).map(drop)
    }

    /// The same, but not again within so many seconds.
    pub(crate) fn notify_rarely(&self, at: i64, code: &str, args: &Json, seconds: i64) -> Result<()> {
        let sql = "SELECT max(at) FROM notices WHERE code = ?1";
        let last: Option<i64> = first(self.conn, sql, params![code], |row| row.get(0))?.flatten();
        // A clock may have jumped back: the distance counts, not the order.
        if last.is_some_and(|last| (at - last).abs() < seconds) {
            Ok(())
        } else {
            self.notify(at, code, args)
        }
    }

    /// What turned out not to be so and was not shown yet is not shown.
    pub(crate) fn retract(&self, code: &str) -> Result<()> {
        run(self.conn, "DELETE FROM notices WHERE code = ?1 AND shown = 0", params![code]).map(drop)
    }

    /// All notices, oldest first.
    pub fn notices(&self) -> Result<Vec<Notice>> {
        let sql = "SELECT id, at, code, args, shown FROM notices ORDER BY id";
        let rows = all(self.conn, sql, [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?, row.get(4)?))
        })?;
        rows.into_iter()
            .map(|(number, at, code, args, shown)| {
                Ok(Notice { number, at, code, args: serde_json::from_str(&args)?, shown })
            })
            .collect()
    }

    /// They were shown.
    pub fn mark_notices_shown(&self) -> Result<()> {
        run(self.conn, "UPDATE notices SET shown = 1 WHERE shown = 0", []).map(drop)
    }
}
