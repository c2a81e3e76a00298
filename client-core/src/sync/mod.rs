//! The sync engine: a state machine that is told what happened and says what to do next.
//!
//! It speaks in the messages of `domain::sync` and knows the store; it knows no socket, no clock and no task. Each
//! answer is stored in one transaction with the cursor that it came with (rule D5), so it may be killed, repeated or
//! cut at any moment. A thin driver, or a simulated world, performs what it says.

mod answer;
mod ask;
mod backoff;
mod engine;
mod items;
mod notice;
mod records;
mod repair;
mod replay;
mod results;
mod spread;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use domain::documents::Author;
use domain::ids::Ids;
use domain::sync::{Answer, Ask, Compare, CompareAnswer};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

pub(crate) use ask::anew as ask_anew;
pub use engine::{Engine, Options};

/// Meta: when the server last answered, RFC 3339.
pub const LAST_CONTACT: &str = "last_contact";
/// Meta: the newest number of the server's log.
pub const HEAD: &str = "head";
/// Meta: whether the sums were equal when they were last compared.
pub const IN_STEP: &str = "in_step";
/// Meta: the cursor of the last answer.
pub const CURSOR: &str = "cursor";
/// Meta: whether the business is suspended, as the server said last.
pub const SUSPENDED: &str = "suspended";
/// Meta: how many seconds this device's clock was ahead of the server's when they last spoke.
pub const CLOCK_AHEAD: &str = "clock_ahead";
/// Meta: whether this device was disconnected from the account, as the server said last.
pub const DISCONNECTED: &str = "disconnected";
/// Meta: what the server said of the other devices, [`domain::sync::Others`].
pub const OTHERS: &str = "others";
/// Meta: the newest number of the log when this device first had everything; later ones are kept by document.
pub const TRACKED: &str = "tracked";
/// Meta: the server was restored, and device and server have not been found equal since.
pub const RESTORED: &str = "restored";
/// Meta: the server's epoch.
pub const EPOCH: &str = "epoch";

/// What the engine may use of the world while it handles one event.
pub struct Context<'a> {
    /// The present moment as this device believes it.
    pub now: Timestamp,
    /// Who writes, when an own edit must be made anew.
    pub author: &'a Author,
    /// Where ids and jitter come from.
    pub ids: &'a mut dyn Ids,
}

/// Something happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// It is time: the app started, an edit was made, a pause is over, the server said that there is news.
    Wake,
    /// The server answered the request with this ticket.
    Answered(Uuid, Reply),
    /// The request with this ticket failed.
    Failed(Uuid, Failure),
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send this, and come back with its ticket.
    Send(Uuid, Request),
    /// Wait until then, then wake the engine; sooner is fine when a person asks.
    Sleep(Timestamp),
    /// All is said for now.
    Idle(Report),
    /// It makes no sense to go on until a person has done something.
    Stopped(Failure),
    /// The event came too late or twice; nothing was done, and another request is still out or none is.
    Ignored,
}

/// A request to the server.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// `POST /sync`
    Sync(Ask),
    /// `POST /sync/compare`
    Compare(Compare),
}

/// The server's reply.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// To [`Request::Sync`].
    Sync(Answer),
    /// To [`Request::Compare`].
    Compare(CompareAnswer),
}

/// Why there is no reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// There was no connection, so nothing has left this device.
    #[error("the server cannot be reached: {0}")]
    Offline(String),
    /// The server did not answer in time; it may have done what it was asked.
    #[error("the server did not answer in time")]
    Timeout,
    /// The connection broke before the whole answer was here; the server may have done what it was asked.
    #[error("the connection broke off: {0}")]
    Cut(String),
    /// The answer is no message of the protocol.
    #[error("the answer cannot be read: {0}")]
    Garbled(String),
    /// The server is in trouble or busy, perhaps it says until when.
    #[error("the server is busy or in trouble")]
    Server(Option<SignedDuration>),
    /// The token is not valid (any more).
    #[error("the server does not know this device's token")]
    Unauthorized,
    /// The device was disconnected from the account.
    #[error("this device was disconnected from the account")]
    Revoked,
    /// The request was too large.
    #[error("the request was too large")]
    TooLarge,
    /// The server speaks another version of the protocol.
    #[error("the server speaks another version of the protocol")]
    UnsupportedProtocol,
    /// The server did not make this cursor.
    #[error("the server does not know the cursor")]
    BadCursor,
    /// The server refuses the request as a whole: a mistake of ours.
    #[error("the server refused the request: {0}")]
    Refused(String),
}

/// What came of a session: from waking to idle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Changes that the server has stored or already had.
    pub pushed: u64,
    /// Items that came.
    pub pulled: u64,
    /// Changes and intents that the server refused.
    pub refused: u64,
    /// Received items that were put aside.
    pub quarantined: u64,
    /// Whether device and server hold the same, if that was compared.
    pub in_step: Option<bool>,
    /// Documents that came, so that whoever shows them can look again.
    pub changed: BTreeSet<Uuid>,
}

impl Report {
    /// Adds what came of one more answer.
    fn add(&mut self, mut other: Self) {
        self.pushed += other.pushed;
        self.pulled += other.pulled;
        self.refused += other.refused;
        self.quarantined += other.quarantined;
        self.changed.append(&mut other.changed);
    }
}
