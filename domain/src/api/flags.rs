//! What a body may be, and the flags in it that are about the request and not about the thing.

use serde_json::{Map, Value as Json};

use crate::errors::{FieldErrors, FieldProblem};

/// Whether a `Content-Type` says `application/json`, or something like `application/merge-patch+json`, with any parameters.
#[must_use]
pub fn says_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Takes a flag such as `allowOverlap` out of a body; absent and `null` mean no.
pub fn take_flag(object: &mut Map<String, Json>, name: &'static str, errors: &mut FieldErrors) -> bool {
    match object.remove(name) {
        None | Some(Json::Null) => false,
        Some(Json::Bool(flag)) => flag,
        Some(_) => {
            errors.add(name, FieldProblem::Invalid);
            false
        }
    }
}

/// The flag that a body may hold, and nothing else.
pub fn only_flag(mut object: Map<String, Json>, name: &'static str) -> Result<bool, FieldErrors> {
    let mut errors = FieldErrors::new();
    let flag = take_flag(&mut object, name, &mut errors);
    for stray in object.keys() {
        errors.add(stray, FieldProblem::Unknown);
    }
    errors.into_result(flag)
}
