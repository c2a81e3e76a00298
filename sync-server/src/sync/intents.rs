//! Intents: what devices ask the server to do, run once inside the sync that carries them.
//!
//! Only intents without outside effects are here. Their bodies are the JSON that REST takes, read by the same
//! functions of the domain; an intent asked again gets its first answer.

use std::collections::BTreeMap;

use domain::api::Refusal as Refused;
use domain::appointments::Promises;
use domain::dates::is_day_of_ours;
use domain::errors::{ErrorCode, FieldErrors};
use domain::ids::{PaymentId, ServiceId, TenantId};
use domain::input::is_plain;
use domain::invoices::Invoice;
use domain::media::Media;
use domain::money::Currency;
use domain::payments::Payment;
use domain::services::{Service, ServiceEdit};
use domain::settings::{Profile, Section, Setting};
use domain::sync::{Intent, IntentAction, IntentOutcome, IntentResult, RecordKind};
use domain::till::Closing;
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::bugs::{self, Bug};
use super::payments;
use super::promises;
use super::session::Session;
use super::settings;
use super::tx::Tx;
use crate::db::StoreError;

/// Runs one intent, or repeats what became of it.
pub async fn run<T: Tx>(
    session: &mut Session<'_, T>,
    intent: &Intent,
    now: Timestamp,
) -> Result<IntentResult, StoreError> {
    if let Some(result) = session.tx.intent(intent.id).await?
        && !bugs::on(Bug::IntentRunsAgain)
    {
        return Ok(result);
    }
    for hash in &intent.after {
        if !session.tx.has_change(*hash).await? && !session.has_new_change(*hash) {
            return Ok(answer(intent, IntentOutcome::Waiting, Some(ErrorCode::IntentWaiting)));
        }
    }
    let result = match deadline(intent) {
        Err(()) => answer(intent, IntentOutcome::Refused, Some(ErrorCode::IntentInvalid)),
        Ok(Some(deadline)) if deadline < now => {
            answer(intent, IntentOutcome::Expired, Some(ErrorCode::IntentExpired))
        }
        Ok(_) => match act(session, intent, now).await? {
            Ok(()) => answer(intent, IntentOutcome::Done, None),
            Err(refusal) => {
                let mut result = answer(intent, IntentOutcome::Refused, Some(refusal.code));
                result.fields =
                    refusal.fields.iter().map(|(name, problem)| (name.to_owned(), problem)).collect();
                result
            }
        },
    };
    session.tx.keep_intent(intent, &result).await?;
    Ok(result)
}

struct Refusal {
    code: ErrorCode,
    fields: FieldErrors,
}

impl From<FieldErrors> for Refusal {
    fn from(fields: FieldErrors) -> Self {
        Self { code: ErrorCode::ValidationFailed, fields }
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self { code, fields: FieldErrors::new() }
    }
}

