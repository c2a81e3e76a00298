//! The books of one shop: its payments, refunds, receipts and keys. Pure: time and ids are arguments; what a shop is to be told of
//! is collected as news.

use std::collections::{BTreeMap, BTreeSet};

use domain::money::{Currency, Money};
use domain::yookassa::{PaymentStatus, RefundStatus};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::ask;
use super::fault::Fault;
use super::payment::{Event, Method, Payment, moment, sum};

/// How long a key is remembered.
const KEYS: SignedDuration = SignedDuration::from_hours(24);

#[derive(Clone, Debug)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) payment: String,
    pub(super) amount: Money,
    pub(super) status: RefundStatus,
    pub(super) created: Timestamp,
    description: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Receipt {
    pub(super) id: String,
    pub(super) payment: Option<String>,
    pub(super) refund: Option<String>,
    pub(super) created: Timestamp,
    shown: Value,
}

/// An answer that was given, and to what.
#[derive(Clone, Debug)]
struct Kept {
    asked: String,
    answer: Value,
    at: Timestamp,
}

#[derive(Clone, Debug)]
pub(super) struct Shop {
    /// The number that the shop calls itself.
    pub(super) id: String,
    pub(super) payments: Vec<Payment>,
    pub(super) refunds: Vec<Refund>,
    pub(super) receipts: Vec<Receipt>,
    /// Places of payments by id.
    places: BTreeMap<String, usize>,
    /// When payments may run out. Entries that are no longer true are passed over.
    deadlines: BTreeSet<(Timestamp, usize)>,
    keys: BTreeMap<String, Kept>,
    /// Ways to pay that were saved, with their kinds.
    methods: BTreeMap<String, String>,
    /// Where it wants to be told of news.
    pub(super) notify: Option<String>,
    pub(super) news: Vec<(Event, Value)>,
}

/// What the outside gives: the time, and an id for what is new.
#[derive(Clone, Debug)]
pub(super) struct Now {
    pub(super) at: Timestamp,
    pub(super) id: String,
    /// Where the payer's page of a new thing is.
    pub(super) page: String,
    /// Whether refunds take their time.
    pub(super) refunds_wait: bool,
}

