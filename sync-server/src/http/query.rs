//! The query of a request, given to `domain::api` to read.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use domain::api::QueryFields;
use domain::errors::ErrorCode;

use super::problem::Problem;

/// The query parameters of a request that nobody has read yet.
#[derive(Clone, Debug)]
pub struct Asked(pub QueryFields);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Query(pairs) = query.map_err(|_| Problem::new(ErrorCode::BadRequest))?;
        Ok(Self(QueryFields::from_pairs(pairs)))
    }
}
