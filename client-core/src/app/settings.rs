//! Settings on this device. The server owns them: an edit here is an intent that says which version it saw, shown at once
//! through the very functions with which the server will carry it out.

use domain::dates::format_seconds;
use domain::settings::{BusinessHours, Section, SectionValue, Setting};
use domain::sync::{IntentAction, RecordKind};
use serde_json::{Map, Value as Json, json};

use super::{App, Result};

impl App {
    /// Every section.
    pub fn settings(&self) -> Result<Vec<Setting>> {
        Section::ALL.into_iter().map(|section| self.setting(section)).collect()
    }

    /// A section, with what was asked here and has not come back yet.
    pub fn setting(&self, section: Section) -> Result<Setting> {
        let tenant = self.tenant()?;
        let id = section.id(tenant.id);
        self.store.read(|tx| {
            let record = tx.record(RecordKind::Settings.as_str(), id)?;
            let mut setting =
                Setting::from_record(section, record.as_ref().map(|record| &record.body), tenant.currency);
            for asked in tx.unsettled_intents()?.into_iter().filter(|asked| asked.intent.target == id) {
                let value = asked.intent.body.get("value").and_then(Json::as_object);
                let seen = asked.intent.body.get("version").and_then(Json::as_u64);
                let now = format_seconds(asked.created).unwrap_or_default();
                if let Some(Ok(value)) = value.map(|value| section.read(value, tenant.currency))
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
        let _ = section.read(value, tenant.currency)?;
        let seen = self.setting(section)?.version;
        let body = json!({ "section": section, "version": seen, "value": value });
        let body = body.as_object().cloned().unwrap_or_default();
        self.ask(IntentAction::SettingsPut, section.id(tenant.id), body, Vec::new())?;
        self.setting(section)
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
