//! Passwords, addresses, sign-ins and pairs of keys, through the front door, with letters that really travel through the queue.

use domain::ids::Clock as _;
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use super::password::Passwords;
use super::{SweepSignIns, store};
use crate::jobs::{Job as _, JobContext};
use crate::system::Stopwatch;
use crate::testing::{Answer, Caller, PASSWORD, TestServer};

pub(super) const NEW: &str = "тихий-гель-17";

pub(super) async fn login(server: &TestServer, email: &str, password: &str) -> Answer {
    server.anonymous().post("/auth/login", json!({ "email": email, "password": password })).await
}

/// A browser that is signed in.
pub(super) async fn browser<'a>(server: &'a TestServer, email: &str) -> Caller<'a> {
    let answer = login(server, email, PASSWORD).await;
    let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let pairs: Vec<&str> = cookies.map(|cookie| cookie.split(';').next().unwrap()).collect();
    server.anonymous().header("cookie", &pairs.join("; "))
}

pub(super) async fn is_in(caller: &Caller<'_>) -> bool {
    caller.get("/auth/me").await.status == 200
}

/// The code in a letter.
pub(super) fn code(text: &str) -> String {
    text.lines().find(|line| line.starts_with("vlr_one_")).expect("a code on a line of its own").to_owned()
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_ends_all_other_sign_ins() {
    let server = TestServer::start().await;
    let _worker = server.work().await;
    let anna = server.register("anna").await;
    let (here, elsewhere) = (browser(&server, &anna.email).await, browser(&server, &anna.email).await);
    let change = |old: &str, new: &str| json!({ "currentPassword": old, "newPassword": new });
    let wrong = here.post("/auth/password", change("wrong-password", NEW)).await;
    assert_eq!((wrong.status, wrong.field("currentPassword")), (422, "wrong_password"));
    let short = here.post("/auth/password", change(PASSWORD, "short")).await;
    assert_eq!((short.status, short.field("newPassword")), (422, "too_short"));
    assert!(is_in(&elsewhere).await);

    assert_eq!(here.post("/auth/password", change(PASSWORD, NEW)).await.status, 204);
    assert!(is_in(&here).await && !is_in(&elsewhere).await);
    assert!(is_in(&anna).await, "a personal access token goes on");
    assert_eq!(login(&server, &anna.email, PASSWORD).await.status, 401);
    assert_eq!(login(&server, &anna.email, NEW).await.status, 200);
    let letter = server.letter_to(&anna.email).await;
    insta::assert_snapshot!(format!("{}\n\n{}", letter.subject, letter.text));
}

#[tokio::test]
async fn guessing_the_old_password_from_a_stolen_session_has_to_wait() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let guess = json!({ "currentPassword": "wrong-password", "newPassword": NEW });
    for _ in 0..10 {
        assert_eq!(anna.post("/auth/password", guess.clone()).await.status, 422);
    }
    let answer = anna.post("/auth/password", guess).await;
    assert_eq!((answer.status, answer.code()), (429, "too_many_requests"));
    assert!(!answer.header("retry-after").is_empty());
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_the_code_of_a_letter_once() {
    let server = TestServer::start().await;
    let _worker = server.work().await;
    let anna = server.register("anna").await;
    let phone = server.device_of(&anna, "phone").await;
    let here = browser(&server, &anna.email).await;
    let forgot =
        async |email: &str| server.anonymous().post("/auth/password/forgot", json!({ "email": email })).await;
    let [known, unknown] = [forgot(&anna.email).await, forgot("nobody@example.ru").await];
    assert_eq!((known.status, known.bytes.clone()), (202, unknown.bytes.clone()));
    assert_eq!(unknown.status, 202);

    let letter = server.letter_to(&anna.email).await;
    let code = code(&letter.text);
    let stored = server.everything_stored().await;
    assert!(!stored.contains(&code) && !stored.contains(&letter.text), "neither code nor letter lies open");
    let reset = async |code: &str, password: &str| {
        let body = json!({ "code": code, "newPassword": password });
        server.anonymous().post("/auth/password/reset", body).await
    };
    for bad in ["", "vlr_one_", &anna.token, &code[..70], &format!("{code}A")] {
        let answer = reset(bad, NEW).await;
        assert_eq!(answer.status, 422, "{bad}");
        assert!(matches!(answer.field("code"), "code_invalid" | "required"), "{bad}");
    }
    assert_eq!(reset(&code, "short").await.field("newPassword"), "too_short");

    let answers = futures::future::join_all((0..8).map(|_| reset(&code, NEW))).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|&&status| status == 204).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [204, 422, 503].contains(status)), "{statuses:?}");
    assert_eq!(reset(&code, "третий-пароль").await.field("code"), "code_invalid");
    assert!(!is_in(&here).await && !is_in(&anna).await, "sessions and tokens have ended");
    assert!(is_in(&phone).await, "a device stays connected");
    assert_eq!(login(&server, &anna.email, NEW).await.status, 200);
    assert_eq!(login(&server, &anna.email, PASSWORD).await.status, 401);
    assert!(server.letter_to(&anna.email).await.text.contains("проверьте их список"));
}

