//! What went out about a visit and cannot be called back: a deposit was taken, a reminder or a confirmation was sent. One record for
//! each visit of which there is any; the server writes it, devices read it.
//!
//! A slice of the shared room. Pure. Each entry says how the visit stood when it went out, so that whether the visit was moved or called
//! off since is seen by comparing, and by no clock. Whoever takes money or sends words later appends an entry; nothing else changes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{AppointmentRow, Status};
use crate::dates::VisitTime;
use crate::ids::AppointmentId;
use crate::money::Money;

/// The name space of these records' ids (fixed, arbitrary, never changed): a visit has one.
const PROMISES: Uuid = Uuid::from_u128(0x9b1f_4a60_37d2_4c15_8e0b_65d1_c2a9_73f4);

/// Money that was taken, or given back.
pub const DEPOSIT: &str = "deposit";
/// A reminder was sent.
pub const REMINDER: &str = "reminder";
/// A confirmation was sent.
pub const CONFIRMATION: &str = "confirmation";

/// All that went out about a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Promises {
    /// The record's id; it follows from the visit's.
    pub id: Uuid,
    /// The visit.
    pub appointment_id: AppointmentId,
    /// In the order in which they went out.
    pub sent: Vec<Promise>,
}

/// One thing that went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Promise {
    /// What it was: the payment or message behind it. One cause stands here once.
    pub cause: Uuid,
    /// [`DEPOSIT`], [`REMINDER`], [`CONFIRMATION`], or a word of tomorrow.
    pub kind: String,
    /// When, RFC 3339; for showing only.
    pub at: String,
    /// The time of the visit as it stood then, as [`VisitTime`] stores it.
    pub time: Option<String>,
    /// Whether the visit was off then.
    pub off: bool,
    /// Of money: how much, as [`Money`] stores it; below zero was given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
}

impl Promises {
    /// The id of a visit's record.
    #[must_use]
    pub fn id_of(visit: AppointmentId) -> Uuid {
        Uuid::new_v5(&PROMISES, visit.0.as_bytes())
    }

    /// The record with one entry more; `None` if its cause stands there already.
    #[must_use]
    pub fn with(standing: Option<Self>, visit: AppointmentId, promise: Promise) -> Option<Self> {
        let mut all = standing.unwrap_or_else(|| Self {
            id: Self::id_of(visit),
            appointment_id: visit,
            sent: Vec::new(),
        });
        let is_known = all.sent.iter().any(|sent| sent.cause == promise.cause);
        all.sent.push(promise);
        (!is_known).then_some(all)
    }

    /// What was taken and not given back, in the currency of the first entry that names money; `None` if nothing is left.
    #[must_use]
    pub fn deposit(&self) -> Option<Money> {
        let amounts = self.sent.iter().filter(|sent| sent.kind == DEPOSIT);
        let mut amounts = amounts.filter_map(|sent| Money::from_stored(sent.amount.as_deref()?).ok());
        let first = amounts.next()?;
        let sum = amounts.try_fold(first, |sum, amount| {
            if amount.currency() == first.currency() { sum.checked_add(amount).ok() } else { Some(sum) }
        })?;
        (sum.minor() > 0).then_some(sum)
    }
}

impl Promise {
    /// Money that changed hands for a visit that is not over. What she knew of the visit when she wrote the payment down counts, if its
    /// metadata says so (`visitTime`); what the rows say by now otherwise. `None` for a visit that is over, and for a payment that an
    /// import brought: that is the past of another program.
    #[must_use]
    pub fn of_payment(
        row: &AppointmentRow,
        (cause, amount, at): (Uuid, Money, &str),
        metadata: &Map<String, Json>,
    ) -> Option<Self> {
        let is_over = matches!(row.status(), Status::Completed | Status::NoShow);
        let is_imported = ["importId", "importHash"].iter().any(|mark| metadata.contains_key(*mark));
        if is_over || is_imported || row.kind == "block" {
            return None;
        }
        let seen = metadata.get(SEEN_TIME).and_then(Json::as_str);
        let seen = seen.filter(|text| VisitTime::from_stored(text).is_ok()).map(str::to_owned);
        let off = match metadata.get(SEEN_OFF).and_then(Json::as_bool) {
            Some(off) if seen.is_some() => off,
            _ => is_off(row),
        };
        Some(Self {
            cause,
            kind: DEPOSIT.to_owned(),
            at: at.to_owned(),
            time: seen.or_else(|| row.time.clone()),
            off,
            amount: Some(amount.to_stored()),
        })
    }
}

/// In a payment's metadata: the time of its visit as the device saw it.
pub const SEEN_TIME: &str = "visitTime";
/// In a payment's metadata: whether its visit was off as the device saw it.
pub const SEEN_OFF: &str = "visitOff";

/// Whether a visit is off: cancelled, or deleted.
#[must_use]
pub fn is_off(row: &AppointmentRow) -> bool {
    row.deleted_at.is_some() || row.status() == Status::Cancelled
}
