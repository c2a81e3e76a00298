//! Signing up, in and out, and the list of devices: the few calls besides sync that need the server.

use domain::errors::ErrorCode;
use domain::ids::{DeviceId, TokenId};
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::http::{answer, sent};
use super::{RemoteError, Steps, http};
use crate::app::{Account, AppError, DeviceIdentity, Tenant};

/// The account calls of one server.
#[derive(Debug)]
pub struct Accounts {
    client: reqwest::Client,
    server: String,
    lang: String,
}

/// Who registers.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Registration {
    /// The person.
    pub name: String,
    /// Where the person gets mail.
    pub email: String,
    /// The password.
    pub password: String,
    /// What the business is called; the person's name if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_name: Option<String>,
    /// IANA name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// `ru` or `en`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Me {
    user: Json,
    tenant: Tenant,
    #[serde(default)]
    entitlement_key: Option<String>,
}

#[derive(Deserialize)]
struct Token {
    #[serde(rename = "id")]
    _id: TokenId,
    token: SecretString,
}

#[derive(Deserialize)]
struct Enrolled {
    id: DeviceId,
    name: String,
    token: SecretString,
}

impl Accounts {
    /// The account calls of a server, answered in this language.
    pub fn new(server: &str, lang: &str) -> Result<Self, RemoteError> {
        Ok(Self {
            client: http::client()?,
            server: server.trim_end_matches('/').to_owned(),
            lang: lang.to_owned(),
        })
    }

    /// Makes an account.
    pub async fn register(&self, registration: &Registration) -> Result<(), RemoteError> {
        let request = self.call(Method::POST, "/auth/register", None).json(registration);
        answer::<Json>(request).await.map(drop)
    }

    /// Signs in: the password gives a token for a moment, that gives this device its own, and is then revoked.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &SecretString,
        device: &str,
    ) -> Result<Account, RemoteError> {
        self.sign_in_with(email, password, None, device).await
    }

    /// The same for an account with a second factor: with a code of its app, or a recovery code.
    pub async fn sign_in_with(
        &self,
        email: &str,
        password: &SecretString,
        code: Option<&SecretString>,
        device: &str,
    ) -> Result<Account, RemoteError> {
        let mut body = json!({ "email": email, "password": password.expose_secret(), "name": device });
        if let Some(code) = code {
            let code = code.expose_secret();
            // Six digits are the app's; all else is a recovery code.
            let is_apps = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
            body[if is_apps { "code" } else { "recoveryCode" }] = json!(code);
        }
        let passing: Token = answer(self.call(Method::POST, "/auth/token", None).json(&body)).await?;
        self.connect(&passing.token, device).await
    }

    /// Whether this is the password of an account. That a second factor is asked for says so, too.
    pub async fn is_password(&self, email: &str, password: &SecretString) -> Result<bool, RemoteError> {
        let body = json!({ "email": email, "password": password.expose_secret(), "name": "VeloriaCRM" });
        match answer::<Token>(self.call(Method::POST, "/auth/token", None).json(&body)).await {
            Ok(passing) => {
                // A passing token that cannot be revoked now is listed and can be revoked.
                let _ = self.sign_out(&passing.token).await;
                Ok(true)
            }
            Err(RemoteError::Refused(401, problem)) => {
                Ok(problem.code == ErrorCode::SecondFactorRequired.as_str())
            }
            Err(error) => Err(error),
        }
    }

    /// Makes this a device of whoever got this token for a moment, and ends the token.
    pub async fn connect(&self, passing: &SecretString, device: &str) -> Result<Account, RemoteError> {
        let me: Me = answer(self.call(Method::GET, "/auth/me", Some(passing))).await?;
        let (device, token) = self.enrol(passing, device).await?;
        // A passing token that cannot be revoked now must not spoil the sign-in; it is listed and can be revoked.
        let _ = self.sign_out(passing).await;
        let Me { user, tenant, entitlement_key } = me;
        Ok(Account { server: self.server.clone(), user, tenant, device, token, entitlement_key })
    }

    /// A copied home gets an identity of its own before it speaks; the old token proves whose it is.
    pub async fn enrol_copy(&self, device: &mut impl Steps) -> Result<(), EnrolError> {
        let old = device.look(|app| Ok::<_, AppError>((app.needs_enrolment()?, app.token()?, app.device()?)));
        let (true, Some(old), identity) = old.await? else { return Ok(()) };
        let name = identity.map_or_else(|| "veloria".to_owned(), |identity| identity.name);
        let (identity, token) = self.enrol(&old, &name).await?;
        Ok(device.look(move |app| app.enrol(&identity, &token)).await?)
    }

    /// Takes this device off the account. One that the server no longer knows is as good as taken off.
    pub async fn disconnect(&self, token: &SecretString, device: DeviceId) -> Result<(), RemoteError> {
        match self.revoke(token, device).await {
            Err(RemoteError::Refused(401 | 403 | 404, _)) => Ok(()),
            other => other,
        }
    }

    /// Gives this device an identity of its own, with whatever token proves who asks.
    pub async fn enrol(
        &self,
        token: &SecretString,
        name: &str,
    ) -> Result<(DeviceIdentity, SecretString), RemoteError> {
        let body = json!({
            "name": name,
            "platform": std::env::consts::OS,
            "appVersion": domain::VERSION,
        });
        let enrolled: Enrolled = answer(self.call(Method::POST, "/devices", Some(token)).json(&body)).await?;
        Ok((DeviceIdentity { id: enrolled.id, name: enrolled.name }, enrolled.token))
    }

    /// A new token for the device that shows this one, which works until the new one is used.
    pub async fn new_token(&self, token: &SecretString) -> Result<SecretString, RemoteError> {
        #[derive(Deserialize)]
        struct New {
            token: SecretString,
        }
        answer::<New>(self.call(Method::POST, "/devices/token", Some(token))).await.map(|new| new.token)
    }

    /// Whether the server knows the token.
    pub async fn knows(&self, token: &SecretString) -> Result<bool, RemoteError> {
        match answer::<Json>(self.call(Method::GET, "/auth/me", Some(token))).await {
            Ok(_) => Ok(true),
            Err(RemoteError::Refused(401, _)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Revokes the token that is shown.
    pub async fn sign_out(&self, token: &SecretString) -> Result<(), RemoteError> {
        sent(self.call(Method::POST, "/auth/logout", Some(token))).await.map(drop)
    }

    /// All devices of the account, as the server shows them.
    pub async fn devices(&self, token: &SecretString) -> Result<Vec<Map<String, Json>>, RemoteError> {
        #[derive(Deserialize)]
        struct Page {
            data: Vec<Map<String, Json>>,
        }
        answer::<Page>(self.call(Method::GET, "/devices", Some(token))).await.map(|page| page.data)
    }

    /// Disconnects a device; it reads nothing from then on.
    pub async fn revoke(&self, token: &SecretString, device: DeviceId) -> Result<(), RemoteError> {
        sent(self.call(Method::DELETE, &format!("/devices/{device}"), Some(token))).await.map(drop)
    }

    fn call(&self, method: Method, path: &str, token: Option<&SecretString>) -> RequestBuilder {
        let request = self
            .client
            .request(method, format!("{}{path}", http::base(&self.server)))
            .header(reqwest::header::ACCEPT_LANGUAGE, &self.lang);
        match token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        }
    }
}

/// Why a copied home has no identity of its own yet.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The store.
    #[error(transparent)]
    App(#[from] AppError),
    /// The server.
    #[error(transparent)]
    Remote(#[from] RemoteError),
}
