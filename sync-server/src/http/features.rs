//! Which routes need which feature of a plan: the table that the [`super::Principal`] of every request is held against.
//!
//! A new path needs a line here; a test walks the description of the API and names the ones that have none. What a feature
//! needs is said in `domain::plans`, and only there.

use axum::http::Method;
use domain::errors::ErrorCode;
use domain::plans::{Feature, Plan};
use serde_json::json;

use super::problem::Problem;

/// What a path needs of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it is there on every plan.
    EveryPlan,
    /// Writing needs the feature. Reading does not: what she made while she had it stays hers to see after a downgrade.
    ToWrite(Feature),
    /// Reading needs it, too, because what is read is made by the feature and not by her.
    AtAll(Feature),
}

use Needs::{AtAll, EveryPlan, ToWrite};

/// Every path of `/api/v1`, in alphabetical order.
pub const PATHS: &[(&str, Needs)] = &[
    ("/appointments", EveryPlan),
    ("/appointments/{id}", EveryPlan),
    ("/appointments/{id}/attach-media", EveryPlan),
    ("/appointments/{id}/cancel", EveryPlan),
    ("/appointments/{id}/changes", EveryPlan),
    ("/appointments/{id}/complete", EveryPlan),
    ("/appointments/{id}/confirm", EveryPlan),
    ("/appointments/{id}/deposit", ToWrite(Feature::Prepayments)),
    ("/appointments/{id}/no-show", EveryPlan),
    ("/appointments/{id}/policies", EveryPlan),
    ("/appointments/{id}/reschedule", EveryPlan),
    ("/audit-logs", AtAll(Feature::AuditLog)),
    ("/auth/email", EveryPlan),
    ("/auth/email/confirm", EveryPlan),
    ("/auth/login", EveryPlan),
    ("/auth/logout", EveryPlan),
    ("/auth/logout-everywhere", EveryPlan),
    ("/auth/me", EveryPlan),
    ("/auth/password", EveryPlan),
    ("/auth/password/forgot", EveryPlan),
    ("/auth/password/reset", EveryPlan),
    ("/auth/phone", EveryPlan),
    ("/auth/phone/confirm", EveryPlan),
    ("/auth/register", EveryPlan),
    ("/auth/second-factor", ToWrite(Feature::TwoFactor)),
    // To go on and to end it need no plan: a downgrade locks nobody out.
    ("/auth/second-factor/confirm", EveryPlan),
    ("/auth/second-factor/disable", EveryPlan),
    ("/auth/second-factor/recovery-codes", EveryPlan),
    ("/auth/sessions", EveryPlan),
    ("/auth/sessions/{id}", EveryPlan),
    ("/auth/token", EveryPlan),
    ("/auth/token/refresh", EveryPlan),
    ("/auth/tokens", EveryPlan),
    ("/auth/tokens/{id}", EveryPlan),
    ("/billing/plan", EveryPlan),
    ("/changes", EveryPlan),
    ("/clients", EveryPlan),
    ("/clients/{id}", EveryPlan),
    ("/clients/{id}/changes", EveryPlan),
    ("/clients/{id}/consents", EveryPlan),
    ("/clients/{id}/export", EveryPlan),
    ("/clients/{id}/history", EveryPlan),
    ("/clients/{id}/merge", EveryPlan),
    ("/conflicts", EveryPlan),
    ("/conflicts/{id}", EveryPlan),
    ("/conflicts/{id}/resolve", EveryPlan),
    ("/devices", EveryPlan),
    ("/devices/token", EveryPlan),
    ("/devices/{id}", EveryPlan),
    ("/export", EveryPlan),
    ("/history/undo", EveryPlan),
    ("/history/undo-device", EveryPlan),
    ("/imports", EveryPlan),
    ("/imports/{id}", EveryPlan),
    ("/imports/{id}/rows", EveryPlan),
    ("/imports/{id}/run", EveryPlan),
    ("/imports/{id}/undo", EveryPlan),
    ("/integrations/yookassa", EveryPlan),
    ("/integrations/yookassa/check", EveryPlan),
    ("/invoices", ToWrite(Feature::Invoices)),
    ("/invoices/{id}", EveryPlan),
    ("/invoices/{id}/payment-link", ToWrite(Feature::Invoices)),
    ("/invoices/{id}/pdf", EveryPlan),
    ("/invoices/{id}/refund", ToWrite(Feature::Invoices)),
    ("/invoices/{id}/send", ToWrite(Feature::Invoices)),
    ("/invoices/{id}/void", ToWrite(Feature::Invoices)),
    ("/ledger", EveryPlan),
    ("/media", EveryPlan),
    ("/media/uploads", EveryPlan),
    ("/media/uploads/{id}", EveryPlan),
    ("/media/{id}", EveryPlan),
    ("/notes", EveryPlan),
    ("/notes/{id}", EveryPlan),
    ("/notes/{id}/changes", EveryPlan),
    ("/online-payments", EveryPlan),
    ("/online-payments/{id}", EveryPlan),
    // What is held or was taken ends on every plan.
    ("/online-payments/{id}/cancel", EveryPlan),
    ("/online-payments/{id}/capture", EveryPlan),
    ("/online-payments/{id}/refund", EveryPlan),
    ("/payments", EveryPlan),
    ("/payments/yookassa/webhook", EveryPlan),
    ("/payments/yookassa/webhook/{tenantKey}", EveryPlan),
    ("/payments/{id}", EveryPlan),
    ("/services", EveryPlan),
    ("/services/{id}", EveryPlan),
    ("/settings", EveryPlan),
    ("/settings/{section}", EveryPlan),
    ("/slots", EveryPlan),
    ("/sync", EveryPlan),
    ("/sync/compare", EveryPlan),
    ("/sync/live", EveryPlan),
    ("/till", EveryPlan),
    ("/till/close", ToWrite(Feature::Invoices)),
];

