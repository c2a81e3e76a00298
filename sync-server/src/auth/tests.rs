//! Registration, sign-in, tokens, sessions: through the front door.

use jiff::SignedDuration;
use serde_json::json;

use crate::testing::{PASSWORD, TestServer};

#[tokio::test]
async fn a_registration_answers_with_the_person_and_the_business() {
    let server = TestServer::start().await;
    let body = json!({
        "name": "Анна", "email": " Anna@Example.RU ", "password": PASSWORD, "tenantName": "Студия",
        "timezone": "Asia/Yekaterinburg", "locale": "en", "phone": "8 916 123-45-67",
    });
    let account = server.anonymous().post("/auth/register", body).await.expect(201);
    insta::assert_json_snapshot!(account, {
        ".user.id" => "[id]", ".tenant.id" => "[id]", ".user.createdAt" => "[time]", ".tenant.createdAt" => "[time]",
    });
}

#[tokio::test]
async fn every_mistake_of_a_registration_is_told_at_once_in_both_languages() {
    let server = TestServer::start().await;
    let body = json!({ "email": "anna@", "password": "short", "timezone": "Mars/Base", "locale": "de", "plan": "imperium" });
    for lang in ["ru", "en"] {
        let answer = server.anonymous().speaking(lang).post("/auth/register", body.clone()).await;
        assert_eq!(answer.header("content-type"), "application/json");
        insta::assert_json_snapshot!(format!("registration_mistakes_{lang}"), answer.expect(422));
    }
}

#[tokio::test]
async fn an_email_registers_once_in_any_case() {
    let server = TestServer::start().await;
    server.register("anna").await;
    let body = json!({ "name": "Other", "email": "ANNA@example.ru", "password": PASSWORD });
    let answer = server.anonymous().post("/auth/register", body).await;
    assert_eq!((answer.status, answer.code(), answer.field("email")), (409, "email_taken", "taken"));
}

#[tokio::test]
async fn ten_registrations_at_once_of_one_email_make_one_account() {
    let server = TestServer::start().await;
    let caller = server.anonymous();
    let body = || json!({ "name": "Anna", "email": "anna@example.ru", "password": PASSWORD });
    let answers = futures::future::join_all((0..10).map(|_| caller.post("/auth/register", body()))).await;
    let count = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(201), count(409)), (1, 9));
}

#[tokio::test]
async fn me_says_who_and_with_what_key() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let me = anna.get("/auth/me").await.expect(200);
    assert_eq!(me["user"], anna.account["user"]);
    assert_eq!(me["tenant"], anna.account["tenant"]);
    assert_eq!(me["token"]["kind"], "pat");
    assert_eq!(me["token"]["abilities"], json!(["*"]));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_email_look_the_same() {
    let server = TestServer::start().await;
    server.register("anna").await;
    for (email, password) in
        [("anna@example.ru", "wrong-password"), ("olga@example.ru", PASSWORD), ("no address", "x")]
    {
        for path in ["/auth/login", "/auth/token"] {
            let mut body = json!({ "email": email, "password": password });
            if path == "/auth/token" {
                body["name"] = json!("test");
            }
            let answer = server.anonymous().speaking("en").post(path, body).await;
            assert_eq!((answer.status, answer.code()), (401, "unauthorized"), "{email}");
        }
    }
}

#[tokio::test]
async fn after_ten_wrong_passwords_in_a_row_she_waits_and_the_right_one_frees_her() {
    let server = TestServer::start().await;
    server.register("anna").await;
    server.register("olga").await;
    let login = async |email: &str, password: &str| {
        server.anonymous().post("/auth/login", json!({ "email": email, "password": password })).await
    };
    for _ in 0..10 {
        assert_eq!(login("anna@example.ru", "wrong-password").await.status, 401);
    }
    let answer = login("anna@example.ru", PASSWORD).await;
    assert_eq!((answer.status, answer.code()), (429, "too_many_requests"));
    let wait: i64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    assert_eq!(login("olga@example.ru", PASSWORD).await.status, 200);
    server.clock().advance(SignedDuration::from_secs(wait));
    assert_eq!(login("anna@example.ru", PASSWORD).await.status, 200);
    assert_eq!(login("anna@example.ru", "wrong-password").await.status, 401);
}

