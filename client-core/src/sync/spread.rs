//! Which documents are known to be on her other devices: what the server says of how far those have read, held against the numbers
//! under which things went into the log. What is not known is not claimed.
//!
//! Numbers of single documents are kept only while they are of use: from the moment when this device first had everything, and until
//! every other device has read past them.

use domain::sync::{Answer, Item, PushOutcome};

use super::{OTHERS, TRACKED};
use crate::store::{Result, Tx};

/// Takes what an answer tells of it.
pub(super) fn note(tx: &Tx<'_>, answer: &Answer) -> Result<()> {
    let tracked: Option<u64> = tx.meta(TRACKED)?;
    if let Some(tracked) = tracked {
        for item in &answer.items {
            if let Item::Doc(item) = item
                && item.seq > tracked
            {
                tx.spreads(item.doc, item.seq)?;
            }
        }
        for result in &answer.results {
            if matches!(result.result, PushOutcome::Stored | PushOutcome::Duplicate) {
                // Its own number is not told; it is not above the newest.
                tx.spreads(result.doc, answer.head)?;
            }
        }
    }
    if answer.more {
        return Ok(());
    }
    if tracked.is_none() {
        tx.set_meta(TRACKED, &answer.head)?;
    }
    if let Some(others) = &answer.others {
        tx.set_meta(OTHERS, others)?;
        tx.has_spread(if others.devices == 0 { u64::MAX } else { others.read_to })?;
    }
    Ok(())
}

/// The server was restored: its numbers mean something else now.
pub(super) fn forget(tx: &Tx<'_>) -> Result<()> {
    tx.clear_meta(TRACKED)?;
    tx.clear_meta(OTHERS)?;
    tx.has_spread(u64::MAX)
}
