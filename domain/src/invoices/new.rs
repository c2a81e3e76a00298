//! A new invoice: reading the request, and what of it follows from the price list and the visit.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Map, Number, Value as Json};

use super::{Invoice, InvoiceItem, InvoiceStatus, ItemKind, MAX_ITEMS};
use crate::appointments::AppointmentRow;
use crate::errors::{FieldErrors, FieldProblem};
use crate::ids::{AppointmentId, ClientId, InvoiceId, ServiceId};
use crate::input::{Fields, Patch, Sign};
use crate::lang::{self, Lang};
use crate::money::{Currency, Money};
use crate::services::Service;

/// The most pieces of an item.
const MAX_QUANTITY: u32 = 1_000;

/// What `POST /invoices` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvoice {
    /// Who is to pay.
    pub client_id: Option<ClientId>,
    /// For which visit.
    pub appointment_id: Option<AppointmentId>,
    items: Option<Vec<ItemDraft>>,
    due_date: Option<String>,
}

/// An item as it is asked for: what is left out stands in the price list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemDraft {
    kind: ItemKind,
    name: Option<String>,
    service_id: Option<ServiceId>,
    quantity: u32,
    price: Option<Money>,
}

/// What a new invoice needs to know of the rest of the world.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The id.
    pub id: InvoiceId,
    /// The number that comes next.
    pub number: u64,
    /// Of the business.
    pub currency: Currency,
    /// What items of a visit are called that nobody gave a name.
    pub lang: Lang,
    /// The day by the wall of the business.
    pub today: Date,
    /// RFC 3339.
    pub now: &'a str,
    /// The price list.
    pub services: &'a BTreeMap<ServiceId, Service>,
    /// The visit that it is for.
    pub visit: Option<&'a AppointmentRow>,
    /// What was paid for the visit before it, and on which invoices: an invoice that is taken from the visit takes that off.
    pub deposits: &'a [(u64, Money)],
}

impl NewInvoice {
    /// Reads a request. It needs items, or a visit to take them from.
    ///
    /// # Errors
    /// Every field that is missing, unknown or wrong; those of an item as `items.0.price`.
    pub fn from_json(object: &Map<String, Json>, currency: Currency) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let client_id = fields.id("clientId");
        let appointment_id = fields.id::<AppointmentId>("appointmentId");
        let items = fields.objects("items");
        let due_date = fields.date("dueDate");
        if fields.currency("currency", currency) != currency {
            fields.mistake("currency", FieldProblem::OtherCurrency);
        }
        let is_empty = items.value().is_none_or(Vec::is_empty);
        if is_empty && (items.value().is_some() || appointment_id.value().is_none()) {
            fields.mistake("items", FieldProblem::Required);
        }
        if items.value().is_some_and(|items| items.len() > MAX_ITEMS) {
            fields.mistake("items", FieldProblem::TooLong);
        }
        let items = match items {
            Patch::Set(items) => Some(read_items(&mut fields, &items, currency)),
            Patch::Keep | Patch::Clear => None,
        };
        fields.finish(Self {
            client_id: client_id.into_option(),
            appointment_id: appointment_id.into_option(),
            items,
            due_date: due_date.into_option(),
        })
    }

    /// Whether anything of it stands in the price list.
    #[must_use]
    pub fn needs_services(&self) -> bool {
        self.items.as_ref().is_none_or(|items| items.iter().any(|item| item.service_id.is_some()))
    }

    /// The invoice.
    ///
    /// # Errors
    /// Every field that cannot be with this price list and this visit.
    pub fn write(self, context: &Context<'_>) -> Result<Invoice, FieldErrors> {
        let mut errors = FieldErrors::new();
        let drafts = self.items.unwrap_or_else(|| {
            let mut drafts = context.visit.map(|visit| of_visit(visit, context.currency)).unwrap_or_default();
            for draft in &mut drafts {
                // One that is offered no more was done all the same, at the price it was booked for.
                draft.service_id = draft.service_id.filter(|id| context.services.contains_key(id));
            }
            drafts.extend(context.deposits.iter().map(|(number, amount)| ItemDraft {
                kind: ItemKind::Discount,
                name: Some(lang::fill(
                    context.lang,
                    "invoice.item.deposit_paid",
                    &[("number", &number.to_string())],
                )),
                service_id: None,
                quantity: 1,
                price: Some(*amount),
            }));
            drafts
        });
        if drafts.is_empty() {
            errors.add("items", FieldProblem::Required);
        }
        let mut items = Vec::new();
        for (at, draft) in drafts.into_iter().enumerate() {
            items.extend(draft.write(at, context, &mut errors));
        }
        if self
            .due_date
            .as_deref()
            .and_then(|due| due.parse::<Date>().ok())
            .is_some_and(|due| due < context.today)
        {
            errors.add("dueDate", FieldProblem::OutOfRange);
        }
        let zero = || Number::from(0);
        let invoice = Invoice {
            id: context.id,
            number: context.number,
            status: InvoiceStatus::Draft,
            client_id: self.client_id.or_else(|| context.visit.and_then(|visit| visit.client_id)),
            appointment_id: self.appointment_id,
            items,
            total: zero(),
            discount: zero(),
            payable: zero(),
            paid: zero(),
            refunded: zero(),
            due: zero(),
            currency: context.currency.to_string(),
            date: context.today.to_string(),
            due_date: self.due_date,
            payments: Vec::new(),
            sent_at: None,
            voided_on: None,
            created_at: context.now.to_owned(),
            updated_at: context.now.to_owned(),
        };
        let is_reduced_to_less = || {
            let worth = invoice.sum_of(|kind| matches!(kind, ItemKind::Service | ItemKind::Product)).ok()?;
            let off = invoice.sum_of(|kind| kind == ItemKind::Discount).ok()?;
            Some(off.minor() > worth.minor())
        };
        if errors.is_empty() && is_reduced_to_less().unwrap_or(true) {
            errors.add("items", FieldProblem::OutOfRange);
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let settled = invoice.settled().ok();
        let settled = settled.filter(|invoice| invoice.payable().is_some_and(|payable| payable.minor() > 0));
        settled.ok_or_else(|| FieldErrors::one("items", FieldProblem::OutOfRange))
    }
}

