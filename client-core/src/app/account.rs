//! Whose home this is: server, person, tenant, and the identity of this device.

use domain::accounts::TenantStatus;
use domain::ids::{DeviceId, TenantId};
use domain::lang::Lang;
use domain::money::Currency;
use domain::sync::RecordKind;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::keys;
use super::{App, AppError, Result, fresh_author};
use crate::bugs::{self, Bug};
use crate::store::Tx;
use crate::sync;

pub(super) const DEVICE: &str = "device";
pub(super) const SERVER: &str = "server";
const TENANT: &str = "tenant";
const USER: &str = "user";
/// Meta: what the server said last of who is signed in.
const ME: &str = "me";
/// Meta: what the server said last of her devices.
const DEVICES: &str = "devices";
/// What the record of the business says of it.
const OF_RECORD: [&str; 6] = ["name", "plan", "status", "timezone", "locale", "currency"];

/// The business, as far as a device must know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// What she calls it.
    #[serde(default)]
    pub name: String,
    /// IANA name; wall times without an offset are of this zone.
    pub timezone: String,
    /// `ru` or `en`.
    #[serde(default)]
    pub locale: String,
    /// ISO 4217.
    #[serde(default)]
    pub currency: Currency,
    /// The plan's name.
    #[serde(default)]
    pub plan: String,
    /// What the server signed of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entitlement: Option<String>,
}

/// This device as the server knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceIdentity {
    /// Its id.
    pub id: DeviceId,
    /// What she calls it.
    pub name: String,
}

impl DeviceIdentity {
    /// As it stands in the history of every document: short, and without spaces.
    #[must_use]
    pub fn short_name(&self) -> String {
        self.id.short()
    }
}

/// Everything that signing in gives.
#[derive(Clone, Debug)]
pub struct Account {
    /// The server's address, without a path.
    pub server: String,
    /// The person, as the server shows them.
    pub user: Json,
    /// The business.
    pub tenant: Tenant,
    /// This device.
    pub device: DeviceIdentity,
    /// The device's token.
    pub token: SecretString,
    /// The key against which the server's word about the plan is checked.
    pub entitlement_key: Option<String>,
}

impl App {
    /// Keeps what signing in gave. A home belongs to one tenant for ever.
    pub fn sign_in(&mut self, account: &Account) -> Result<()> {
        let now = self.now();
        let ids = self.ids.as_mut();
        self.store.write(|tx| {
            let standing: Option<Tenant> = tx.meta(TENANT)?;
            let is_again = standing.is_some();
            if standing.is_some_and(|tenant| tenant.id != account.tenant.id) {
                return Err(AppError::OtherTenant);
            }
            tx.set_meta(SERVER, &account.server)?;
            tx.set_meta(USER, &account.user)?;
            tx.set_meta(TENANT, &account.tenant)?;
            tx.set_meta(DEVICE, &account.device)?;
            keys::begin(tx, &account.token, now)?;
            if let Some(key) = &account.entitlement_key {
                tx.set_meta(super::plan::ENTITLEMENT_KEY, key)?;
            }
            tx.clear_meta(super::home::COPIED)?;
            tx.clear_meta(sync::DISCONNECTED)?;
            if bugs::planted(Bug::SignInForgetsWork) {
                for entry in tx.outbox_batch(usize::MAX)? {
                    tx.unqueue(entry.doc, entry.hash)?;
                }
            }
            if is_again && bugs::planted(Bug::HandedOverTwice) {
                sync::ask_anew(tx, ids, now)?;
            }
            Ok(())
        })?;
        // From now on the history names this device.
        self.author = fresh_author(&mut self.store, self.ids.as_mut())?;
        Ok(())
    }

