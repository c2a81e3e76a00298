//! Rule D20 over the whole API: whatever a foreign page makes her browser send with her cookie is refused, on every operation
//! that changes something (RELIABILITY A8).

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value as Json, json};

use crate::openapi::document;
use crate::testing::{Caller, PASSWORD, TestServer};

/// Every operation with a method that changes something, with an id where the path has one.
fn unsafe_operations() -> Vec<(Method, String)> {
    let document = serde_json::to_value(document().unwrap()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            if method.is_safe() {
                continue;
            }
            let path = path.strip_prefix("/api/v1").unwrap();
            let (start, end) =
                (path.find('{').unwrap_or(path.len()), path.find('}').map_or(path.len(), |at| at + 1));
            let id = if start < path.len() { "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1" } else { "" };
            found.push((method, format!("{}{id}{}", &path[..start], &path[end..])));
        }
    }
    found
}

/// The cookies that a browser has after it signed in.
async fn browser<'a>(server: &'a TestServer, email: &str) -> Caller<'a> {
    let body = json!({ "email": email, "password": PASSWORD });
    let answer = server.anonymous().post("/auth/login", body).await;
    let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let pairs: Vec<&str> = cookies.map(|cookie| cookie.split(';').next().unwrap()).collect();
    assert_eq!(pairs.len(), 2, "a session and a mark");
    server.anonymous().header("cookie", &pairs.join("; ")).header("host", "crm.example")
}

#[tokio::test]
async fn what_a_foreign_page_sends_with_her_cookie_is_refused_everywhere() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let operations = unsafe_operations();
    assert!(operations.len() > 40, "{}", operations.len());
    let hers = browser(&server, &anna.email).await;
    let tricks: [(&str, &[(&str, &str)]); 5] = [
        ("a page of another site", &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]),
        ("a page of a neighbouring site", &[("sec-fetch-site", "same-site")]),
        ("an old browser", &[("origin", "https://evil.example")]),
        ("a sandboxed frame", &[("origin", "null")]),
        ("a frame without a site", &[("sec-fetch-site", "cross-site")]),
    ];
    for (method, path) in &operations {
        for (name, headers) in &tricks {
            let foreign =
                headers.iter().fold(hers.clone(), |caller, (name, value)| caller.header(name, value));
            for content_type in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
                let body = Body::from(json!({ "name": "x" }).to_string());
                let answer = foreign.raw(method.clone(), path, Some(content_type), body).await;
                assert_eq!((answer.status, answer.code()), (403, "forbidden"), "{name}: {method} {path}");
                assert!(!answer.headers.contains_key("set-cookie"), "{name}: {method} {path}");
            }
        }
    }
    assert_eq!(hers.get("/auth/me").await.status, 200, "nothing of it signed her out");
}

#[tokio::test]
async fn a_form_without_any_origin_is_no_json_and_changes_nothing() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let hers = browser(&server, &anna.email).await;
    let before = state_of(&anna).await;
    for (method, path) in unsafe_operations() {
        // What may be sent without a body does what it says; a form may not.
        if matches!(&*path, "/auth/logout" | "/auth/logout-everywhere" | "/devices/token") {
            continue;
        }
        // No form deletes, and where no shop is connected that is what was asked for.
        if (&method, &*path) == (&Method::DELETE, "/integrations/yookassa") {
            continue;
        }
        for content_type in
            ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
        {
            let body = Body::from(r#"{"name":"x","email":"x@example.ru","password":"12345678"}"#);
            let answer = hers.raw(method.clone(), &path, Some(content_type), body).await;
            assert!((400..500).contains(&answer.status), "{method} {path}: {}", answer.status);
        }
    }
    assert_eq!(state_of(&anna).await, before);
}

async fn state_of(anna: &Caller<'_>) -> Vec<Json> {
    let mut all = Vec::new();
    for path in ["/clients", "/services", "/appointments", "/notes", "/devices", "/settings", "/imports"] {
        all.push(anna.get(path).await.expect(200));
    }
    all
}

#[tokio::test]
async fn cookies_are_for_our_pages_alone_and_over_https_guarded() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let body = || json!({ "email": anna.email, "password": PASSWORD });
    for (proto, guarded) in [("http", false), ("https", true)] {
        let browser = server.anonymous().header("x-forwarded-proto", proto);
        let answer = browser.post("/auth/login", body()).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(
                cookie.contains("; HttpOnly")
                    && cookie.contains("; SameSite=Lax")
                    && cookie.contains("; Path=/;")
            );
            assert!(!cookie.to_lowercase().contains("domain="), "{cookie}");
            assert_eq!(cookie.starts_with("__Host-") && cookie.ends_with("; Secure"), guarded, "{cookie}");
        }
    }
}

#[tokio::test]
async fn a_forged_cookie_is_nobody_and_a_plain_one_opens_no_guarded_door() {
    let server = TestServer::start().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    let answer =
        server.anonymous().post("/auth/login", json!({ "email": anna.email, "password": PASSWORD })).await;
    let session = answer.headers.get_all("set-cookie").iter().next().unwrap().to_str().unwrap();
    let value = session.split(['=', ';']).nth(1).unwrap();
    let me = async |cookie: String, proto: &str| {
        server
            .anonymous()
            .header("cookie", &cookie)
            .header("x-forwarded-proto", proto)
            .get("/auth/me")
            .await
            .status
    };
    assert_eq!(me(format!("veloria_session={value}"), "http").await, 200);
    // Over https only the guarded name counts: a neighbouring site can set the plain one.
    assert_eq!(me(format!("veloria_session={value}"), "https").await, 401);
    assert_eq!(me(format!("__Host-veloria={value}"), "https").await, 200);
    let stolen_kind = olga.token.replace("vlr_pat_", "vlr_ses_");
    let mut changed = value.to_owned();
    changed.replace_range(20..21, if &value[20..21] == "A" { "B" } else { "A" });
    for forged in [
        String::new(),
        "x".to_owned(),
        changed,
        stolen_kind,
        value.to_uppercase(),
        format!("{value}A"),
        value.replace("vlr_ses_", "vlr_ref_"),
        format!("\"{value}"),
    ] {
        assert_eq!(me(format!("veloria_session={forged}"), "http").await, 401, "{forged}");
    }
    // A token in a cookie's place is no session, and a mark opens nothing.
    let mark = answer.headers.get_all("set-cookie").iter().nth(1).unwrap().to_str().unwrap();
    let mark = mark.split(['=', ';']).nth(1).unwrap();
    assert_eq!(me(format!("veloria_known={mark}; veloria_session={mark}"), "http").await, 401);
}