impl Shop {
    pub(super) fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            payments: Vec::new(),
            refunds: Vec::new(),
            receipts: Vec::new(),
            places: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            keys: BTreeMap::new(),
            methods: BTreeMap::new(),
            notify: None,
            news: Vec::new(),
        }
    }

    /// Does what is asked under a key, once: the same question under the same key gets the same answer for a day.
    pub(super) fn once(
        &mut self,
        key: &str,
        asked: String,
        at: Timestamp,
        act: impl FnOnce(&mut Self) -> Result<Value, Fault>,
    ) -> Result<Value, Fault> {
        if let Some(kept) = self.keys.get(key).filter(|kept| at.duration_since(kept.at) < KEYS) {
            if kept.asked == asked {
                return Ok(kept.answer.clone());
            }
            return Err(Fault::invalid("Idempotence-Key", "The key was used for another request"));
        }
        let answer = act(self)?;
        self.keys.insert(key.to_owned(), Kept { asked, answer: answer.clone(), at });
        Ok(answer)
    }

    pub(super) fn place(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }

    pub(super) fn payment(&self, id: &str) -> Result<Value, Fault> {
        let place = self.place(id).ok_or_else(|| Fault::not_found("Payment"))?;
        Ok(self.payments[place].shown(&self.id))
    }

    pub(super) fn create(&mut self, body: &Value, now: &Now) -> Result<Value, Fault> {
        let amount = ask::amount(body, "amount")?;
        let is_one_stage = ask::flag(body, "capture")?;
        let saved = ask::text(body, "payment_method_id", 64)?;
        let kind = match &saved {
            Some(id) => self.methods.get(id).cloned().ok_or_else(|| {
                Fault::invalid("payment_method_id", "There is no such saved payment method")
            })?,
            None => body
                .pointer("/payment_method_data/type")
                .and_then(Value::as_str)
                .unwrap_or("bank_card")
                .to_owned(),
        };
        if kind == "sbp" && !is_one_stage {
            return Err(Fault::invalid("capture", "This payment method cannot hold money"));
        }
        let (confirmation, return_url) = confirmation(body, now)?;
        if saved.is_none() && confirmation.is_none() {
            return Err(Fault::invalid("confirmation", "Required parameter is missing"));
        }
        let method = Method {
            kind,
            id: saved.clone().unwrap_or_else(|| now.id.clone()),
            is_saved: saved.is_some() || ask::flag(body, "save_payment_method")?,
        };
        let payment = Payment {
            id: now.id.clone(),
            status: PaymentStatus::Pending,
            amount,
            refunded: Money::rub(0),
            is_one_stage,
            created: now.at,
            captured: None,
            deadline: Payment::runs_out(now.at),
            description: ask::text(body, "description", 128)?,
            metadata: ask::metadata(body)?,
            confirmation,
            return_url,
            method,
            customer: ask::text(body, "merchant_customer_id", 200)?,
            cancellation: None,
            receipt: ask::receipt(body, amount)?,
        };
        let place = self.payments.len();
        self.deadlines.insert((payment.deadline, place));
        self.places.insert(payment.id.clone(), place);
        self.payments.push(payment);
        if saved.is_some() {
            // Nobody needs to confirm a payment by a saved method.
            self.change(place, now.at, |payment| payment.pay(now.at))?;
        }
        Ok(self.payments[place].shown(&self.id))
    }

    /// Moves a payment on and tells of it.
    pub(super) fn change(
        &mut self,
        place: usize,
        at: Timestamp,
        act: impl FnOnce(&mut Payment) -> Result<Event, Fault>,
    ) -> Result<Value, Fault> {
        let payment = &mut self.payments[place];
        let event = act(payment)?;
        if payment.status == PaymentStatus::WaitingForCapture {
            self.deadlines.insert((payment.deadline, place));
        }
        if payment.method.is_saved && payment.status != PaymentStatus::Canceled {
            self.methods.insert(payment.method.id.clone(), payment.method.kind.clone());
        }
        if payment.status == PaymentStatus::Succeeded
            && let Some(receipt) = payment.receipt.clone()
        {
            let payment = payment.id.clone();
            self.register(&receipt, "payment", Some(payment), None, at);
        }
        let shown = self.payments[place].shown(&self.id);
        self.news.push((event, shown.clone()));
        Ok(shown)
    }

    /// Ends what ran out.
    pub(super) fn expire(&mut self, at: Timestamp) {
        while let Some(&(deadline, place)) = self.deadlines.first() {
            if deadline > at {
                return;
            }
            self.deadlines.remove(&(deadline, place));
            let payment = &self.payments[place];
            if payment.deadline == deadline && !payment.status.is_final() {
                // It is not final, so it can run out.
                let _ = self.change(place, at, Payment::expire);
            }
        }
    }

    pub(super) fn capture(&mut self, id: &str, body: &Value, now: &Now) -> Result<Value, Fault> {
        let place = self.place(id).ok_or_else(|| Fault::not_found("Payment"))?;
        let part = body.get("amount").filter(|amount| !amount.is_null());
        let part = part.map(|_| ask::amount(body, "amount")).transpose()?;
        let receipt = ask::receipt(body, part.unwrap_or(self.payments[place].amount))?;
        self.change(place, now.at, |payment| payment.capture(part, receipt, now.at))
    }

    pub(super) fn cancel(&mut self, id: &str, now: &Now) -> Result<Value, Fault> {
        let place = self.place(id).ok_or_else(|| Fault::not_found("Payment"))?;
        self.change(place, now.at, Payment::cancel)
    }

    pub(super) fn refund(&mut self, body: &Value, now: &Now) -> Result<Value, Fault> {
        let payment = ask::needed(body, "payment_id")?;
        let amount = ask::amount(body, "amount")?;
        let description = ask::text(body, "description", 250)?;
        let receipt = ask::receipt(body, amount)?;
        let place =
            self.place(&payment).ok_or_else(|| Fault::invalid("payment_id", "There is no such payment"))?;
        let paid = &mut self.payments[place];
        if paid.refundable() == 0 {
            return Err(Fault::not_now("The payment cannot be refunded"));
        }
        if amount.minor() > paid.refundable() {
            return Err(Fault::invalid("amount.value", "More than is left of the payment"));
        }
        paid.refunded = Money::rub(paid.refunded.minor() + amount.minor());
        let id = now.id.clone();
        let refund =
            Refund { id, payment, amount, status: RefundStatus::Pending, created: now.at, description };
        if let Some(receipt) = receipt {
            self.register(&receipt, "refund", None, Some(refund.id.clone()), now.at);
        }
        self.refunds.push(refund);
        let place = self.refunds.len() - 1;
        if now.refunds_wait {
            Ok(self.refunds[place].shown())
        } else {
            self.end_refund(place, RefundStatus::Succeeded)
        }
    }

    /// A refund arrives, or does not; the latter nobody is told.
    pub(super) fn end_refund(&mut self, place: usize, end: RefundStatus) -> Result<Value, Fault> {
        let refund = &mut self.refunds[place];
        if !refund.status.may_become(end) {
            return Err(Fault::not_now("The refund is over"));
        }
        refund.status = end;
        let shown = refund.shown();
        if end == RefundStatus::Succeeded {
            self.news.push(("refund.succeeded", shown.clone()));
        } else if let Some(paid) = self.places.get(&refund.payment).copied() {
            let paid = &mut self.payments[paid];
            paid.refunded = Money::rub(paid.refunded.minor() - refund.amount.minor());
        }
        Ok(shown)
    }

    pub(super) fn add_receipt(&mut self, body: &Value, now: &Now) -> Result<Value, Fault> {
        let kind = ask::needed(body, "type")?;
        let total = ask::items(body, "")?;
        let (payment, refund) = match kind.as_str() {
            "payment" => {
                let id = ask::needed(body, "payment_id")?;
                self.place(&id).ok_or_else(|| Fault::invalid("payment_id", "There is no such payment"))?;
                (Some(id), None)
            }
            "refund" => {
                let id = ask::needed(body, "refund_id")?;
                let found = self.refunds.iter().find(|refund| refund.id == id);
                found.ok_or_else(|| Fault::invalid("refund_id", "There is no such refund"))?;
                (None, Some(id))
            }
            _ => return Err(Fault::invalid("type", "payment or refund")),
        };
        if body.get("send").and_then(Value::as_bool) != Some(true) {
            return Err(Fault::invalid("send", "true is expected"));
        }
        let settlements = body.get("settlements").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let settled = settlements.iter().map(|settlement| ask::amount(settlement, "settlements.amount"));
        let settled = settled.collect::<Result<Vec<_>, _>>()?;
        if Money::sum(settled, Currency::RUB).ok() != Some(total) {
            return Err(Fault::invalid("settlements", "The settlements must come to the items"));
        }
        let place = self.register(body, &kind, payment, refund, now.at);
        let mut shown = self.receipts[place].shown.clone();
        // It is registered by the time that somebody looks.
        shown["status"] = "pending".into();
        Ok(shown)
    }

    fn register(
        &mut self,
        asked: &Value,
        kind: &str,
        payment: Option<String>,
        refund: Option<String>,
        at: Timestamp,
    ) -> usize {
        let number = self.receipts.len() + 1;
        let about = payment.as_ref().or(refund.as_ref()).cloned().unwrap_or_default();
        let id = format!("rt-{about}-{number}");
        let mut shown = json!({
            "id": id,
            "type": kind,
            "status": "succeeded",
            "items": asked["items"],
            "settlements": asked.get("settlements").cloned().unwrap_or_else(|| json!([])),
            "fiscal_document_number": number.to_string(),
            "fiscal_storage_number": "9999078900000000",
            "fiscal_attribute": format!("{:010}", number),
            "registered_at": moment(at),
            "fiscal_provider_id": "emulator",
        });
        for (name, value) in [("payment_id", &payment), ("refund_id", &refund)] {
            if let Some(value) = value {
                shown[name] = value.clone().into();
            }
        }
        if let Some(system) = asked.get("tax_system_code") {
            shown["tax_system_code"] = system.clone();
        }
        self.receipts.push(Receipt { id, payment, refund, created: at, shown });
        self.receipts.len() - 1
    }
}

