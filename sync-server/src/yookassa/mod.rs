//! The client of YooKassa: creates, reads, captures, cancels and refunds payments of one shop, and says of every call that went
//! wrong whether it did nothing, was refused, or may have happened all the same ([`CallError::outcome`]).
//!
//! Knows HTTP and the vendor's words; no database and no slice. Whoever calls keeps the key of a call before making it, and calls
//! again under the same key: nothing here is repeated by itself. The address is an argument, so the emulators serve as well.

mod asks;
mod call;
mod error;
mod objects;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use domain::money::Money;
use jiff::Timestamp;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Url};
use secrecy::SecretString;
use serde_json::{Value, json};

pub use asks::{NewPayment, NewRefund, Receipt, ReceiptItem};
use call::Call;
pub use error::{CallError, Doubt, Outcome, Refusal, RefusalKind};
pub use objects::{Cancellation, List, Payment, Refund, SavedMethod, ShopInfo};

/// Where the real one is.
pub const REAL: &str = "https://api.yookassa.ru/v3";

/// The service itself gives up after 30 seconds; a little longer, and its last word is heard.
pub const PATIENCE: Duration = Duration::from_secs(35);

/// The name and the key of a shop.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Its number.
    pub shop: String,
    /// Its secret key.
    pub key: SecretString,
}

/// What makes a call happen once: kept by the caller before the call, and the same in every repetition. From 1 to 64 characters.
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotenceKey(String);

impl IdempotenceKey {
    /// A key of this text; none if the vendor would not take it.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let is_key = (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_key.then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whoever knows a key of a shop can hear the answer again, so it is printed nowhere.
impl fmt::Debug for IdempotenceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotenceKey(…)")
    }
}

/// Which payments or refunds of a shop are asked for.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// At most so many, up to 100.
    pub limit: Option<u8>,
    /// In this state only.
    pub status: Option<&'static str>,
    /// Refunds of this payment only.
    pub payment: Option<String>,
    /// Made then or later.
    pub since: Option<Timestamp>,
    /// Made before then.
    pub until: Option<Timestamp>,
}

/// Why there can be no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is none, or would send secrets in the open.
    #[error("the address of YooKassa must be https, or http on this machine")]
    Address,
    /// No connection can be made at all.
    #[error(transparent)]
    Client(#[from] reqwest::Error),
}

/// The client. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Yookassa {
    client: Client,
    base: Url,
}

impl Yookassa {
    /// A client of the service at `base`, which waits for an answer as long as `patience`.
    pub fn new(base: &str, patience: Duration) -> Result<Self, ClientError> {
        let base = Url::parse(base).map_err(|_| ClientError::Address)?;
        let is_here = matches!(base.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        if base.cannot_be_a_base() || base.scheme() != "https" && !(base.scheme() == "http" && is_here) {
            return Err(ClientError::Address);
        }
        let mut builder = Client::builder().timeout(patience).redirect(Policy::none());
        if is_here {
            builder = builder.no_proxy();
        }
        Ok(Self { client: builder.build()?, base })
    }

    /// Whether the credentials are right, and what the shop can do.
    pub async fn shop(&self, who: &Credentials) -> Result<ShopInfo, CallError> {
        self.get(who, &["me"], "/me", &[]).await
    }

    /// Creates a payment.
    pub async fn create(
        &self,
        who: &Credentials,
        key: &IdempotenceKey,
        payment: &NewPayment,
    ) -> Result<Payment, CallError> {
        self.post(who, key, &["payments"], "/payments", Some(payment.body())).await
    }

    /// Reads a payment.
    pub async fn payment(&self, who: &Credentials, id: &str) -> Result<Payment, CallError> {
        self.get(who, &["payments", id], "/payments/{id}", &[]).await
    }

    /// Lists payments, the newest first.
    pub async fn payments(&self, who: &Credentials, wish: &Wish) -> Result<List<Payment>, CallError> {
        self.get(who, &["payments"], "/payments", &wish.query()).await
    }

    /// Takes held money: all of it, or a part, after which the rest goes back. Once.
    pub async fn capture(
        &self,
        who: &Credentials,
        key: &IdempotenceKey,
        id: &str,
        part: Option<Money>,
        receipt: Option<&Receipt>,
    ) -> Result<Payment, CallError> {
        let mut body = json!({});
        if let Some(part) = part {
            body["amount"] = asks::sum(part);
        }
        if let Some(receipt) = receipt {
            body["receipt"] = receipt.body();
        }
        self.post(who, key, &["payments", id, "capture"], "/payments/{id}/capture", Some(body)).await
    }

    /// Gives held money back.
    pub async fn cancel(
        &self,
        who: &Credentials,
        key: &IdempotenceKey,
        id: &str,
    ) -> Result<Payment, CallError> {
        self.post(who, key, &["payments", id, "cancel"], "/payments/{id}/cancel", None).await
    }

    /// Gives money back that was taken.
    pub async fn give_back(
        &self,
        who: &Credentials,
        key: &IdempotenceKey,
        refund: &NewRefund,
    ) -> Result<Refund, CallError> {
        self.post(who, key, &["refunds"], "/refunds", Some(refund.body())).await
    }

    /// Reads a refund.
    pub async fn refund(&self, who: &Credentials, id: &str) -> Result<Refund, CallError> {
        self.get(who, &["refunds", id], "/refunds/{id}", &[]).await
    }

    /// Lists refunds, the newest first.
    pub async fn refunds(&self, who: &Credentials, wish: &Wish) -> Result<List<Refund>, CallError> {
        self.get(who, &["refunds"], "/refunds", &wish.query()).await
    }

    async fn get<T: objects::Answer>(
        &self,
        who: &Credentials,
        path: &[&str],
        route: &'static str,
        query: &[(&str, String)],
    ) -> Result<T, CallError> {
        let call = Call { method: Method::GET, path, route, query, key: None, body: None };
        call.make(&self.client, &self.base, who).await
    }

    async fn post<T: objects::Answer>(
        &self,
        who: &Credentials,
        key: &IdempotenceKey,
        path: &[&str],
        route: &'static str,
        body: Option<Value>,
    ) -> Result<T, CallError> {
        let call = Call { method: Method::POST, path, route, query: &[], key: Some(key), body };
        call.make(&self.client, &self.base, who).await
    }
}

impl Wish {
    fn query(&self) -> Vec<(&'static str, String)> {
        let at = |at: Timestamp| format!("{at:.3}");
        [
            ("cursor", self.cursor.clone()),
            ("limit", self.limit.map(|limit| limit.to_string())),
            ("status", self.status.map(str::to_owned)),
            ("payment_id", self.payment.clone()),
            ("created_at.gte", self.since.map(at)),
            ("created_at.lt", self.until.map(at)),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)))
        .collect()
    }
}
