//! What the body of a writing request may be.

use axum::http::HeaderMap;
use domain::api::only_flag;
use serde_json::{Map, Value as Json};

use crate::http::{JsonObject, Problem};

/// A body that a [`super::Write`] can read from bytes.
pub trait ReadBody: Sized {
    /// Reads it.
    fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<Self, Problem>;
}

impl ReadBody for JsonObject {
    fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<Self, Problem> {
        Self::parse(headers, bytes)
    }
}

/// A body that may be left out: nothing means no fields.
#[derive(Clone, Debug)]
pub struct MaybeObject(pub Map<String, Json>);

impl ReadBody for MaybeObject {
    fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<Self, Problem> {
        if bytes.is_empty() || bytes == b"null" {
            return Ok(Self(Map::new()));
        }
        JsonObject::parse(headers, bytes).map(|JsonObject(object)| Self(object))
    }
}

impl MaybeObject {
    /// The flag that it may hold, and nothing else.
    pub fn only_flag(self, name: &'static str) -> Result<bool, Problem> {
        Ok(only_flag(self.0, name)?)
    }
}

/// A request whose body, if there is one, says nothing: a `DELETE`.
#[derive(Clone, Copy, Debug)]
pub struct NoBody;

impl ReadBody for NoBody {
    fn read(_: &HeaderMap, _: &[u8]) -> Result<Self, Problem> {
        Ok(Self)
    }
}
