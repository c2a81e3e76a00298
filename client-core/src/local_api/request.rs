//! A request as a slice reads it: path, query, headers, body, each way to be wrong with its documented answer.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::Query;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, Uri};
use domain::api::{Known, QueryFields, Tag, Wanted};
use domain::errors::ErrorCode;
use domain::lang::Lang;
use domain::settings::Section;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::problem::Problem;

/// A request that is about to be answered here.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) method: String,
    /// `/clients/{id}`.
    pub(super) route: String,
    /// The names in the path, and what stands there.
    pub(super) params: Vec<(String, String)>,
    /// Path and query, as they were written.
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// What the body of a writing request may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// A JSON object.
    Object,
    /// A JSON object, or nothing.
    Maybe,
    /// Whatever it is, it says nothing.
    Nothing,
}

impl Ask {
    /// In which language the caller is answered; the person's own, if none is asked for.
    pub(super) fn asked_language(&self) -> Option<Lang> {
        language(&self.headers)
    }

    /// Refuses a path that names nothing: what is no id is the id of nobody.
    pub(super) fn check_path(&self) -> Result<(), Problem> {
        let is_sound = |(name, text): &(String, String)| match name.as_str() {
            "section" => Section::from_str(text).is_ok(),
            _ => text.parse::<Uuid>().is_ok(),
        };
        if self.params.iter().all(is_sound) { Ok(()) } else { Err(Problem::not_found()) }
    }

    /// What stands in the path under this name.
    pub(super) fn path<T: FromStr>(&self, name: &str) -> Result<T, Problem> {
        let found = self.params.iter().find(|(own, _)| own == name);
        found.and_then(|(_, text)| text.parse().ok()).ok_or_else(Problem::not_found)
    }

    /// The query.
    pub(super) fn query(&self) -> Result<QueryFields, Problem> {
        query(&self.uri)
    }

    /// What the caller has already.
    pub(super) fn known(&self) -> Known {
        Known::read(self.headers.get_all(IF_NONE_MATCH).iter().map(HeaderValue::as_bytes))
    }

    /// Which version the caller wants to change.
    pub(super) fn wanted(&self) -> Result<Wanted, Problem> {
        Ok(Wanted::read(self.headers.get_all(IF_MATCH).iter().map(HeaderValue::as_bytes))?)
    }

    /// The body.
    pub(super) fn object(&self, takes: Takes) -> Result<Map<String, Json>, Problem> {
        match takes {
            Takes::Nothing => Ok(Map::new()),
            Takes::Maybe if self.body.is_empty() || self.body == "null" => Ok(Map::new()),
            Takes::Object | Takes::Maybe => {
                if !says_json(&self.headers) {
                    return Err(Problem::new(ErrorCode::UnsupportedMediaType));
                }
                serde_json::from_slice(&self.body).map_err(|_| Problem::new(ErrorCode::BadJson))
            }
        }
    }
}

/// A request that changes something: its body, and which version of the thing stood before.
#[derive(Debug)]
pub(super) struct Write<'a> {
    pub(super) ask: &'a Ask,
    pub(super) body: Map<String, Json>,
    standing: Option<Tag>,
}

impl<'a> Write<'a> {
    pub(super) const fn new(ask: &'a Ask, body: Map<String, Json>) -> Self {
        Self { ask, body, standing: None }
    }

    /// Notes which version of the thing stands before the effect; `If-Match` is held against it.
    pub(super) fn changes(&mut self, standing: Tag) {
        self.standing = Some(standing);
    }

    /// Refuses if the caller spoke of another version; only now, because a request that is wrong in itself is told so first.
    pub(super) fn check(&self, wanted: &Wanted) -> Result<(), Problem> {
        let is_other = self.standing.as_ref().is_some_and(|standing| !wanted.allows(standing));
        if is_other { Err(Problem::new(ErrorCode::PreconditionFailed)) } else { Ok(()) }
    }
}

/// The query of an address.
pub(super) fn query(uri: &Uri) -> Result<QueryFields, Problem> {
    let query = Query::<Vec<(String, String)>>::try_from_uri(uri);
    let Query(pairs) = query.map_err(|_| Problem::new(ErrorCode::BadRequest))?;
    Ok(QueryFields::from_pairs(pairs))
}

/// The language that the headers ask for.
pub(super) fn language(headers: &HeaderMap) -> Option<Lang> {
    headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).map(Lang::from_accept_language)
}

/// `application/json`, or something like `application/merge-patch+json`, with any parameters.
fn says_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.is_some_and(domain::api::says_json)
}
