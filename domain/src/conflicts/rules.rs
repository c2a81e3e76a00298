//! What is a conflict: the rules, each about as few rows as it needs.
//!
//! Part of the conflicts room. Pure. Whoever finds the rows, all at once or after an edit, comes to the same conflicts,
//! because both ask here.

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::conflict::{Conflict, Detail, Kind};
use super::{Shared, base::Base};
use crate::appointments::{AppointmentRow, DEPOSIT, Promise, Promises, Status, is_off};
use crate::clients::ClientRow;
use crate::dates::VisitTime;
use crate::documents::Facts;
use crate::ids::AppointmentId;
use crate::money::Money;
use crate::services::Service;
use crate::slots::{Span, buffers, hands_in, taken_by};

/// A visit with the entry of the price list that it names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visit<'a> {
    pub id: Uuid,
    pub row: &'a AppointmentRow,
    pub service: Option<&'a Service>,
    /// What went out about it; who asks for overlaps alone need not look.
    pub promises: Option<&'a Promises>,
}

/// Whether a visit is still ahead as far as anybody said: neither done, nor off, nor deleted.
#[must_use]
pub fn standing(row: &AppointmentRow) -> bool {
    let is_ahead = matches!(row.status(), Status::Requested | Status::Booked | Status::Confirmed);
    is_ahead && row.deleted_at.is_none()
}

/// The stretch in which others may stand in the way of a visit, in seconds, when no service keeps more than `widest` free.
#[must_use]
pub fn reach(row: &AppointmentRow, service: Option<&Service>, widest: i64) -> Option<Span> {
    let busy = row.busy(AppointmentId(Uuid::nil()))?;
    let (before, after) = buffers(service);
    Some(Span::new(busy.from.as_second() - before - widest, busy.until.as_second() + after + widest))
}

/// Two visits that need her at once, the minutes around them included. What came in one import and was not moved since
/// was so in the other program, and stays so on purpose; two blocks of her own time may lie as they like.
pub(super) fn overlap(a: Visit<'_>, b: Visit<'_>) -> Option<Conflict> {
    let (a, b) = if a.id < b.id { (a, b) } else { (b, a) };
    let is_block = |visit: Visit<'_>| visit.row.kind == "block";
    if a.id == b.id || is_block(a) && is_block(b) || came_together(a.row, b.row) {
        return None;
    }
    let taken = [a, b].map(|visit| taken_by(AppointmentId(visit.id), visit.row, visit.service));
    let seconds = shared(&taken[0], &taken[1]);
    if seconds == 0 {
        return None;
    }
    let hands = [a, b].map(|visit| hands_in(AppointmentId(visit.id), visit.row, visit.service));
    let detail = Detail::Shared { seconds, hands: shared(&hands[0], &hands[1]) > 0 };
    let spans =
        |spans: &[Span]| -> Json { spans.iter().map(|span| json!([span.from, span.until])).collect() };
    let facts = json!([spans(&taken[0]), spans(&taken[1])]);
    Some(Conflict::new(Kind::Overlap, (&[a.id, b.id], a.id), &facts, detail, &a.row.facts.decisions))
}

fn came_together(a: &AppointmentRow, b: &AppointmentRow) -> bool {
    let import = |row: &AppointmentRow| row.meta.get("importId").and_then(Json::as_str).map(str::to_owned);
    let is_untouched = |row: &AppointmentRow| !row.facts.moved_since_import;
    import(a).is_some() && import(a) == import(b) && is_untouched(a) && is_untouched(b)
}

/// How many seconds two lists of stretches share; each is sorted and does not overlap itself.
fn shared(a: &[Span], b: &[Span]) -> i64 {
    let common = |a: &Span, b: &Span| (a.until.min(b.until) - a.from.max(b.from)).max(0);
    a.iter().map(|a| b.iter().map(|b| common(a, b)).sum::<i64>()).sum()
}

/// Several living clients with one phone or address. `clients` are all that might be; those that are not are passed over.
pub(super) fn duplicates(by: Shared, value: &str, clients: &[(Uuid, ClientRow)]) -> Option<Conflict> {
    let mut same: Vec<&(Uuid, ClientRow)> = clients
        .iter()
        .filter(|(_, row)| row.deleted_at.is_none() && row.merged_into.is_none())
        .filter(|(_, row)| by.of(row).as_deref() == Some(value))
        .collect();
    same.sort_by_key(|(id, _)| *id);
    let [first, _, ..] = same[..] else { return None };
    let kind = match by {
        Shared::Phone => Kind::DuplicatePhone,
        Shared::Email => Kind::DuplicateEmail,
    };
    let about: Vec<Uuid> = same.iter().map(|(id, _)| *id).collect();
    let detail = Detail::Value { value: value.to_owned() };
    Some(Conflict::new(kind, (&about, first.0), &json!(value), detail, &first.1.facts.decisions))
}

