//! What her business is: its name, where its clock hangs, which language it speaks to clients, in which money it counts.
//!
//! Part of the settings room. Pure. The same four words stand in the tenant's record, which devices need before any section of
//! the settings; whoever writes this section writes them there in the same breath.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::dates::check_zone;
use crate::errors::{FieldErrors, FieldProblem};
use crate::input::Fields;
use crate::money::Currency;

/// The languages of clients: those of the catalogue.
const LOCALES: &[&str] = &["ru", "en"];
/// Currencies in which a salon counts: all have hundredths, as our amounts do.
const CURRENCIES: &[&str] = &[
    "RUB", "BYN", "KZT", "KGS", "UZS", "AMD", "GEL", "AZN", "MDL", "TJS", "TMT", "UAH", "USD", "EUR", "GBP",
    "CHF", "PLN", "CZK", "SEK", "NOK", "DKK", "RSD", "BGN", "RON", "TRY", "ILS", "AED", "CNY", "THB", "INR",
    "CAD", "AUD",
];

/// What her business is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// How it is called.
    pub business_name: String,
    /// IANA name: the clock by which times without an offset are meant.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Moscow"))]
    pub timezone: String,
    /// `ru` or `en`: the language of messages to clients who have none of their own.
    #[cfg_attr(feature = "openapi", schema(example = "ru"))]
    pub locale: String,
    /// ISO 4217; changes only while there is no price list and no payment.
    pub currency: Currency,
}

impl Default for Profile {
    /// A new business before it has said anything.
    fn default() -> Self {
        Self {
            business_name: String::new(),
            timezone: "Europe/Moscow".to_owned(),
            locale: "ru".to_owned(),
            currency: Currency::RUB,
        }
    }
}

/// Whether there are amounts that count in the present currency: a price list, or payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amounts {
    /// There are none, so another currency changes the meaning of nothing.
    None,
    /// There are some.
    Some,
}

impl Profile {
    /// What the tenant's record says.
    #[must_use]
    pub fn of_tenant(record: &Json) -> Self {
        let word = |name: &str| record.get(name).and_then(Json::as_str).map(str::to_owned);
        let standard = Self::default();
        Self {
            business_name: word("name").unwrap_or(standard.business_name),
            timezone: word("timezone").unwrap_or(standard.timezone),
            locale: word("locale").unwrap_or(standard.locale),
            currency: word("currency").and_then(|code| code.parse().ok()).unwrap_or(standard.currency),
        }
    }

    /// The tenant's record with these words in it.
    #[must_use]
    pub fn write_into(&self, mut record: Map<String, Json>) -> Json {
        for (name, value) in [
            ("name", self.business_name.as_str()),
            ("timezone", self.timezone.as_str()),
            ("locale", self.locale.as_str()),
            ("currency", self.currency.as_str()),
        ] {
            record.insert(name.to_owned(), value.into());
        }
        Json::Object(record)
    }

    /// Whether it may take the place of another one: prices that are written down must not change their money.
    ///
    /// # Errors
    /// `currency`, if it differs and there are amounts.
    pub fn follow(&self, standing: &Self, amounts: Amounts) -> Result<(), FieldErrors> {
        if self.currency == standing.currency || amounts == Amounts::None {
            return Ok(());
        }
        Err(FieldErrors::one("currency", FieldProblem::OtherCurrency))
    }

    /// Reads a request; what is absent stays as it stands.
    ///
    /// # Errors
    /// Every field that is unknown or wrong.
    pub fn from_json(object: &Map<String, Json>, standing: &Self) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let (name, timezone) = (fields.line("businessName"), fields.line("timezone"));
        let (locale, currency) = (fields.word("locale", LOCALES), fields.word("currency", CURRENCIES));
        fields.refuse_null("businessName", &name);
        fields.refuse_null("timezone", &timezone);
        fields.refuse_null("locale", &locale);
        fields.refuse_null("currency", &currency);
        if timezone.value().is_some_and(|zone| check_zone(zone).is_err()) {
            fields.mistake("timezone", FieldProblem::UnknownZone);
        }
        fields.finish(Self {
            business_name: name.into_option().unwrap_or_else(|| standing.business_name.clone()),
            timezone: timezone.into_option().unwrap_or_else(|| standing.timezone.clone()),
            locale: locale.into_option().unwrap_or(&standing.locale).to_owned(),
            currency: currency.into_option().and_then(|code| code.parse().ok()).unwrap_or(standing.currency),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: &Json) -> Result<Profile, FieldErrors> {
        Profile::from_json(value.as_object().unwrap(), &Profile::default())
    }

    #[test]
    fn what_is_absent_stays_and_what_cannot_be_is_told() {
        let profile = read(&json!({ "businessName": "Студия", "timezone": "Asia/Omsk" })).unwrap();
        assert_eq!((profile.timezone.as_str(), profile.currency), ("Asia/Omsk", Currency::RUB));
        assert_eq!(read(&serde_json::to_value(&profile).unwrap()), Ok(profile));
        for (field, value, problem) in [
            ("timezone", json!("Mars/Base"), FieldProblem::UnknownZone),
            ("timezone", json!(null), FieldProblem::Required),
            ("locale", json!("xx"), FieldProblem::Invalid),
            ("currency", json!("JPY"), FieldProblem::Invalid),
            ("currency", json!("rub"), FieldProblem::Invalid),
            ("plan", json!("imperium"), FieldProblem::Unknown),
        ] {
            assert_eq!(
                read(&json!({ field: value })).unwrap_err().get(field),
                Some(problem),
                "{field} {value}"
            );
        }
    }

    #[test]
    fn every_currency_that_can_be_chosen_is_one() {
        assert!(CURRENCIES.iter().all(|code| code.parse::<Currency>().is_ok()));
        assert!(LOCALES.iter().all(|tag| tag.parse::<crate::lang::Lang>().is_ok()));
        assert_eq!(LOCALES.len(), crate::lang::Lang::ALL.len());
    }

    #[test]
    fn money_that_is_written_down_keeps_its_currency() {
        let (standing, euros) = (Profile::default(), read(&json!({ "currency": "EUR" })).unwrap());
        assert_eq!(euros.follow(&standing, Amounts::None), Ok(()));
        let told = euros.follow(&standing, Amounts::Some).unwrap_err();
        assert_eq!(told.get("currency"), Some(FieldProblem::OtherCurrency));
        let renamed = Profile { business_name: "Другая".to_owned(), ..standing.clone() };
        assert_eq!(renamed.follow(&standing, Amounts::Some), Ok(()));
    }

    #[test]
    fn it_stands_in_the_tenants_record_too() {
        let record = json!({ "id": "x", "name": "a", "timezone": "UTC", "locale": "en", "currency": "EUR", "plan": "ivory" });
        let profile = Profile::of_tenant(&record);
        assert_eq!((profile.business_name.as_str(), profile.locale.as_str()), ("a", "en"));
        let renamed = Profile { business_name: "b".to_owned(), ..profile };
        let written = renamed.write_into(record.as_object().cloned().unwrap());
        assert_eq!((&written["name"], &written["plan"]), (&json!("b"), &json!("ivory")));
        assert_eq!(Profile::of_tenant(&written), renamed);
    }
}
