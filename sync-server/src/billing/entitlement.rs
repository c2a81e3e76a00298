//! The signed word about the plan: Ed25519 over the claims of `domain::plans`. A device believes it without a network; who
//! changes it on the way or on the device's disk has no signature for it.

use std::fmt;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::ids::TenantId;
use domain::plans::{Claims, Plan};
use jiff::Timestamp;

use super::store;
use crate::db::{Db, StoreError};
use crate::{auth, sync};

/// Signs. One key for the installation, made from its secret, so that a restart signs as before.
pub struct Signer(Ed25519KeyPair);

impl Signer {
    /// The signer of an installation with this seed.
    #[must_use]
    pub fn new(seed: &[u8; 32]) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(seed).expect("any 32 bytes are a seed of Ed25519"))
    }

    /// The key against which devices check, in base64url. They get it when they sign in, and keep it.
    #[must_use]
    pub fn public_key(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0.public_key().as_ref())
    }

    /// The claims as a signed line.
    pub fn sign(&self, claims: &Claims) -> Result<String, serde_json::Error> {
        let signed = claims.to_bytes()?;
        Ok(Claims::seal(&signed, self.0.sign(&signed).as_ref()))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Signer").field(&self.public_key()).finish()
    }
}

/// Whether the signed word about a plan is to be said anew: it is old, or there is none. Asked by every sync, of what the look at
/// the key has read already, so that a sync pays nothing for it; a device that is in touch always has a word of this week.
#[must_use]
pub fn is_due(plan: Plan, said: Option<&str>, now: Timestamp) -> bool {
    let claims = said.and_then(|line| Claims::open(line, |_, _| true).ok());
    plan != Plan::default() && claims.is_none_or(|claims| claims.is_stale(now))
}

/// Says the plan of a business anew.
pub async fn renew(db: &Db, signer: &Signer, tenant: TenantId, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = db.tenant(tenant).await?;
    sync::lock(&mut tx).await?;
    if let Some(tenant) = auth::find_tenant(&mut tx).await? {
        let plan = tenant.plan.parse();
        let plan = plan.map_err(|_| StoreError::damaged("a tenant with an unknown plan"))?;
        // Another device may have come at the same moment.
        if is_due(plan, tenant.entitlement.as_deref(), now) {
            let line = signer.sign(&Claims::new(tenant.id, plan, now)).map_err(StoreError::damaged)?;
            store::set_entitlement(&mut tx, &line).await?;
            auth::tell_devices(&mut tx).await?;
        }
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};

    use super::*;

    #[test]
    fn what_is_signed_is_believed_until_a_bit_of_it_changes() {
        let server = Signer::new(&[7; 32]);
        let key = BASE64_URL_SAFE_NO_PAD.decode(server.public_key()).unwrap();
        let is_genuine = |signed: &[u8], signature: &[u8]| {
            UnparsedPublicKey::new(&ED25519, &key).verify(signed, signature).is_ok()
        };
        let now = "2026-12-01T00:00:00Z".parse().unwrap();
        let claims = Claims::new(TenantId(uuid::Uuid::from_u128(1)), Plan::Veloria, now);
        let line = server.sign(&claims).unwrap();
        assert_eq!(Claims::open(&line, is_genuine), Ok(claims.clone()));
        let (signed, signature) = line.split_once('.').unwrap();
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(signed).unwrap();
        for at in 0..bytes.len() {
            bytes[at] ^= 1;
            let forged = format!("{}.{signature}", BASE64_URL_SAFE_NO_PAD.encode(&bytes));
            assert!(Claims::open(&forged, is_genuine).is_err(), "byte {at}");
            bytes[at] ^= 1;
        }
        let other = Signer::new(&[8; 32]).sign(&claims).unwrap();
        assert!(Claims::open(&other, is_genuine).is_err(), "another server");
        assert!(!format!("{server:?}").contains("7, 7"));
    }

    #[test]
    fn it_is_said_anew_on_a_paid_plan_once_a_week_and_when_nothing_was_said() {
        let server = Signer::new(&[7; 32]);
        let now: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
        let claims = Claims::new(TenantId(uuid::Uuid::from_u128(1)), Plan::Veloria, now);
        let line = server.sign(&claims).unwrap();
        let after = |days: i64| now.checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap();
        assert!(is_due(Plan::Veloria, None, now) && is_due(Plan::Veloria, Some("x"), now));
        assert!(
            !is_due(Plan::Veloria, Some(&line), after(6)) && is_due(Plan::Veloria, Some(&line), after(7))
        );
        assert!(!is_due(Plan::Ivory, None, now) && !is_due(Plan::Ivory, Some(&line), after(7)));
    }
}
