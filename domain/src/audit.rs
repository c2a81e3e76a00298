//! The journal of critical actions: what is written down, and what it says. Part of the shared room; pure.
//!
//! An event names an action, the thing it was done to, and what changed, as JSON without anything personal: ids, states,
//! amounts and names of fields, never a name, a phone, an address or a word that somebody typed. Who did it, when and
//! through which door is the server's to add.

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::errors::wire_enum;

wire_enum! {
    /// What was done.
    pub enum Action {
        /// A person and a business were registered.
        Registered = "account.registered",
        /// Somebody signed in.
        SignedIn = "sign_in.succeeded",
        /// Somebody tried to sign in to an account and had a wrong password or code.
        SignInFailed = "sign_in.failed",
        /// A session was ended: by signing out, or from the list of sign-ins.
        SignedOut = "session.ended",
        /// Every session and token of a person was ended.
        SignedOutEverywhere = "session.ended_everywhere",
        /// The password was changed by somebody who knew the old one.
        PasswordChanged = "password.changed",
        /// A mail with a link to a new password was asked for.
        PasswordForgotten = "password.reset_asked",
        /// The password was replaced by that link.
        PasswordReset = "password.reset",
        /// The address that signs in was changed.
        EmailChanged = "email.changed",
        /// How a person is called, where they are or what they speak was changed.
        PersonChanged = "account.changed",
        /// The phone of a person was changed.
        PhoneChanged = "phone.changed",
        /// Codes are asked for at sign-in.
        TwoFactorOn = "two_factor.enabled",
        /// Codes are no longer asked for.
        TwoFactorOff = "two_factor.disabled",
        /// Recovery codes were made anew.
        RecoveryCodesMade = "two_factor.recovery_codes_made",
        /// A recovery code was used up.
        RecoveryCodeUsed = "two_factor.recovery_code_used",
        /// A token was made.
        TokenCreated = "token.created",
        /// A token was revoked.
        TokenRevoked = "token.revoked",
        /// A token that was exchanged already was shown again: all tokens that came of it were ended.
        TokenReused = "token.reused",
        /// A device was registered.
        DeviceRegistered = "device.registered",
        /// A device was revoked.
        DeviceRevoked = "device.revoked",
        /// A visit came into being, changed its state, was removed or brought back.
        VisitStatus = "appointment.status",
        /// A payment was written down.
        PaymentAdded = "payment.added",
        /// A payment was changed.
        PaymentChanged = "payment.changed",
        /// A payment was removed.
        PaymentRemoved = "payment.removed",
        /// An invoice was written.
        InvoiceAdded = "invoice.added",
        /// An invoice came to another state.
        InvoiceStatus = "invoice.status",
        /// A day of the till was closed.
        TillClosed = "till.closed",
        /// A section of the settings was changed.
        SettingsChanged = "settings.changed",
        /// A shop was connected, or its key was changed.
        ShopConnected = "payments.connected",
        /// Every key of a shop was taken away.
        ShopDisconnected = "payments.disconnected",
        /// The plan was changed.
        PlanChanged = "plan.changed",
        /// The business was suspended, or is active again.
        TenantStatus = "tenant.status",
    }
}

wire_enum! {
    /// Through which door it came.
    pub enum Door {
        /// A request of the API.
        Rest = "rest",
        /// A device that synced.
        Sync = "sync",
        /// An import on the server.
        Import = "import",
        /// An operator at the server.
        Admin = "admin",
        /// The server's own work.
        Job = "job",
    }
}

wire_enum! {
    /// What kind of thing it was done to.
    pub enum SubjectKind {
        /// A person who signs in.
        User = "user",
        /// A business.
        Tenant = "tenant",
        /// A token or session.
        Token = "token",
        /// A phone or laptop.
        Device = "device",
        /// A visit.
        Appointment = "appointment",
        /// A payment.
        Payment = "payment",
        /// An invoice.
        Invoice = "invoice",
        /// A day of the till.
        Till = "till",
        /// A section of the settings.
        Settings = "settings",
    }
}

/// One thing that was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What.
    pub action: Action,
    /// What kind of thing it was done to.
    pub subject: SubjectKind,
    /// Which one.
    pub id: Uuid,
    /// What changed: a flat object without anything personal.
    pub changes: Json,
}

impl Event {
    /// An action that changed nothing but what its name says.
    #[must_use]
    pub fn new(action: Action, subject: SubjectKind, id: Uuid) -> Self {
        Self { action, subject, id, changes: json!({}) }
    }

    /// The same, saying more.
    #[must_use]
    pub fn saying(self, changes: Json) -> Self {
        Self { changes, ..self }
    }

    /// A visit whose state is another one than before (`None`: it is new).
    #[must_use]
    pub fn visit(id: Uuid, before: Option<&str>, after: &str) -> Self {
        Self::new(Action::VisitStatus, SubjectKind::Appointment, id)
            .saying(json!({ "from": before, "to": after }))
    }

