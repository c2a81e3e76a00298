//! What can go wrong for whoever uses the app: one small enum at the edge of this crate.

use domain::conflicts::SettleError;
use domain::errors::{ErrorCode, FieldErrors};
use uuid::Uuid;

use crate::store::StoreError;

/// Why the app did not do it. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Nobody has signed in on this device yet.
    #[error("nobody has signed in here yet")]
    NotSignedIn,
    /// There is no such thing, or it was removed.
    #[error("{0} is not known here")]
    NotFound(Uuid),
    /// A new thing with an id that is taken.
    #[error("{0} exists already")]
    Exists(Uuid),
    /// Some fields cannot be accepted.
    #[error("some fields cannot be accepted: {0}")]
    Invalid(#[from] FieldErrors),
    /// The server would refuse this change, so it is not made.
    #[error("this change is not possible: {0}")]
    Impossible(ErrorCode),
    /// The stored record is damaged and has not come back from the server yet.
    #[error("{0} is damaged here and comes back with the next sync")]
    Damaged(Uuid),
    /// One action touches too many documents.
    #[error("one action touches too many documents")]
    GroupTooLarge,
    /// A conflict cannot be settled so, or clients not be merged.
    #[error(transparent)]
    Settle(#[from] SettleError),
    /// All of it was taken back, or changed by somebody since.
    #[error("there is nothing left to take back")]
    NothingToUndo,
    /// Only what waits can be taken back, and this does not wait any more: it stands so.
    #[error("it waits no more ({0})")]
    NotWaiting(&'static str),
    /// The hour is taken by now.
    #[error("the hour is taken by now")]
    SlotTaken,
    /// The home belongs to another account.
    #[error("this home belongs to another account")]
    OtherTenant,
    /// There is unsent work.
    #[error("there is work that was not sent")]
    Unsent,
    /// The device's file.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AppError {
    /// The code that programs branch on.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::NotSignedIn => ErrorCode::Unauthorized,
            Self::NotFound(_) => ErrorCode::NotFound,
            Self::Invalid(_) => ErrorCode::ValidationFailed,
            Self::Impossible(code) => *code,
            Self::Settle(error) => error.code(),
            Self::SlotTaken => ErrorCode::SlotTaken,
            Self::GroupTooLarge => ErrorCode::GroupTooLarge,
            Self::NothingToUndo
            | Self::NotWaiting(_)
            | Self::Exists(_)
            | Self::Damaged(_)
            | Self::OtherTenant
            | Self::Unsent => ErrorCode::Conflict,
            Self::Store(_) => ErrorCode::Internal,
        }
    }

    /// What is wrong with single fields.
    pub fn fields(&self) -> FieldErrors {
        match self {
            Self::Invalid(fields) => fields.clone(),
            _ => FieldErrors::new(),
        }
    }
}