#[tokio::test]
async fn a_browser_signs_in_by_cookie_and_out_again() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let credentials = || json!({ "email": anna.email, "password": PASSWORD });
    let answer = server.anonymous().post("/auth/login", credentials()).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("veloria_session=vlr_ses_"), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"), "{cookie}");
    assert_eq!(answer.expect(200), anna.account);
    let pair = cookie.split(';').next().unwrap();
    let browser = server.anonymous().header("cookie", pair);
    assert_eq!(browser.get("/auth/me").await.expect(200)["token"]["kind"], "session");
    let answer = browser.act("/auth/logout").await;
    assert!(answer.header("set-cookie").starts_with("veloria_session=; Path=/; Max-Age=0;"));
    assert_eq!(answer.status, 204);
    assert_eq!(browser.get("/auth/me").await.status, 401);

    let answer =
        server.anonymous().header("x-forwarded-proto", "https").post("/auth/login", credentials()).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-veloria=vlr_ses_") && cookie.ends_with("; Secure"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    let browser = server.anonymous().header("cookie", pair);
    assert_eq!(browser.get("/auth/me").await.status, 401, "a guarded cookie is not taken from plain http");
    assert_eq!(browser.header("x-forwarded-proto", "https").get("/auth/me").await.status, 200);
}

#[tokio::test]
async fn a_session_ends_after_thirty_days() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let answer =
        server.anonymous().post("/auth/login", json!({ "email": anna.email, "password": PASSWORD })).await;
    let pair = answer.header("set-cookie").split(';').next().unwrap();
    let browser = server.anonymous().header("cookie", pair);
    server.clock().advance(SignedDuration::from_hours(24 * 30 - 1));
    assert_eq!(browser.get("/auth/me").await.status, 200);
    server.clock().advance(SignedDuration::from_hours(1));
    assert_eq!(browser.get("/auth/me").await.status, 401);
}

#[tokio::test]
async fn another_site_cannot_use_her_cookie_but_a_token_may_come_from_anywhere() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let answer =
        server.anonymous().post("/auth/login", json!({ "email": anna.email, "password": PASSWORD })).await;
    let pair = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let body = || json!({ "name": "Chloe" });
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let evil =
            server.anonymous().header("host", "crm.example").header("cookie", &pair).header(name, value);
        let answer = evil.post("/clients", body()).await;
        assert_eq!((answer.status, answer.code()), (403, "forbidden"), "{name}");
        assert_eq!(
            evil.get("/clients").await.status,
            200,
            "reading gives another site nothing: it may not look"
        );
        let token = evil.with_token(&anna.token);
        assert_eq!(token.post("/clients", body()).await.status, 201);
    }
    let own = server.anonymous().header("cookie", &pair).header("host", "crm.example");
    let own = own.header("origin", "https://crm.example");
    assert_eq!(own.post("/clients", body()).await.status, 201);
}

#[tokio::test]
async fn a_revoked_token_works_nowhere_from_that_moment() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let body = json!({ "email": anna.email, "password": PASSWORD, "name": "Бухгалтерия", "abilities": ["clients:read"] });
    let issued = server.anonymous().post("/auth/token", body).await.expect(201);
    assert_eq!(issued["abilities"], json!(["clients:read"]));
    let books = server.with_token(issued["token"].as_str().unwrap());
    assert_eq!(books.get("/auth/me").await.status, 200);
    assert_eq!(books.get("/clients").await.status, 200);
    let listed = anna.get("/auth/tokens").await.expect(200);
    let names: Vec<_> = listed["data"].as_array().unwrap().iter().map(|t| t["name"].clone()).collect();
    assert_eq!(names, ["Бухгалтерия", "test"]);
    assert!(!listed.to_string().contains("vlr_pat_"));

    let path = format!("/auth/tokens/{}", issued["id"].as_str().unwrap());
    assert_eq!(anna.delete(&path).await.status, 204);
    for path in ["/auth/me", "/auth/tokens", "/devices", "/clients", "/services", "/appointments", "/notes"] {
        let answer = books.get(path).await;
        assert_eq!((answer.status, answer.code()), (401, "unauthorized"), "{path}");
    }
    assert_eq!(anna.delete(&path).await.status, 404, "it is gone already");
}

