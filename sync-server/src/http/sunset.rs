//! Operations on their way out: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) on every answer of theirs, so that a program
//! learns of it long before it stops working.
//!
//! An operation of `/api/v1` stays as it is while a program may use it. What must change otherwise gets a path below
//! `/api/v2`, nested beside `v1` in `openapi::api`, and its predecessor a line here.

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use jiff::Timestamp;
use jiff::fmt::rfc2822;

const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// When an operation goes.
#[derive(Clone, Debug)]
pub struct Leaving {
    /// Its method.
    pub method: Method,
    /// Its path, as a template.
    pub path: &'static str,
    /// Since when new programs should not use it: seconds since 1970.
    pub deprecated: i64,
    /// When it stops to work: seconds since 1970.
    pub gone: i64,
}

/// Every operation on its way out. None is.
pub const LEAVING: &[Leaving] = &[];

/// The layer, for the operations of a list.
pub(super) async fn announce(leaving: &'static [Leaving], request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let found = leaving.iter().find(|entry| entry.path == route && entry.method == *request.method());
    let mut response = next.run(request).await;
    if let Some(headers) = found.and_then(headers) {
        for (name, value) in headers {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Both headers; nothing if a moment is none.
fn headers(leaving: &Leaving) -> Option<[(HeaderName, HeaderValue); 2]> {
    // RFC 9745: a structured date, `@` and seconds. RFC 8594: a date as HTTP writes it.
    let since = HeaderValue::try_from(format!("@{}", leaving.deprecated)).ok()?;
    let gone = Timestamp::from_second(leaving.gone).ok()?;
    let gone = rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&gone).ok()?;
    Some([(DEPRECATION, since), (SUNSET, HeaderValue::try_from(gone).ok()?)])
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn an_operation_on_its_way_out_says_so_and_its_neighbours_do_not() {
        static PLANTED: &[Leaving] = &[Leaving {
            method: Method::GET,
            path: "/api/v1/old/{id}",
            deprecated: 1_798_761_600,
            gone: 1_830_297_600,
        }];
        let v1 = Router::new()
            .route("/old/{id}", get(async || "old").delete(async || "gone"))
            .route("/new", get(async || "new"));
        let v2 = Router::new().route("/old/{id}", get(async || "new shape"));
        let routes = Router::new()
            .nest("/api/v1", v1)
            .nest("/api/v2", v2)
            .layer(from_fn(async |request, next| announce(PLANTED, request, next).await));
        let ask = async |method: &str, path: &str| {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            let response = routes.clone().oneshot(request).await.unwrap();
            let of = |name| {
                response.headers().get(name).map(|value: &HeaderValue| value.to_str().unwrap().to_owned())
            };
            (of(DEPRECATION), of(SUNSET))
        };
        let (since, gone) = ask("GET", "/api/v1/old/7").await;
        assert_eq!(since.as_deref(), Some("@1798761600"));
        assert_eq!(gone.as_deref(), Some("Sat, 01 Jan 2028 00:00:00 GMT"));
        for (method, path) in [("DELETE", "/api/v1/old/7"), ("GET", "/api/v1/new"), ("GET", "/api/v2/old/7")]
        {
            assert_eq!(ask(method, path).await, (None, None), "{method} {path}");
        }
    }
}
