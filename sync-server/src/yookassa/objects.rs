//! What the service answers: decimal text becomes kopecks, and nothing of a card is read.

use std::collections::BTreeMap;

use domain::masked_debug;
use domain::money::{Currency, Money};
use domain::yookassa::{PaymentStatus, RefundStatus, SeenPayment, SeenRefund};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// A payment as the service tells it.
#[derive(Clone, PartialEq, Eq)]
pub struct Payment {
    /// The service's id.
    pub id: String,
    /// How far it is.
    pub status: PaymentStatus,
    /// What is asked for; what was captured once it succeeded.
    pub amount: Money,
    /// What has gone back.
    pub refunded: Money,
    /// Whether something can still go back.
    pub is_refundable: bool,
    /// Whether no real money moves.
    pub is_test: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When the money was taken.
    pub captured: Option<Timestamp>,
    /// When held money goes back by itself.
    pub expires: Option<Timestamp>,
    /// Where the payer pays.
    pub confirmation_url: Option<String>,
    /// Why it came to nothing.
    pub cancellation: Option<Cancellation>,
    /// Our ids.
    pub metadata: BTreeMap<String, String>,
    /// The shop.
    pub shop: Option<String>,
    /// How it was paid.
    pub method: Option<SavedMethod>,
}

masked_debug!(Payment { id, status });

impl Payment {
    /// What the books compare; `ours` is the name under which our id stands in the metadata.
    #[must_use]
    pub fn seen(&self, ours: &str) -> SeenPayment {
        SeenPayment {
            theirs: self.id.clone(),
            ours: self.metadata.get(ours).cloned(),
            shop: self.shop.clone(),
            amount: self.amount,
            status: self.status,
        }
    }
}

/// Who ended a payment or refund, and why. Words that nobody knows yet are kept as they are.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Cancellation {
    /// `merchant`, `yoo_money`, `payment_network`, ..
    pub party: String,
    /// `insufficient_funds`, `expired_on_confirmation`, ..
    pub reason: String,
}

/// A way to pay. Of a card nothing is kept.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct SavedMethod {
    /// `bank_card`, `sbp`, ..
    #[serde(rename = "type")]
    pub kind: String,
    /// What a later payment calls it.
    pub id: String,
    /// Whether a later payment may.
    #[serde(default, rename = "saved")]
    pub is_saved: bool,
}

masked_debug!(SavedMethod { kind, is_saved });

/// A refund as the service tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// The service's id.
    pub id: String,
    /// The payment.
    pub payment: String,
    /// How far it is.
    pub status: RefundStatus,
    /// How much.
    pub amount: Money,
    /// When it was made.
    pub created: Timestamp,
    /// Why it came to nothing.
    pub cancellation: Option<Cancellation>,
}

impl Refund {
    /// What the books compare.
    #[must_use]
    pub fn seen(&self) -> SeenRefund {
        SeenRefund {
            theirs: self.id.clone(),
            payment: self.payment.clone(),
            amount: self.amount,
            status: self.status,
        }
    }
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct List<T> {
    /// The newest first.
    pub items: Vec<T>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

/// What the service says of a shop.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ShopInfo {
    /// Its number.
    pub account_id: String,
    /// `enabled` or `disabled`.
    pub status: String,
    /// Whether no real money moves.
    #[serde(default)]
    pub test: bool,
    /// Whether the service gives receipts for it.
    #[serde(default)]
    pub fiscalization_enabled: bool,
    /// How people can pay there.
    #[serde(default)]
    pub payment_methods: Vec<String>,
}

/// What an answer can be read as; none if it does not hold together.
pub(super) trait Answer: Sized {
    fn read(json: Value) -> Option<Self>;
}

#[derive(Deserialize)]
struct WireAmount {
    value: String,
    currency: String,
}

impl WireAmount {
    fn money(&self) -> Option<Money> {
        let currency: Currency = self.currency.parse().ok()?;
        Money::parse_decimal(&self.value, currency).ok().filter(|money| money.minor() >= 0)
    }
}

#[derive(Deserialize)]
struct WirePayment {
    id: String,
    status: PaymentStatus,
    amount: WireAmount,
    refunded_amount: Option<WireAmount>,
    #[serde(default)]
    refundable: bool,
    #[serde(default)]
    test: bool,
    created_at: Timestamp,
    captured_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    confirmation: Option<WireConfirmation>,
    cancellation_details: Option<Cancellation>,
    #[serde(default)]
    metadata: BTreeMap<String, Value>,
    recipient: Option<WireRecipient>,
    payment_method: Option<SavedMethod>,
}

#[derive(Deserialize)]
struct WireConfirmation {
    confirmation_url: Option<String>,
}

#[derive(Deserialize)]
struct WireRecipient {
    account_id: Option<String>,
}

impl Answer for Payment {
    fn read(json: Value) -> Option<Self> {
        let wire: WirePayment = serde_json::from_value(json).ok()?;
        let amount = wire.amount.money()?;
        let refunded = match wire.refunded_amount {
            Some(refunded) => refunded.money()?,
            None => Money::new(0, amount.currency()),
        };
        let texts =
            wire.metadata.into_iter().filter_map(|(key, value)| Some((key, value.as_str()?.to_owned())));
        Some(Self {
            id: wire.id,
            status: wire.status,
            amount,
            refunded,
            is_refundable: wire.refundable,
            is_test: wire.test,
            created: wire.created_at,
            captured: wire.captured_at,
            expires: wire.expires_at,
            confirmation_url: wire.confirmation.and_then(|confirmation| confirmation.confirmation_url),
            cancellation: wire.cancellation_details,
            metadata: texts.collect(),
            shop: wire.recipient.and_then(|recipient| recipient.account_id),
            method: wire.payment_method,
        })
    }
}

#[derive(Deserialize)]
struct WireRefund {
    id: String,
    payment_id: String,
    status: RefundStatus,
    amount: WireAmount,
    created_at: Timestamp,
    cancellation_details: Option<Cancellation>,
}

impl Answer for Refund {
    fn read(json: Value) -> Option<Self> {
        let wire: WireRefund = serde_json::from_value(json).ok()?;
        Some(Self {
            id: wire.id,
            payment: wire.payment_id,
            status: wire.status,
            amount: wire.amount.money()?,
            created: wire.created_at,
            cancellation: wire.cancellation_details,
        })
    }
}

impl Answer for ShopInfo {
    fn read(json: Value) -> Option<Self> {
        serde_json::from_value(json).ok()
    }
}

#[derive(Deserialize)]
struct WireList {
    items: Vec<Value>,
    next_cursor: Option<String>,
}

impl<T: Answer> Answer for List<T> {
    fn read(json: Value) -> Option<Self> {
        let wire: WireList = serde_json::from_value(json).ok()?;
        let items = wire.items.into_iter().map(T::read).collect::<Option<_>>()?;
        Some(Self { items, next: wire.next_cursor })
    }
}
