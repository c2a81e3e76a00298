//! People and tenants as the API shows them.

use domain::ids::{TenantId, UserId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody who signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The person's id.
    pub id: UserId,
    /// How the person is called.
    pub name: String,
    /// The address that signs in.
    pub email: String,
    /// E.164.
    pub phone: Option<String>,
    /// IANA name.
    pub timezone: String,
    /// `ru` or `en`.
    pub locale: String,
    /// RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    pub created_at: Timestamp,
}

/// The master's business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// The tenant's id.
    pub id: TenantId,
    /// How the business is called.
    pub name: String,
    /// `ivory`, `veloria` or `imperium`.
    pub plan: String,
    /// `active`.
    pub status: String,
    /// IANA name: the zone of times without an offset.
    pub timezone: String,
    /// `ru` or `en`.
    pub locale: String,
    /// ISO 4217.
    pub currency: String,
    /// RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    pub created_at: Timestamp,
}

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

    /// The record that devices get.
    #[must_use]
    pub fn record(&self) -> serde_json::Value {
        serde_json::json!({
            "id": self.id,
            "name": self.name,
            "timezone": self.timezone,
            "locale": self.locale,
            "currency": self.currency,
            "plan": self.plan,
        })
    }
}
