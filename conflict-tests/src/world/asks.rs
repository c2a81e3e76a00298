//! What people ask the server for, beside services: it is queued here, sent when there is a network, done once.

use client_core::app::{App, AppError, Span};
use client_core::store::{IntentState, StoredIntent};
use domain::ids::{IntentId, PaymentId};
use domain::settings::Section;
use domain::sync::{Intent, IntentAction};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::acts::{Done, add_service, object, pick, text};
use super::history::{Act, ActKind};

/// Money in hand, for a visit if there is one.
pub(super) fn take_payment(app: &mut App, act: &Act, word: &str, done: &mut Done) -> Result<(), AppError> {
    let visit = pick(app.appointments(Span::default())?, act.pick);
    let (visit, client) = visit.map_or((None, None), |visit| (Some(visit.id), visit.client_id));
    let id = PaymentId(app.new_id());
    let fields = json!({ "date": "2026-12-01", "amount": 100 + act.token % 900, "clientId": client,
                         "appointmentId": visit, "description": word, "provider": "cash" });
    done.shown = Some(text(&app.add_payment(id, &object(fields))?));
    Ok(())
}

/// A section of the settings, with the version that this device has seen.
pub(super) fn change_setting(app: &mut App, word: &str, done: &mut Done) -> Result<(), AppError> {
    let name = object(json!({ "displayName": format!("Studio {word}") }));
    done.shown = Some(text(&app.put_setting(Section::Branding, &name)?));
    Ok(())
}

/// A service that the server must have heard of within a minute; for one in three it is too late already.
pub(super) fn ask_in_time(
    app: &mut App,
    act: &Act,
    word: &str,
    server_now: Timestamp,
) -> Result<(), AppError> {
    let seconds = i64::from(act.pick % 90) - 30;
    let body = json!({ "name": format!("In time {word}"), "basePrice": 900, "durationMin": 30 });
    let intent = Intent {
        id: IntentId(app.new_id()),
        action: IntentAction::ServiceAdd.as_str().to_owned(),
        target: app.new_id(),
        body: object(body),
        after: Vec::new(),
        deadline: Some((server_now + SignedDuration::from_secs(seconds)).to_string()),
    };
    let at = app.now().as_second();
    app.store_mut().write(|tx| Ok(tx.add_intent(&intent, at)?))
}

/// Takes back what was not sent yet. If there is nothing, she asks for something and thinks better of it.
pub(super) fn cancel(app: &mut App, act: &Act, word: &str, done: &mut Done) -> Result<(), AppError> {
    let pending = |app: &App| in_state(app, IntentState::Pending);
    if pending(app)?.is_empty() {
        add_service(app, 1_000, word, done)?;
        (done.kind, done.shown) = (ActKind::CancelIntent, None);
    }
    if let Some(stored) = pick(pending(app)?, act.pick) {
        app.cancel_intent(stored.intent.id)?;
        done.cancelled = Some(stored.intent.id);
    }
    Ok(())
}

/// What was done long ago is asked once more, as a device does that was copied or restored.
pub(super) fn ask_again(app: &mut App, act: &Act, word: &str, done: &mut Done) -> Result<(), AppError> {
    match pick(in_state(app, IntentState::Done)?, act.pick) {
        Some(stored) => done.again = Some(stored.intent),
        None => add_service(app, 1_000, word, done)?,
    }
    Ok(())
}

fn in_state(app: &App, state: IntentState) -> Result<Vec<StoredIntent>, AppError> {
    let all = app.store().read::<_, AppError>(|tx| Ok(tx.intents()?))?;
    Ok(all.into_iter().filter(|stored| stored.state == state).collect())
}
