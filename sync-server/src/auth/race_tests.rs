//! What ends sign-ins against what makes them, through the front door (RELIABILITY A6). Where the order matters it is forced:
//! by a row that the test holds, or by the places for hashing that it has taken.

use futures::future::join;
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use super::account_tests::{NEW, browser, code, is_in, login};
use super::password::Passwords;
use super::store;
use super::store_sessions::{self, Ended};
use crate::db::TenantTx;
use crate::testing::{Answer, Caller, PASSWORD, TestServer};

/// A transaction that holds a person until it is dropped.
async fn hold(server: &TestServer, anna: &Caller<'_>) -> TenantTx {
    let [tenant, user] = ["tenant", "user"].map(|what| anna.account[what]["id"].as_str().unwrap().to_owned());
    let mut tx = server.state().db.tenant(tenant.parse().unwrap()).await.unwrap();
    store_sessions::hold(&mut tx, user.parse().unwrap()).await.unwrap();
    tx
}

async fn pair(server: &TestServer, email: &str, password: &str) -> Json {
    let body = json!({ "email": email, "password": password, "name": "x", "refresh": true });
    server.anonymous().post("/auth/token", body).await.expect(201)
}

async fn refresh(server: &TestServer, pair: &Json) -> Answer {
    server.anonymous().post("/auth/token/refresh", json!({ "refreshToken": pair["refreshToken"] })).await
}

/// Whether what was given out opens anything.
async fn opens(server: &TestServer, answer: &Answer) -> bool {
    answer.status < 300 && is_in(&server.with_token(answer.json["token"].as_str().unwrap())).await
}

/// Runs two that both need the person, in this order.
async fn one_after_the_other(
    server: &TestServer,
    anna: &Caller<'_>,
    first: impl Future<Output = Answer>,
    second: impl Future<Output = Answer>,
) -> (Answer, Answer) {
    let held = hold(server, anna).await;
    let second = async {
        server.until_waiting(1).await;
        let (answer, ()) = join(second, async {
            server.until_waiting(2).await;
            drop(held);
        })
        .await;
        answer
    };
    join(first, second).await
}

#[tokio::test]
async fn a_refresh_that_runs_does_not_survive_signing_out_everywhere() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let old = pair(&server, &anna.email, PASSWORD).await;
    let (fresh, out) =
        one_after_the_other(&server, &anna, refresh(&server, &old), anna.act("/auth/logout-everywhere"))
            .await;
    assert_eq!((fresh.status, out.status), (201, 204));
    assert!(!opens(&server, &fresh).await);
    assert_eq!(refresh(&server, &fresh.json).await.status, 401);
}

#[tokio::test]
async fn a_new_key_of_a_device_does_not_survive_signing_out_everywhere_and_after_it_there_is_none() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let everything = anna.post("/auth/logout-everywhere", json!({ "devices": true }));
    let phone = server.device_of(&anna, "phone").await;
    let (fresh, out) = one_after_the_other(&server, &anna, phone.act("/devices/token"), everything).await;
    assert_eq!((fresh.status, out.status), (201, 204));
    assert!(!opens(&server, &fresh).await);

    let mut here = browser(&server, &anna.email).await;
    here.account = anna.account;
    let anna = here;
    let phone = server.device_of(&anna, "phone").await;
    let everything = anna.post("/auth/logout-everywhere", json!({ "devices": true }));
    let (out, fresh) = one_after_the_other(&server, &anna, everything, phone.act("/devices/token")).await;
    assert_eq!((out.status, fresh.status), (204, 401));
}

