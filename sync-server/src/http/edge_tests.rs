//! The edge through the front door: limits, the client's address, foreign pages, headers for browsers.

use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use super::limits::{HEADERS, Limits, Rates};
use super::{Edge, Origins};
use crate::redis::Redis;
use crate::testing::{Answer, Caller, PASSWORD, TestServer};

/// A server with these limits.
async fn limited(rates: &str, most_at_once: Option<usize>) -> TestServer {
    let limits = Limits::new(rates.parse::<Rates>().unwrap(), most_at_once, Redis::default());
    TestServer::start().await.with_edge(Edge { limits, ..Edge::open() })
}

fn limit(answer: &Answer) -> [String; 3] {
    HEADERS.map(|name| answer.header(name.as_str()).to_owned())
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let server = limited("ip.auth=3/6000", None).await;
    let body = json!({ "email": "nobody@example.ru", "password": PASSWORD });
    let guess = async |from: &str| {
        let caller = server.anonymous().header("x-forwarded-for", from).speaking("en");
        caller.post("/auth/login", body.clone()).await
    };
    for left in ["2", "1", "0"] {
        let answer = guess("203.0.113.9").await;
        assert_eq!((answer.status, limit(&answer)[1].as_str()), (401, left));
    }
    let refused = guess("203.0.113.9").await;
    assert_eq!((refused.status, refused.code()), (429, "too_many_requests"));
    // A slow machine may have let some seconds of the thousands pass.
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1_900..=2_000).contains(&wait), "{wait}");
    let [most, left, reset] = limit(&refused);
    assert_eq!([most.as_str(), left.as_str()], ["3", "0"]);
    assert!((5_900..=6_000).contains(&reset.parse::<u64>().unwrap()), "{reset}");
    assert_eq!(refused.header("x-request-id").len(), 36);
    assert!(refused.json["error"]["message"].as_str().unwrap().is_ascii());
    assert_eq!(guess("203.0.113.10").await.status, 401, "another address is not concerned");
    assert_eq!(
        server.anonymous().get("/auth/me").await.status,
        401,
        "another class of routes is not concerned"
    );
    assert_eq!(server.anonymous().get("/../healthz").await.status, 200);
}

#[tokio::test]
async fn a_key_and_a_business_have_limits_of_their_own() {
    let server = limited("token.read=2/6000,tenant.read=3/6000", None).await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    let other = json!({ "email": anna.email, "password": PASSWORD, "name": "other" });
    let other = server.anonymous().post("/auth/token", other).await.expect(201);
    let other = server.with_token(other["token"].as_str().unwrap());
    let mut statuses = Vec::new();
    for caller in [&anna, &anna, &anna, &other, &other, &olga] {
        statuses.push(caller.get("/clients").await.status);
    }
    assert_eq!(statuses, [200, 200, 429, 200, 429, 200], "her key is used up, then her business");
    anna.add_client("Writing is another class").await;
}

#[tokio::test]
async fn a_business_has_so_many_requests_at_a_time_and_no_more() {
    let server = limited("off", Some(1)).await;
    let anna = server.register("anna").await;
    let many = futures::future::join_all((0..20).map(|_| anna.get("/clients"))).await;
    let refused: Vec<&Answer> = many.iter().filter(|answer| answer.status == 503).collect();
    assert!(many.iter().any(|answer| answer.status == 200) && !refused.is_empty());
    assert!(refused.iter().all(|a| a.code() == "unavailable" && a.header("retry-after") == "1"));
    assert_eq!(anna.get("/clients").await.status, 200, "all places are free again");
}

#[tokio::test]
async fn what_a_stranger_says_of_proxies_is_not_believed() {
    let edge = || Edge { proxies: "none".parse().unwrap(), ..Edge::open() };
    let server = TestServer::start().await.with_edge(edge());
    let anna = server.register("anna").await;
    let body = json!({ "email": anna.email, "password": PASSWORD });
    let https = server.anonymous().header("x-forwarded-proto", "https");
    let answer = https.post("/auth/login", body.clone()).await;
    assert!(answer.header("set-cookie").starts_with("veloria_session="), "it came over http");
    let server = server.with_edge(Edge::open());
    let https = server.anonymous().header("x-forwarded-proto", "https");
    let answer = https.post("/auth/login", body).await;
    assert!(
        answer.header("set-cookie").starts_with("__Host-veloria="),
        "the proxy on this machine is believed"
    );
}

async fn preflight(server: &TestServer, origin: &str) -> Answer {
    let caller = server.anonymous().header("origin", origin).header("access-control-request-method", "POST");
    caller
        .header("access-control-request-headers", "content-type,idempotency-key")
        .send(Method::OPTIONS, "/clients", None)
        .await
}

