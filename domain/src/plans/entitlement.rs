//! What a server says about the plan of a business, in a form that a device can believe without a network: claims, signed
//! with Ed25519 by the server and checked against the key that the device got when it signed in.
//!
//! Part of the plans room. Pure: the form and the rules of time; who signs and who checks is elsewhere.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Plan;
use crate::ids::TenantId;

/// For how long a device believes it without hearing of the server again.
pub const GRACE: SignedDuration = SignedDuration::from_hours(24 * 30);

/// After how long a server says it anew to a business that is in touch.
pub const RENEW_AFTER: SignedDuration = SignedDuration::from_hours(24 * 7);

/// What a server says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claims {
    /// Of which business.
    pub tenant: TenantId,
    /// The plan it is on.
    pub plan: Plan,
    /// When this was said, by the server's clock.
    pub issued_at: Timestamp,
    /// Until when it is to be believed.
    pub expires_at: Timestamp,
}

/// The text is not an entitlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an entitlement")]
pub struct EntitlementError;

impl Claims {
    /// That this business is on this plan, said now.
    #[must_use]
    pub fn new(tenant: TenantId, plan: Plan, now: Timestamp) -> Self {
        let expires_at = now.saturating_add(GRACE).unwrap_or(now);
        Self { tenant, plan, issued_at: now, expires_at }
    }

    /// Whether the server should say it anew.
    #[must_use]
    pub fn is_stale(&self, now: Timestamp) -> bool {
        now.duration_since(self.issued_at) >= RENEW_AFTER
    }

    /// The bytes that are signed.
    ///
    /// # Errors
    /// Never: the claims are plain data.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// Claims with their signature as one line: both in base64url, a dot between.
    #[must_use]
    pub fn seal(signed: &[u8], signature: &[u8]) -> String {
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        format!("{}.{}", encode(signed), encode(signature))
    }

    /// The claims in a line, if `is_genuine` says of the signed bytes and the signature that they belong together.
    ///
    /// # Errors
    /// If it is not such a line, or not genuine.
    pub fn open(line: &str, is_genuine: impl FnOnce(&[u8], &[u8]) -> bool) -> Result<Self, EntitlementError> {
        let (signed, signature) = line.split_once('.').ok_or(EntitlementError)?;
        let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| EntitlementError);
        let (signed, signature) = (decode(signed)?, decode(signature)?);
        if !is_genuine(&signed, &signature) {
            return Err(EntitlementError);
        }
        serde_json::from_slice(&signed).map_err(|_| EntitlementError)
    }

    /// The plan by which a device of this business goes: the one that is said, while it is to be believed; else the free one,
    /// on which everything of hers can still be read, synced and taken away.
    #[must_use]
    pub fn plan_for(&self, tenant: TenantId, now: Timestamp) -> Plan {
        if self.tenant == tenant && now < self.expires_at { self.plan } else { Plan::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_believed_for_its_time_by_its_business_and_not_without_its_signature() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let [anna, olga] = [1, 2].map(|n| TenantId(uuid::Uuid::from_u128(n)));
        let claims = Claims::new(anna, Plan::Imperium, at("2026-12-01T00:00:00Z"));
        let line = Claims::seal(&claims.to_bytes().unwrap(), b"signature");
        assert_eq!(Claims::open(&line, |_, signature| signature == b"signature"), Ok(claims.clone()));
        assert_eq!(Claims::open(&line, |_, _| false), Err(EntitlementError));
        for broken in ["", ".", "a.b", "!.!", &line.replace('.', "")] {
            assert_eq!(Claims::open(broken, |_, _| true), Err(EntitlementError), "{broken}");
        }
        assert_eq!(claims.plan_for(anna, at("2026-12-30T23:59:59Z")), Plan::Imperium);
        assert_eq!(claims.plan_for(anna, at("2026-12-31T00:00:00Z")), Plan::Ivory);
        assert_eq!(claims.plan_for(olga, at("2026-12-02T00:00:00Z")), Plan::Ivory);
        assert!(!claims.is_stale(at("2026-12-07T23:59:59Z")) && claims.is_stale(at("2026-12-08T00:00:00Z")));
    }
}
