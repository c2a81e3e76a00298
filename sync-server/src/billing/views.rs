//! The plan as the API shows it, and what another one would mean.

use domain::errors::ErrorCode;
use domain::money::Money;
use domain::plans::{self, Feature, Limits, Module, Period, Plan};
use domain::sync::record_digest;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Number, json};
use utoipa::ToSchema;

use super::{Billing, months, store};
use crate::auth::Tenant;
use crate::db::{StoreError, TenantTx};
use crate::devices::{self, Device};
use crate::http::Problem;
use crate::media;
use crate::writes::Tag;

/// The plan of the business, and the others.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct BillingPlan {
    /// The plan.
    plan: Plan,
    /// Since when; `null` if it is the first.
    #[schema(value_type = Option<String>, format = "date-time")]
    since: Option<Timestamp>,
    /// The month that runs; `null` on the free plan.
    period: Option<ShownPeriod>,
    /// ISO 4217, of all amounts here.
    #[schema(example = "RUB")]
    currency: String,
    /// All that is due from changes so far, in currency units; below zero it is a credit. Nothing is charged yet.
    #[schema(value_type = f64, example = 990)]
    due: Number,
    /// What there is room for.
    limits: Limits,
    /// How much of that is used.
    usage: Usage,
    /// Every feature, and whether the plan includes it.
    features: Vec<ShownFeature>,
    /// Every plan, the smallest first, with what a change to it would mean now.
    plans: Vec<Offer>,
}

/// How much is used.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Usage {
    /// Devices that are not revoked.
    devices: usize,
    /// Photos and files, in bytes.
    storage_bytes: u64,
}

/// A month that is paid for.
#[derive(Debug, Serialize, ToSchema)]
struct ShownPeriod {
    /// RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    from: Timestamp,
    /// RFC 3339; the next one begins then.
    #[schema(value_type = String, format = "date-time")]
    to: Timestamp,
}

/// A feature.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ShownFeature {
    /// Its name.
    id: Feature,
    /// Where she meets it.
    module: Module,
    /// From which plan on it is there.
    required_plan: Plan,
    /// Whether her plan includes it.
    included: bool,
}

/// A plan that she may change to.
#[derive(Debug, Serialize, ToSchema)]
struct Offer {
    /// The plan.
    plan: Plan,
    /// What a month costs, in currency units.
    #[schema(value_type = f64, example = 990)]
    price: Number,
    /// What there is room for.
    limits: Limits,
    /// What changing to it now would mean; `null` for the present plan.
    change: Option<Preview>,
}

/// What a change would mean.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Preview {
    /// What would be due now, in currency units; below zero it is a credit.
    #[schema(value_type = f64, example = 990)]
    due: Number,
    /// Features that she would get.
    gains: Vec<Feature>,
    /// Features that would be gone. What was made with them stays and can be read, exported and removed.
    read_only: Vec<Feature>,
    /// Devices that would have to be revoked before.
    devices_over: usize,
    /// Bytes of photos and files that the plan has no room for. They stay; new ones are refused until there is room.
    storage_over: u64,
}

/// Everything that the answers of this slice are made of.
pub(super) struct Known<'a> {
    pub(super) billing: &'a Billing,
    pub(super) tenant: Tenant,
    pub(super) plan: Plan,
    pub(super) zone: TimeZone,
    pub(super) standing: store::Standing,
    /// What was due in the month that runs.
    pub(super) paid: Money,
    pub(super) devices: Vec<Device>,
    pub(super) storage: u64,
    pub(super) now: Timestamp,
}

impl<'a> Known<'a> {
    /// Looks it up.
    pub(super) async fn look_up(
        tx: &mut TenantTx,
        billing: &'a Billing,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        Self::find(tx, billing, now).await?.ok_or_else(Problem::not_found)
    }

