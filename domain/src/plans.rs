//! The three plans and what each of them includes. The whole price list of features is the one `match` of
//! [`Feature::min_plan`]; the server refuses by it, the UI hides by it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::errors::wire_enum;

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

wire_enum! {
    /// Something that a plan includes or not.
    pub enum Feature {
        /// Several devices, one calendar.
        Sync = "sync",
        /// Who changed what and when, and undoing it.
        History = "history",
        /// Taking all data away as files.
        Export = "export",
        /// Several ways out of a conflict, proposed and carried out by one press.
        ConflictResolver = "appointments.conflict_resolver",
        /// The risk that a client does not come, with what to do about it.
        AiNoShow = "ai.no_show",
        /// Whom to offer an hour that became free.
        AiWaitlist = "ai.waitlist",
        /// What to offer on top of a service.
        AiUpsell = "ai.upsell",
        /// A spoken note turned into a written one.
        AiVoiceNotes = "ai.voice_notes",
        /// Reminders of a visit that send themselves.
        AutoReminders = "messaging.auto_reminders",
        /// Inviting back clients who have not come for long.
        Flows = "marketing.flows",
        /// The same with segments, control groups and forecasts.
        FlowsPro = "marketing.flows.pro",
        /// The booking page under the master's own domain and without our name.
        Whitelabel = "booking.whitelabel",
        /// Cohorts and channels in the analytics, with export.
        Cohorts = "analytics.cohorts",
        /// Visits shown in Google Calendar.
        GoogleCalendar = "integrations.google_calendar",
        /// Visits and Google Calendar kept equal both ways.
        GoogleCalendarTwoWay = "integrations.google_calendar.two_way",
        /// Telling other programs what happened.
        Webhooks = "integrations.webhooks",
        /// A second factor at sign-in.
        TwoFactor = "security.two_factor",
        /// The journal of critical actions.
        AuditLog = "security.audit_log",
    }
}

impl Feature {
    /// The smallest plan that includes the feature.
    #[must_use]
    pub const fn min_plan(self) -> Plan {
        match self {
            Self::Sync | Self::History | Self::Export => Plan::Ivory,
            Self::AiNoShow
            | Self::AiWaitlist
            | Self::AiUpsell
            | Self::AutoReminders
            | Self::Flows
            | Self::GoogleCalendar
            | Self::TwoFactor => Plan::Veloria,
            Self::ConflictResolver
            | Self::AiVoiceNotes
            | Self::FlowsPro
            | Self::Whitelabel
            | Self::Cohorts
            | Self::GoogleCalendarTwoWay
            | Self::Webhooks
            | Self::AuditLog => Plan::Imperium,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_in_any_case_and_written_in_lower_case() {
        assert_eq!("Veloria".parse(), Ok(Plan::Veloria));
        assert_eq!(serde_json::from_str::<Plan>("\"IMPERIUM\"").unwrap(), Plan::Imperium);
        assert_eq!(serde_json::to_string(&Plan::Ivory).unwrap(), "\"ivory\"");
        assert_eq!("gold".parse::<Plan>(), Err(UnknownPlanError));
        assert!(Plan::ALL.iter().all(|plan| serde_json::to_value(plan).unwrap() == plan.as_str()));
    }

    #[test]
    fn a_bigger_plan_never_allows_less() {
        assert!(Plan::ALL.is_sorted());
        for &feature in Feature::ALL {
            assert!(Plan::Imperium.allows(feature));
            assert!(Plan::ALL.map(|plan| plan.allows(feature)).is_sorted(), "{feature}");
        }
    }

    #[test]
    fn the_map_of_the_mission_holds() {
        for (wire, plan) in [
            ("ai.no_show", Plan::Veloria),
            ("ai.upsell", Plan::Veloria),
            ("ai.voice_notes", Plan::Imperium),
            ("marketing.flows", Plan::Veloria),
            ("marketing.flows.pro", Plan::Imperium),
            ("booking.whitelabel", Plan::Imperium),
            ("appointments.conflict_resolver", Plan::Imperium),
            ("sync", Plan::Ivory),
        ] {
            assert_eq!(Feature::from_wire(wire).map(Feature::min_plan), Some(plan), "{wire}");
        }
        assert!(!Plan::Ivory.allows(Feature::AiNoShow));
        assert_eq!(serde_json::to_string(&Feature::FlowsPro).unwrap(), "\"marketing.flows.pro\"");
    }
}
