//! The plan by which this device goes, with or without a network: what the server signed, checked against the key that
//! came with signing in, and believed for 30 days.
//!
//! May use the store. What a plan includes is `domain::plans`. The server looks at the plan of every request itself; here it is
//! only about what is offered and shown.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::plans::{Claims, Feature, Plan};
use jiff::Timestamp;
use serde::{Deserialize as _, Serialize};
use serde_json::{Value as Json, json};

use super::{App, Result};

pub(super) const ENTITLEMENT_KEY: &str = "entitlement_key";
/// Meta: what the server said last of plan, limits and prices.
const BILLING: &str = "billing_plan";

/// The plan, and how far it can be believed here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanStanding {
    /// The plan by which this device goes now.
    pub plan: Plan,
    /// The plan that the server told last, signed or not.
    pub told: Plan,
    /// Until when the signed word holds without hearing of the server; none on the free plan, which needs no word.
    pub believed_until: Option<Timestamp>,
}

impl App {
    /// The plan by which this device goes now.
    pub fn plan(&self) -> Result<PlanStanding> {
        let tenant = self.tenant()?;
        let key: Option<String> =
            self.store.read::<_, super::AppError>(|tx| Ok(tx.meta(ENTITLEMENT_KEY)?))?;
        let told = tenant.plan.parse().unwrap_or_default();
        let claims = tenant.entitlement.as_deref().zip(key).and_then(|(line, key)| believe(line, &key));
        let (plan, until) = match claims {
            Some(claims) => (claims.plan_for(tenant.id, self.now()), Some(claims.expires_at)),
            None => (Plan::default(), None),
        };
        Ok(PlanStanding { plan, told, believed_until: until })
    }

    /// Keeps what the server says of plan, limits and prices.
    pub fn keep_billing(&mut self, said: &Json) -> Result<()> {
        self.store.write(|tx| Ok(tx.set_meta(BILLING, said)?))
    }

    /// What the server said last of plan, limits and prices, with the plan by which this device goes now; none if it has not said
    /// it yet.
    pub fn billing(&self) -> Result<Option<Json>> {
        let plan = self.plan()?.plan;
        let said: Option<Json> = self.store.read::<_, super::AppError>(|tx| Ok(tx.meta(BILLING)?))?;
        Ok(said.map(|mut said| {
            if said["plan"] != plan.as_str() {
                said["plan"] = plan.as_str().into();
                said["limits"] = json!(plan.limits());
            }
            for shown in said["features"].as_array_mut().into_iter().flatten() {
                if let Ok(feature) = Feature::deserialize(&shown["id"]) {
                    shown["included"] = plan.allows(feature).into();
                }
            }
            said
        }))
    }

    /// Whether the plan of this device includes a feature.
    pub fn allows(&self, feature: Feature) -> Result<bool> {
        Ok(self.plan()?.plan.allows(feature))
    }
}

/// The claims of a line, if this key signed it.
fn believe(line: &str, key: &str) -> Option<Claims> {
    let key = BASE64_URL_SAFE_NO_PAD.decode(key).ok()?;
    let key = UnparsedPublicKey::new(&ED25519, key);
    Claims::open(line, |signed, signature| key.verify(signed, signature).is_ok()).ok()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};

    use super::*;
    use crate::store::Store;
    use crate::testing::{NOW, account, on};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    /// A device that was told of a plan at this moment by the server with this seed; it knows the server with seed 7.
    fn told(plan: Plan, moment: i64, seed: u8) -> PlanStanding {
        let pair = |seed: u8| Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let mut account = account(1);
        let claims = Claims::new(account.tenant.id, plan, at(moment)).to_bytes().unwrap();
        account.tenant.plan = plan.to_string();
        account.tenant.entitlement = Some(Claims::seal(&claims, pair(seed).sign(&claims).as_ref()));
        account.entitlement_key = Some(BASE64_URL_SAFE_NO_PAD.encode(pair(7).public_key().as_ref()));
        let mut app = on(Store::in_memory().unwrap(), 1);
        app.sign_in(&account).unwrap();
        assert_eq!(app.allows(Feature::Flows).unwrap(), app.plan().unwrap().plan >= Plan::Veloria);
        app.plan().unwrap()
    }

    #[test]
    fn a_signed_word_holds_for_30_days_without_a_network_and_a_forged_one_never() {
        let month = 30 * 86_400;
        let standing = told(Plan::Imperium, NOW, 7);
        assert_eq!((standing.plan, standing.believed_until), (Plan::Imperium, Some(at(NOW + month))));
        assert_eq!(told(Plan::Imperium, NOW - month + 1, 7).plan, Plan::Imperium);
        let late = told(Plan::Imperium, NOW - month, 7);
        assert_eq!((late.plan, late.told), (Plan::Ivory, Plan::Imperium));
        let forged = told(Plan::Imperium, NOW, 8);
        assert_eq!((forged.plan, forged.believed_until), (Plan::Ivory, None));
    }
}