    /// The same, if there is such a business.
    pub(super) async fn find(
        tx: &mut TenantTx,
        billing: &'a Billing,
        now: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        let Some(tenant) = crate::auth::find_tenant(tx).await? else { return Ok(None) };
        let plan = tenant.plan.parse().map_err(|_| StoreError::damaged("a tenant with an unknown plan"))?;
        let zone = domain::dates::zone_rules(&tenant.timezone).unwrap_or(TimeZone::UTC);
        let (standing, devices) = (store::standing(tx).await?, devices::connected(tx).await?);
        let storage = media::used_bytes(tx).await?;
        let paid = Money::new(0, billing.prices.of(plan).currency());
        let mut known = Self { billing, tenant, plan, zone, standing, paid, devices, storage, now };
        let Some(period) = known.period() else { return Ok(Some(known)) };
        let mut paid = store::due_since(tx, period.from, paid.currency()).await?.minor();
        // What she is shown is what a change would find, which writes these months down first.
        for month in months::unwritten(&known) {
            known.standing.due_minor += month.due.minor();
            paid += if month.at >= period.from { month.due.minor() } else { 0 };
        }
        known.paid = Money::new(paid, known.paid.currency());
        Ok(Some(known))
    }

    /// The month that runs.
    fn period(&self) -> Option<Period> {
        self.anchor().and_then(|anchor| Period::around(self.now, anchor, &self.zone))
    }

    /// When she began to pay, as far as it counts for the present plan. A business that was put on a plan before changes were
    /// written down counts from its first day.
    pub(super) fn anchor(&self) -> Option<Timestamp> {
        let anchor = self.standing.anchor.unwrap_or(self.tenant.created_at);
        (self.plan != Plan::default()).then_some(anchor)
    }

    /// The version of the plan: how often it was changed. Amounts that run with the time are no part of it.
    pub(super) fn tag(&self) -> Tag {
        let body = json!({ "plan": self.plan, "changes": self.standing.changes });
        Tag::of_record(record_digest("plan", self.tenant.id.0, &body))
    }

    /// What changing to a plan would cost now.
    pub(super) fn change_to(&self, plan: Plan) -> Option<plans::Change> {
        let way = (self.plan, plan);
        plans::change(way, &self.billing.prices, self.anchor(), self.paid, self.now, &self.zone)
    }

    /// The answer.
    pub(super) fn show(&self) -> BillingPlan {
        let currency = self.billing.prices.of(self.plan).currency();
        let period = self.period();
        let feature = |&id: &Feature| ShownFeature {
            id,
            module: id.module(),
            required_plan: id.min_plan(),
            included: self.plan.allows(id),
        };
        BillingPlan {
            plan: self.plan,
            since: self.standing.since,
            period: period.map(|period| ShownPeriod { from: period.from, to: period.to }),
            currency: currency.to_string(),
            due: Money::new(self.standing.due_minor, currency).to_json_number(),
            limits: self.plan.limits(),
            usage: Usage { devices: self.devices.len(), storage_bytes: self.storage },
            features: Feature::ALL.iter().map(feature).collect(),
            plans: Plan::ALL.iter().map(|&plan| self.offer(plan)).collect(),
        }
    }

    fn offer(&self, plan: Plan) -> Offer {
        let between = |less: Plan, more: Plan| {
            Feature::ALL.iter().copied().filter(|f| more.allows(*f) && !less.allows(*f)).collect()
        };
        let change = self.change_to(plan).filter(|_| plan != self.plan).map(|change| Preview {
            due: change.due.to_json_number(),
            gains: between(self.plan, plan),
            read_only: between(plan, self.plan),
            devices_over: self.devices.len().saturating_sub(plan.limits().devices as usize),
            storage_over: self.storage.saturating_sub(plan.limits().storage_bytes),
        });
        Offer { plan, price: self.billing.prices.of(plan).to_json_number(), limits: plan.limits(), change }
    }
}

/// Refuses a plan that has no room for the devices that there are, and names them: she chooses which ones go.
pub fn check_devices(plan: Plan, devices: &[Device]) -> Result<(), Problem> {
    if devices.len() <= plan.limits().devices as usize { Ok(()) } else { Err(device_limit(plan, devices)) }
}

/// That a plan has no room for another device, or for those that there are.
pub fn device_limit(plan: Plan, devices: &[Device]) -> Problem {
    let most = plan.limits().devices;
    Problem::new(ErrorCode::PlanLimit)
        .details(json!({ "limit": "devices", "most": most, "plan": plan, "devices": devices }))
}