impl Refund {
    pub(super) fn shown(&self) -> Value {
        let mut shown = json!({
            "id": self.id,
            "payment_id": self.payment,
            "status": self.status,
            "amount": sum(self.amount),
            "created_at": moment(self.created),
        });
        if let Some(description) = &self.description {
            shown["description"] = description.clone().into();
        }
        if self.status == RefundStatus::Canceled {
            shown["cancellation_details"] = json!({ "party": "refund_network", "reason": "general_decline" });
        }
        shown
    }
}

impl Receipt {
    pub(super) fn shown(&self) -> Value {
        self.shown.clone()
    }
}

/// How the payer is to confirm, as it is answered, and where the payer goes afterwards.
fn confirmation(body: &Value, now: &Now) -> Result<(Option<Value>, Option<String>), Fault> {
    let Some(asked) = body.get("confirmation").filter(|asked| !asked.is_null()) else {
        return Ok((None, None));
    };
    let return_url = ask::text(asked, "return_url", 2048)?;
    let kind = asked.get("type").and_then(Value::as_str).unwrap_or_default();
    let answer = match kind {
        "redirect" if return_url.is_none() => {
            return Err(Fault::invalid("confirmation.return_url", "Required parameter is missing"));
        }
        "redirect" => json!({ "type": kind, "confirmation_url": now.page, "return_url": return_url }),
        "mobile_application" => json!({ "type": kind, "confirmation_url": now.page }),
        "embedded" => json!({ "type": kind, "confirmation_token": format!("ct-{}", now.id) }),
        "qr" => json!({ "type": kind, "confirmation_data": now.page }),
        "external" => json!({ "type": kind }),
        _ => return Err(Fault::invalid("confirmation.type", "Unknown type")),
    };
    Ok((Some(answer), return_url))
}
