//! What is asked of the service: amounts as decimal text, and only what a payment needs.

use std::collections::BTreeMap;

use domain::masked_debug;
use domain::money::Money;
use serde_json::{Value, json};

/// A payment to be made.
#[derive(Clone)]
pub struct NewPayment {
    /// How much.
    pub amount: Money,
    /// Taken at once; held if false.
    pub is_taken_at_once: bool,
    /// Where the payer comes back to.
    pub return_url: String,
    /// What the payer and the shop read, at most 128 characters.
    pub description: String,
    /// Our ids, to know the payment again by.
    pub metadata: BTreeMap<String, String>,
    /// The receipt, where receipts are ours to give.
    pub receipt: Option<Receipt>,
    /// Whether the way to pay is to be kept for later payments.
    pub is_method_saved: bool,
    /// A way to pay that was kept: nobody has to confirm anything then.
    pub method: Option<String>,
}

masked_debug!(NewPayment { amount, is_taken_at_once });

impl NewPayment {
    pub(super) fn body(&self) -> Value {
        let mut body = json!({
            "amount": sum(self.amount),
            "capture": self.is_taken_at_once,
            "description": self.description,
            "metadata": self.metadata,
        });
        match &self.method {
            Some(method) => body["payment_method_id"] = method.clone().into(),
            None => body["confirmation"] = json!({ "type": "redirect", "return_url": self.return_url }),
        }
        if self.is_method_saved {
            body["save_payment_method"] = true.into();
        }
        if let Some(receipt) = &self.receipt {
            body["receipt"] = receipt.body();
        }
        body
    }
}

/// A refund to be made.
#[derive(Clone)]
pub struct NewRefund {
    /// The payment.
    pub payment: String,
    /// How much.
    pub amount: Money,
    /// What the payer reads.
    pub description: Option<String>,
    /// The receipt of the refund.
    pub receipt: Option<Receipt>,
}

masked_debug!(NewRefund { payment, amount });

impl NewRefund {
    pub(super) fn body(&self) -> Value {
        let mut body = json!({ "payment_id": self.payment, "amount": sum(self.amount) });
        if let Some(description) = &self.description {
            body["description"] = description.clone().into();
        }
        if let Some(receipt) = &self.receipt {
            body["receipt"] = receipt.body();
        }
        body
    }
}

/// A receipt (54-FZ). Its items come to the amount that it is for.
#[derive(Clone)]
pub struct Receipt {
    /// Where it is sent; or
    pub email: Option<String>,
    /// where it is sent, with a leading plus.
    pub phone: Option<String>,
    /// 1 to 6.
    pub tax_system: Option<u8>,
    /// What was bought.
    pub items: Vec<ReceiptItem>,
}

masked_debug!(Receipt { tax_system });

/// One line of a receipt.
#[derive(Clone)]
pub struct ReceiptItem {
    /// At most 128 characters.
    pub description: String,
    /// Pieces.
    pub quantity: u32,
    /// The price of a piece.
    pub price: Money,
    /// 1 to 12; 1 is without.
    pub vat: u8,
    /// `service`, `commodity`, `payment`.
    pub subject: &'static str,
    /// `full_payment`, `partial_prepayment`, `advance`.
    pub mode: &'static str,
}

masked_debug!(ReceiptItem { quantity, price });

impl Receipt {
    pub(super) fn body(&self) -> Value {
        let mut customer = json!({});
        for (name, value) in [("email", &self.email), ("phone", &self.phone)] {
            if let Some(value) = value {
                customer[name] = value.clone().into();
            }
        }
        let items = self.items.iter().map(|item| {
            json!({
                "description": item.description,
                "quantity": format!("{}.000", item.quantity),
                "amount": sum(item.price),
                "vat_code": item.vat,
                "payment_subject": item.subject,
                "payment_mode": item.mode,
            })
        });
        let mut body = json!({ "customer": customer, "items": items.collect::<Vec<_>>() });
        if let Some(system) = self.tax_system {
            body["tax_system_code"] = system.into();
        }
        body
    }
}

/// `{"value": "1500.00", "currency": "RUB"}`
pub(super) fn sum(money: Money) -> Value {
    json!({ "value": money.decimal(), "currency": money.currency() })
}