/// What a document's own change graph says: values, decisions, edits after the deletion.
pub(super) fn own(id: Uuid, facts: &Facts, deleted_at: Option<i64>, edited: Option<i64>) -> Vec<Conflict> {
    let about = (&[id][..], id);
    let mut found = Vec::new();
    if facts.edited_after_deletion {
        // Each further edit is a further reason to look again.
        let facts_of_it = json!([deleted_at, edited]);
        let decisions = &facts.decisions;
        found.push(Conflict::new(
            Kind::EditedAfterDeletion,
            about,
            &facts_of_it,
            Detail::Nothing {},
            decisions,
        ));
    }
    for (field, values) in &facts.rivals {
        // Of what is deleted nothing matters but where it went.
        if deleted_at.is_none() || field == "mergedInto" {
            let detail = Detail::Field { field: field.clone(), values: values.clone() };
            found.push(Conflict::new(Kind::TwoValues, about, &json!(values), detail, &facts.decisions));
        }
    }
    for (conflict, decisions) in &facts.decisions {
        let mut choices: Vec<String> = Vec::new();
        for decision in decisions {
            if !choices.contains(&decision.choice) {
                choices.push(decision.choice.clone());
            }
        }
        if choices.len() > 1 {
            let facts_of_it = json!(choices);
            let detail = Detail::Choices { conflict: *conflict, choices };
            found.push(Conflict::new(Kind::DecidedTwice, about, &facts_of_it, detail, &facts.decisions));
        }
    }
    found
}

/// What is wrong with a visit by itself, and with what it names.
pub(super) fn of_visit(visit: Visit<'_>, client: Option<(Uuid, &ClientRow)>) -> Vec<Conflict> {
    let Visit { id, row, service, promises } = visit;
    let facts = &row.facts;
    let mut found = own(id, facts, row.deleted_at, row.updated_at);
    found.extend(promises.and_then(|promises| promised(id, row, promises)));
    if row.deleted_at.is_some() {
        return found;
    }
    let words_of = |words: &[String]| Detail::Words { words: words.to_vec() };
    let about = (&[id][..], id);
    if !facts.statuses.is_empty() {
        let detail = words_of(&facts.statuses);
        found.push(Conflict::new(Kind::TwoStatuses, about, &json!(facts.statuses), detail, &facts.decisions));
    }
    if !facts.unaware.is_empty() {
        let detail = words_of(&facts.unaware);
        let seen = json!([facts.unaware, row.time]);
        found.push(Conflict::new(Kind::StatusAndMove, about, &seen, detail, &facts.decisions));
    }
    if !standing(row) {
        return found;
    }
    if let Some((client, known)) = client {
        let kind = match (known.merged_into, known.deleted_at) {
            (Some(_), _) => Some(Kind::VisitOfMergedClient),
            (None, Some(_)) => Some(Kind::VisitOfDeletedClient),
            (None, None) => None,
        };
        if let Some(kind) = kind {
            let seen = json!([known.merged_into, row.time]);
            let about = (&[id, client][..], id);
            found.push(Conflict::new(kind, about, &seen, Detail::Nothing {}, &facts.decisions));
        }
    }
    if let Some(named) = row.service_id
        && !service.is_some_and(|service| service.active)
    {
        let about = (&[id, named.0][..], id);
        let seen = json!(row.time);
        found.push(Conflict::new(Kind::InactiveService, about, &seen, Detail::Nothing {}, &facts.decisions));
    }
    found
}

/// A visit that is ahead or off, and is not what somebody was told or has paid for. Who was told anew of the time that stands, or that
/// it is off, knows; money that was given back is owed to nobody.
fn promised(id: Uuid, row: &AppointmentRow, promises: &Promises) -> Option<Conflict> {
    if matches!(row.status(), Status::Completed | Status::NoShow) {
        return None;
    }
    let (off, deposit) = (is_off(row), promises.deposit());
    let holds = |sent: &&Promise| sent.kind != DEPOSIT || deposit.is_some() && !is_given_back(sent);
    let sent: Vec<&Promise> = promises.sent.iter().filter(holds).collect();
    let (broken, known): (Vec<&Promise>, Vec<&Promise>) = if off {
        sent.into_iter().partition(|sent| !sent.off)
    } else {
        let stands = start_of(row.time.as_deref());
        sent.into_iter().partition(|sent| sent.off || start_of(sent.time.as_deref()) != stands)
    };
    // Words are set right by later words; a deposit for a visit that is off is still held.
    let is_set_right = if off { known.iter().any(|sent| sent.kind != DEPOSIT) } else { !known.is_empty() };
    let broken: Vec<&Promise> =
        broken.into_iter().filter(|sent| !is_set_right || off && sent.kind == DEPOSIT).collect();
    let last = broken.last()?;
    let mut kinds: Vec<String> = broken.iter().map(|sent| sent.kind.clone()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let deposit = deposit.filter(|_| kinds.iter().any(|kind| kind == DEPOSIT)).map(Money::to_stored);
    let causes: Vec<Uuid> = broken.iter().map(|sent| sent.cause).collect();
    let seen = json!([off, start_of(row.time.as_deref()).filter(|_| !off), deposit, causes]);
    let time = last.time.clone().filter(|_| !off);
    let detail = Detail::Promised { sent: kinds, deposit, time };
    Some(Conflict::new(Kind::ChangedAfterPromise, (&[id], id), &seen, detail, &row.facts.decisions))
}

/// When a visit begins, as it is stored; that it takes longer than was thought breaks no promise.
fn start_of(time: Option<&str>) -> Option<String> {
    let time = VisitTime::from_stored(time?).ok()?;
    Some(time.wall_and_zone())
}

fn is_given_back(sent: &Promise) -> bool {
    sent.amount.as_deref().is_some_and(|amount| amount.starts_with('-'))
}

/// The entry of the price list that a visit names.
pub(super) fn service_of<B: Base>(base: &B, row: &AppointmentRow) -> Result<Option<Service>, B::Error> {
    row.service_id.map_or(Ok(None), |service| base.service(service))
}
