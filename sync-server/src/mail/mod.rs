//! Mail: letters to the people who sign in. By SMTP, or as files in the data folder where no mail server is named.
//!
//! A slice writes a [`Letter`] from the texts of `domain::lang` and hands it to a job in the transaction of its cause; the
//! job asks [`Mail`] to deliver it. Addresses and texts never reach a log. Knows no slice.

mod file;
pub(crate) mod jobs;
mod letter;
mod smtp;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;

pub use file::FileMail;
pub use jobs::send;
pub use letter::{Letter, Sender};
pub use smtp::{Encryption, SmtpMail, SmtpSettings};

/// A way to deliver letters.
pub trait Mail: fmt::Debug + Send + Sync {
    /// Delivers one.
    fn deliver<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), MailError>>;

    /// Whether letters can leave at all.
    fn is_configured(&self) -> bool {
        true
    }
}

/// Why a letter was not delivered. Never shows the letter.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Nobody said how.
    #[error("no mail is configured: set MAIL_HOST and MAIL_FROM_ADDRESS")]
    NotConfigured,
    /// The address or the letter cannot be written as a mail; trying again would not help.
    #[error("the letter cannot be written: {0}")]
    Unwritable(String),
    /// The mail server said no for good.
    #[error("the mail server refused the letter: {0}")]
    Refused(String),
    /// The mail server is away, or said "later".
    #[error("the mail server did not take the letter: {0}")]
    Later(String),
}

impl MailError {
    /// Whether trying again may help.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Later(_))
    }
}

/// How this server delivers letters. Clones share it.
#[derive(Clone, Debug)]
pub struct Mailer(Arc<dyn Mail>);

impl Mailer {
    /// By a driver.
    pub fn new(driver: impl Mail + 'static) -> Self {
        Self(Arc::new(driver))
    }

    /// Not at all: each letter is an honest error.
    #[must_use]
    pub fn none() -> Self {
        Self::new(NoMail)
    }

    /// Whether letters can leave at all.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        self.0.is_configured()
    }

    /// Delivers a letter.
    pub async fn deliver(&self, letter: &Letter) -> Result<(), MailError> {
        let delivered = self.0.deliver(letter).await;
        let outcome = if delivered.is_ok() { "delivered" } else { "failed" };
        metrics::counter!("veloria_letters_total", "outcome" => outcome).increment(1);
        delivered
    }
}

/// No way at all.
#[derive(Clone, Copy, Debug)]
struct NoMail;

impl Mail for NoMail {
    fn deliver<'a>(&'a self, _: &'a Letter) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async { Err(MailError::NotConfigured) })
    }

    fn is_configured(&self) -> bool {
        false
    }
}
