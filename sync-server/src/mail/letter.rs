//! A letter, and how it becomes a mail.

use std::fmt;

use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use serde::{Deserialize, Serialize};

use super::MailError;

/// What is sent to somebody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The address.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// What it says; plain text.
    pub text: String,
}

/// Who sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The name that people see.
    pub name: String,
    /// The address.
    pub address: String,
}

impl Letter {
    /// The mail.
    pub(super) fn message(&self, from: &Sender) -> Result<Message, MailError> {
        let unwritable = |error: &dyn std::error::Error| MailError::Unwritable(error.to_string());
        let address =
            |text: &str| text.parse().map_err(|error: lettre::address::AddressError| unwritable(&error));
        Message::builder()
            .from(Mailbox::new(Some(from.name.clone()), address(&from.address)?))
            .to(Mailbox::new(None, address(&self.to)?))
            .subject(self.subject.clone())
            .header(ContentType::TEXT_PLAIN)
            .body(self.text.clone())
            .map_err(|error| unwritable(&error))
    }
}

/// Nothing of a letter belongs into a log.
impl fmt::Debug for Letter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Letter")
    }
}
