//! An invoice as people read it: every word and figure of the page and of the PDF, in one language. Nothing of the client is on it.

use jiff::civil::Date;

use super::{Invoice, InvoiceItem, InvoiceStatus, ItemKind};
use crate::lang::{self, Lang};
use crate::money::Money;

/// What stands on the paper, ready to be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// `Счёт № 17`.
    pub title: String,
    /// Whose invoice it is.
    pub business: String,
    /// `Оплачен`.
    pub status: String,
    /// The day it was written, and until when it is to be paid.
    pub dates: Vec<String>,
    /// Above the items: what, how many, for how much, together.
    pub heads: [String; 4],
    /// The items.
    pub items: Vec<[String; 4]>,
    /// What they come to, line by line: what it is, how much.
    pub sums: Vec<(String, String)>,
    /// What is still to be paid; `None` if nothing is.
    pub due: Option<(String, String)>,
}

impl Paper {
    /// The paper of a business.
    #[must_use]
    pub fn of(invoice: &Invoice, business: &str, lang: Lang) -> Self {
        let word = |key: &str| lang::text(lang, key).to_owned();
        let day =
            |text: &str| text.parse::<Date>().map_or_else(|_| text.to_owned(), |day| lang::date(lang, day));
        let money = |number| invoice.money(number).map_or_else(String::new, |money| lang::money(lang, money));
        let is_zero = |number| invoice.money(number).is_none_or(|money| money.minor() == 0);
        let number = invoice.number.to_string();
        let mut dates = vec![lang::fill(lang, "invoice.paper.date", &[("date", &day(&invoice.date))])];
        if let Some(due) = invoice.due_date.as_deref().filter(|_| !is_zero(&invoice.due)) {
            dates.push(lang::fill(lang, "invoice.paper.due_by", &[("date", &day(due))]));
        }
        let mut sums = Vec::new();
        if !is_zero(&invoice.discount) {
            sums.push((word("invoice.paper.total"), money(&invoice.total)));
            sums.push((word("invoice.paper.discount"), minus(invoice, &invoice.discount, lang)));
        }
        sums.push((word("invoice.paper.payable"), money(&invoice.payable)));
        if !is_zero(&invoice.paid) {
            sums.push((word("invoice.paper.paid"), money(&invoice.paid)));
        }
        if !is_zero(&invoice.refunded) {
            sums.push((word("invoice.paper.refunded"), money(&invoice.refunded)));
        }
        let due = (!is_zero(&invoice.due)).then(|| (word("invoice.paper.due"), money(&invoice.due)));
        Self {
            title: lang::fill(lang, "invoice.paper.title", &[("number", &number)]),
            business: business.to_owned(),
            status: status(invoice.status, lang),
            dates,
            heads: [
                "invoice.paper.what",
                "invoice.paper.quantity",
                "invoice.paper.price",
                "invoice.paper.amount",
            ]
            .map(word),
            items: invoice.items.iter().map(|item| line(invoice, item, lang)).collect(),
            sums,
            due,
        }
    }
}

/// Where an invoice stands, in a word.
fn status(status: InvoiceStatus, lang: Lang) -> String {
    let key = match status {
        InvoiceStatus::Draft => "invoice.status.draft",
        InvoiceStatus::Sent => "invoice.status.sent",
        InvoiceStatus::PartlyPaid => "invoice.status.partly_paid",
        InvoiceStatus::Paid => "invoice.status.paid",
        InvoiceStatus::Refunded => "invoice.status.refunded",
        InvoiceStatus::Void => "invoice.status.void",
    };
    lang::text(lang, key).to_owned()
}

/// The letter that goes with a link: its subject and its text.
#[must_use]
pub fn letter(invoice: &Invoice, business: &str, lang: Lang, link: &str) -> (String, String) {
    let number = invoice.number.to_string();
    let amount =
        |number| invoice.money(number).map_or_else(String::new, |money: Money| lang::money(lang, money));
    let (due, payable) = (amount(&invoice.due), amount(&invoice.payable));
    let values = [
        ("number", &*number),
        ("business", business),
        ("due", &*due),
        ("payable", &*payable),
        ("link", link),
    ];
    let text = if invoice.money(&invoice.due).is_some_and(|due| due.minor() > 0) {
        "invoice.letter.text"
    } else {
        "invoice.letter.settled"
    };
    (lang::fill(lang, "invoice.letter.subject", &values), lang::fill(lang, text, &values))
}

fn line(invoice: &Invoice, item: &InvoiceItem, lang: Lang) -> [String; 4] {
    let money = |number| invoice.money(number).map_or_else(String::new, |money| lang::money(lang, money));
    let amount = if item.kind == ItemKind::Discount {
        minus(invoice, &item.amount, lang)
    } else {
        money(&item.amount)
    };
    [item.name.clone(), item.quantity.to_string(), money(&item.price), amount]
}

fn minus(invoice: &Invoice, number: &serde_json::Number, lang: Lang) -> String {
    let taken = invoice.money(number).and_then(|money| money.checked_neg().ok());
    taken.map_or_else(String::new, |money| lang::money(lang, money))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn invoice(body: &serde_json::Value) -> Invoice {
        let mut example = json!({
            "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b8", "number": 17, "status": "partly_paid",
            "clientId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", "appointmentId": null,
            "items": [
                { "kind": "service", "name": "Маникюр", "serviceId": null, "quantity": 2, "price": 1250, "amount": 2500 },
                { "kind": "discount", "name": "Скидка", "serviceId": null, "quantity": 1, "price": 250.5, "amount": 250.5 },
            ],
            "total": 2500, "discount": 250.5, "payable": 2249.5, "paid": 1000, "refunded": 0, "due": 1249.5,
            "currency": "RUB", "date": "2026-12-01", "dueDate": "2026-12-08",
            "payments": [{ "id": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b6", "date": "2026-12-01", "amount": 1000, "provider": "cash" }],
            "sentAt": "2026-12-01T09:00:00Z", "voidedOn": null,
            "createdAt": "2026-12-01T08:59:00Z", "updatedAt": "2026-12-01T09:30:00Z",
        });
        example.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        serde_json::from_value(example).unwrap()
    }

    #[test]
    fn it_reads_in_both_languages() {
        let paper = [Lang::Ru, Lang::En].map(|lang| Paper::of(&invoice(&json!({})), "Студия Анны", lang));
        insta::assert_debug_snapshot!(paper);
    }

    #[test]
    fn a_letter_asks_for_what_is_due_and_thanks_where_nothing_is() {
        let open = letter(&invoice(&json!({})), "Студия Анны", Lang::Ru, "https://crm/i/1");
        let paid = invoice(&json!({ "status": "paid", "paid": 2249.5, "due": 0 }));
        let settled = letter(&paid, "Студия Анны", Lang::En, "https://crm/i/1");
        insta::assert_debug_snapshot!((open, settled));
    }
}
