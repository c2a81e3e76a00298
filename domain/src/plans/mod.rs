//! The three plans and what each of them includes. The whole price list of features is the one table in `features`; the
//! server refuses by it, the UI hides by it, a device without a network goes by it, too.
//!
//! A shared room, pure. Knows no route and no screen.

mod entitlement;
mod features;
mod limits;
mod proration;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use entitlement::{Claims, EntitlementError, GRACE, RENEW_AFTER};
pub use features::{Feature, Module};
pub use limits::Limits;
pub use proration::{Change, Period, PriceError, Prices, change};

/// What a tenant pays for. Ordered: a later plan includes all of the earlier ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", try_from = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Plan {
    /// Free, without AI.
    #[default]
    Ivory,
    /// Pro: the assistant and automatic reminders.
    Veloria,
    /// Elite: all there is.
    Imperium,
}

/// The text is not the name of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such plan")]
pub struct UnknownPlanError;

impl Plan {
    /// Every plan, the smallest first.
    pub const ALL: [Self; 3] = [Self::Ivory, Self::Veloria, Self::Imperium];

    /// The name as it is stored and sent: lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ivory => "ivory",
            Self::Veloria => "veloria",
            Self::Imperium => "imperium",
        }
    }

    /// Whether this plan includes the feature.
    #[must_use]
    pub fn allows(self, feature: Feature) -> bool {
        self >= feature.min_plan()
    }
}

impl FromStr for Plan {
    type Err = UnknownPlanError;

    /// Any case will do: older data says `Veloria`.
    fn from_str(text: &str) -> Result<Self, UnknownPlanError> {
        Self::ALL.into_iter().find(|plan| plan.as_str().eq_ignore_ascii_case(text)).ok_or(UnknownPlanError)
    }
}

impl TryFrom<String> for Plan {
    type Error = UnknownPlanError;

    fn try_from(text: String) -> Result<Self, UnknownPlanError> {
        text.parse()
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
