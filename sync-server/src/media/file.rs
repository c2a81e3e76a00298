//! `GET /files/{tenant}/{id}/{name}`: the bytes of a picture in our own folder, for whoever holds a link. Whole, or a part of it.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use domain::errors::ErrorCode;
use domain::ids::MediaId;
use object_store::{GetOptions, GetRange};

use super::gallery::{SIZES, disposition};
use super::picture::Kind;
use super::range::{Wanted, wanted};
use crate::AppState;
use crate::http::Problem;

/// What a browser may do with it: show it, and nothing else.
const HARMLESS: &str = "default-src 'none'; sandbox";
/// No longer than the link itself. The bytes under a link never change.
const KEPT: &str = "private, max-age=600, immutable";

/// Sends a picture or a part of it; 403 to a link that we did not give or whose time is over.
pub(super) async fn send_file(
    State(state): State<AppState>,
    Path((tenant, id, name)): Path<(String, String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let link = request.uri().path_and_query().map_or("", |link| link.as_str());
    if !state.gallery.opens(link, state.now()) {
        return Err(Problem::new(ErrorCode::Forbidden));
    }
    let kind = kind(&name).ok_or_else(Problem::not_found)?;
    let (Ok(tenant), Ok(id)) = (tenant.parse(), id.parse::<MediaId>()) else {
        return Err(Problem::not_found());
    };
    // A link outlives its picture by some minutes, and its bytes do by a month.
    let mut tx = state.db.tenant(tenant).await?;
    super::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    let look = GetOptions { head: true, ..GetOptions::default() };
    let found = state.gallery.get(tenant, id, &name, look).await?.ok_or_else(Problem::not_found)?;
    let length = found.meta.size;
    let tag = format!("\"{id}-{name}\"");
    let headers = request.headers();
    if text(headers, &IF_NONE_MATCH)
        .is_some_and(|known| known == "*" || known.split(',').any(|one| one.trim() == tag))
    {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    // A part of another version would not fit to what the caller has.
    let is_same = text(headers, &IF_RANGE).is_none_or(|known| known == tag);
    let part = match wanted(text(headers, &RANGE).filter(|_| is_same), length) {
        Wanted::Whole => None,
        Wanted::Part(part) => Some(part),
        Wanted::Beyond => return Ok(beyond(length)),
    };
    let options = GetOptions { range: part.clone().map(GetRange::Bounded), ..GetOptions::default() };
    let found = state.gallery.get(tenant, id, &name, options).await?.ok_or_else(Problem::not_found)?;
    let sent = part.as_ref().map_or(length, |part| part.end - part.start);
    let mut response = Body::from_stream(found.into_stream()).into_response();
    for (header, value) in [
        (CONTENT_TYPE, kind.content_type().to_owned()),
        (CONTENT_LENGTH, sent.to_string()),
        (CONTENT_DISPOSITION, disposition(&name)),
        (CONTENT_SECURITY_POLICY, HARMLESS.to_owned()),
        (CACHE_CONTROL, KEPT.to_owned()),
        (ACCEPT_RANGES, "bytes".to_owned()),
        (ETAG, tag),
    ] {
        set(&mut response, header, &value);
    }
    if let Some(part) = part {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        set(&mut response, CONTENT_RANGE, &format!("bytes {}-{}/{length}", part.start, part.end - 1));
    }
    Ok(response)
}

/// What lies under a name; `None` for a name that we never give.
fn kind(name: &str) -> Option<Kind> {
    let (size, extension) = name.split_once('.')?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.extension() == extension)?;
    SIZES.contains(&size).then_some(kind)
}

fn beyond(length: u64) -> Response {
    let mut response = Problem::new(ErrorCode::RangeNotSatisfiable).into_response();
    set(&mut response, CONTENT_RANGE, &format!("bytes */{length}"));
    response
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn set(response: &mut Response, name: HeaderName, value: &str) {
    // All of these are names, numbers and words of ours.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