    /// What the journal says of a record that was written: of a payment, an invoice, a closed day of the till, a section of the settings, and the plan of the
    /// business; `None` of all else, and of what stayed as it was.
    #[must_use]
    pub fn record(kind: &str, id: Uuid, before: Option<&Json>, after: Option<&Json>) -> Option<Self> {
        if before == after {
            return None;
        }
        match kind {
            "payment" => {
                let action = match (before, after) {
                    (None, _) => Action::PaymentAdded,
                    (_, Some(_)) => Action::PaymentChanged,
                    (Some(_), None) => Action::PaymentRemoved,
                };
                let event = Self::new(action, SubjectKind::Payment, id);
                Some(event.saying(picked(after.or(before), &["kind", "amount", "currency", "provider"])))
            }
            "invoice" => {
                let status = |body: Option<&Json>| body.and_then(|body| body.get("status")).cloned();
                let (from, to) = (status(before), status(after));
                let event = |action| Self::new(action, SubjectKind::Invoice, id);
                match before {
                    None => Some(
                        event(Action::InvoiceAdded).saying(picked(after, &["number", "payable", "currency"])),
                    ),
                    Some(_) if from == to => None,
                    Some(_) => {
                        let mut changes = picked(after.or(before), &["number"]);
                        (changes["from"], changes["to"]) = (json!(from), json!(to));
                        Some(event(Action::InvoiceStatus).saying(changes))
                    }
                }
            }
            "till" => {
                let event = Self::new(Action::TillClosed, SubjectKind::Till, id);
                Some(event.saying(picked(after, &["date", "expected", "counted", "difference", "currency"])))
            }
            "settings" => {
                let mut changes = picked(after.or(before), &["section", "version"]);
                changes["fields"] = changed_fields(value_of(before), value_of(after));
                Some(Self::new(Action::SettingsChanged, SubjectKind::Settings, id).saying(changes))
            }
            "tenant" => {
                let plan = |body: Option<&Json>| body.and_then(|body| body.get("plan")).cloned();
                let (from, to) = (plan(before)?, plan(after)?);
                let event = Self::new(Action::PlanChanged, SubjectKind::Tenant, id);
                (from != to).then(|| event.saying(json!({ "from": from, "to": to })))
            }
            _ => None,
        }
    }
}

fn picked(body: Option<&Json>, names: &[&str]) -> Json {
    let field = |name: &&str| Some(((*name).to_owned(), body?.get(*name)?.clone()));
    names.iter().filter_map(field).collect::<Map<_, _>>().into()
}

fn value_of(body: Option<&Json>) -> Option<&Map<String, Json>> {
    body.and_then(|body| body.get("value")).and_then(Json::as_object)
}

/// Names alone: what stands in the fields may be an address or a phone.
fn changed_fields(before: Option<&Map<String, Json>>, after: Option<&Map<String, Json>>) -> Json {
    let names = [before, after].into_iter().flatten().flat_map(Map::keys);
    let mut changed: Vec<&String> = names
        .filter(|&name| before.and_then(|map| map.get(name)) != after.and_then(|map| map.get(name)))
        .collect();
    changed.sort_unstable();
    changed.dedup();
    json!(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> Uuid {
        Uuid::from_u128(7)
    }

    #[test]
    fn a_payment_says_how_much_and_never_whose_or_what_for() {
        let body = json!({ "kind": "payment", "amount": 2500, "currency": "RUB", "provider": "cash",
                           "clientId": id(), "description": "Маникюр Ольге", "receipt": "17" });
        let added = Event::record("payment", id(), None, Some(&body)).unwrap();
        assert_eq!(added.action, Action::PaymentAdded);
        let says = json!({ "kind": "payment", "amount": 2500, "currency": "RUB", "provider": "cash" });
        assert_eq!(added.changes, says);
        let removed = Event::record("payment", id(), Some(&body), None).unwrap();
        assert_eq!((removed.action, removed.changes), (Action::PaymentRemoved, says));
        assert_eq!(Event::record("payment", id(), Some(&body), Some(&body)), None);
    }

    #[test]
    fn settings_say_which_fields_and_never_what_is_in_them() {
        let section = |version: u32, phone: &str| json!({ "section": "branding", "version": version, "value": { "phone": phone, "name": "x" } });
        let (before, after) = (section(1, "+79161234567"), section(2, "+79160000000"));
        let changed = Event::record("settings", id(), Some(&before), Some(&after)).unwrap();
        assert_eq!(changed.changes, json!({ "section": "branding", "version": 2, "fields": ["phone"] }));
        let first = Event::record("settings", id(), None, Some(&before)).unwrap();
        assert_eq!(first.changes["fields"], json!(["name", "phone"]));
    }

    #[test]
    fn a_business_tells_of_its_plan_alone() {
        let tenant = |plan: &str, name: &str| json!({ "plan": plan, "name": name });
        let (before, renamed, bigger) = (tenant("ivory", "a"), tenant("ivory", "b"), tenant("veloria", "b"));
        assert_eq!(Event::record("tenant", id(), Some(&before), Some(&renamed)), None);
        let changed = Event::record("tenant", id(), Some(&before), Some(&bigger)).unwrap();
        assert_eq!(changed.changes, json!({ "from": "ivory", "to": "veloria" }));
        assert_eq!(Event::record("tenant", id(), None, Some(&before)), None, "the registration says it");
        assert_eq!(Event::record("service", id(), None, Some(&before)), None);
    }
}
