//! Why an act was not done: a code for programs, words in the operator's language.

use std::collections::BTreeMap;

use domain::errors::{ErrorCode, FieldErrors};
use domain::lang::{Lang, error_message, field_message, fill, text};
use serde_json::{Value as Json, json};

use crate::auth::RegisterError;
use crate::db::StoreError;

/// Why an act was not done.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// Nobody signs in with this address.
    #[error("nobody signs in with this address")]
    NoSuchPerson,
    /// No business has this id.
    #[error("no business has this id")]
    NoSuchTenant,
    /// Neither an e-mail nor an id.
    #[error("neither an e-mail nor an id")]
    NotAName,
    /// Enough codes are on their way to this person.
    #[error("enough codes were given out within the hour")]
    TooManyCodes,
    /// The file of a password cannot be read.
    #[error("the file of the password cannot be read: {0}")]
    PasswordFile(#[source] std::io::Error),
    /// A letter is wanted, and there is no mail.
    #[error("no mail is configured")]
    NoMail,
    /// What is said of the account cannot be accepted.
    #[error("some fields cannot be accepted")]
    Fields(FieldErrors),
    /// The account could not be made.
    #[error(transparent)]
    Register(RegisterFailed),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an account could not be made, other than for its fields.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct RegisterFailed(RegisterError);

impl From<RegisterError> for AdminError {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::Fields(fields) => Self::Fields(fields),
            other => Self::Register(RegisterFailed(other)),
        }
    }
}

impl AdminError {
    /// What programs branch on.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::NoSuchPerson | Self::NoSuchTenant => ErrorCode::NotFound,
            Self::NotAName | Self::PasswordFile(_) => ErrorCode::BadRequest,
            Self::TooManyCodes => ErrorCode::TooManyRequests,
            Self::NoMail => ErrorCode::MailNotConfigured,
            Self::Fields(_) => ErrorCode::ValidationFailed,
            Self::Register(RegisterFailed(RegisterError::EmailTaken)) => ErrorCode::EmailTaken,
            Self::Register(_) | Self::Store(_) => ErrorCode::Internal,
        }
    }

    /// What people read.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        match self {
            Self::NoSuchPerson => text(lang, "admin.no_such_person").to_owned(),
            Self::NoSuchTenant => text(lang, "admin.no_such_tenant").to_owned(),
            Self::NotAName => text(lang, "admin.not_a_name").to_owned(),
            Self::TooManyCodes => text(lang, "admin.too_many_codes").to_owned(),
            Self::PasswordFile(cause) => fill(lang, "admin.password_file", &[("cause", &cause.to_string())]),
            Self::Store(cause) => fill(lang, "admin.database", &[("cause", &cause.to_string())]),
            Self::NoMail | Self::Fields(_) | Self::Register(_) => error_message(lang, self.code()).to_owned(),
        }
    }

    /// The same with what is wrong in single fields, line by line.
    #[must_use]
    pub fn lines(&self, lang: Lang) -> String {
        let fields = self.fields(lang).into_iter().map(|(name, message)| format!("\n  {name}: {message}"));
        format!("{}{}", self.message(lang), fields.collect::<String>())
    }

    /// The shape of all our errors.
    #[must_use]
    pub fn json(&self, lang: Lang) -> Json {
        json!({ "error": { "code": self.code(), "message": self.message(lang), "fields": self.fields(lang) } })
    }

    fn fields(&self, lang: Lang) -> BTreeMap<String, &'static str> {
        let Self::Fields(fields) = self else { return BTreeMap::new() };
        fields.iter().map(|(name, problem)| (name.to_owned(), field_message(lang, problem))).collect()
    }
}
