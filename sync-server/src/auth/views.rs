//! People and tenants as the API shows them.

use domain::accounts::TenantStatus;
use domain::ids::{TenantId, UserId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody who signs in.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The person's id.
    pub id: UserId,
    /// How the person is called.
    #[schema(example = "Анна")]
    pub name: String,
    /// The address that signs in.
    #[schema(example = "anna@example.ru")]
    pub email: String,
    /// E.164.
    #[schema(example = "+79161234567")]
    pub phone: Option<String>,
    /// What somebody is in the business: `owner`, the only one today.
    #[schema(example = "owner")]
    pub role: String,
    /// IANA name.
    #[schema(example = "Europe/Moscow")]
    pub timezone: String,
    /// `ru` or `en`.
    #[schema(example = "ru")]
    pub locale: String,
    /// RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    pub created_at: Timestamp,
}

domain::masked_debug!(User { id });

/// The master's business.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// The tenant's id.
    pub id: TenantId,
    /// How the business is called.
    #[schema(example = "Студия Анны")]
    pub name: String,
    /// `ivory`, `veloria` or `imperium`.
    #[schema(example = "ivory")]
    pub plan: String,
    /// `active`, or `suspended`: everything can be read and taken away, nothing changed.
    #[schema(example = "active")]
    pub status: String,
    /// IANA name: the zone of times without an offset.
    #[schema(example = "Europe/Moscow")]
    pub timezone: String,
    /// `ru` or `en`.
    #[schema(example = "ru")]
    pub locale: String,
    /// ISO 4217.
    #[schema(example = "RUB")]
    pub currency: String,
    /// RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    pub created_at: Timestamp,
    /// The signed word about the plan. Only devices get it, with the record.
    #[serde(skip)]
    pub entitlement: Option<String>,
}

domain::masked_debug!(Tenant { id, plan, status });

/// A person and the business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Account {
    /// The person.
    pub user: User,
    /// The business.
    pub tenant: Tenant,
}

impl Tenant {
    /// The currency of amounts that name none.
    pub fn currency(&self) -> domain::money::Currency {
        self.currency.parse().unwrap_or_default()
    }

    /// The day by the wall of the business.
    #[must_use]
    pub fn today(&self, now: Timestamp) -> jiff::civil::Date {
        let zone = domain::dates::zone_rules(&self.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
        now.to_zoned(zone).date()
    }

    /// The record that devices get.
    #[must_use]
    pub fn record(&self) -> serde_json::Value {
        let mut record = serde_json::json!({
            "id": self.id,
            "name": self.name,
            "timezone": self.timezone,
            "locale": self.locale,
            "currency": self.currency,
            "plan": self.plan,
        });
        if self.status != TenantStatus::Active.as_str() {
            record["status"] = self.status.as_str().into();
        }
        if let Some(line) = &self.entitlement {
            record["entitlement"] = line.as_str().into();
        }
        record
    }
}
