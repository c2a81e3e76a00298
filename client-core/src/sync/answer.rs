//! Keeping an answer: results, items, intents and the cursor that came with them, in one transaction (rule D5).

use domain::sync::{Answer, IntentOutcome, IntentResult, Item};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::engine::{Asked, Work};
use super::{
    CLOCK_AHEAD, CURSOR, Context, EPOCH, HEAD, LAST_CONTACT, RESTORED, Report, ask, items, notice, records,
    results, spread,
};
use crate::app::notices;
use crate::conflicts;
use crate::store::{IntentState, Result, Tx};

/// How often something is asked for that does not come.
const MOST_TRIES: u32 = 5;
const NINETY_DAYS: i64 = 90 * 24 * 3600;
/// Five minutes: above that, the clock is called wrong.
const CLOCK_TOLERANCE: i64 = 300;

/// Keeps an answer; answers what there still is to say or to get.
pub(super) fn keep(
    tx: &Tx<'_>,
    context: &mut Context<'_>,
    asked: &Asked,
    answer: &Answer,
    report: &mut Report,
) -> Result<Work> {
    let at = context.now.as_second();
    // By the server's clock, whatever the one here says; an answer without a time that can be read is taken as now.
    let there = answer.server_time.parse().map_or(at, Timestamp::as_second);
    notice_epoch(tx, answer.epoch, at, there)?;
    results::apply(tx, context, &answer.results, report)?;
    items::receive(tx, &answer.items, &asked.want, at, report)?;
    for item in &answer.items {
        if let Item::Record(record) = item {
            records::receive(tx, record, at)?;
            report.pulled += 1;
        }
    }
    for result in &answer.intents {
        intent(tx, result, (at, there), report)?;
    }
    for wanted in &asked.want {
        // What came was taken off the list; the rest was asked for in vain.
        if tx.want_in_vain(*wanted, MOST_TRIES)? {
            tx.notify(at, notices::MISSING_ON_SERVER, &json!({ "id": wanted }))?;
        }
    }
    spread::note(tx, answer)?;
    tx.set_meta(CURSOR, &answer.cursor)?;
    tx.set_meta(HEAD, &answer.head)?;
    tx.set_meta(LAST_CONTACT, &context.now.to_string())?;
    notice_clock(tx, context.now, &answer.server_time)?;
    records::tell_suspension(tx, context.now)?;
    if !answer.more {
        tx.settle_intents()?;
        conflicts::catch_up(tx)?;
    }
    ask::work(tx)
}

/// A new epoch: the server was restored from a backup. It goes back to the last common point by itself; what it was
/// asked to do since then is asked again, and the comparison finds what else it lacks.
fn notice_epoch(tx: &Tx<'_>, epoch: Uuid, at: i64, there: i64) -> Result<()> {
    let known: Option<Uuid> = tx.meta(EPOCH)?;
    if known == Some(epoch) {
        return Ok(());
    }
    tx.set_meta(EPOCH, &epoch)?;
    if known.is_some() {
        tx.set_meta(RESTORED, &true)?;
        spread::forget(tx)?;
        tx.ask_done_intents_again(there - NINETY_DAYS)?;
        tx.notify(at, notices::SERVER_RESTORED, &json!({}))?;
    }
    Ok(())
}

fn intent(tx: &Tx<'_>, result: &IntentResult, (at, there): (i64, i64), report: &mut Report) -> Result<()> {
    let state = match result.result {
        IntentOutcome::Waiting => return Ok(()),
        IntentOutcome::Done => IntentState::Done,
        IntentOutcome::Refused => IntentState::Refused,
        IntentOutcome::Expired => IntentState::Expired,
    };
    let Some(stored) = tx.intent(result.id)? else { return Ok(()) };
    let is_news = stored.state != state;
    tx.set_intent(result.id, state, result.code, &result.fields)?;
    if is_news && state == IntentState::Done {
        tx.intent_was_done(result.id, there)?;
    }
    if is_news && state != IntentState::Done {
        report.refused += 1;
        let args = json!({ "action": stored.intent.action, "id": stored.intent.target, "code": result.code });
        let told = match state {
            IntentState::Expired => notices::INTENT_EXPIRED,
            _ => notices::INTENT_REFUSED,
        };
        tx.notify(at, told, &args)?;
    }
    Ok(())
}

fn notice_clock(tx: &Tx<'_>, now: Timestamp, server_time: &str) -> Result<()> {
    let Ok(server) = server_time.parse::<Timestamp>() else { return Ok(()) };
    let seconds = now.as_second() - server.as_second();
    tx.set_meta(CLOCK_AHEAD, &seconds)?;
    if seconds.abs() > CLOCK_TOLERANCE {
        notice::daily(tx, now, notices::CLOCK_OFF, &json!({ "seconds": seconds }))?;
    }
    Ok(())
}
