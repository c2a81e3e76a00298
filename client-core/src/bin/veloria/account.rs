//! `register`, `login`, `logout`.

use std::path::PathBuf;

use clap::Args;
use client_core::app::Account;
use client_core::driver::account::{Accounts, Registration};
use client_core::{App, AppError};
use domain::errors::ErrorCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use crate::failed::{Exit, Failed};
use crate::output::Output;
use crate::secrets::{self, Ask};
use crate::{Session, sync};

#[derive(Debug, Args)]
pub(crate) struct Register {
    #[command(flatten)]
    who: Who,
    /// Your name.
    #[arg(long)]
    name: String,
    /// What the business is called [default: your name].
    #[arg(long)]
    tenant_name: Option<String>,
    /// The time zone of the business, such as Europe/Moscow.
    #[arg(long)]
    timezone: Option<String>,
    /// The language of the business: ru or en.
    #[arg(long)]
    locale: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Login {
    #[command(flatten)]
    who: Who,
    /// The code of your authenticator app, or a recovery code, if the account has a second factor.
    #[arg(long)]
    code: Option<SecretString>,
}

#[derive(Debug, Args)]
struct Who {
    /// The server's address, such as <https://crm.example>.
    #[arg(long)]
    server: String,
    /// The e-mail of the account.
    #[arg(long)]
    email: String,
    /// What this device is called.
    #[arg(long, default_value = "veloria")]
    device_name: String,
    /// A file with the password [or: `VELORIA_PASSWORD`, or a prompt].
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Logout {
    /// Also remove everything that is stored here.
    #[arg(long)]
    wipe: bool,
    /// Even if the server is away, or work was not sent.
    #[arg(long)]
    force: bool,
}

#[derive(Serialize)]
struct SignedIn<'a> {
    id: String,
    user: &'a serde_json::Value,
    tenant: &'a client_core::app::Tenant,
    device: &'a client_core::app::DeviceIdentity,
}

impl Register {
    pub(crate) fn run(self, session: &Session) -> Result<Output, Failed> {
        if session.home.exists() && session.open()?.tenant().is_ok() {
            return Err(AppError::OtherTenant.into());
        }
        let password = secrets::password(self.who.password_file.as_deref(), Ask::Twice)?;
        let mut app = session.open_or_create()?;
        let registration = Registration {
            name: self.name,
            email: self.who.email.clone(),
            password: password.expose_secret().to_owned(),
            tenant_name: self.tenant_name,
            timezone: self.timezone,
            locale: self.locale,
        };
        let accounts = Accounts::new(&self.who.server, session.lang.as_str())?;
        let account = sync::block_on(async {
            accounts.register(&registration).await?;
            accounts.sign_in(&self.who.email, &password, &self.who.device_name).await
        })?;
        keep(&mut app, &account?)
    }
}

impl Login {
    pub(crate) fn run(self, session: &Session) -> Result<Output, Failed> {
        let password = secrets::password(self.who.password_file.as_deref(), Ask::Once)?;
        let mut app = session.open_or_create()?;
        let accounts = Accounts::new(&self.who.server, session.lang.as_str())?;
        let (email, device) = (&self.who.email, &self.who.device_name);
        let signing_in = accounts.sign_in_with(email, &password, self.code.as_ref(), device);
        let account = sync::block_on(signing_in)??;
        if app.tenant().is_ok_and(|tenant| tenant.id != account.tenant.id) {
            // The device that was just registered is of no use; if it cannot be revoked now, it is listed.
            let _ = sync::block_on(accounts.revoke(&account.token, account.device.id))?;
            return Err(AppError::OtherTenant.into());
        }
        keep(&mut app, &account)
    }
}

impl Logout {
    pub(crate) fn run(self, session: &Session) -> Result<Output, Failed> {
        let mut app = session.open()?;
        if self.wipe && !self.force && app.pending()? > 0 {
            return Err(AppError::Unsent.into());
        }
        let device = app.device()?.ok_or(AppError::NotSignedIn)?;
        if let (Some(server), Some(token)) = (app.server()?, app.token()?) {
            let accounts = Accounts::new(&server, session.lang.as_str())?;
            match sync::block_on(accounts.disconnect(&token, device.id))? {
                Err(error) if !self.force => return Err(error.into()),
                _ => {}
            }
        }
        app.sign_out()?;
        drop(app);
        if self.wipe {
            session.home.wipe()?;
        }
        Output::one(&serde_json::json!({ "id": device.id, "signedOut": true, "wiped": self.wipe }))
    }
}

fn keep(app: &mut App, account: &Account) -> Result<Output, Failed> {
    app.sign_in(account)?;
    let id = account.device.id.to_string();
    Output::one(&SignedIn { id, user: &account.user, tenant: &account.tenant, device: &account.device })
}

/// What talking to the server needs.
pub(crate) fn signed_in(app: &App) -> Result<(String, SecretString), Failed> {
    match (app.server()?, app.token()?) {
        (Some(server), Some(token)) => Ok((server, token)),
        _ => Err(Failed::new(Exit::Unauthorized, ErrorCode::Unauthorized, AppError::NotSignedIn.to_string())),
    }
}