#[tokio::test]
async fn a_code_ends_after_an_hour_and_a_mailbox_is_not_flooded() {
    let server = TestServer::start().await;
    let _worker = server.work().await;
    let anna = server.register("anna").await;
    for _ in 0..8 {
        let body = json!({ "email": anna.email });
        assert_eq!(server.anonymous().post("/auth/password/forgot", body).await.status, 202);
    }
    let mut last = String::new();
    for _ in 0..5 {
        last = code(&server.letter_to(&anna.email).await.text);
    }
    assert!(server.has_no_more_letters().await, "five are enough");
    server.clock().advance(SignedDuration::from_mins(61));
    let body = json!({ "code": last, "newPassword": NEW });
    assert_eq!(server.anonymous().post("/auth/password/reset", body).await.field("code"), "code_invalid");
    server.anonymous().post("/auth/password/forgot", json!({ "email": anna.email })).await;
    let body = json!({ "code": code(&server.letter_to(&anna.email).await.text), "newPassword": NEW });
    assert_eq!(server.anonymous().post("/auth/password/reset", body).await.status, 204);
}

#[tokio::test]
async fn another_address_proves_itself_and_the_old_one_is_told() {
    let server = TestServer::start().await;
    let _worker = server.work().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    let ask = |email: &str, password: &str| json!({ "email": email, "password": password });
    let wrong = anna.post("/auth/email", ask("new@example.ru", "wrong-password")).await;
    assert_eq!((wrong.status, wrong.field("password")), (422, "wrong_password"));
    assert_eq!(anna.post("/auth/email", ask("New@Example.ru", PASSWORD)).await.status, 202);
    let code = code(&server.letter_to("New@example.ru").await.text);
    let foreign = olga.post("/auth/email/confirm", json!({ "code": code })).await;
    assert_eq!((foreign.status, foreign.field("code")), (422, "code_invalid"), "not hers");
    let as_password = json!({ "code": code, "newPassword": NEW });
    assert_eq!(
        server.anonymous().post("/auth/password/reset", as_password).await.status,
        422,
        "not for that"
    );

    let user = anna.post("/auth/email/confirm", json!({ "code": code })).await.expect(200);
    assert_eq!(user["email"], "New@example.ru");
    assert_eq!(anna.post("/auth/email/confirm", json!({ "code": code })).await.field("code"), "code_invalid");
    assert!(server.letter_to(&anna.email).await.subject.contains("Адрес"));
    assert_eq!(login(&server, "new@example.ru", PASSWORD).await.status, 200);
    assert_eq!(login(&server, &anna.email, PASSWORD).await.status, 401);
    assert_eq!(server.register("anna").await.email, anna.email, "the old address is free again");
}

