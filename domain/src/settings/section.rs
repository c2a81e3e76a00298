//! One section of the settings as a record: its value, and the version that an editor must have seen.
//!
//! Part of the settings room. Pure. REST, devices and intents read and write sections through these functions alone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    Branding, BusinessHours, CancelPolicy, Channels, DepositPolicy, Integrations, NotificationPrefs, Profile,
};
use crate::errors::FieldErrors;
use crate::ids::TenantId;

/// A part of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Section {
    /// What her business is.
    Profile,
    /// When she works.
    BusinessHours,
    /// What a client owes who calls off.
    CancelPolicy,
    /// What she asks for before.
    DepositPolicy,
    /// When who is told what.
    NotificationPrefs,
    /// How clients are reached.
    Channels,
    /// How her business looks.
    Branding,
    /// What is connected.
    Integrations,
}

/// The text is not the name of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such section of the settings")]
pub struct UnknownSectionError;

/// The section is not the one that the editor has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the section has version {standing} now")]
pub struct VersionError {
    /// The version that stands.
    pub standing: u64,
}

impl Section {
    /// Every section.
    pub const ALL: [Self; 8] = [
        Self::Profile,
        Self::BusinessHours,
        Self::CancelPolicy,
        Self::DepositPolicy,
        Self::NotificationPrefs,
        Self::Channels,
        Self::Branding,
        Self::Integrations,
    ];

    /// The word in paths and records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::BusinessHours => "business-hours",
            Self::CancelPolicy => "cancel-policy",
            Self::DepositPolicy => "deposit-policy",
            Self::NotificationPrefs => "notification-prefs",
            Self::Channels => "channels",
            Self::Branding => "branding",
            Self::Integrations => "integrations",
        }
    }

    /// The id of its record: the same on every device, also before anybody has written it.
    #[must_use]
    pub fn id(self, tenant: TenantId) -> Uuid {
        Uuid::new_v5(&tenant.0, format!("settings/{}", self.as_str()).as_bytes())
    }

    /// Reads a value of this section from what a request to this business says.
    ///
    /// # Errors
    /// Every field that is missing, unknown or wrong.
    pub fn read(self, value: &Map<String, Json>, business: &Profile) -> Result<SectionValue, FieldErrors> {
        Ok(match self {
            Self::Profile => SectionValue::Profile(Profile::from_json(value, business)?),
            Self::BusinessHours => SectionValue::BusinessHours(BusinessHours::from_json(value)?),
            Self::CancelPolicy => SectionValue::CancelPolicy(CancelPolicy::from_json(value)?),
            Self::DepositPolicy => {
                SectionValue::DepositPolicy(DepositPolicy::from_json(value, business.currency)?)
            }
            Self::NotificationPrefs => SectionValue::NotificationPrefs(NotificationPrefs::from_json(value)?),
            Self::Channels => SectionValue::Channels(Channels::from_json(value)?),
            Self::Branding => SectionValue::Branding(Branding::from_json(value)?),
            Self::Integrations => SectionValue::Integrations(Integrations::from_json(value)?),
        })
    }

    /// What holds while nobody has said anything: of the profile, what the registration said.
    #[must_use]
    pub fn standard(self, business: &Profile) -> SectionValue {
        match self {
            Self::Profile => SectionValue::Profile(business.clone()),
            Self::BusinessHours => SectionValue::BusinessHours(BusinessHours::default()),
            Self::CancelPolicy => SectionValue::CancelPolicy(CancelPolicy::default()),
            Self::DepositPolicy => SectionValue::DepositPolicy(DepositPolicy::default()),
            Self::NotificationPrefs => SectionValue::NotificationPrefs(NotificationPrefs::default()),
            Self::Channels => SectionValue::Channels(Channels::default()),
            Self::Branding => SectionValue::Branding(Branding::default()),
            Self::Integrations => SectionValue::Integrations(Integrations::default()),
        }
    }
}

impl FromStr for Section {
    type Err = UnknownSectionError;

