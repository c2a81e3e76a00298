//! What the server promises beside documents: one effect for each intent, each business by itself, revoked means out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use client_core::store::StoredIntent;
use domain::appointments::Promises;
use domain::documents::Collection;
use domain::history::changes;
use domain::ids::{AppointmentId, DeviceId};
use domain::sync::{Intent, IntentAction, IntentOutcome, IntentResult, Item, RecordKind};
use jiff::Timestamp;
use sync_server::sync::memory::Tables;
use uuid::Uuid;

use super::super::acts::Done;
use super::super::device::contents;
use super::super::history::ActKind;
use super::super::oracle::{Oracle, tokens_in};
use super::super::play::World;
use super::{Broken, must};

const I08: &str = "I08_exactly_once_effect";
const I12: &str = "I12_tenant_isolation";

/// The intents of a request, when it was worked on, and where the log stood before.
pub(in super::super) struct AskedOf<'a> {
    pub tenant: usize,
    pub at: Timestamp,
    pub head: u64,
    pub intents: &'a [Intent],
}

/// What was taken back before it was sent is not sent.
pub(in super::super) fn i08_cancelled_is_not_asked(
    oracle: &Oracle,
    device: usize,
    intents: &[Intent],
) -> Result<(), Broken> {
    let cancelled = intents.iter().find(|intent| oracle.cancelled.contains(&(device, intent.id)));
    must(cancelled.is_none(), I08, || format!("device {device} asks for what was cancelled: {cancelled:?}"))
}

/// An intent has one answer for ever, its effect happens once, and not after its deadline; nothing is done that nobody asked for.
/// Answers how many had been answered before.
pub(in super::super) fn i08_exactly_once_effect(
    oracle: &mut Oracle,
    asked: &AskedOf<'_>,
    results: &[IntentResult],
    tables: &Tables,
) -> Result<u64, Broken> {
    let mut fresh = BTreeSet::new();
    let mut repeated = Vec::new();
    for result in results.iter().filter(|result| result.result != IntentOutcome::Waiting) {
        let Some(intent) = asked.intents.iter().find(|intent| intent.id == result.id) else { continue };
        if let Some(first) = oracle.answered.get(&(asked.tenant, intent.id)) {
            must(*first == result.result, I08, || {
                format!("{intent:?} was {first:?} and is {:?}, asked again", result.result)
            })?;
            repeated.push(intent);
            continue;
        }
        // What a restored server lost is offered back by itself.
        let is_ours =
            intent.action == IntentAction::RecordOffer.as_str() || oracle.act_of_intent(intent.id).is_some();
        must(is_ours, I08, || format!("{intent:?} is {:?}, and nobody asked for it", result.result))?;
        let deadline = intent.deadline.as_ref().and_then(|text| text.parse::<Timestamp>().ok());
        let is_late = deadline.is_some_and(|deadline| deadline < asked.at);
        must(is_late == (result.result == IntentOutcome::Expired), I08, || {
            format!("at {} {intent:?} is {:?}", asked.at, result.result)
        })?;
        fresh.insert(intent.target);
        fresh.extend(promises_beside(intent));
        oracle.answered.insert((asked.tenant, intent.id), result.result);
    }
    let count = u64::try_from(repeated.len()).unwrap_or(u64::MAX);
    for intent in repeated.into_iter().filter(|intent| !fresh.contains(&intent.target)) {
        let mut new = tables.log().range(asked.head + 1..).map(|(_, entry)| entry.item);
        must(!new.any(|item| item == intent.target), I08, || {
            format!("{intent:?} was answered before and has its effect again")
        })?;
    }
    Ok(count)
}

/// A payment for a visit writes into what was promised of it, too.
fn promises_beside(intent: &Intent) -> Option<Uuid> {
    let visit: Uuid = intent.body.get("appointmentId")?.as_str()?.parse().ok()?;
    (intent.action == IntentAction::PaymentAdd.as_str()).then(|| Promises::id_of(AppointmentId(visit)))
}

/// Whoever settles a conflict asks for one message at most.
pub(in super::super) fn i08_settled_once(done: &Done, asked: &[StoredIntent]) -> Result<(), Broken> {
    let is_once = done.kind != ActKind::Resolve || asked.len() <= 1;
    must(is_once, I08, || format!("one conflict was settled, and the server is to be asked {asked:?}"))
}