#[tokio::test]
async fn an_address_that_has_an_account_by_now_stays_with_it() {
    let server = TestServer::start().await;
    let _worker = server.work().await;
    let anna = server.register("anna").await;
    let body = json!({ "email": "olga@example.ru", "password": PASSWORD });
    anna.post("/auth/email", body).await;
    let code = code(&server.letter_to("olga@example.ru").await.text);
    server.register("olga").await;
    let answer = anna.post("/auth/email/confirm", json!({ "code": code })).await;
    assert_eq!((answer.status, answer.code()), (409, "email_taken"));
    assert_eq!(login(&server, &anna.email, PASSWORD).await.status, 200, "nothing has changed");
}

#[tokio::test]
async fn a_code_for_a_new_password_does_not_outlive_a_change_of_address_or_password() {
    let server = TestServer::start().await;
    let _worker = server.work().await;
    let anna = server.register("anna").await;
    let forgotten = async |email: &str| {
        server.anonymous().post("/auth/password/forgot", json!({ "email": email })).await;
        code(&server.letter_to(email).await.text)
    };
    let reset = async |code: &str| {
        let body = json!({ "code": code, "newPassword": "третий-пароль" });
        server.anonymous().post("/auth/password/reset", body).await
    };
    // To a mailbox that she is about to give up.
    let old = forgotten(&anna.email).await;
    anna.post("/auth/email", json!({ "email": "new@example.ru", "password": PASSWORD })).await;
    let confirm = json!({ "code": code(&server.letter_to("new@example.ru").await.text) });
    anna.post("/auth/email/confirm", confirm).await.expect(200);
    assert_eq!(reset(&old).await.field("code"), "code_invalid");

    // Somebody who knew her password asks for another address, and keeps a token.
    let old = forgotten("new@example.ru").await;
    anna.post("/auth/email", json!({ "email": "thief@example.ru", "password": PASSWORD })).await;
    let theft = json!({ "code": code(&server.letter_to("thief@example.ru").await.text) });
    let change = json!({ "currentPassword": PASSWORD, "newPassword": NEW });
    assert_eq!(anna.post("/auth/password", change).await.status, 204);
    assert_eq!(reset(&old).await.field("code"), "code_invalid");
    assert_eq!(anna.post("/auth/email/confirm", theft).await.field("code"), "code_invalid");
}

#[tokio::test]
async fn signing_out_with_the_short_key_of_a_pair_ends_the_long_one() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let body = json!({ "email": anna.email, "password": PASSWORD, "name": "x", "refresh": true });
    for path in ["/auth/logout", "/auth/tokens/"] {
        let pair = server.anonymous().post("/auth/token", body.clone()).await.expect(201);
        let short = server.with_token(pair["token"].as_str().unwrap());
        let answer = match path {
            "/auth/logout" => short.act(path).await,
            _ => anna.delete(&format!("{path}{}", pair["id"].as_str().unwrap())).await,
        };
        assert_eq!(answer.status, 204, "{path}");
        let refresh = json!({ "refreshToken": pair["refreshToken"] });
        assert_eq!(server.anonymous().post("/auth/token/refresh", refresh).await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn a_device_that_signs_out_leaves_no_key_that_waits_to_be_used() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let phone = server.device_of(&anna, "phone").await;
    let fresh = phone.act("/devices/token").await.expect(201);
    assert_eq!(phone.act("/auth/logout").await.status, 204);
    assert!(!is_in(&server.with_token(fresh["token"].as_str().unwrap())).await);
}

#[tokio::test]
async fn dead_keys_and_codes_are_forgotten_and_a_revoked_device_is_still_told() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let [phone, laptop] = [server.device_of(&anna, "phone").await, server.device_of(&anna, "laptop").await];
    anna.delete(&format!("/devices/{}", phone.account["id"].as_str().unwrap())).await;
    let body = json!({ "email": anna.email, "password": PASSWORD, "name": "Бухгалтерия", "refresh": true });
    let pair = server.anonymous().post("/auth/token", body).await.expect(201);
    server.with_token(pair["token"].as_str().unwrap()).act("/auth/logout").await;
    anna.post("/auth/phone", json!({ "phone": "+79161234567", "password": PASSWORD })).await;
    let context = JobContext {
        state: server.state().clone(),
        tenant: anna.account["tenant"]["id"].as_str().unwrap().parse().unwrap(),
        id: server.state().new_id(),
        attempt: 1,
        is_last_attempt: false,
    };
    let mut left = Vec::new();
    for days in [0, 31] {
        server.clock().advance(SignedDuration::from_hours(24 * days));
        SweepSignIns.run(context.clone()).await.unwrap();
        left.push((
            server.count("tokens where family is not null").await,
            server.count("confirmations").await,
        ));
    }
    assert_eq!(left, [(2, 1), (0, 0)]);
    assert!(is_in(&anna).await && is_in(&laptop).await);
    assert_eq!(phone.get("/auth/me").await.code(), "device_revoked");
}

