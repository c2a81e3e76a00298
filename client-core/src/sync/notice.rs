//! Notices that would come with every sync are told once a day.

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::store::{Result, Tx};

const DAY: i64 = 24 * 3600;

pub(super) fn daily(tx: &Tx<'_>, now: Timestamp, code: &str, args: &Json) -> Result<()> {
    tx.notify_rarely(now.as_second(), code, args, DAY)
}
