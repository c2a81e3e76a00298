//! What a browser gets, and what it never gets.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};

use super::site::Site;
use crate::testing::{Answer, TestServer};

const BUILT: [(&str, &[u8]); 5] = [
    ("/index.html", b"<!doctype html>"),
    ("/assets/app-Ab12.js", b"plain"),
    ("/assets/app-Ab12.js.br", b"brotli"),
    ("/assets/app-Ab12.js.gz", b"gzip"),
    ("/favicon.svg", b"<svg/>"),
];

async fn ask(site: &Site, path: &str, headers: &[(&'static str, &str)]) -> Option<Answer> {
    let headers: HeaderMap =
        headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    Some(Answer::read(site.answer(&Method::GET, path, &headers, None)?).await)
}

#[tokio::test]
async fn files_with_hashed_names_are_kept_for_ever_and_come_compressed() {
    let site = Site::new(BUILT.into_iter());
    for (accepted, encoding, body) in [
        ("gzip, deflate, br", "br", "brotli"),
        ("gzip;q=0.8, br;q=0", "gzip", "gzip"),
        ("identity", "", "plain"),
        ("brotli", "", "plain"),
    ] {
        let answer = ask(&site, "/assets/app-Ab12.js", &[("accept-encoding", accepted)]).await.unwrap();
        assert_eq!((answer.header("content-encoding"), answer.bytes.as_slice()), (encoding, body.as_bytes()));
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(answer.header("vary"), "accept-encoding");
    }
}

#[tokio::test]
async fn the_page_itself_is_asked_for_again_and_costs_nothing_if_it_is_the_same() {
    let site = Site::new(BUILT.into_iter());
    let answer = ask(&site, "/index.html", &[]).await.unwrap();
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-cache"));
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("script-src 'self';") && policy.contains("style-src 'self';"));
    assert!(!policy.contains("unsafe") && !policy.contains("http"));
    let same = ask(&site, "/index.html", &[("if-none-match", answer.header("etag"))]).await.unwrap();
    assert_eq!((same.status, same.bytes.len()), (304, 0));
}

#[tokio::test]
async fn an_address_that_only_the_app_knows_is_the_app_and_nothing_of_another_room_is() {
    let site = Site::new(BUILT.into_iter());
    let browser = [("accept", "text/html,application/xhtml+xml")];
    for path in ["/", "/calendar", "/clients/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", "/apiary"] {
        assert_eq!(ask(&site, path, &browser).await.unwrap().bytes, b"<!doctype html>", "{path}");
    }
    for path in
        ["/api", "/api/v1/nothing", "/docs/x", "/files/x", "/assets/gone-1.js", "/assets", "/logo.png"]
    {
        assert!(ask(&site, path, &browser).await.is_none(), "{path}");
    }
    assert!(ask(&site, "/calendar", &[("accept", "application/json")]).await.is_none());
    assert!(site.answer(&Method::POST, "/calendar", &HeaderMap::new(), None).is_none());
}

#[tokio::test]
async fn without_its_files_the_server_says_how_to_build_them() {
    let site = Site::new(std::iter::empty());
    let answer = ask(&site, "/", &[("accept", "text/html")]).await.unwrap();
    assert!(String::from_utf8_lossy(&answer.bytes).contains("cargo xtask up"));
}

#[tokio::test]
async fn the_whole_server_shows_pages_beside_the_api() {
    let server = TestServer::start().await;
    let get =
        |path: &str, accept: &str| Request::get(path).header("accept", accept).body(Body::empty()).unwrap();
    let page = server.send(get("/calendar", "text/html")).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    assert_eq!(page.header("x-frame-options"), "DENY");
    for (path, accept) in [("/api/v1/nothing", "text/html"), ("/nothing", "application/json")] {
        let answer = server.send(get(path, accept)).await;
        assert_eq!((answer.status, answer.code()), (404, "not_found"), "{path}");
    }
}