#[tokio::test]
async fn another_phone_is_confirmed_by_mail() {
    let server = TestServer::start().await;
    let _worker = server.work().await;
    let anna = server.register("anna").await;
    let body = json!({ "phone": "8 916 123-45-67", "password": PASSWORD });
    assert_eq!(anna.post("/auth/phone", body).await.status, 202);
    let code = code(&server.letter_to(&anna.email).await.text);
    let user = anna.post("/auth/phone/confirm", json!({ "code": code })).await.expect(200);
    assert_eq!(user["phone"], "+79161234567");
    assert_eq!(anna.get("/auth/me").await.expect(200)["user"]["phone"], "+79161234567");
}

#[tokio::test]
async fn sign_ins_are_listed_with_browser_and_masked_address_and_each_can_be_ended() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let body = json!({ "email": anna.email, "password": PASSWORD });
    let agent = server.anonymous().header("user-agent", "Mozilla/5.0 (iPhone)");
    agent.post("/auth/login", body.clone()).await.expect(200);
    let here = browser(&server, &anna.email).await;
    let mut program = body;
    program["name"] = json!("Бухгалтерия");
    program["refresh"] = json!(true);
    let pair = server.anonymous().post("/auth/token", program).await.expect(201);

    let listed = here.get("/auth/sessions").await.expect(200);
    let all = listed["data"].as_array().unwrap();
    let kinds: Vec<_> = all.iter().map(|one| (one["kind"].clone(), one["isCurrent"].clone())).collect();
    let expected = [("program", false), ("browser", true), ("browser", false)];
    assert_eq!(kinds, expected.map(|(kind, is_current)| (json!(kind), json!(is_current))));
    assert_eq!((&all[2]["agent"], &all[2]["address"]), (&json!("Mozilla/5.0 (iPhone)"), &json!("127.0.0.x")));
    assert_eq!(all[0]["name"], "Бухгалтерия");

    let short = server.with_token(pair["token"].as_str().unwrap());
    assert!(is_in(&short).await);
    assert_eq!(short.get("/auth/sessions").await.expect(200)["data"][0]["isCurrent"], true);
    for index in [0, 2] {
        let path = format!("/auth/sessions/{}", all[index]["id"].as_str().unwrap());
        assert_eq!(here.delete(&path).await.status, 204);
        assert_eq!(here.delete(&path).await.status, 404);
    }
    assert!(!is_in(&short).await, "the whole pair has ended");
    assert_eq!(here.get("/auth/sessions").await.expect(200)["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn signing_out_everywhere_ends_all_and_devices_if_she_says_so() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let phone = server.device_of(&anna, "phone").await;
    let [here, there] = [browser(&server, &anna.email).await, browser(&server, &anna.email).await];
    let answer = here.act("/auth/logout-everywhere").await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert!(!is_in(&here).await && !is_in(&there).await && !is_in(&anna).await);
    assert!(is_in(&phone).await);
    assert_eq!(phone.post("/auth/logout-everywhere", json!({ "devices": true })).await.status, 204);
    assert!(!is_in(&phone).await);
}

#[tokio::test]
async fn a_refresh_token_gives_one_pair_and_shown_again_it_ends_all_that_came_of_it() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let body = json!({ "email": anna.email, "password": PASSWORD, "name": "x", "abilities": ["clients:read"], "refresh": true });
    let first = server.anonymous().post("/auth/token", body.clone()).await.expect(201);
    let text = |json: &Json, name: &str| json[name].as_str().unwrap().to_owned();
    assert!(
        text(&first, "token").starts_with("vlr_acc_") && text(&first, "refreshToken").starts_with("vlr_ref_")
    );
    let refresh = async |token: &str| {
        server.anonymous().post("/auth/token/refresh", json!({ "refreshToken": token })).await
    };
    let opens =
        async |json: &Json| server.with_token(&text(json, "token")).get("/clients").await.status == 200;
    assert!(opens(&first).await);
    let as_key = server.with_token(&text(&first, "refreshToken"));
    assert_eq!(as_key.get("/clients").await.status, 401, "a refresh token opens no door");
    server.clock().advance(SignedDuration::from_mins(15));
    assert!(!opens(&first).await, "the short one has ended");

    let second = refresh(&text(&first, "refreshToken")).await.expect(201);
    assert!(opens(&second).await);
    let limited = server.with_token(&text(&second, "token"));
    assert_eq!(limited.get("/notes").await.status, 403, "no more rights than before");
    let third = refresh(&text(&second, "refreshToken")).await.expect(201);
    assert!(opens(&third).await && !opens(&second).await);
    assert_eq!(refresh(&text(&first, "refreshToken")).await.status, 401, "somebody has stolen it");
    assert!(!opens(&third).await);
    assert_eq!(refresh(&text(&third, "refreshToken")).await.status, 401);
    let mut both = body;
    both["expiresAt"] = json!((server.clock().now() + SignedDuration::from_hours(1)).to_string());
    let answer = server.anonymous().post("/auth/token", both).await;
    assert_eq!((answer.status, answer.field("expiresAt")), (422, "not_allowed"));
}

