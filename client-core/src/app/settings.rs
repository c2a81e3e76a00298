//! Settings on this device. The server owns them: an edit here is an intent that says which version it saw, shown at once
//! through the very functions with which the server will carry it out.

use domain::dates::{format_seconds, zone_rules};
use domain::ids::AppointmentId;
use domain::settings::{
    Amounts, BusinessHours, CancelPolicy, DepositPolicy, Profile, Section, SectionValue, Setting,
    VisitPolicies,
};
use domain::sync::{IntentAction, RecordKind};
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json, json};

use super::{App, AppError, Result, Tenant};

impl App {
    /// Every section.
    pub fn settings(&self) -> Result<Vec<Setting>> {
        Section::ALL.into_iter().map(|section| self.setting(section)).collect()
    }

    /// A section, with what was asked here and has not come back yet.
    pub fn setting(&self, section: Section) -> Result<Setting> {
        let tenant = self.tenant()?;
        let (id, business) = (section.id(tenant.id), business(&tenant));
        self.store.read(|tx| {
            let record = tx.record(RecordKind::Settings.as_str(), id)?;
            let mut setting =
                Setting::from_record(section, record.as_ref().map(|record| &record.body), &business);
            for asked in tx.unsettled_intents()?.into_iter().filter(|asked| asked.intent.target == id) {
                let value = asked.intent.body.get("value").and_then(Json::as_object);
                let seen = asked.intent.body.get("version").and_then(Json::as_u64);
                let now = format_seconds(asked.created).unwrap_or_default();
                if let Some(Ok(value)) = value.map(|value| section.read(value, &business))
                    && let Ok(written) = setting.clone().replace(seen, value, &now)
                {
                    setting = written;
                }
            }
            Ok(setting)
        })
    }

    /// Replaces a section with what REST takes for it. If another device was faster, the server keeps what that one wrote
    /// and this one is told.
    pub fn put_setting(&mut self, section: Section, value: &Map<String, Json>) -> Result<Setting> {
        let tenant = self.tenant()?;
        let business = business(&tenant);
        if let SectionValue::Profile(profile) = section.read(value, &business)? {
            profile.follow(&business, self.amounts()?)?;
        }
        let seen = self.setting(section)?.version;
        let body = json!({ "section": section, "version": seen, "value": value });
        let body = body.as_object().cloned().unwrap_or_default();
        self.ask(IntentAction::SettingsPut, section.id(tenant.id), body, Vec::new())?;
        self.setting(section)
    }

    /// Whether there is a price list, or a payment, also one that the server has not heard of.
    fn amounts(&self) -> Result<Amounts> {
        let has_any = !self.services()?.is_empty() || !self.payments(None)?.is_empty();
        Ok(if has_any { Amounts::Some } else { Amounts::None })
    }

    /// What holds for a visit: the rules of the day on which it was booked.
    pub fn policies_of(&self, id: AppointmentId) -> Result<VisitPolicies> {
        let booked = self.appointment(id)?.created_at.and_then(|text| text.parse().ok());
        let booked = booked.ok_or(AppError::NotFound(id.0))?;
        let zone = zone_rules(&self.tenant()?.timezone).unwrap_or(TimeZone::UTC);
        let (cancel, deposit) =
            (self.setting(Section::CancelPolicy)?.value, self.setting(Section::DepositPolicy)?.value);
        // A section is always read as its own type.
        let cancel =
            if let SectionValue::CancelPolicy(cancel) = cancel { cancel } else { CancelPolicy::default() };
        let deposit = if let SectionValue::DepositPolicy(deposit) = deposit {
            deposit
        } else {
            DepositPolicy::default()
        };
        Ok(VisitPolicies::of(booked, &zone, &cancel, &deposit))
    }

    /// When she works.
    pub fn business_hours(&self) -> Result<BusinessHours> {
        Ok(match self.setting(Section::BusinessHours)?.value {
            SectionValue::BusinessHours(hours) => hours,
            // A section is always read as its own type.
            _ => BusinessHours::default(),
        })
    }
}

/// The business as the server said last.
fn business(tenant: &Tenant) -> Profile {
    Profile {
        business_name: tenant.name.clone(),
        timezone: tenant.timezone.clone(),
        locale: tenant.locale.clone(),
        currency: tenant.currency,
    }
}