    fn from_str(text: &str) -> Result<Self, UnknownSectionError> {
        Self::ALL.into_iter().find(|section| section.as_str() == text).ok_or(UnknownSectionError)
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a section says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "the types say it")]
pub enum SectionValue {
    Profile(Profile),
    BusinessHours(BusinessHours),
    CancelPolicy(CancelPolicy),
    DepositPolicy(DepositPolicy),
    NotificationPrefs(NotificationPrefs),
    Channels(Channels),
    Branding(Branding),
    Integrations(Integrations),
}

/// A section as REST and devices show it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Setting {
    /// Which one.
    pub id: Section,
    /// How often it was written; 0 while it is as at the beginning.
    pub version: u64,
    /// What it says; each section has fields of its own.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub value: SectionValue,
    /// RFC 3339, the server's clock; `null` while it is as at the beginning.
    pub updated_at: Option<String>,
}

impl Setting {
    /// The section from its record, if there is one.
    #[must_use]
    pub fn from_record(section: Section, body: Option<&Json>, business: &Profile) -> Self {
        let read = body.and_then(|body| {
            let value = section.read(body.get("value")?.as_object()?, business).ok()?;
            let updated_at = body.get("updatedAt").and_then(Json::as_str).map(str::to_owned);
            Some(Self { id: section, version: body.get("version")?.as_u64()?, value, updated_at })
        });
        read.unwrap_or_else(|| {
            let value = section.standard(business);
            Self { id: section, version: 0, value, updated_at: None }
        })
    }

    /// The section written anew over `self`. `now` is RFC 3339.
    ///
    /// # Errors
    /// If the editor has seen another version.
    pub fn replace(self, seen: Option<u64>, value: SectionValue, now: &str) -> Result<Self, VersionError> {
        if seen.is_some_and(|seen| seen != self.version) {
            return Err(VersionError { standing: self.version });
        }
        Ok(Self { version: self.version + 1, value, updated_at: Some(now.to_owned()), ..self })
    }

    /// Its record.
    ///
    /// # Errors
    /// Never for a value that was read.
    pub fn to_record(&self) -> Result<Json, serde_json::Error> {
        let value = serde_json::to_value(&self.value)?;
        let (section, version, at) = (self.id.as_str(), self.version, &self.updated_at);
        Ok(serde_json::json!({ "section": section, "version": version, "value": value, "updatedAt": at }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn business() -> Profile {
        Profile { business_name: "Студия".to_owned(), ..Profile::default() }
    }

    #[test]
    fn every_section_has_a_standard_that_can_be_written_and_read() {
        for section in Section::ALL {
            assert_eq!(section.as_str().parse(), Ok(section));
            let standard = Setting::from_record(section, None, &business());
            assert_eq!((standard.version, &standard.updated_at), (0, &None));
            let written = standard
                .clone()
                .replace(Some(0), section.standard(&business()), "2026-12-01T00:00:00Z")
                .unwrap();
            let record = written.to_record().unwrap();
            assert_eq!(Setting::from_record(section, Some(&record), &business()), written);
            assert_eq!(serde_json::to_value(section).unwrap(), section.as_str());
        }
        assert_eq!("prices".parse::<Section>(), Err(UnknownSectionError));
        let ids: std::collections::BTreeSet<_> =
            Section::ALL.iter().map(|section| section.id(TenantId(Uuid::nil()))).collect();
        assert_eq!(ids.len(), Section::ALL.len());
    }

    #[test]
    fn who_has_seen_another_version_writes_nothing() {
        let section = Section::Branding;
        let value =
            section.read(json!({ "displayName": "Студия" }).as_object().unwrap(), &business()).unwrap();
        let standing = Setting::from_record(section, None, &business());
        let written = standing.replace(None, value.clone(), "now").unwrap();
        assert_eq!(written.clone().replace(Some(0), value.clone(), "now"), Err(VersionError { standing: 1 }));
        assert_eq!(written.replace(Some(1), value, "now").unwrap().version, 2);
    }
}
