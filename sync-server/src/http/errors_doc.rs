//! The error answers of the API description: which codes a kind of route may answer with, each with an example.

use std::collections::BTreeMap;

use domain::errors::{ErrorCode, FieldErrors, FieldProblem};
use domain::lang::Lang;
use serde_json::{Value as Json, json};
use utoipa::IntoResponses;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder, ResponsesBuilder};

use ErrorCode as E;

/// Of a route that anybody may call with a body.
#[derive(Debug)]
pub struct AnonymousErrors;
/// Of a route at which somebody signs in.
#[derive(Debug)]
pub struct SignInErrors;
/// Of a route that changes how somebody signs in: by password, code or letter.
#[derive(Debug)]
pub struct PasswordErrors;
/// Of a route that reads a list.
#[derive(Debug)]
pub struct ListErrors;
/// Of a route that reads a list that belongs to one thing.
#[derive(Debug)]
pub struct ItemListErrors;
/// Of a route that answers a question about things that are named in the query.
#[derive(Debug)]
pub struct QuestionErrors;
/// Of a route that reads or removes one thing.
#[derive(Debug)]
pub struct ItemErrors;
/// Of a route that takes a body and changes something.
#[derive(Debug)]
pub struct WriteErrors;
/// Of a route whose body is a file or a piece of one.
#[derive(Debug)]
pub struct UploadErrors;
/// Of a route that removes something.
#[derive(Debug)]
pub struct RemoveErrors;
/// Of a route by which an appointment comes to need an hour.
#[derive(Debug)]
pub struct BookErrors;
/// Of a route by which there comes to be more of what a plan has room for.
#[derive(Debug)]
pub struct LimitErrors;
/// Of a route by which a client comes to have a phone or an e-mail.
#[derive(Debug)]
pub struct ContactErrors;

/// Of a route by which money is asked for, taken or given back.
#[derive(Debug)]
pub struct MoneyErrors;

/// Of a route at which a provider tells us something.
#[derive(Debug)]
pub struct WebhookErrors;

/// What every list may answer.
const LIST: [ErrorCode; 6] =
    [E::BadRequest, E::BadCursor, E::Unauthorized, E::Forbidden, E::DeviceRevoked, E::Unavailable];

/// What every [`crate::writes::Write`] may answer.
const WRITE: [ErrorCode; 14] = [
    E::BadJson,
    E::BadRequest,
    E::Unauthorized,
    E::DeviceRevoked,
    E::Forbidden,
    E::TenantSuspended,
    E::NotFound,
    E::PreconditionFailed,
    E::PayloadTooLarge,
    E::UnsupportedMediaType,
    E::ValidationFailed,
    E::IdempotencyMismatch,
    E::RequestRunning,
    E::Unavailable,
];

impl IntoResponses for AnonymousErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        answers(&[
            E::BadJson,
            E::Unauthorized,
            E::Forbidden,
            E::PayloadTooLarge,
            E::UnsupportedMediaType,
            E::ValidationFailed,
            E::TooManyRequests,
            E::Unavailable,
        ])
    }
}

impl IntoResponses for SignInErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        answers(&[
            E::BadJson,
            E::Unauthorized,
            E::SecondFactorRequired,
            E::SecondFactorWrong,
            E::Forbidden,
            E::PayloadTooLarge,
            E::UnsupportedMediaType,
            E::ValidationFailed,
            E::TooManyRequests,
            E::Unavailable,
        ])
    }
}

impl IntoResponses for PasswordErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        answers(&[
            E::BadJson,
            E::Unauthorized,
            E::SecondFactorRequired,
            E::SecondFactorWrong,
            E::Forbidden,
            E::DeviceRevoked,
            E::FeatureNotAllowed,
            E::PayloadTooLarge,
            E::UnsupportedMediaType,
            E::ValidationFailed,
            E::TooManyRequests,
            E::MailNotConfigured,
            E::Unavailable,
        ])
    }
}

impl IntoResponses for ListErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        answers(&LIST)
    }
}

impl IntoResponses for ItemListErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        answers(&[&LIST[..], &[E::NotFound]].concat())
    }
}

impl IntoResponses for QuestionErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        answers(&[
            E::BadRequest,
            E::Unauthorized,
            E::DeviceRevoked,
            E::Forbidden,
            E::NotFound,
            E::Unavailable,
        ])
    }
}

impl IntoResponses for ItemErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        answers(&[E::Unauthorized, E::DeviceRevoked, E::Forbidden, E::NotFound, E::Unavailable])
    }
}

impl IntoResponses for WriteErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        answers(&WRITE)
    }
}

impl IntoResponses for UploadErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        answers(&[
            E::BadRequest,
            E::Unauthorized,
            E::DeviceRevoked,
            E::Forbidden,
            E::StorageFull,
            E::NotFound,
            E::Conflict,
            E::RequestRunning,
            E::PayloadTooLarge,
            E::ValidationFailed,
            E::Unavailable,
        ])
    }
}

impl IntoResponses for RemoveErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        answers(&[
            E::BadRequest,
            E::Unauthorized,
            E::DeviceRevoked,
            E::Forbidden,
            E::TenantSuspended,
            E::NotFound,
            E::PreconditionFailed,
            E::PayloadTooLarge,
            E::IdempotencyMismatch,
            E::RequestRunning,
            E::Unavailable,
        ])
    }
}

impl IntoResponses for BookErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        answers(&[&[E::SlotTaken], &WRITE[..]].concat())
    }
}

impl IntoResponses for LimitErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        answers(&[&[E::PlanLimit], &WRITE[..]].concat())
    }
}

impl IntoResponses for ContactErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        answers(&[&[E::ClientExists], &WRITE[..]].concat())
    }
}

impl IntoResponses for MoneyErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let closed = [E::InvoiceClosed, E::DayClosed, E::Conflict];
        let online = [E::PaymentsNotConnected, E::PaymentPending, E::VisitClosed, E::FeatureNotAllowed];
        answers(&[&closed, &WRITE[..], &online, &[E::MailNotConfigured]].concat())
    }
}

impl IntoResponses for WebhookErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        answers(&[
            E::BadJson,
            E::Unauthorized,
            E::Forbidden,
            E::NotFound,
            E::PayloadTooLarge,
            E::TooManyRequests,
            E::Unavailable,
        ])
    }
}

/// Codes by their status; several with one status share an answer.
fn answers(codes: &[ErrorCode]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    for &code in codes.iter().chain(&[E::Internal]) {
        by_status.entry(code.http_status()).or_default().push(code);
    }
    let responses = by_status.into_iter().map(|(status, codes)| (status.to_string(), answer(&codes)));
    ResponsesBuilder::new().responses_from_iter(responses).build().responses.into_iter().collect()
}

fn answer(codes: &[ErrorCode]) -> Response {
    let names: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("ProblemBody")))
        .example(codes.first().map(|code| example(*code)))
        .build();
    ResponseBuilder::new().description(names.join(", ")).content("application/json", content).build()
}

fn example(code: ErrorCode) -> Json {
    let fields = match code {
        E::ValidationFailed => FieldErrors::one("phone", FieldProblem::InvalidPhone),
        _ => FieldErrors::new(),
    };
    let fields: serde_json::Map<String, Json> = fields
        .iter()
        .map(|(name, problem)| {
            let message = domain::lang::field_message(Lang::En, problem);
            (name.to_owned(), json!({ "code": problem, "message": message }))
        })
        .collect();
    let message = domain::lang::error_message(Lang::En, code);
    json!({ "error": { "code": code, "message": message, "fields": fields } })
}