#[tokio::test]
async fn a_token_ends_when_it_was_said_to() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let ends =
        |hours| (domain::ids::Clock::now(server.clock()) + SignedDuration::from_hours(hours)).to_string();
    let body =
        |ends: &str| json!({ "email": anna.email, "password": PASSWORD, "name": "x", "expiresAt": ends });
    for bad in ["yesterday", &ends(-1)] {
        let answer = server.anonymous().post("/auth/token", body(bad)).await;
        assert_eq!(answer.status, 422, "{bad}");
        assert!(matches!(answer.field("expiresAt"), "invalid_time" | "out_of_range"));
    }
    let issued = server.anonymous().post("/auth/token", body(&ends(1))).await.expect(201);
    let caller = server.with_token(issued["token"].as_str().unwrap());
    assert_eq!(caller.get("/auth/me").await.status, 200);
    server.clock().advance(SignedDuration::from_hours(1));
    assert_eq!(caller.get("/auth/me").await.status, 401);
}

#[tokio::test]
async fn logout_revokes_the_token_that_asks_and_no_other() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let body = json!({ "email": anna.email, "password": PASSWORD, "name": "other" });
    let other = server.anonymous().post("/auth/token", body).await.expect(201);
    assert_eq!(anna.act("/auth/logout").await.status, 204);
    assert_eq!(anna.get("/auth/me").await.status, 401);
    assert_eq!(server.with_token(other["token"].as_str().unwrap()).get("/auth/me").await.status, 200);
}

#[tokio::test]
async fn a_damaged_or_foreign_token_is_nobody() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let mut swapped = anna.token.clone();
    swapped.replace_range(8..9, if &swapped[8..9] == "A" { "B" } else { "A" });
    for token in
        ["", "x", "vlr_pat_", &anna.token[..40], &swapped, &anna.token.replace("vlr_pat_", "vlr_dev_")]
    {
        let answer = server.with_token(token).get("/auth/me").await;
        assert_eq!((answer.status, answer.code()), (401, "unauthorized"), "{token}");
    }
    let basic = server.anonymous().header("authorization", "Basic YTpi");
    assert_eq!(basic.get("/auth/me").await.status, 401);
}

#[tokio::test]
async fn a_limited_token_may_do_what_it_says_and_a_device_of_it_no_more() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let body = |abilities: &[&str]| json!({ "email": anna.email, "password": PASSWORD, "name": "x", "abilities": abilities });
    let answer = server.anonymous().post("/auth/token", body(&["clients:read", "world:rule"])).await;
    assert_eq!((answer.status, answer.field("abilities")), (422, "unknown"));
    let issued =
        server.anonymous().post("/auth/token", body(&["clients:read", "devices:write"])).await.expect(201);
    let limited = server.with_token(issued["token"].as_str().unwrap());
    let device = server.device_of(&limited, "phone").await;
    for caller in [limited, device] {
        assert_eq!(caller.get("/clients").await.status, 200);
        let refused = [
            caller.post("/clients", json!({ "name": "x" })).await,
            caller.get("/notes").await,
            caller.get("/auth/tokens").await,
            caller.post("/sync", json!({ "protocol": 1 })).await,
        ];
        assert!(refused.iter().all(|answer| (answer.status, answer.code()) == (403, "forbidden")));
    }
}