#[tokio::test]
async fn a_device_that_is_revoked_meanwhile_registers_no_other() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let phone = server.device_of(&anna, "phone").await;
    let path = format!("/devices/{}", phone.account["id"].as_str().unwrap());
    let registering = phone.post("/devices", json!({ "name": "another" }));
    let (revoked, answer) = one_after_the_other(&server, &anna, anna.delete(&path), registering).await;
    assert_eq!((revoked.status, answer.status), (204, 401));
    assert_eq!(anna.get("/devices").await.expect(200)["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_sign_in_under_way_does_not_survive_a_new_password_nor_bring_the_old_one_back() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let [tenant, user] = ["tenant", "user"].map(|what| anna.account[what]["id"].as_str().unwrap().to_owned());
    let put = async |hash: &str| {
        let mut tx = server.state().db.tenant(tenant.parse().unwrap()).await.unwrap();
        let user = user.parse().unwrap();
        store::put_password(&mut tx, user, hash).await.unwrap();
        store_sessions::end(&mut tx, user, Ended::EverythingButDevices, server.state().now()).await.unwrap();
        tx.commit().await.unwrap();
    };
    let passwords = &server.state().passwords;
    let new = passwords.hash(&NEW.into()).await.unwrap();
    // Weak, so that whoever signs in with it would have it hashed anew.
    for old in [passwords.hash(&PASSWORD.into()).await.unwrap(), Passwords::weak(&PASSWORD.into())] {
        put(&old).await;
        let all = passwords.take_all().await;
        let (answer, ()) = join(login(&server, &anna.email, PASSWORD), async {
            passwords.until_waiting(1).await;
            put(&new).await;
            drop(all);
        })
        .await;
        assert_eq!(answer.status, 401);
        assert_eq!(login(&server, &anna.email, PASSWORD).await.status, 401);
        assert_eq!(login(&server, &anna.email, NEW).await.status, 200);
    }
}

#[tokio::test]
async fn who_proves_a_password_proves_todays_and_with_a_key_that_still_works() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let here = browser(&server, &anna.email).await;
    let passwords = &server.state().passwords;
    let change = |old: &str, new: &str| json!({ "currentPassword": old, "newPassword": new });
    let all = passwords.take_all().await;
    let (answer, ()) = join(here.post("/auth/password", change(PASSWORD, NEW)), async {
        passwords.until_waiting(1).await;
        assert_eq!(anna.act("/auth/logout-everywhere").await.status, 204);
        drop(all);
    })
    .await;
    assert_eq!(answer.status, 401, "the session ended meanwhile");

    let here = browser(&server, &anna.email).await;
    let new = passwords.hash(&NEW.into()).await.unwrap();
    let all = passwords.take_all().await;
    let (answer, ()) = join(here.post("/auth/password", change(PASSWORD, "третий-пароль")), async {
        passwords.until_waiting(1).await;
        let user = anna.account["user"]["id"].as_str().unwrap().parse().unwrap();
        let mut tx = hold(&server, &anna).await;
        store::put_password(&mut tx, user, &new).await.unwrap();
        tx.commit().await.unwrap();
        drop(all);
    })
    .await;
    assert_eq!((answer.status, answer.field("currentPassword")), (422, "wrong_password"));
    assert_eq!(login(&server, &anna.email, NEW).await.status, 200);
}

#[tokio::test]
async fn nobody_holds_a_connection_while_a_new_password_waits_to_be_hashed() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let passwords = &server.state().passwords;
    let all = passwords.take_all().await;
    let change = json!({ "currentPassword": PASSWORD, "newPassword": NEW });
    let (answer, ()) = join(anna.post("/auth/password", change), async {
        passwords.until_waiting(1).await;
        // In the queue before the second hash, which is the one to look at.
        let (again, ()) = join(passwords.take_all(), async { drop(all) }).await;
        passwords.until_waiting(1).await;
        let (open, idle) = server.state().db.connections();
        assert_eq!(usize::try_from(open).unwrap(), idle);
        drop(again);
    })
    .await;
    assert_eq!(answer.status, 204);
}