/// Where the plan is changed.
const CHANGE: &str = "/api/v1/billing/plan";

#[derive(Debug, thiserror::Error)]
#[error("{0} has no line in http/features.rs")]
struct UnlistedPathError(String);

impl Needs {
    /// The feature that a request with this method needs.
    #[must_use]
    pub fn of(self, method: &Method) -> Option<Feature> {
        match self {
            Self::ToWrite(feature) if !method.is_safe() => Some(feature),
            Self::AtAll(feature) => Some(feature),
            Self::EveryPlan | Self::ToWrite(_) => None,
        }
    }
}

/// What a path below `/api/v1` needs; nothing if nobody has said.
#[must_use]
pub fn needs(path: &str) -> Option<Needs> {
    PATHS.binary_search_by_key(&path, |(listed, _)| listed).ok().map(|found| PATHS[found].1)
}

/// Refuses a request that the plan does not include. A route without a line is closed: better nobody may than everybody.
pub(super) fn check(plan: Plan, method: &Method, route: &str) -> Result<(), Problem> {
    let path = route.strip_prefix("/api/v1").unwrap_or(route);
    let needs = needs(path).ok_or_else(|| Problem::internal(&UnlistedPathError(path.to_owned())))?;
    needs.of(method).map_or(Ok(()), |feature| require(plan, feature))
}

/// Refuses what needs a feature that the plan does not include.
pub(super) fn require(plan: Plan, feature: Feature) -> Result<(), Problem> {
    if plan.allows(feature) {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::FeatureNotAllowed).details(details(plan, feature)))
}

/// What a refusal says besides its code: which feature, which plan would do, which plan it is, and where to change it.
#[must_use]
pub fn details(plan: Plan, feature: Feature) -> serde_json::Value {
    json!({ "feature": feature, "requiredPlan": feature.min_plan(), "plan": plan, "change": CHANGE })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writing_gate_lets_readers_through_and_a_whole_one_does_not() {
        let gate = ToWrite(Feature::Flows);
        assert_eq!((gate.of(&Method::GET), gate.of(&Method::HEAD)), (None, None));
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            assert_eq!(gate.of(&method), Some(Feature::Flows));
            assert_eq!(EveryPlan.of(&method), None);
        }
        assert_eq!(AtAll(Feature::AuditLog).of(&Method::GET), Some(Feature::AuditLog));
    }

    #[test]
    fn every_path_is_found_and_none_is_listed_twice() {
        assert!(PATHS.windows(2).all(|pair| pair[0].0 < pair[1].0), "keep the paths in alphabetical order");
        for &(path, needed) in PATHS {
            assert_eq!(needs(path), Some(needed));
        }
        assert_eq!(needs("/tomorrow"), None);
    }

    #[test]
    fn a_route_that_nobody_has_listed_is_closed() {
        let refused = check(Plan::Imperium, &Method::GET, "/api/v1/tomorrow").unwrap_err();
        assert_eq!(refused.code(), ErrorCode::Internal);
        assert!(check(Plan::Ivory, &Method::GET, "/api/v1/clients/{id}").is_ok());
    }
}
