//! The second factor through the front door.

use domain::ids::Clock as _;
use domain::plans::Plan;
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use totp_rs::Secret;

use super::totp;
use crate::testing::{Answer, Caller, PASSWORD, TestServer};

/// The app on her phone.
struct App(Vec<u8>);

impl App {
    /// The code of the step that is so many steps from now.
    fn code(&self, server: &TestServer, steps: i64) -> String {
        let now = server.clock().now().as_second() + 30 * steps;
        totp(&self.0, "").unwrap().generate(now.try_into().unwrap()).to_string()
    }
}

async fn enrolled(server: &TestServer, anna: &Caller<'_>) -> (App, Vec<String>) {
    server.put_on(anna, Plan::Veloria).await;
    let body = json!({ "password": PASSWORD });
    let enrolled = anna.post("/auth/second-factor", body).await.expect(200);
    let app = App(Secret::try_from_base32(enrolled["secret"].as_str().unwrap()).unwrap().as_bytes().to_vec());
    let confirm = json!({ "code": app.code(server, 0) });
    let codes = anna.post("/auth/second-factor/confirm", confirm).await.expect(200);
    let codes = codes["recoveryCodes"].as_array().unwrap();
    (app, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
}

async fn login(server: &TestServer, email: &str, with: Json) -> Answer {
    let mut body = json!({ "email": email, "password": PASSWORD });
    body.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    server.anonymous().post("/auth/login", body).await
}

#[tokio::test]
async fn a_code_is_asked_for_once_the_app_has_shown_one_and_works_once() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    server.put_on(&anna, Plan::Veloria).await;
    let enrolled = anna.post("/auth/second-factor", json!({ "password": PASSWORD })).await.expect(200);
    assert!(enrolled["uri"].as_str().unwrap().starts_with("otpauth://totp/VeloriaCRM:anna"), "{enrolled}");
    assert!(enrolled["qrCode"].as_str().unwrap().starts_with("data:image/png;base64,iVBOR"));
    assert_eq!(login(&server, &anna.email, json!({})).await.status, 200, "not confirmed yet");
    let (app, _) = self::enrolled(&server, &anna).await;
    let stored = server.everything_stored().await;
    assert!(!stored.contains(&hex::encode(&app.0)), "the secret lies sealed");

    for path in ["/auth/login", "/auth/token"] {
        let body = json!({ "email": anna.email, "password": PASSWORD, "name": "x" });
        let body =
            if path == "/auth/login" { json!({ "email": anna.email, "password": PASSWORD }) } else { body };
        let answer = server.anonymous().post(path, body).await;
        assert_eq!((answer.status, answer.code()), (401, "second_factor_required"), "{path}");
    }
    let now = app.code(&server, 0);
    let used = login(&server, &anna.email, json!({ "code": now })).await;
    assert_eq!((used.status, used.code()), (401, "second_factor_wrong"), "it confirmed the app");
    let next = app.code(&server, 1);
    assert_eq!(login(&server, &anna.email, json!({ "code": next })).await.status, 200);
    assert_eq!(login(&server, &anna.email, json!({ "code": next })).await.code(), "second_factor_wrong");
    let wrong_password =
        json!({ "email": anna.email, "password": "wrong-password", "code": app.code(&server, 1) });
    let answer = server.anonymous().post("/auth/login", wrong_password).await;
    assert_eq!(answer.code(), "unauthorized", "who lacks the password learns nothing of the code");
    assert_eq!(anna.get("/auth/me").await.status, 200, "keys that work are not asked");
}

#[tokio::test]
async fn a_code_may_be_one_step_off_and_no_more() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let (app, _) = enrolled(&server, &anna).await;
    server.clock().advance(SignedDuration::from_mins(5));
    for (steps, status) in [(-2, 401), (2, 401), (-1, 200), (0, 200), (1, 200), (0, 401)] {
        let answer = login(&server, &anna.email, json!({ "code": app.code(&server, steps) })).await;
        assert_eq!(answer.status, status, "{steps} steps off: {}", answer.code());
    }
}

#[tokio::test]
async fn of_many_sign_ins_at_once_with_one_code_one_gets_in() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let (app, codes) = enrolled(&server, &anna).await;
    let races: usize = std::env::var("VELORIA_RACES").ok().and_then(|races| races.parse().ok()).unwrap_or(5);
    for race in 0..races {
        // Long enough that the guard has forgotten the wrong one of the race before.
        server.clock().advance(SignedDuration::from_hours(2));
        let code = json!({ "code": app.code(&server, 0) });
        let both = tokio::join!(
            login(&server, &anna.email, code.clone()),
            login(&server, &anna.email, code.clone())
        );
        let mut statuses = [both.0.status, both.1.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401], "race {race}");
    }
    let code = json!({ "recoveryCode": codes[0] });
    let both =
        tokio::join!(login(&server, &anna.email, code.clone()), login(&server, &anna.email, code.clone()));
    assert_ne!(both.0.status, both.1.status, "and so with a recovery code");
}