#[tokio::test]
async fn of_many_exchanges_at_once_one_gets_a_pair() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let body = json!({ "email": anna.email, "password": PASSWORD, "name": "x", "refresh": true });
    let pair = server.anonymous().post("/auth/token", body).await.expect(201);
    let body = json!({ "refreshToken": pair["refreshToken"] });
    let caller = server.anonymous();
    let answers =
        futures::future::join_all((0..8).map(|_| caller.post("/auth/token/refresh", body.clone()))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 401).count(), 7);
}

#[tokio::test]
async fn a_devices_old_token_works_until_the_new_one_is_used() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let phone = server.device_of(&anna, "phone").await;
    // The answer is lost on the way: nothing has happened to her.
    phone.act("/devices/token").await.expect(201);
    assert!(is_in(&phone).await);
    let fresh = phone.act("/devices/token").await.expect(201);
    assert!(is_in(&phone).await);
    let fresh = server.with_token(fresh["token"].as_str().unwrap());
    assert!(is_in(&fresh).await);
    assert_eq!(phone.get("/auth/me").await.status, 401, "the new one was used");
    assert!(is_in(&fresh).await);
    assert_eq!(fresh.post("/sync", json!({ "protocol": 1 })).await.status, 200);
    assert_eq!(anna.act("/devices/token").await.status, 403, "only a device has such a token");
    let device = phone.account["id"].as_str().unwrap();
    assert_eq!(anna.delete(&format!("/devices/{device}")).await.status, 204);
    assert_eq!(fresh.get("/auth/me").await.code(), "device_revoked");
}

#[tokio::test]
async fn a_limited_device_changes_its_own_token_all_the_same() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let body = json!({ "email": anna.email, "password": PASSWORD, "name": "x", "abilities": ["sync", "devices:write"] });
    let issued = server.anonymous().post("/auth/token", body).await.expect(201);
    let limited = server.with_token(issued["token"].as_str().unwrap());
    let phone = server.device_of(&limited, "phone").await;
    let fresh = phone.act("/devices/token").await.expect(201);
    let fresh = server.with_token(fresh["token"].as_str().unwrap());
    assert_eq!(fresh.get("/clients").await.status, 403, "no more rights than before");
    assert_eq!(fresh.post("/sync", json!({ "protocol": 1 })).await.status, 200);
}

