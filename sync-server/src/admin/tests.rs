//! The acts of an operator, and what they leave behind.

use clap::Parser as _;
use domain::lang::Lang;
use domain::plans::Plan;
use serde_json::{Value as Json, json};

use super::{AdminError, act};
use crate::config::{Cli, Command};
use crate::db::JobsDb;
use crate::testing::{Caller, PASSWORD, TestServer};

/// What `sync-server admin ...` gives.
async fn admin(server: &TestServer, line: &[&str]) -> Result<Json, AdminError> {
    let cli = Cli::try_parse_from([&["sync-server", "admin"], line].concat()).unwrap();
    let Some(Command::Admin(admin)) = cli.command else { panic!("not an act: {line:?}") };
    let everybody = JobsDb::connect(&server.database().url(), 1).await.unwrap();
    let done = act(server.state(), &everybody, &admin.act).await;
    everybody.close().await;
    done.map(|shown| serde_json::from_str(&shown.json()).unwrap())
}

/// What the journal of a business says came from an operator, the oldest first.
async fn acts(server: &TestServer, caller: &Caller<'_>) -> Vec<String> {
    server.put_on(caller, Plan::Imperium).await;
    let lines = caller.get("/audit-logs?filter[door]=admin&sort=at&limit=200").await.expect(200);
    let lines = lines["data"].as_array().unwrap().iter();
    lines.map(|line| format!("{} {}", line["action"].as_str().unwrap(), line["changes"])).collect()
}

#[tokio::test]
async fn an_account_is_made_with_a_code_with_which_she_chooses_her_password() {
    let server = TestServer::start().await;
    let made = admin(
        &server,
        &[
            "create-user",
            "--email",
            "olga@example.ru",
            "--name",
            "Ольга",
            "--plan",
            "Imperium",
            "--locale",
            "en",
        ],
    );
    let made = made.await.unwrap();
    assert_eq!((&made["plan"], &made["email"]), (&json!("imperium"), &json!("olga@example.ru")));
    let chosen = json!({ "code": made["code"], "newPassword": PASSWORD });
    assert!(server.anonymous().post("/auth/password/reset", chosen).await.status < 300);
    let body = json!({ "email": "olga@example.ru", "password": PASSWORD, "name": "test" });
    let token = server.anonymous().post("/auth/token", body).await.expect(201);
    let olga = server.with_token(token["token"].as_str().unwrap());
    let me = olga.get("/auth/me").await.expect(200);
    assert_eq!((&me["tenant"]["plan"], &me["user"]["locale"]), (&json!("imperium"), &json!("en")));
    let lines = olga.get("/audit-logs?filter[door]=admin&sort=at").await.expect(200);
    let lines = lines["data"].as_array().unwrap();
    let actions: Vec<&Json> = lines.iter().map(|line| &line["action"]).collect();
    assert_eq!(actions, ["account.registered", "plan.changed", "password.reset_asked"]);
}

#[tokio::test]
async fn a_password_may_come_from_a_file_and_what_is_wrong_is_told_in_both_languages() {
    let server = TestServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, format!("{PASSWORD}\n")).unwrap();
    let line = [
        "create-user",
        "--email",
        "a@example.ru",
        "--name",
        "Анна",
        "--password-file",
        file.to_str().unwrap(),
    ];
    let made = admin(&server, &line).await.unwrap();
    assert_eq!(made["code"], Json::Null);
    let body = json!({ "email": "a@example.ru", "password": PASSWORD });
    assert_eq!(server.anonymous().post("/auth/login", body).await.status, 200);

    let again = admin(&server, &line).await.unwrap_err();
    assert_eq!(again.code().as_str(), "email_taken");
    let wrong = ["create-user", "--email", "x", "--name", " ", "--timezone", "Mars/Base", "--locale", "xx"];
    let wrong = admin(&server, &wrong).await.unwrap_err();
    let fields: Vec<String> =
        wrong.json(Lang::En)["error"]["fields"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["email", "locale", "name", "timezone"]);
    assert!(
        wrong.lines(Lang::En).starts_with("Please check") && wrong.lines(Lang::Ru).starts_with("Проверьте")
    );
    let missing = admin(&server, &[&line[..6], &["no/such/file"]].concat()).await.unwrap_err();
    assert_eq!(missing.code().as_str(), "bad_request");
}

#[tokio::test]
async fn a_plan_is_set_for_nothing_by_address_or_id() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let id = anna.account["tenant"]["id"].as_str().unwrap();
    admin(&server, &["set-plan", &anna.email, "veloria"]).await.unwrap();
    let set = admin(&server, &["set-plan", id, "imperium"]).await.unwrap();
    assert_eq!(set, json!({ "id": id, "before": "veloria", "plan": "imperium" }));
    let billing = anna.get("/billing/plan").await.expect(200);
    assert_eq!((&billing["plan"], &billing["due"]), (&json!("imperium"), &json!(0)));
    let told = acts(&server, &anna).await;
    assert_eq!(told.iter().filter(|line| line.starts_with("plan.changed")).count(), 2, "{told:?}");
}

