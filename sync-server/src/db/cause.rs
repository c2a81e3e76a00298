//! On whose behalf a transaction is: what the journal says beside what was done.

use domain::audit::Door;
use domain::ids::{DeviceId, TokenId, UserId};

/// Who is behind a transaction, and how they came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Through which door.
    pub door: Door,
    /// The person.
    pub user: Option<UserId>,
    /// The key that was shown.
    pub token: Option<TokenId>,
    /// The device, if it is one.
    pub device: Option<DeviceId>,
    /// The request's name, the one of its answer and of the log.
    pub request: Option<String>,
}

impl Cause {
    /// Somebody unknown at a door.
    #[must_use]
    pub const fn at(door: Door) -> Self {
        Self { door, user: None, token: None, device: None, request: None }
    }

    /// The same person through another door.
    #[must_use]
    pub fn through(self, door: Door) -> Self {
        Self { door, ..self }
    }
}

/// Nobody asked: the server works on its own.
impl Default for Cause {
    fn default() -> Self {
        Self::at(Door::Job)
    }
}