#[tokio::test]
async fn only_named_origins_may_call_from_a_browser() {
    let server = TestServer::start().await;
    let answer = preflight(&server, "https://app.example.ru").await;
    assert_eq!(answer.header("access-control-allow-origin"), "", "nobody is named");

    let origins: Origins = "https://app.example.ru".parse().unwrap();
    let server = server.with_edge(Edge { origins, ..Edge::open() });
    let answer = preflight(&server, "https://app.example.ru").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), "https://app.example.ru");
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    assert!(answer.header("access-control-allow-headers").contains("idempotency-key"));
    for origin in
        ["https://evil.example", "null", "https://app.example.ru.evil.example", "http://app.example.ru"]
    {
        assert_eq!(preflight(&server, origin).await.header("access-control-allow-origin"), "", "{origin}");
    }
    let anna = server.register("anna").await;
    let from = |origin: &str| anna.clone().header("origin", origin);
    let answer = from("https://app.example.ru").get("/nothing").await;
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (404, "https://app.example.ru")
    );
    assert!(answer.header("access-control-expose-headers").contains("x-request-id"));
    assert_eq!(from("https://evil.example").get("/clients").await.header("access-control-allow-origin"), "");
}

/// Sends a request with a session cookie.
async fn with_cookie(server: &TestServer, cookie: &str, origin: &str) -> u16 {
    let caller = server.anonymous().header("cookie", cookie).header("origin", origin);
    caller.header("sec-fetch-site", "cross-site").post("/clients", json!({ "name": "x" })).await.status
}

#[tokio::test]
async fn a_named_origin_may_write_with_her_cookie_and_another_may_not() {
    let origins: Origins = "https://app.example.ru".parse().unwrap();
    let server = TestServer::start().await.with_edge(Edge { origins, ..Edge::open() });
    let anna: Caller<'_> = server.register("anna").await;
    let body = json!({ "email": anna.email, "password": PASSWORD });
    let answer = server.anonymous().post("/auth/login", body).await;
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(with_cookie(&server, &cookie, "https://app.example.ru").await, 201);
    assert_eq!(with_cookie(&server, &cookie, "https://evil.example").await, 403);
}

#[tokio::test]
async fn a_browser_is_told_what_it_must_not_do_with_an_answer() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let names = [
        "content-security-policy",
        "x-content-type-options",
        "x-frame-options",
        "referrer-policy",
        "cross-origin-resource-policy",
    ];
    for answer in [anna.get("/clients").await, anna.get("/nothing").await, anna.get("/../healthz").await] {
        let told = names.map(|name| answer.header(name).to_owned());
        let data = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        assert_eq!(told, [data, "nosniff", "DENY", "no-referrer", "same-origin"]);
        assert_eq!(answer.header("strict-transport-security"), "", "this server speaks http");
    }
}

#[tokio::test]
async fn the_page_of_another_origin_may_show_a_picture_whose_link_it_has_and_nothing_else() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let body = Body::from(crate::testing::picture(1));
    let uploaded = anna.raw(Method::POST, "/media", Some("application/octet-stream"), body).await.expect(201);
    let link = uploaded["urls"]["small"].as_str().unwrap();
    let picture = server.anonymous().get(&format!("/..{link}")).await;
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/jpeg"));
    assert_eq!(picture.header("cross-origin-resource-policy"), "cross-origin");
    let about = format!("/media/{}", uploaded["id"].as_str().unwrap());
    assert_eq!(anna.get(&about).await.header("cross-origin-resource-policy"), "same-origin");
}

#[tokio::test]
async fn the_page_of_the_api_needs_nothing_that_its_policy_forbids() {
    let server = TestServer::start().await;
    let page = server.anonymous().get("/../docs/").await;
    assert!(page.header("content-security-policy").contains("script-src 'self';"));
    let html = String::from_utf8(page.bytes).unwrap();
    // No script in the page itself, and none that it calls for from elsewhere.
    for script in html.split("<script").skip(1) {
        let (tag, body) = script.split_once('>').unwrap();
        assert!(tag.contains("src=\"./") && body.trim_start().starts_with("</script>"), "{tag} {body}");
    }
    assert!(!html.contains("<style") && !html.contains("onload=") && !html.contains("http"));
    for file in html.split("src=\"./").skip(1).chain(html.split("href=\"./").skip(1)) {
        let name = file.split('"').next().unwrap();
        assert_eq!(server.anonymous().get(&format!("/../docs/{name}")).await.status, 200, "{name}");
    }
}

#[tokio::test]
async fn head_and_options_behave() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let head = anna.send(Method::HEAD, "/clients", None).await;
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    assert_eq!(head.header("content-type"), "application/json");
    let options = anna.send(Method::OPTIONS, "/clients", None).await;
    assert_eq!((options.status, options.header("allow")), (405, "POST,GET,HEAD"));
    let none = server.anonymous().send(Method::HEAD, "/clients", None).await;
    assert_eq!((none.status, none.bytes.len()), (401, 0));
}
