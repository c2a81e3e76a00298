//! How a command fails: an exit code for scripts, a code for programs, words for people.

use std::process::ExitCode;

use client_core::driver::RemoteError;
use client_core::driver::media::PictureError;
use client_core::store::StoreError;
use client_core::sync::Failure;
use client_core::{AppError, app};
use domain::errors::{ErrorCode, FieldProblem};
use domain::lang::{self, Lang};
use serde_json::{Map, Value as Json, json};

/// What `--help` says about exit codes.
pub(crate) const EXIT_CODES: &str = "Exit codes:
  0  done
  1  failed
  2  the command line is wrong
  3  the server cannot be reached
  4  there is no such thing
  5  some fields cannot be accepted
  6  not signed in, or this device was disconnected
  7  the home is locked: wrong or missing passphrase
  8  verify found differences";

/// An exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Ok = 0,
    Failed = 1,
    Usage = 2,
    Offline = 3,
    NotFound = 4,
    Invalid = 5,
    Unauthorized = 6,
    Locked = 7,
    Different = 8,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command was not carried out.
#[derive(Debug)]
pub(crate) struct Failed {
    exit: Exit,
    code: String,
    /// More than the code says; without it the code's own words are shown.
    message: Option<String>,
    fields: Map<String, Json>,
}

impl Failed {
    pub(crate) fn new(exit: Exit, code: ErrorCode, message: impl Into<String>) -> Self {
        Self { exit, code: code.to_string(), message: Some(message.into()), fields: Map::new() }
    }

    /// With a code of its own kind, such as that of an import.
    pub(crate) fn named(exit: Exit, code: &str, message: impl Into<String>) -> Self {
        Self { exit, code: code.to_owned(), message: Some(message.into()), fields: Map::new() }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, ErrorCode::BadRequest, message)
    }

    pub(crate) fn locked(message: impl Into<String>) -> Self {
        Self::new(Exit::Locked, ErrorCode::Unauthorized, message)
    }

    /// One field that cannot be understood.
    pub(crate) fn field(name: &str, problem: FieldProblem) -> Self {
        AppError::Invalid(domain::errors::FieldErrors::one(name, problem)).into()
    }

    pub(crate) const fn exit(&self) -> Exit {
        self.exit
    }

    pub(crate) fn json(&self, lang: Lang) -> String {
        let message = self.message(lang);
        json!({ "error": { "code": self.code, "message": message, "fields": self.fields } }).to_string()
    }

    pub(crate) fn text(&self, lang: Lang) -> String {
        let mut text = self.message(lang);
        for (name, problem) in &self.fields {
            let words = problem.as_str().and_then(FieldProblem::from_wire);
            let words =
                words.map_or_else(|| problem.to_string(), |p| lang::field_message(lang, p).to_owned());
            text = format!("{text}\n  {name}: {words}");
        }
        text
    }

    fn message(&self, lang: Lang) -> String {
        let code = ErrorCode::from_wire(&self.code);
        let words = code.map_or(self.code.as_str(), |code| lang::error_message(lang, code));
        self.message.clone().unwrap_or_else(|| words.to_owned())
    }
}

impl From<AppError> for Failed {
    fn from(error: AppError) -> Self {
        let exit = match &error {
            AppError::NotFound(_) => Exit::NotFound,
            AppError::Invalid(_) => Exit::Invalid,
            AppError::NotSignedIn => Exit::Unauthorized,
            AppError::Store(StoreError::WrongPassphrase) => Exit::Locked,
            _ => Exit::Failed,
        };
        let fields = error.fields().iter().map(|(name, problem)| (name.to_owned(), json!(problem))).collect();
        // Where the code has good words of its own, those are translated.
        let has_own_words =
            matches!(error, AppError::NotFound(_) | AppError::Invalid(_) | AppError::Impossible(_));
        let message = (!has_own_words).then(|| error.to_string());
        Self { exit, code: error.code().to_string(), message, fields }
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        AppError::from(error).into()
    }
}

impl From<RemoteError> for Failed {
    fn from(error: RemoteError) -> Self {
        match error {
            RemoteError::Offline(why) => Self {
                exit: Exit::Offline,
                code: "offline".to_owned(),
                message: Some(why),
                fields: Map::new(),
            },
            RemoteError::Garbled(why) => Self::new(Exit::Failed, ErrorCode::Unavailable, why),
            RemoteError::Refused(status, problem) => Self {
                exit: match status {
                    401 | 403 => Exit::Unauthorized,
                    404 => Exit::NotFound,
                    422 => Exit::Invalid,
                    _ => Exit::Failed,
                },
                code: problem.code,
                message: Some(problem.message),
                fields: problem
                    .fields
                    .into_iter()
                    .map(|(name, problem)| (name, Json::from(problem)))
                    .collect(),
            },
        }
    }
}

impl From<PictureError> for Failed {
    fn from(error: PictureError) -> Self {
        match error {
            PictureError::Remote(error) => error.into(),
            PictureError::App(error) => error.into(),
        }
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        let (exit, code) = match &failure {
            Failure::Offline(_) | Failure::Timeout | Failure::Cut(_) => (Exit::Offline, ErrorCode::Offline),
            Failure::Unauthorized => (Exit::Unauthorized, ErrorCode::Unauthorized),
            Failure::Revoked => (Exit::Unauthorized, ErrorCode::DeviceRevoked),
            Failure::UnsupportedProtocol => (Exit::Failed, ErrorCode::UnsupportedProtocol),
            Failure::TooLarge => (Exit::Failed, ErrorCode::PayloadTooLarge),
            Failure::BadCursor => (Exit::Failed, ErrorCode::BadCursor),
            Failure::Garbled(_) | Failure::Server(_) | Failure::Refused(_) => {
                (Exit::Failed, ErrorCode::Unavailable)
            }
        };
        Self::new(exit, code, failure.to_string())
    }
}

/// Prints what she has not been told yet; to standard error, so that `--json` stays one value.
pub(crate) fn tell(app: &mut client_core::App, lang: Lang) -> Result<(), AppError> {
    for notice in app.take_notices()? {
        eprintln!("! {}", app::notices::text(&notice, lang));
    }
    Ok(())
}
