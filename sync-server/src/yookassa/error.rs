//! Why a call gave no object, and what that means: did it happen?

use std::fmt;
use std::time::Duration;

/// What the caller may believe after a call that went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing happened: call again later, under the same key.
    Retry,
    /// It was refused and will be refused again: what is asked must change, and with it the key.
    Refused,
    /// It may have happened: call again under the same key, or read the object, until that is known.
    Unknown,
}

/// Why a call gave no object. Never shows what was asked or answered.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No connection.
    #[error("YooKassa cannot be reached")]
    Unreached,
    /// Asked too often.
    #[error("YooKassa was asked too often")]
    TooMany {
        /// When it wants to be asked again.
        after: Option<Duration>,
    },
    /// The answer does not say what happened.
    #[error("whether YooKassa did it is not known: {0}")]
    Doubt(Doubt),
    /// A clear no.
    #[error("YooKassa refused: {0}")]
    Refused(Refusal),
}

impl CallError {
    /// What the caller may believe.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::Unreached | Self::TooMany { .. } => Outcome::Retry,
            Self::Doubt(_) => Outcome::Unknown,
            Self::Refused(_) => Outcome::Refused,
        }
    }

    /// How long the service asks to be left alone.
    #[must_use]
    pub const fn after(&self) -> Option<Duration> {
        match self {
            Self::TooMany { after } | Self::Doubt(Doubt::Processing { after }) => *after,
            Self::Unreached | Self::Doubt(_) | Self::Refused(_) => None,
        }
    }
}

/// Why nobody knows what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// No answer in time.
    #[error("no answer in time")]
    Silence,
    /// The line was cut.
    #[error("the line was cut")]
    Cut,
    /// Something broke there.
    #[error("it answered {0}")]
    Broken(u16),
    /// It is still at it.
    #[error("it is still working on it")]
    Processing {
        /// When it wants to be asked again.
        after: Option<Duration>,
    },
    /// Something that is not its language: a page of somebody in between, or an object that does not hold together.
    #[error("it answered something unreadable with {0}")]
    Unreadable(u16),
}

/// A clear no.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Of which kind.
    pub kind: RefusalKind,
    /// The HTTP status.
    pub status: u16,
    /// The field that is wrong, as the vendor calls it.
    pub parameter: Option<String>,
    /// What to tell the vendor's support.
    pub id: Option<String>,
}

/// Kinds of a clear no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// What was asked cannot be done.
    Invalid,
    /// The shop or its key is wrong: the connection is of no use until somebody corrects it.
    Credentials,
    /// The shop may not do this.
    Forbidden,
    /// There is no such object in this shop.
    NotFound,
}

/// The vendor's description is not kept: it may quote what was asked.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, status, parameter, id } = self;
        write!(f, "{kind:?} ({status}")?;
        for (name, value) in [("parameter", parameter), ("id", id)] {
            if let Some(value) = value {
                write!(f, ", {name} {value}")?;
            }
        }
        f.write_str(")")
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
