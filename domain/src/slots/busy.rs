//! What a visit takes of her time: the stretches in which her hands are busy, and the minutes around it.
//!
//! Part of the slots room. Pure. A visit of a service with free stretches (colour takes its time) leaves them to others.

use super::spans::Span;
use crate::appointments::AppointmentRow;
use crate::ids::AppointmentId;
use crate::services::Service;

const MINUTE: i64 = 60;

/// The stretches of a service in which her hands are taken, from its start, when it takes this many minutes. What the
/// segments do not cover is busy; what goes beyond the end is not there.
#[must_use]
pub fn busy_segments(service: Option<&Service>, minutes: u32) -> Vec<Span> {
    let end = i64::from(minutes) * MINUTE;
    let mut busy = Vec::new();
    let mut at = 0;
    for segment in service.into_iter().flat_map(|service| &service.segments) {
        let until = (at + i64::from(segment.minutes) * MINUTE).min(end);
        if segment.busy {
            busy.push(Span::new(at, until));
        }
        at = until;
    }
    busy.push(Span::new(at, end));
    super::spans::merge(busy)
}

/// The minutes that a service keeps free before and after, in seconds.
#[must_use]
pub fn buffers(service: Option<&Service>) -> (i64, i64) {
    service.map_or((0, 0), |service| {
        (i64::from(service.buffer_before_min) * MINUTE, i64::from(service.buffer_after_min) * MINUTE)
    })
}

/// When her hands are in an appointment; nothing if it is over, off or gone.
#[must_use]
pub fn hands_in(id: AppointmentId, row: &AppointmentRow, service: Option<&Service>) -> Vec<Span> {
    let Some(busy) = row.busy(id) else { return Vec::new() };
    let (from, until) = (busy.from.as_second(), busy.until.as_second());
    let minutes = u32::try_from((until - from) / MINUTE).unwrap_or(u32::MAX);
    busy_segments(service, minutes)
        .into_iter()
        .map(|span| Span::new(span.from + from, span.until + from))
        .collect()
}

/// What an appointment takes of her time, with the minutes around it; nothing if it is over, off or gone.
#[must_use]
pub fn taken_by(id: AppointmentId, row: &AppointmentRow, service: Option<&Service>) -> Vec<Span> {
    let Some(busy) = row.busy(id) else { return Vec::new() };
    let (from, until) = (busy.from.as_second(), busy.until.as_second());
    let mut spans = hands_in(id, row, service);
    let (before, after) = buffers(service);
    spans.push(Span::new(from - before, from));
    spans.push(Span::new(until, until + after));
    super::spans::merge(spans)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn service(segments: &serde_json::Value) -> Service {
        let fields = json!({ "name": "Окрашивание", "basePrice": 5000, "durationMin": 120, "segments": segments,
                             "bufferAfterMin": 10 });
        let edit = crate::services::ServiceEdit::new_from_json(
            fields.as_object().unwrap(),
            crate::money::Currency::RUB,
        );
        edit.unwrap().add(crate::ids::ServiceId(uuid::Uuid::nil()), crate::money::Currency::RUB, "")
    }

    fn minutes(spans: &[Span]) -> Vec<(i64, i64)> {
        spans.iter().map(|span| (span.from / MINUTE, span.until / MINUTE)).collect()
    }

    #[test]
    fn free_stretches_are_free_and_the_rest_is_busy() {
        let colour = service(&json!([{ "busy": true, "minutes": 30 }, { "busy": false, "minutes": 45 }]));
        assert_eq!(minutes(&busy_segments(Some(&colour), 120)), [(0, 30), (75, 120)]);
        assert_eq!(
            minutes(&busy_segments(Some(&colour), 60)),
            [(0, 30)],
            "a shorter visit ends while it takes"
        );
        assert_eq!(minutes(&busy_segments(Some(&service(&json!([]))), 120)), [(0, 120)]);
        assert_eq!(minutes(&busy_segments(None, 45)), [(0, 45)]);
        assert_eq!(buffers(Some(&colour)), (0, 600));
    }
}
