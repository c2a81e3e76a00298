//! How letters leave: the names are Laravel's.

use std::path::Path;

use clap::{Args, ValueEnum};
use secrecy::SecretString;

use super::AppEnv;
use super::secret::{self, SettingError};
use crate::mail::{Encryption, FileMail, MailError, Mailer, Sender, SmtpMail, SmtpSettings};

/// How letters leave.
#[derive(Debug, Args)]
pub struct MailConfig {
    /// How letters leave: `smtp`, or `file` (a folder `mail` beside the data); without it, by smtp if `MAIL_HOST` is set
    #[arg(id = "mail_mailer", long = "mail-mailer", global = true, env = "MAIL_MAILER", value_enum)]
    mailer: Option<MailerKind>,
    /// The mail server
    #[arg(id = "mail_host", long = "mail-host", global = true, env = "MAIL_HOST")]
    host: Option<String>,
    /// Its port; 587, 465 or 25, as `MAIL_ENCRYPTION` has it, if absent
    #[arg(id = "mail_port", long = "mail-port", global = true, env = "MAIL_PORT")]
    port: Option<u16>,
    /// `tls` (STARTTLS), `ssl` (TLS from the first byte) or `none`
    #[arg(
        id = "mail_encryption",
        long = "mail-encryption",
        global = true,
        env = "MAIL_ENCRYPTION",
        value_enum,
        default_value = "tls"
    )]
    encryption: Encryption,
    /// Who we are at the mail server
    #[arg(id = "mail_username", long = "mail-username", global = true, env = "MAIL_USERNAME")]
    username: Option<String>,
    /// And the password for that
    #[arg(
        id = "mail_password",
        long = "mail-password",
        global = true,
        env = "MAIL_PASSWORD",
        hide_env_values = true
    )]
    password: Option<SecretString>,
    /// A file with that password
    #[arg(id = "mail_password_file", long = "mail-password-file", global = true, env = "MAIL_PASSWORD_FILE")]
    password_file: Option<std::path::PathBuf>,
    /// Who sends: the address
    #[arg(id = "mail_from_address", long = "mail-from-address", global = true, env = "MAIL_FROM_ADDRESS")]
    from_address: Option<String>,
    /// Who sends: the name
    #[arg(
        id = "mail_from_name",
        long = "mail-from-name",
        global = true,
        env = "MAIL_FROM_NAME",
        default_value = "VeloriaCRM"
    )]
    from_name: String,
}

/// How letters leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MailerKind {
    /// By a mail server.
    Smtp,
    /// Into a folder.
    #[value(alias = "log")]
    File,
    /// Mailgun's own API, which this server does not speak; Mailgun's mail server is reached by `smtp`.
    Mailgun,
}

impl MailConfig {
    /// The way that the settings say. Without any, letters are files; in `prod` they are honest errors, and the log says so.
    pub fn mailer(&self, env: AppEnv, data: &Path) -> Result<Mailer, MailSettingError> {
        let kind = self.mailer.or(self.host.as_ref().map(|_| MailerKind::Smtp));
        let sender = |fallback: &str| Sender {
            name: self.from_name.clone(),
            address: self.from_address.clone().unwrap_or_else(|| fallback.to_owned()),
        };
        match kind {
            Some(MailerKind::Smtp) => {
                let host = self.host.clone().ok_or(MailSettingError::Missing { name: "MAIL_HOST" })?;
                if self.from_address.is_none() {
                    return Err(MailSettingError::Missing { name: "MAIL_FROM_ADDRESS" });
                }
                let settings = SmtpSettings {
                    host,
                    port: self.port,
                    encryption: self.encryption,
                    username: self.username.clone(),
                    password: secret::read(
                        "MAIL_PASSWORD",
                        self.password.as_ref(),
                        self.password_file.as_deref(),
                    )?,
                };
                Ok(Mailer::new(SmtpMail::new(&settings, sender(""))?))
            }
            Some(MailerKind::File) => {
                Ok(Mailer::new(FileMail::new(data.join("mail"), sender("veloria@localhost"))))
            }
            None if env == AppEnv::Local => {
                Ok(Mailer::new(FileMail::new(data.join("mail"), sender("veloria@localhost"))))
            }
            Some(MailerKind::Mailgun) => {
                tracing::warn!(
                    "MAIL_MAILER=mailgun: its API is not spoken here, so no mail leaves; its mail server is: set MAIL_MAILER=smtp"
                );
                Ok(Mailer::none())
            }
            None => {
                tracing::warn!(
                    "no mail is configured: nobody can reset a password or confirm an address; set MAIL_HOST"
                );
                Ok(Mailer::none())
            }
        }
    }
}

/// Why the settings of mail cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MailSettingError {
    /// One is missing.
    #[error("MAIL_MAILER=smtp needs {name}")]
    Missing {
        /// Which.
        name: &'static str,
    },
    /// One cannot be used.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The mail server's name cannot be one.
    #[error(transparent)]
    Mail(#[from] MailError),
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::mail::Letter;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        mail: MailConfig,
    }

    fn mailer(line: &[&str], env: AppEnv, data: &Path) -> Result<Mailer, MailSettingError> {
        let line = std::iter::once(&"test").chain(line);
        Line::try_parse_from(line).unwrap().mail.mailer(env, data)
    }

    #[tokio::test]
    async fn without_settings_letters_are_files_and_in_prod_honest_errors() {
        let folder = tempfile::tempdir().unwrap();
        let letter = Letter { to: "a@example.ru".to_owned(), subject: "x".to_owned(), text: "y".to_owned() };
        mailer(&[], AppEnv::Local, folder.path()).unwrap().deliver(&letter).await.unwrap();
        assert_eq!(std::fs::read_dir(folder.path().join("mail")).unwrap().count(), 1);
        for line in [&[][..], &["--mail-mailer", "mailgun"]] {
            let mailer = mailer(line, AppEnv::Prod, folder.path()).unwrap();
            assert!(matches!(mailer.deliver(&letter).await, Err(MailError::NotConfigured)));
        }
        mailer(&["--mail-mailer", "log"], AppEnv::Prod, folder.path())
            .unwrap()
            .deliver(&letter)
            .await
            .unwrap();
    }

    #[test]
    fn smtp_needs_a_server_and_a_sender_and_says_which_is_missing() {
        let missing = |line: &[&str]| mailer(line, AppEnv::Prod, Path::new(".")).unwrap_err().to_string();
        assert_eq!(missing(&["--mail-mailer", "smtp"]), "MAIL_MAILER=smtp needs MAIL_HOST");
        assert_eq!(missing(&["--mail-host", "mx"]), "MAIL_MAILER=smtp needs MAIL_FROM_ADDRESS");
    }
}
