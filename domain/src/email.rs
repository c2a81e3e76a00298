//! E-mail addresses: checked once, at the door. Whether somebody reads them is not known here.

use std::fmt;
use std::str::FromStr;

use email_address::{EmailAddress, Options};
use serde::{Deserialize, Serialize};

use crate::errors::FieldProblem;

/// An e-mail address, trimmed, its domain in lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = "email", example = "anna@example.ru"))]
pub struct Email(String);

/// Why a text is not an e-mail address. Says nothing of the text itself, which may be somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Not of the form `name@domain.tld`.
    #[error("not an e-mail address")]
    NotAnAddress,
    /// More than [`MAX_LENGTH`] bytes.
    #[error("the e-mail address is too long")]
    TooLong,
}

/// The longest address that mail servers carry, in bytes (RFC 5321, and its erratum 1690).
pub const MAX_LENGTH: usize = 254;

impl Email {
    /// Reads an address as people write it. The name before the `@` keeps its case: strictly, only its own mail server
    /// knows whether case matters there. Parsing the result again gives the same address, so this reads stored ones too.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let (name, domain) = text.trim().rsplit_once('@').ok_or(EmailError::NotAnAddress)?;
        let domain = domain.to_lowercase();
        let address = format!("{name}@{domain}");
        if address.len() > MAX_LENGTH {
            return Err(EmailError::TooLong);
        }
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        let sound = !address.contains(is_hidden)
            && domain
                .chars()
                .all(|character| !character.is_ascii_punctuation() || matches!(character, '-' | '.'))
            && EmailAddress::parse_with_options(&address, options).is_ok();
        if sound { Ok(Self(address)) } else { Err(EmailError::NotAnAddress) }
    }

    /// The address, to send to and to show.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address all in lower case, to compare: people do not tell `Anna@` from `anna@`, nor does any large provider.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

/// Space, control characters and marks without a width: an address that looks like another one, or breaks a header.
fn is_hidden(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{206f}' | '\u{feff}')
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Email {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, EmailError> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl From<EmailError> for FieldProblem {
    fn from(error: EmailError) -> Self {
        match error {
            EmailError::NotAnAddress => Self::InvalidEmail,
            EmailError::TooLong => Self::TooLong,
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Hides the name before the `@`: what is printed for debugging may end in a log.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let domain = self.0.rsplit_once('@').map_or("", |(_, domain)| domain);
        write!(f, "Email(…@{domain})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_is_trimmed_and_its_domain_lowered() {
        let email = Email::parse("  Anna.Petrova+nails@Example.RU\n").unwrap();
        assert_eq!(email.as_str(), "Anna.Petrova+nails@example.ru");
        assert_eq!(email.folded(), "anna.petrova+nails@example.ru");
        assert_eq!(Email::parse("почта@Пример.РФ").unwrap().as_str(), "почта@пример.рф");
        assert_eq!(serde_json::to_string(&email).unwrap(), "\"Anna.Petrova+nails@example.ru\"");
    }

    #[test]
    fn what_is_not_a_plain_address_is_refused() {
        for text in [
            "",
            "@",
            "anna",
            "anna@",
            "@example.ru",
            "anna@localhost",
            "anna@@example.ru",
            "an na@example.ru",
            "anna@exa mple.ru",
            "anna@example..ru",
            "anna@-example.ru",
            "anna@exam!ple.ru",
            "anna@[127.0.0.1]",
            "Anna <anna@example.ru>",
            "<anna@example.ru>",
            "anna@example.ru, olga@example.ru",
            "anna\u{200b}@example.ru",
            "\"anna\r\nBcc: all\"@example.ru",
        ] {
            assert_eq!(Email::parse(text), Err(EmailError::NotAnAddress), "{text:?}");
        }
    }

    #[test]
    fn the_longest_address_has_254_bytes() {
        let label = "d".repeat(63);
        let longest = format!("{}@{label}.{label}.{}.ru", "a".repeat(60), "d".repeat(62));
        assert_eq!(longest.len(), MAX_LENGTH);
        assert!(Email::parse(&longest).is_ok());
        assert_eq!(Email::parse(&format!("a{longest}")), Err(EmailError::TooLong));
    }

    #[test]
    fn a_log_does_not_show_the_name() {
        assert_eq!(format!("{:?}", Email::parse("anna@example.ru").unwrap()), "Email(…@example.ru)");
    }

    proptest! {
        #[test]
        fn what_is_parsed_parses_to_itself(text in "\\PC{0,30}|[\\PC]{1,8}@[\\PC]{1,8}[.][a-zA-Z]{2,4}|[A-z.]{1,9}@[A-Z]{1,9}[.]RU") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
                prop_assert_eq!(email.folded(), email.folded().to_lowercase());
            }
        }
    }
}