#[tokio::test]
async fn codes_cannot_be_guessed_neither_at_the_door_nor_behind_it() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    enrolled(&server, &anna).await;
    for _ in 0..10 {
        assert_eq!(
            login(&server, &anna.email, json!({ "code": "000000" })).await.code(),
            "second_factor_wrong"
        );
    }
    assert_eq!(login(&server, &anna.email, json!({ "code": "000000" })).await.status, 429);
    server.clock().advance(SignedDuration::from_hours(2));
    for _ in 0..10 {
        let body = json!({ "password": PASSWORD, "code": "000000" });
        let answer = anna.post("/auth/second-factor/disable", body).await;
        assert_eq!((answer.status, answer.code()), (401, "second_factor_wrong"));
    }
    let body = json!({ "password": PASSWORD, "code": "000000" });
    assert_eq!(anna.post("/auth/second-factor/disable", body).await.status, 429);
}

#[tokio::test]
async fn ten_recovery_codes_work_once_each_and_new_ones_replace_them() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let (app, codes) = enrolled(&server, &anna).await;
    assert_eq!(codes.len(), 10);
    let typed = codes[0].to_uppercase().replace('-', " ");
    assert_eq!(login(&server, &anna.email, json!({ "recoveryCode": typed })).await.status, 200);
    assert_eq!(
        login(&server, &anna.email, json!({ "recoveryCode": codes[0] })).await.code(),
        "second_factor_wrong"
    );
    let status = anna.get("/auth/second-factor").await.expect(200);
    assert_eq!(status, json!({ "isOn": true, "recoveryCodesLeft": 9 }));
    let stored = server.everything_stored().await;
    assert!(codes.iter().all(|code| !stored.contains(code)), "only their hashes are kept");
    let body = json!({ "password": PASSWORD, "code": app.code(&server, 1) });
    let renewed = anna.post("/auth/second-factor/recovery-codes", body).await.expect(200);
    assert_eq!(login(&server, &anna.email, json!({ "recoveryCode": codes[1] })).await.status, 401);
    let code = &renewed["recoveryCodes"][0];
    assert_eq!(login(&server, &anna.email, json!({ "recoveryCode": code })).await.status, 200);
}

#[tokio::test]
async fn it_needs_veloria_to_begin_and_nothing_to_go_on_or_to_end() {
    let server = TestServer::start().await;
    let _worker = server.work().await;
    let anna = server.register("anna").await;
    let refused = anna.post("/auth/second-factor", json!({ "password": PASSWORD })).await;
    assert_eq!((refused.status, refused.code()), (403, "feature_not_allowed"));
    let (app, codes) = enrolled(&server, &anna).await;
    server.put_on(&anna, Plan::Ivory).await;
    assert_eq!(login(&server, &anna.email, json!({})).await.code(), "second_factor_required", "still safe");
    assert_eq!(login(&server, &anna.email, json!({ "recoveryCode": codes[0] })).await.status, 200);
    let disable = |body: Json| anna.post("/auth/second-factor/disable", body);
    assert_eq!(disable(json!({ "password": PASSWORD })).await.code(), "second_factor_required");
    let wrong = disable(json!({ "password": "wrong-password", "code": app.code(&server, 1) })).await;
    assert_eq!((wrong.status, wrong.field("password")), (422, "wrong_password"));
    let body = json!({ "password": PASSWORD, "code": app.code(&server, 1) });
    assert_eq!(disable(body).await.status, 204);
    assert_eq!(login(&server, &anna.email, json!({})).await.status, 200);
    let told = [server.letter_to(&anna.email).await.subject, server.letter_to(&anna.email).await.subject];
    assert_eq!(told, ["Вход в VeloriaCRM теперь с кодом", "Вход в VeloriaCRM теперь без кода"]);
}

#[tokio::test]
async fn one_in_use_is_not_replaced_by_a_new_one() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let (app, _) = enrolled(&server, &anna).await;
    let again = anna.post("/auth/second-factor", json!({ "password": PASSWORD })).await;
    assert_eq!((again.status, again.code()), (409, "conflict"));
    let confirm = anna.post("/auth/second-factor/confirm", json!({ "code": app.code(&server, 1) })).await;
    assert_eq!((confirm.status, confirm.code()), (409, "conflict"));
}
