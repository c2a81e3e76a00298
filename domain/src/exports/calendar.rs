//! Visits as a calendar (iCalendar, RFC 5545) for phones and other programs.
//!
//! Part of the exports room. Pure: id and time stamp of every event are given, so that the crate asks no clock.

use std::collections::BTreeMap;

use icalendar::{Calendar, Component as _, Event, Property};

use super::Everything;
use crate::appointments::{Appointment, Status};
use crate::dates::VisitTime;

/// All visits and blocks that have a time.
#[must_use]
pub fn calendar(all: &Everything) -> String {
    let clients: BTreeMap<_, &str> = all.clients.iter().map(|c| (c.id, c.name.as_str())).collect();
    let services: BTreeMap<_, &str> = all.services.iter().map(|s| (s.id, s.name.as_str())).collect();
    let mut calendar = Calendar::empty();
    calendar.append_property(("VERSION", "2.0"));
    calendar.append_property(("PRODID", "-//VeloriaCRM//EN"));
    for visit in &all.appointments {
        let client = visit.client_id.and_then(|id| clients.get(&id)).copied();
        let service = visit.service_id.and_then(|id| services.get(&id)).copied();
        calendar.extend(event(visit, client, service));
    }
    calendar.to_string()
}

fn event(visit: &Appointment, client: Option<&str>, service: Option<&str>) -> Option<Event> {
    let zone = visit.timezone.as_deref()?;
    let time = VisitTime::parse_input(visit.starts_at.as_deref()?, zone, visit.duration_min?).ok()?;
    let starts = time.wall();
    let ends = VisitTime::parse_input(visit.ends_at.as_deref()?, zone, 1).ok()?.wall();
    let mut event = Event::new();
    event.add_property("UID", visit.id.to_string());
    let stamp = visit.updated_at.as_deref().and_then(|at| at.parse::<jiff::Timestamp>().ok());
    let stamp = stamp.unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    event.add_property("DTSTAMP", stamp.strftime("%Y%m%dT%H%M%SZ").to_string());
    for (name, wall) in [("DTSTART", starts), ("DTEND", ends)] {
        let mut property = Property::new(name, wall.strftime("%Y%m%dT%H%M%S").to_string());
        event.append_property(property.add_parameter("TZID", zone).done());
    }
    let summary = [service, client].into_iter().flatten().collect::<Vec<_>>().join(" — ");
    event.summary(if summary.is_empty() { &visit.kind } else { &summary });
    if !visit.note.is_empty() {
        event.description(&visit.note);
    }
    let status = match visit.status {
        Status::Cancelled | Status::NoShow => "CANCELLED",
        Status::Requested => "TENTATIVE",
        Status::Booked | Status::Confirmed | Status::Completed => "CONFIRMED",
    };
    event.add_property("STATUS", status);
    event.add_property("X-VELORIA-STATUS", visit.status.as_str());
    if let Some(id) = visit.client_id {
        event.add_property("X-VELORIA-CLIENT", id.to_string());
    }
    Some(event)
}