#[tokio::test]
async fn a_new_address_and_a_new_phone_at_once_are_both_kept() {
    let server = TestServer::start().await;
    let _worker = server.work().await;
    let anna = server.register("anna").await;
    anna.post("/auth/phone", json!({ "phone": "+79161234567", "password": PASSWORD })).await;
    let phone = json!({ "code": code(&server.letter_to(&anna.email).await.text) });
    anna.post("/auth/email", json!({ "email": "new@example.ru", "password": PASSWORD })).await;
    let email = json!({ "code": code(&server.letter_to("new@example.ru").await.text) });
    let confirms = (anna.post("/auth/phone/confirm", phone), anna.post("/auth/email/confirm", email));
    let (phone, email) = one_after_the_other(&server, &anna, confirms.0, confirms.1).await;
    assert_eq!((phone.status, email.status), (200, 200));
    let user = &anna.get("/auth/me").await.expect(200)["user"];
    assert_eq!((&user["email"], &user["phone"]), (&json!("new@example.ru"), &json!("+79161234567")));
}

#[tokio::test]
async fn after_signing_out_the_next_request_is_refused_every_time() {
    let server = TestServer::start().await;
    let _worker = server.work().await;
    let anna = server.register("anna").await;
    let races: usize = std::env::var("VELORIA_RACES").ok().and_then(|races| races.parse().ok()).unwrap_or(21);
    let mut password = PASSWORD.to_owned();
    for race in 0..races {
        // So that the wrong passwords of earlier races are forgotten: a hundred from one address would make it wait.
        server.clock().advance(SignedDuration::from_hours(2));
        let signed_in = login(&server, &anna.email, &password).await;
        let session = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
        let here = server.anonymous().header("cookie", &session);
        let phone = server.device_of(&here, "phone").await;
        let pair = pair(&server, &anna.email, &password).await;
        let short = server.with_token(pair["token"].as_str().unwrap());
        let making = async {
            tokio::join!(
                refresh(&server, &pair),
                phone.act("/devices/token"),
                login(&server, &anna.email, &password),
                phone.get("/clients"),
            )
        };
        let made = match race % 3 {
            0 => {
                let ends = join(phone.act("/auth/logout"), short.act("/auth/logout"));
                let (made, (of_phone, of_short)) = join(making, ends).await;
                assert_eq!(of_phone.status, 204);
                // Who was exchanged before it could sign out is told so.
                let is_out = of_short.status == 204;
                assert!(is_out || of_short.status == 401);
                assert!(!opens(&server, &made.1).await && (!is_out || !opens(&server, &made.0).await));
                made
            }
            1 => {
                let end = here.post("/auth/logout-everywhere", json!({ "devices": true }));
                let (made, end) = join(making, end).await;
                assert_eq!(end.status, 204);
                assert!(!opens(&server, &made.0).await && !opens(&server, &made.1).await);
                made
            }
            _ => {
                server.anonymous().post("/auth/password/forgot", json!({ "email": anna.email })).await;
                let code = loop {
                    let letter = server.letter_to(&anna.email).await;
                    if letter.text.contains("vlr_one_") {
                        break code(&letter.text);
                    }
                };
                let next = format!("пароль-номер-{race}");
                let body = json!({ "code": code, "newPassword": next });
                let end = async { server.anonymous().post("/auth/password/reset", body).await };
                let (made, end) = join(making, end).await;
                assert_eq!(end.status, 204);
                assert!(!opens(&server, &made.0).await);
                let session = made.2.header("set-cookie").split(';').next().unwrap_or_default();
                assert!(!is_in(&server.anonymous().header("cookie", session)).await, "with the old password");
                password = next;
                let now = browser_with(&server, &anna.email, &password).await;
                let device = phone.account["id"].as_str().unwrap();
                assert_eq!(now.delete(&format!("/devices/{device}")).await.status, 204);
                made
            }
        };
        assert!(matches!(made.3.status, 200 | 401 | 403));
        assert_ne!(phone.get("/clients").await.status, 200);
    }
}

async fn browser_with<'a>(server: &'a TestServer, email: &str, password: &str) -> Caller<'a> {
    let answer = login(server, email, password).await;
    let session = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    server.anonymous().header("cookie", &session)
}