/// When all is quiet, each payment that was recorded is there, written once, and no other is.
pub(super) fn i08_payments_are_there_once(
    world: &World,
    tenant: usize,
    tables: &Tables,
) -> Result<(), Broken> {
    let mut written: HashMap<Uuid, u32> = HashMap::new();
    for entry in tables.log().values() {
        *written.entry(entry.item).or_default() += 1;
    }
    let payments = tables.records().values().filter(|record| record.kind == RecordKind::Payment.as_str());
    for record in payments {
        let times = written.get(&record.id).copied().unwrap_or_default();
        must(times == 1 && record.body.is_some(), I08, || {
            format!("the payment {} was written {times} times: {:?}", record.id, record.body)
        })?;
        let mut asked = world.oracle.asked.iter().filter(|asked| asked.tenant == tenant);
        let is_asked = asked.any(|asked| asked.kind == ActKind::TakePayment && asked.target == record.id);
        must(is_asked, I08, || format!("nobody recorded the payment {}", record.id))?;
    }
    Ok(())
}

/// An answer holds nothing of a neighbour: no document, no record, no word.
pub(in super::super) fn i12_answer_is_ours(
    oracle: &Oracle,
    tenant: usize,
    items: &[Item],
) -> Result<(), Broken> {
    for item in items {
        let (id, text) = match item {
            Item::Doc(item) => (item.doc, item.row.clone().unwrap_or_default()),
            Item::Record(item) => (item.id, item.body.as_ref().map(ToString::to_string).unwrap_or_default()),
        };
        i12_is_ours(oracle, tenant, id, &text)?;
    }
    Ok(())
}

/// Who asks for the changes of a document is told them if it is of the own business, and else that there is none.
pub(in super::super) fn i12_history_is_ours(
    world: &World,
    tenant: usize,
    id: Uuid,
    collection: Collection,
) -> Result<(), Broken> {
    let found = world.server.asked_for(world.tenants[tenant], collection, id);
    let found = found.map_err(|error| Broken::new("I00_possible", error.to_string()))?;
    let told = found.map(|mut document| changes(&mut document, None, usize::MAX, None));
    let is_own = world.oracle.owners.get(&id).is_none_or(|owner| *owner == tenant);
    must(told.is_some() == is_own, I12, || {
        format!("tenant {tenant} is told of {collection} {id}, which is its own ({is_own}): {told:?}")
    })?;
    match told {
        Some(told) => {
            i12_is_ours(&world.oracle, tenant, id, &serde_json::to_string(&told).unwrap_or_default())
        }
        None => Ok(()),
    }
}

/// Nothing that a tenant's server or devices have stored is a neighbour's.
pub(super) fn i12_stored_is_ours(world: &World, tenant: usize, tables: &Tables) -> Result<(), Broken> {
    let rows: BTreeMap<Uuid, String> = tables.rows().iter().map(|(id, row)| (*id, row.to_json())).collect();
    for id in tables.documents().keys() {
        i12_is_ours(&world.oracle, tenant, *id, rows.get(id).map_or("", String::as_str))?;
    }
    for record in tables.records().values() {
        let text = record.body.as_ref().map(ToString::to_string).unwrap_or_default();
        i12_is_ours(&world.oracle, tenant, record.id, &text)?;
    }
    for device in world.devices.iter().filter(|device| device.tenant == tenant) {
        let Some(app) = &device.app else { continue };
        for id in contents(app.store())?.keys() {
            i12_is_ours(&world.oracle, tenant, *id, "")?;
        }
    }
    Ok(())
}

fn i12_is_ours(oracle: &Oracle, tenant: usize, id: Uuid, text: &str) -> Result<(), Broken> {
    let owner = oracle.owners.get(&id).copied().unwrap_or(tenant);
    must(owner == tenant, I12, || format!("tenant {tenant} is given {id} of tenant {owner}"))?;
    let mut strangers = oracle.tenants.iter().enumerate().filter(|(other, _)| *other != tenant);
    let words: BTreeSet<u32> = tokens_in(text).collect();
    let word =
        strangers.find_map(|(_, other)| words.iter().find(|word| other.tokens.contains(word)).copied());
    must(word.is_none(), I12, || format!("tenant {tenant} is given a neighbour's word {word:?} in {id}"))
}

/// Who is revoked neither reads nor writes.
pub(in super::super) fn i17_revoked_is_out(
    oracle: &Oracle,
    identity: DeviceId,
    what: &str,
) -> Result<(), Broken> {
    let is_out = oracle.revoked.contains(&identity);
    must(!is_out, "I17_revoked_is_out", || format!("the revoked device {identity} {what}"))
}