    /// A copied home has got an identity of its own.
    pub fn enrol(&mut self, device: &DeviceIdentity, token: &SecretString) -> Result<()> {
        let now = self.now();
        self.store.write::<_, AppError>(|tx| {
            tx.set_meta(DEVICE, device)?;
            keys::begin(tx, token, now)?;
            tx.clear_meta(super::home::COPIED)?;
            tx.clear_meta(sync::DISCONNECTED)?;
            Ok(())
        })?;
        self.author = fresh_author(&mut self.store, self.ids.as_mut())?;
        Ok(())
    }

    /// Forgets the token; what was written stays.
    pub fn sign_out(&mut self) -> Result<()> {
        self.store.write(|tx| Ok(keys::forget(tx)?))
    }

    /// Whether somebody is signed in here, and was not disconnected since.
    pub fn is_signed_in(&self) -> Result<bool> {
        let is_disconnected = |tx: &Tx<'_>| tx.meta::<bool>(sync::DISCONNECTED);
        Ok(self.token()?.is_some()
            && !self.store.read::<_, AppError>(|tx| Ok(is_disconnected(tx)?))?.unwrap_or(false))
    }

    /// Keeps what the server says of who is signed in.
    pub fn keep_me(&mut self, me: &Json) -> Result<()> {
        self.store.write(|tx| {
            if let Some(user) = me.get("user") {
                tx.set_meta(USER, user)?;
            }
            Ok(tx.set_meta(ME, me)?)
        })
    }

    /// Who is signed in, as the server said last, with the business as its record says; none if it has not said it yet.
    pub fn me(&self) -> Result<Option<Json>> {
        self.store.read(|tx| {
            let (Some(mut me), Some(signed_in)) = (tx.meta::<Json>(ME)?, tx.meta::<Tenant>(TENANT)?) else {
                return Ok(None);
            };
            if me["tenant"]["id"] != signed_in.id.to_string() {
                return Ok(None);
            }
            if let Some(record) = tx.record(RecordKind::Tenant.as_str(), signed_in.id.0)? {
                let active = Json::from(TenantStatus::Active.as_str());
                for name in OF_RECORD {
                    let said = record.body.get(name).or((name == "status").then_some(&active));
                    if let Some(said) = said {
                        me["tenant"][name] = said.clone();
                    }
                }
            }
            Ok(Some(me))
        })
    }

    /// Keeps what the server says of her devices.
    pub fn keep_devices(&mut self, devices: &Json) -> Result<()> {
        self.store.write(|tx| Ok(tx.set_meta(DEVICES, devices)?))
    }

    /// Her devices, as the server said last; none if it has not said it yet.
    pub fn devices(&self) -> Result<Option<Json>> {
        self.store.read(|tx| Ok(tx.meta(DEVICES)?))
    }

    /// The business: as the server said last, or else as signing in said.
    pub fn tenant(&self) -> Result<Tenant> {
        self.store.read(|tx| {
            let signed_in: Tenant = tx.meta(TENANT)?.ok_or(AppError::NotSignedIn)?;
            let record = tx.record(RecordKind::Tenant.as_str(), signed_in.id.0)?;
            let synced = record.and_then(|record| serde_json::from_value(record.body).ok());
            Ok(synced.unwrap_or(signed_in))
        })
    }

    /// The server's address.
    pub fn server(&self) -> Result<Option<String>> {
        self.store.read(|tx| Ok(tx.meta(SERVER)?))
    }

    /// The person who signed in, as the server shows them.
    pub fn user(&self) -> Result<Option<Json>> {
        self.store.read(|tx| Ok(tx.meta(USER)?))
    }

    /// This device as the server knows it.
    pub fn device(&self) -> Result<Option<DeviceIdentity>> {
        self.store.read(|tx| Ok(tx.meta(DEVICE)?))
    }

    /// The language that the person has chosen.
    #[must_use]
    pub fn person_language(&self) -> Lang {
        // Nobody is here yet, or the word is not one of ours: then as for everybody.
        let person = self.user().ok().flatten();
        person.and_then(|person| person.get("locale")?.as_str()?.parse().ok()).unwrap_or_default()
    }
}
