//! Letters by SMTP.

use std::time::Duration;

use futures::future::BoxFuture;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Letter, Mail, MailError, Sender};

/// No mail server may hold a job for longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How the connection to the mail server is kept from others' eyes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Encryption {
    /// STARTTLS, and no letter without it.
    Tls,
    /// TLS from the first byte.
    Ssl,
    /// None: for a mail server on this machine.
    None,
}

/// Which mail server.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// Its name.
    pub host: String,
    /// Its port; the usual one of the encryption if absent.
    pub port: Option<u16>,
    /// How the connection is kept from others' eyes.
    pub encryption: Encryption,
    /// Who we are there.
    pub username: Option<String>,
    /// And the password for that.
    pub password: Option<SecretString>,
}

/// Sends letters by a mail server.
#[derive(Debug)]
pub struct SmtpMail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Sender,
}

impl SmtpMail {
    /// By this mail server, which is not asked yet.
    pub fn new(settings: &SmtpSettings, from: Sender) -> Result<Self, MailError> {
        let SmtpSettings { host, port, encryption, username, password } = settings;
        let tls =
            || TlsParameters::new(host.clone()).map_err(|error| MailError::Unwritable(error.to_string()));
        let (tls, usual_port) = match encryption {
            Encryption::Tls => (Tls::Required(tls()?), 587),
            Encryption::Ssl => (Tls::Wrapper(tls()?), 465),
            Encryption::None => (Tls::None, 25),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host.as_str())
            .port(port.unwrap_or(usual_port))
            .tls(tls)
            .timeout(Some(PATIENCE));
        if let (Some(username), Some(password)) = (username, password) {
            builder =
                builder.credentials(Credentials::new(username.clone(), password.expose_secret().to_owned()));
        }
        Ok(Self { transport: builder.build(), from })
    }

    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let message = letter.message(&self.from)?;
        let sent = self.transport.send(message).await;
        sent.map(|_| ()).map_err(|error| {
            // What the server says may quote the address; its code says enough.
            let said = error.status().map_or_else(|| kind(&error).to_owned(), |code| code.to_string());
            if error.is_permanent() { MailError::Refused(said) } else { MailError::Later(said) }
        })
    }
}

fn kind(error: &lettre::transport::smtp::Error) -> &'static str {
    if error.is_timeout() {
        "it took too long"
    } else if error.is_tls() {
        "no encrypted connection"
    } else {
        "no connection"
    }
}

impl Mail for SmtpMail {
    fn deliver<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(self.send(letter))
    }
}