/// The items of an invoice for a visit: its service and its further services, at the prices they were booked for.
#[must_use]
pub fn of_visit(visit: &AppointmentRow, currency: Currency) -> Vec<ItemDraft> {
    let draft =
        |service_id, price| ItemDraft { kind: ItemKind::Service, name: None, service_id, quantity: 1, price };
    let booked = visit.price.as_deref().and_then(|price| Money::from_stored(price).ok());
    let booked = booked.filter(|price| price.currency() == currency);
    let main = (visit.service_id.is_some() || booked.is_some()).then(|| draft(visit.service_id, booked));
    let further = visit.items.iter().map(|item| {
        let price = item.price.as_ref().and_then(Json::as_number);
        draft(item.service_id, price.and_then(|price| Money::from_json_number(price, currency).ok()))
    });
    main.into_iter().chain(further).collect()
}

impl ItemDraft {
    /// The item; what it lacks and the price list does not say is noted.
    fn write(self, at: usize, context: &Context<'_>, errors: &mut FieldErrors) -> Option<InvoiceItem> {
        let field = |name: &str| format!("items.{at}.{name}");
        let service = self.service_id.and_then(|id| context.services.get(&id));
        if self.service_id.is_some() && service.is_none() {
            errors.add(field("serviceId"), FieldProblem::Unknown);
            return None;
        }
        let listed = service.filter(|service| service.currency == context.currency.as_str());
        let price = self.price.or_else(|| listed.and_then(Service::base_price_money));
        let named = self.name.or_else(|| service.map(|service| service.name.clone()));
        // A visit may be for nothing in particular.
        let name = named.unwrap_or_else(|| lang::text(context.lang, "invoice.item.visit").to_owned());
        let Some(price) = price else {
            errors.add(field("price"), FieldProblem::Required);
            return None;
        };
        if price.minor() <= 0 {
            errors.add(field("price"), FieldProblem::OutOfRange);
            return None;
        }
        let amount = price.minor().checked_mul(i64::from(self.quantity));
        let amount = amount.map(|minor| Money::new(minor, context.currency));
        // Summing checks the range.
        let Some(amount) = amount.and_then(|amount| Money::sum([amount], context.currency).ok()) else {
            errors.add(field("price"), FieldProblem::OutOfRange);
            return None;
        };
        Some(InvoiceItem {
            kind: self.kind,
            name,
            service_id: self.service_id,
            quantity: self.quantity,
            price: price.to_json_number(),
            amount: amount.to_json_number(),
        })
    }
}

fn read_items(fields: &mut Fields<'_>, items: &[Map<String, Json>], currency: Currency) -> Vec<ItemDraft> {
    let mut drafts = Vec::new();
    for (at, object) in items.iter().take(MAX_ITEMS).enumerate() {
        match read_item(object, currency) {
            Ok(draft) => drafts.push(draft),
            Err(errors) => {
                for (name, problem) in errors.iter() {
                    fields.mistake(&format!("items.{at}.{name}"), problem);
                }
            }
        }
    }
    drafts
}

fn read_item(object: &Map<String, Json>, currency: Currency) -> Result<ItemDraft, FieldErrors> {
    let mut fields = Fields::new(object);
    let kind = fields.word("kind", ItemKind::NAMES);
    let name = fields.line("name");
    let service_id = fields.id("serviceId");
    let quantity = fields.whole("quantity", 1, MAX_QUANTITY);
    let price = fields.money("price", currency, Sign::NotNegative);
    if service_id.value().is_none() {
        fields.require("name", &name);
        fields.require("price", &price);
    }
    if price.value().is_some_and(|price| price.minor() == 0) {
        fields.mistake("price", FieldProblem::OutOfRange);
    }
    let kind = kind.into_option().and_then(ItemKind::from_wire).unwrap_or(ItemKind::Service);
    if service_id.value().is_some() && kind != ItemKind::Service {
        fields.mistake("serviceId", FieldProblem::NotAllowed);
    }
    fields.finish(ItemDraft {
        kind,
        name: name.into_option(),
        service_id: service_id.into_option(),
        quantity: quantity.into_option().unwrap_or(1),
        price: price.into_option(),
    })
}
