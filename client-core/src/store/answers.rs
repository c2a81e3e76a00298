//! Table `answers`: what was answered under an `Idempotency-Key`, kept in the transaction of the effect.

use rusqlite::params;

use super::sql::{first, run};
use super::{Result, Tx};

impl Tx<'_> {
    /// The fingerprint of the request that a key was used for, and what was answered.
    pub fn answer(&self, route: &str, key: &str) -> Result<Option<([u8; 32], String)>> {
        let sql = "SELECT fingerprint, answer FROM answers WHERE route = ?1 AND key = ?2";
        first(self.conn, sql, params![route, key], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Keeps an answer.
    pub fn keep_answer(
        &self,
        route: &str,
        key: &str,
        fingerprint: [u8; 32],
        answer: &str,
        at: i64,
    ) -> Result<()> {
        let sql = "INSERT INTO answers (route, key, fingerprint, answer, at) VALUES (?1, ?2, ?3, ?4, ?5)";
        run(self.conn, sql, params![route, key, fingerprint, answer, at]).map(drop)
    }

    /// Forgets answers from before a moment.
    pub fn forget_answers(&self, before: i64) -> Result<()> {
        run(self.conn, "DELETE FROM answers WHERE at < ?1", params![before]).map(drop)
    }
}
