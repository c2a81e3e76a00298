//! The bookings that rows of cancellations and no-shows look for.
//!
//! Part of the import room. Found by the fields that the map names under `match`. Several rows for several equal
//! bookings go one to each, by time; further rows go to the last.

use std::collections::{HashMap, HashSet};

use crate::appointments::AppointmentRow;
use crate::ids::AppointmentId;
use jiff::civil::{Date, DateTime};

/// By what a row and a booking are found to be about the same visit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Sought {
    pub(super) client: Option<String>,
    pub(super) service: Option<String>,
    pub(super) date: Option<Date>,
}

/// All bookings, by what is sought.
#[derive(Debug, Default)]
pub(super) struct Bookings {
    found: HashMap<Sought, Vec<(DateTime, AppointmentId)>>,
    events: HashSet<String>,
    asked: HashMap<Sought, usize>,
}

impl Sought {
    /// With only the fields that the map names.
    pub(super) fn only(mut self, fields: &[String]) -> Self {
        let has = |field: &str| fields.iter().any(|named| named == field);
        self.client = self.client.filter(|_| has("client"));
        self.service = self.service.filter(|_| has("service"));
        self.date = self.date.filter(|_| has("date"));
        self
    }
}

impl Bookings {
    pub(super) fn new(all: Vec<(AppointmentId, AppointmentRow)>, fields: &[String]) -> Self {
        let mut bookings = Self::default();
        for (id, row) in all {
            bookings.add(id, &row, fields);
        }
        for equal in bookings.found.values_mut() {
            equal.sort();
        }
        bookings
    }

    /// Whether a row wrote this event before, onto whichever booking.
    pub(super) fn has_event(&self, id: &str) -> bool {
        self.events.contains(id)
    }

    /// Remembers that a row has written this event.
    pub(super) fn put_event(&mut self, id: String) {
        self.events.insert(id);
    }

    /// The booking for the next row that seeks this.
    pub(super) fn next(&mut self, sought: &Sought) -> Option<AppointmentId> {
        let equal = self.found.get(sought)?;
        let asked = self.asked.entry(sought.clone()).or_insert(0);
        let place = (*asked).min(equal.len().saturating_sub(1));
        *asked += 1;
        equal.get(place).map(|(_, id)| *id)
    }

    fn add(&mut self, id: AppointmentId, row: &AppointmentRow, fields: &[String]) {
        self.events.extend(row.events.iter().filter(|e| e.id.starts_with("import-")).map(|e| e.id.clone()));
        let Some(time) = row.visit_time() else { return };
        if row.meta.contains_key("timeUnknown") {
            return;
        }
        let sought = Sought {
            client: row.client_id.map(|id| id.to_string()),
            service: row.service_id.map(|id| id.to_string()),
            date: Some(time.date()),
        };
        self.found.entry(sought.only(fields)).or_default().push((time.wall(), id));
    }
}
