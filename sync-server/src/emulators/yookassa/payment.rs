//! A payment: what it is, how it looks in answers, and how it goes from state to state.

use domain::money::Money;
use domain::yookassa::PaymentStatus;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::fault::Fault;

/// How long a payer may take.
const TO_PAY: SignedDuration = SignedDuration::from_hours(1);
/// How long money is held.
const TO_CAPTURE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// What the provider keeps, in thousandths.
const FEE: i64 = 35;

#[derive(Clone, Debug)]
pub(super) struct Payment {
    pub(super) id: String,
    pub(super) status: PaymentStatus,
    /// What was asked for; what was captured once it succeeded.
    pub(super) amount: Money,
    pub(super) refunded: Money,
    pub(super) is_one_stage: bool,
    pub(super) created: Timestamp,
    pub(super) captured: Option<Timestamp>,
    /// When it ends by itself, unless somebody does something.
    pub(super) deadline: Timestamp,
    pub(super) description: Option<String>,
    pub(super) metadata: Map<String, Value>,
    pub(super) confirmation: Option<Value>,
    pub(super) return_url: Option<String>,
    pub(super) method: Method,
    pub(super) customer: Option<String>,
    pub(super) cancellation: Option<(&'static str, String)>,
    pub(super) receipt: Option<Value>,
}

/// How somebody pays.
#[derive(Clone, Debug)]
pub(super) struct Method {
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) is_saved: bool,
}

/// The event that tells of a payment or refund.
pub(super) type Event = &'static str;

impl Payment {
    /// When a payment that is made now runs out.
    pub(super) fn runs_out(now: Timestamp) -> Timestamp {
        later(now, TO_PAY)
    }

    /// The payer pays.
    pub(super) fn pay(&mut self, now: Timestamp) -> Result<Event, Fault> {
        self.expect(PaymentStatus::Pending)?;
        if self.is_one_stage {
            return Ok(self.succeed(now));
        }
        self.status = PaymentStatus::WaitingForCapture;
        self.deadline = later(now, TO_CAPTURE);
        Ok("payment.waiting_for_capture")
    }

    /// The payer's bank says no.
    pub(super) fn decline(&mut self, reason: &str) -> Result<Event, Fault> {
        self.expect(PaymentStatus::Pending)?;
        Ok(self.end("payment_network", reason))
    }

    /// Nobody did anything in time.
    pub(super) fn expire(&mut self) -> Result<Event, Fault> {
        match self.status {
            PaymentStatus::Pending => Ok(self.end("yoo_money", "expired_on_confirmation")),
            PaymentStatus::WaitingForCapture => Ok(self.end("yoo_money", "expired_on_capture")),
            PaymentStatus::Succeeded | PaymentStatus::Canceled => Err(Self::wrong_state(self.status)),
        }
    }

    /// The shop takes the money, or a part of it.
    pub(super) fn capture(
        &mut self,
        part: Option<Money>,
        receipt: Option<Value>,
        now: Timestamp,
    ) -> Result<Event, Fault> {
        self.expect(PaymentStatus::WaitingForCapture)?;
        let part = part.unwrap_or(self.amount);
        if part.minor() > self.amount.minor() {
            return Err(Fault::invalid("amount.value", "More than was held cannot be captured"));
        }
        if part != self.amount && self.receipt.is_some() && receipt.is_none() {
            return Err(Fault::invalid("receipt", "A partial capture needs its own receipt"));
        }
        self.amount = part;
        self.receipt = receipt.or(self.receipt.take());
        Ok(self.succeed(now))
    }

    /// The shop gives the money back that is held.
    pub(super) fn cancel(&mut self) -> Result<Event, Fault> {
        self.expect(PaymentStatus::WaitingForCapture)?;
        Ok(self.end("merchant", "canceled_by_merchant"))
    }

    fn succeed(&mut self, now: Timestamp) -> Event {
        (self.status, self.captured) = (PaymentStatus::Succeeded, Some(now));
        "payment.succeeded"
    }

    fn end(&mut self, party: &'static str, reason: &str) -> Event {
        self.status = PaymentStatus::Canceled;
        self.cancellation = Some((party, reason.to_owned()));
        "payment.canceled"
    }

    fn expect(&self, status: PaymentStatus) -> Result<(), Fault> {
        if self.status == status { Ok(()) } else { Err(Self::wrong_state(self.status)) }
    }

    fn wrong_state(status: PaymentStatus) -> Fault {
        Fault::not_now(&format!("The payment is in the wrong status for this: {status}"))
    }

    /// What can still be given back.
    pub(super) fn refundable(&self) -> i64 {
        if self.status == PaymentStatus::Succeeded { self.amount.minor() - self.refunded.minor() } else { 0 }
    }

    /// As the API shows it.
    pub(super) fn shown(&self, shop: &str) -> Value {
        let is_paid = matches!(self.status, PaymentStatus::WaitingForCapture | PaymentStatus::Succeeded);
        let mut shown = json!({
            "id": self.id,
            "status": self.status,
            "paid": is_paid,
            "test": true,
            "refundable": self.refundable() > 0,
            "amount": sum(self.amount),
            "created_at": moment(self.created),
            "recipient": { "account_id": shop, "gateway_id": shop },
            "metadata": self.metadata,
        });
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                shown[name] = value;
            }
        };
        set("description", self.description.clone().map(Value::from));
        set("merchant_customer_id", self.customer.clone().map(Value::from));
        set("captured_at", self.captured.map(|at| moment(at).into()));
        match self.status {
            PaymentStatus::Pending => set("confirmation", self.confirmation.clone()),
            PaymentStatus::WaitingForCapture => set("expires_at", Some(moment(self.deadline).into())),
            PaymentStatus::Succeeded => {
                let fee = (self.amount.minor() * FEE + 500) / 1000;
                set("income_amount", Some(sum(Money::rub(self.amount.minor() - fee))));
                set("refunded_amount", Some(sum(self.refunded)));
            }
            PaymentStatus::Canceled => {
                let details = |(party, reason): &(&str, String)| json!({ "party": party, "reason": reason });
                set("cancellation_details", self.cancellation.as_ref().map(details));
            }
        }
        if is_paid || self.method.is_saved {
            set("payment_method", Some(self.method.shown()));
        }
        if is_paid {
            set(
                "authorization_details",
                Some(
                    json!({ "rrn": "000000000000", "auth_code": "000000", "three_d_secure": { "applied": false } }),
                ),
            );
        }
        let registered = if self.status == PaymentStatus::Succeeded { "succeeded" } else { "pending" };
        set("receipt_registration", self.receipt.as_ref().map(|_| registered.into()));
        shown
    }
}

impl Method {
    fn shown(&self) -> Value {
        let mut shown =
            json!({ "type": self.kind, "id": self.id, "saved": self.is_saved, "title": self.kind });
        if self.kind == "bank_card" {
            shown["title"] = "Bank card *4444".into();
            // The vendor's own test card.
            shown["card"] = json!({
                "first6": "555555", "last4": "4444", "expiry_month": "12", "expiry_year": "2040",
                "card_type": "MasterCard", "issuer_country": "RU",
            });
        }
        shown
    }
}

/// `{"value": "1500.00", "currency": "RUB"}`
pub(super) fn sum(money: Money) -> Value {
    json!({ "value": money.decimal(), "currency": money.currency() })
}

/// UTC with milliseconds.
pub(super) fn moment(at: Timestamp) -> String {
    format!("{at:.3}")
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}