async fn act<T: Tx>(
    session: &mut Session<'_, T>,
    intent: &Intent,
    now: Timestamp,
) -> Result<Result<(), Refusal>, StoreError> {
    let Some(action) = IntentAction::parse(&intent.action) else {
        return Ok(Err(ErrorCode::IntentInvalid.into()));
    };
    let (kind, body) = match action {
        IntentAction::ServiceAdd | IntentAction::ServiceEdit | IntentAction::ServiceRemove => {
            let kind = RecordKind::Service.as_str();
            let standing = session.record_body(kind, intent.target).await?;
            match service(action, intent, standing, currency(session).await?, now) {
                Ok(change) => (kind.to_owned(), change),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        IntentAction::PaymentAdd => {
            let kind = RecordKind::Payment.as_str();
            if session.record_body(kind, intent.target).await?.is_some() {
                return Ok(Ok(()));
            }
            let id = PaymentId(intent.target);
            match Payment::new_from_json(id, &intent.body, currency(session).await?, &now.to_string()) {
                Ok(payment) => {
                    let kept = payments::keep(session, payment).await?;
                    return Ok(kept
                        .map(drop)
                        .map_err(|Refused { code, fields, .. }| Refusal { code, fields }));
                }
                Err(fields) => return Ok(Err(fields.into())),
            }
        }
        IntentAction::PaymentRemove => {
            let kind = RecordKind::Payment.as_str();
            match session.record_body(kind, intent.target).await? {
                None => return Ok(Ok(())),
                // Only what an import brought, and only in the name of that import: books are corrected by refunds.
                Some(body)
                    if body.get("invoiceId").is_none()
                        && body
                            .pointer("/metadata/importId")
                            .is_some_and(|id| Some(id) == intent.body.get("importId")) =>
                {
                    (kind.to_owned(), Change::Remove)
                }
                Some(_) => return Ok(Err(ErrorCode::IntentInvalid.into())),
            }
        }
        IntentAction::SettingsPut => {
            let standing = session.record_body(RecordKind::Settings.as_str(), intent.target).await?;
            let (tenant, business) = (session.tx.tenant(), settings::business(session).await?);
            return match setting(intent, standing.as_ref(), tenant, &business, now) {
                Ok(setting) => Ok(settings::keep(session, tenant, &setting).await?.map_err(Refusal::from)),
                Err(refusal) => Ok(Err(refusal)),
            };
        }
        IntentAction::ClientTell => {
            let kind = RecordKind::Message.as_str();
            if session.record_body(kind, intent.target).await?.is_some() {
                return Ok(Ok(()));
            }
            match message(intent, now) {
                Some(body) => (kind.to_owned(), Change::Write(body)),
                None => return Ok(Err(ErrorCode::IntentInvalid.into())),
            }
        }
        IntentAction::RecordOffer => match offered(session, intent).await? {
            Ok(Some((kind, body))) => (kind, Change::Write(body)),
            Ok(None) => return Ok(Ok(())),
            Err(code) => return Ok(Err(code.into())),
        },
    };
    match change_body(&body) {
        Some(body) => session.keep_record(&kind, intent.target, body).await?,
        None => return Ok(Ok(())),
    }
    Ok(Ok(()))
}

enum Change {
    Nothing,
    Write(Json),
    Remove,
}

#[expect(clippy::option_option, reason = "outer: is there a change; inner: a body, or removal")]
fn change_body(change: &Change) -> Option<Option<&Json>> {
    match change {
        Change::Nothing => None,
        Change::Write(body) => Some(Some(body)),
        Change::Remove => Some(None),
    }
}

fn service(
    action: IntentAction,
    intent: &Intent,
    standing: Option<Json>,
    currency: Currency,
    now: Timestamp,
) -> Result<Change, Refusal> {
    let now = now.to_string();
    let standing: Option<Service> = standing.and_then(|body| serde_json::from_value(body).ok());
    let service = match (action, standing) {
        (IntentAction::ServiceAdd, Some(_)) | (IntentAction::ServiceRemove, None) => {
            return Ok(Change::Nothing);
        }
        (IntentAction::ServiceAdd, None) => {
            ServiceEdit::new_from_json(&intent.body, currency)?.add(ServiceId(intent.target), currency, &now)
        }
        (IntentAction::ServiceRemove, Some(_)) => return Ok(Change::Remove),
        (_, None) => return Err(ErrorCode::NotFound.into()),
        (_, Some(service)) => ServiceEdit::patch_from_json(&intent.body, currency)?.apply(service, &now),
    };
    serde_json::to_value(service).map(Change::Write).map_err(|_| ErrorCode::Internal.into())
}

/// A message to a client as it begins: not sent, until a channel takes it.
fn message(intent: &Intent, now: Timestamp) -> Option<Json> {
    let id = |name: &str| match intent.body.get(name) {
        None | Some(Json::Null) => Some(None),
        Some(id) => id.as_str().and_then(|id| id.parse::<Uuid>().ok()).map(Some),
    };
    let (client, visit) = (id("clientId")?, id("appointmentId")??);
    let about = intent.body.get("about").and_then(Json::as_str).filter(|about| *about == "cancelled")?;
    Some(json!({ "id": intent.target, "clientId": client, "appointmentId": visit, "about": about,
                 "state": "not_sent", "createdAt": now.to_string() }))
}

/// A section of the settings as the device wants it, if it saw the one that stands.
fn setting(
    intent: &Intent,
    standing: Option<&Json>,
    tenant: TenantId,
    business: &Profile,
    now: Timestamp,
) -> Result<Setting, Refusal> {
    let section =
        intent.body.get("section").and_then(Json::as_str).and_then(|word| word.parse::<Section>().ok());
    let value = intent.body.get("value").and_then(Json::as_object);
    let (Some(section), Some(value)) = (section, value) else { return Err(ErrorCode::IntentInvalid.into()) };
    if section.id(tenant) != intent.target {
        return Err(ErrorCode::IntentInvalid.into());
    }
    let value = section.read(value, business)?;
    let seen = intent.body.get("version").and_then(Json::as_u64);
    Setting::from_record(section, standing, business)
        .replace(seen, value, &now.to_string())
        .map_err(|_| ErrorCode::Conflict.into())
}

/// A record that a device still has and a restored server lost. Kept only where there never was anything: what was removed
/// stays removed. To what went out about a visit the entries are added that are not there.
async fn offered<T: Tx>(
    session: &mut Session<'_, T>,
    intent: &Intent,
) -> Result<Result<Option<(String, Json)>, ErrorCode>, StoreError> {
    let kind = intent.body.get("record").and_then(Json::as_str).unwrap_or_default();
    let Some(body) = intent.body.get("body") else { return Ok(Err(ErrorCode::IntentInvalid)) };
    let is_whole = match kind {
        _ if !is_plain(body) => false,
        "service" => serde_json::from_value::<Service>(body.clone())
            .is_ok_and(|s| s.id.0 == intent.target && is_moment(&s.created_at) && is_moment(&s.updated_at)),
        "payment" => serde_json::from_value::<Payment>(body.clone()).is_ok_and(|p| {
            p.id.0 == intent.target && is_day(&p.date) && is_moment(&p.created_at) && p.money().is_some()
        }),
        "invoice" => serde_json::from_value::<Invoice>(body.clone())
            .is_ok_and(|invoice| invoice.id.0 == intent.target && invoice.is_sound()),
        "till" => serde_json::from_value::<Closing>(body.clone())
            .is_ok_and(|closing| closing.id == intent.target && closing.is_sound(session.tx.tenant())),
        "message" => {
            let text = |name: &str| body.get(name).and_then(Json::as_str);
            text("id") == Some(&intent.target.to_string())
                && text("state").is_some()
                && text("createdAt").is_some_and(is_moment)
        }
        "promises" => serde_json::from_value::<Promises>(body.clone())
            .is_ok_and(|all| all.id == intent.target && Promises::id_of(all.appointment_id) == all.id),
        "media" => serde_json::from_value::<Media>(body.clone())
            .is_ok_and(|media| media.id.0 == intent.target && media.is_sound()),
        "settings" => is_setting(session, intent.target, body).await?,
        _ => false,
    };
    if !is_whole {
        return Ok(Err(ErrorCode::IntentInvalid));
    }
    if kind == RecordKind::Promises.as_str()
        && let Ok(promised) = serde_json::from_value(body.clone())
        && let Some(all) = promises::united(session, promised).await?
    {
        return Ok(Ok(Some((kind.to_owned(), all))));
    }
    let was_there = session.knows_record(kind, intent.target).await?;
    if !was_there
        && kind == RecordKind::Payment.as_str()
        && let Ok(payment) = serde_json::from_value(body.clone())
    {
        payments::note_offered(session, &payment).await?;
    }
    Ok(Ok((!was_there).then(|| (kind.to_owned(), body.clone()))))
}

fn is_moment(text: &str) -> bool {
    text.parse::<Timestamp>().is_ok()
}

fn is_day(text: &str) -> bool {
    text.parse().is_ok_and(is_day_of_ours)
}

/// Whether a body is a section of this tenant's settings.
async fn is_setting<T: Tx>(session: &mut Session<'_, T>, id: Uuid, body: &Json) -> Result<bool, StoreError> {
    let business = settings::business(session).await?;
    let section = body.get("section").and_then(Json::as_str).and_then(|word| word.parse::<Section>().ok());
    let tenant = session.tx.tenant();
    Ok(section.is_some_and(|section| {
        // What the business is stands in its own record, which devices cannot give back.
        let read = Setting::from_record(section, Some(body), &business);
        section != Section::Profile
            && section.id(tenant) == id
            && read.version > 0
            && read.to_record().is_ok_and(|record| record == *body)
    }))
}

async fn currency<T: Tx>(session: &mut Session<'_, T>) -> Result<Currency, StoreError> {
    Ok(settings::business(session).await?.currency)
}

fn deadline(intent: &Intent) -> Result<Option<Timestamp>, ()> {
    intent.deadline.as_deref().map(str::parse).transpose().map_err(|_| ())
}

fn answer(intent: &Intent, result: IntentOutcome, code: Option<ErrorCode>) -> IntentResult {
    IntentResult { id: intent.id, result, code, fields: BTreeMap::new() }
}