#[tokio::test]
async fn a_suspended_business_is_told_on_its_devices_and_works_again_when_resumed() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let phone = server.device_of(&anna, "phone").await;
    let status = async || {
        let answer = phone.post("/sync", json!({ "protocol": 1 })).await.expect(200);
        let mut items = answer["items"].as_array().unwrap().iter();
        items.rfind(|item| item["record"] == "tenant").unwrap()["body"]["status"].clone()
    };
    assert_eq!(status().await, Json::Null);
    admin(&server, &["suspend", &anna.email]).await.unwrap();
    assert_eq!(status().await, "suspended");
    assert_eq!(anna.post("/clients", json!({ "name": "x" })).await.code(), "tenant_suspended");
    assert_eq!(anna.get("/export").await.status, 200);
    admin(&server, &["resume", &anna.email]).await.unwrap();
    assert_eq!(status().await, Json::Null);
    anna.post("/clients", json!({ "name": "x" })).await.expect(201);
    let told = acts(&server, &anna).await;
    assert!(told[0].starts_with("tenant.status") && told[1].starts_with("tenant.status"), "{told:?}");
}

#[tokio::test]
async fn what_is_revoked_opens_nothing_and_what_was_not_named_goes_on() {
    let server = TestServer::start().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    let phone = server.device_of(&anna, "phone").await;
    let body = json!({ "email": anna.email, "password": PASSWORD });
    let session = server.anonymous().post("/auth/login", body).await;
    let cookie = session.header("set-cookie").split(';').next().unwrap().to_owned();
    let browser = server.anonymous().header("cookie", &cookie);
    let works = async || {
        let status = async |caller: &Caller<'_>| caller.get("/auth/me").await.status;
        (status(&browser).await, status(&anna).await, status(&phone).await)
    };
    assert_eq!(works().await, (200, 200, 200));
    let ended = admin(&server, &["revoke", &anna.email, "--sessions"]).await.unwrap();
    assert_eq!((&ended["sessions"], &ended["tokens"], &ended["devices"]), (&json!(1), &json!(0), &json!(0)));
    assert_eq!(works().await, (401, 200, 200));
    admin(&server, &["revoke", &anna.email, "--devices"]).await.unwrap();
    assert_eq!(works().await, (401, 200, 403));
    let told = acts(&server, &anna).await;
    assert!(told.iter().any(|line| line.starts_with("device.revoked")), "{told:?}");
    let id = anna.account["tenant"]["id"].as_str().unwrap();
    let ended = admin(&server, &["revoke", id]).await.unwrap();
    assert_eq!(ended["tokens"], 1);
    assert_eq!(works().await, (401, 401, 403));
    assert_eq!(olga.get("/auth/me").await.status, 200, "a neighbour is not touched");
}

#[tokio::test]
async fn a_code_for_a_new_password_works_once_and_can_go_by_letter() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let _working = server.work().await;
    let reset = admin(&server, &["reset-password", &anna.email, "--mail"]).await.unwrap();
    let letter = server.letter_to(&anna.email).await;
    let code = reset["code"].as_str().unwrap();
    assert!(letter.text.contains(code));
    let chosen = json!({ "code": code, "newPassword": "другой-пароль-17" });
    assert!(server.anonymous().post("/auth/password/reset", chosen.clone()).await.status < 300);
    assert_eq!(server.anonymous().post("/auth/password/reset", chosen).await.field("code"), "code_invalid");
    for _ in 0..5 {
        admin(&server, &["reset-password", &anna.email]).await.unwrap();
    }
    let enough = admin(&server, &["reset-password", &anna.email]).await.unwrap_err();
    assert_eq!(enough.code().as_str(), "too_many_requests");
}

#[tokio::test]
async fn everybody_is_listed_and_who_is_not_there_is_told() {
    let server = TestServer::start().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    admin(&server, &["suspend", &olga.email]).await.unwrap();
    let users = admin(&server, &["list", "users"]).await.unwrap();
    let emails: Vec<&Json> = users["data"].as_array().unwrap().iter().map(|user| &user["email"]).collect();
    assert_eq!(emails, [&anna.email, &olga.email]);
    let tenants = admin(&server, &["list", "tenants"]).await.unwrap();
    let states: Vec<&Json> = tenants["data"].as_array().unwrap().iter().map(|one| &one["status"]).collect();
    assert_eq!(states, ["active", "suspended"]);
    for (who, code) in [
        ("nobody@example.ru", "not_found"),
        ("0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", "not_found"),
        ("Анна", "bad_request"),
    ] {
        let error = admin(&server, &["suspend", who]).await.unwrap_err();
        assert_eq!(error.code().as_str(), code, "{who}");
        assert_ne!(error.message(Lang::Ru), error.message(Lang::En));
    }
}
