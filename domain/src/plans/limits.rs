//! How much of a thing each plan has room for.
//!
//! Part of the plans room. Pure data. A limit stops what would be added; it never takes away what is there.

use serde::{Deserialize, Serialize};

use super::Plan;

/// How much a plan has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Limits {
    /// Phones and laptops with a working copy; three on every plan at least.
    pub devices: u32,
    /// Templates of messages.
    pub message_templates: u32,
    /// Photos and files, in bytes.
    pub storage_bytes: u64,
}

const GIB: u64 = 1 << 30;

impl Plan {
    /// What there is room for.
    #[must_use]
    pub const fn limits(self) -> Limits {
        match self {
            Self::Ivory => Limits { devices: 3, message_templates: 20, storage_bytes: GIB },
            Self::Veloria => Limits { devices: 5, message_templates: 200, storage_bytes: 20 * GIB },
            Self::Imperium => Limits { devices: 20, message_templates: 1_000, storage_bytes: 100 * GIB },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_devices_are_on_every_plan_and_a_bigger_plan_has_no_less_room() {
        assert!(Plan::ALL.iter().all(|plan| plan.limits().devices >= 3));
        for pair in Plan::ALL.map(Plan::limits).windows(2) {
            assert!(pair[0].devices <= pair[1].devices);
            assert!(pair[0].message_templates <= pair[1].message_templates);
            assert!(pair[0].storage_bytes <= pair[1].storage_bytes);
        }
    }
}