#[tokio::test]
async fn an_unknown_address_costs_a_hash_like_a_known_one() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let before = server.state().passwords.checked();
    for email in [&*anna.email, "nobody@example.ru", "no address"] {
        assert_eq!(login(&server, email, "wrong-password").await.status, 401);
    }
    assert_eq!(server.state().passwords.checked(), before + 3);
}

#[tokio::test]
async fn a_weak_hash_becomes_a_strong_one_when_she_signs_in() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let tenant = anna.account["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let user = anna.account["user"]["id"].as_str().unwrap().parse().unwrap();
    let mut tx = server.state().db.tenant(tenant).await.unwrap();
    store::put_password(&mut tx, user, &Passwords::weak(&PASSWORD.into())).await.unwrap();
    tx.commit().await.unwrap();
    let hash = async || {
        let mut tx = server.state().db.tenant(tenant).await.unwrap();
        store::find_user(&mut tx, user).await.unwrap().unwrap().1
    };
    assert!(hash().await.contains("m=8192,t=1,p=1"));
    assert_eq!(login(&server, &anna.email, "wrong-password").await.status, 401);
    assert!(hash().await.contains("m=8192,t=1,p=1"), "a wrong password changes nothing");
    assert_eq!(login(&server, &anna.email, PASSWORD).await.status, 200);
    assert!(hash().await.contains("m=19456,t=2,p=1"));
    assert_eq!(login(&server, &anna.email, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn while_strangers_guess_her_own_browser_signs_in() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let hers = browser(&server, &anna.email).await;
    for _ in 0..10 {
        assert_eq!(login(&server, &anna.email, "wrong-password").await.status, 401);
    }
    assert_eq!(login(&server, &anna.email, PASSWORD).await.status, 429, "a stranger, even with the password");
    let body = json!({ "email": anna.email, "password": PASSWORD });
    assert_eq!(hers.post("/auth/login", body.clone()).await.status, 200);
    let olga = server.register("olga").await;
    let of_another = browser(&server, &olga.email).await;
    assert_eq!(of_another.post("/auth/login", body).await.status, 429, "a mark is for one account");
}

#[tokio::test]
async fn without_mail_what_needs_a_letter_says_so() {
    let server = TestServer::start_without_mail().await;
    let anna = server.register("anna").await;
    let refused = [
        server.anonymous().post("/auth/password/forgot", json!({ "email": anna.email })).await,
        anna.post("/auth/email", json!({ "email": "new@example.ru", "password": PASSWORD })).await,
        anna.post("/auth/phone", json!({ "phone": "+79161234567", "password": PASSWORD })).await,
    ];
    assert!(refused.iter().all(|answer| (answer.status, answer.code()) == (503, "mail_not_configured")));
    let change = json!({ "currentPassword": PASSWORD, "newPassword": NEW });
    assert_eq!(anna.post("/auth/password", change).await.status, 204, "what only tells of itself is done");
}

#[tokio::test]
#[ignore = "about time, so it needs a quiet machine: VELORIA_LOGINS=1000 cargo nextest run --release --run-ignored all -p sync-server takes_as_long"]
async fn a_wrong_password_takes_as_long_at_an_unknown_address() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let logins: usize =
        std::env::var("VELORIA_LOGINS").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    let mut times = [Vec::new(), Vec::new()];
    for number in 0..logins {
        // Each comes as often after itself as after the other, whose writes may still be on their way to the disk.
        for turn in if number % 2 == 0 { [0, 1] } else { [1, 0] } {
            // So that nobody waits for the guesses before.
            server.clock().advance(SignedDuration::from_hours(2));
            let watch = Stopwatch::start();
            let email = [&*anna.email, "nobody@example.ru"][turn];
            assert_eq!(login(&server, email, "wrong-password").await.status, 401);
            times[turn].push(watch.micros());
        }
    }
    let [known, unknown] = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    let differ = known.abs_diff(unknown) * 1_000 / known.max(unknown);
    println!("medians of {logins}: known {known} us, unknown {unknown} us, {differ} per mille apart");
    assert!(differ < 50, "known {known} us, unknown {unknown} us");
}
