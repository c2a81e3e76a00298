//! The books: that they follow what nobody posted, and that nobody changes them.

use domain::ids::TenantId;
use secrecy::ExposeSecret as _;
use serde_json::json;
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::{catch_up_now, differences};
use crate::testing::{Caller, TestServer};

fn tenant(caller: &Caller<'_>) -> TenantId {
    TenantId(caller.account["tenant"]["id"].as_str().unwrap().parse().unwrap())
}

/// As a business looks that was there before the books: its payments are recorded, and nothing is posted.
async fn forget_the_books(server: &TestServer) {
    let mut owner = PgConnection::connect(server.database().url().expose_secret()).await.unwrap();
    let forget = "alter table ledger no force row level security;
                  alter table ledger_state no force row level security;
                  delete from ledger;
                  update ledger_state set followed = 0;
                  alter table ledger force row level security;
                  alter table ledger_state force row level security";
    owner.execute(forget).await.unwrap();
}

#[tokio::test]
async fn payments_of_before_the_books_and_of_an_older_server_are_posted_once() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    for (day, amount, provider) in
        [("2018-06-09", 65.5, "import"), ("2018-06-10", -10.0, "cash"), ("2018-06-10", 30.0, "cash")]
    {
        let body = json!({ "date": day, "amount": amount, "provider": provider });
        anna.post("/payments", body).await.expect(201);
    }
    let lines = || async {
        let page = anna.get("/ledger?sort=day").await.expect(200);
        let line = |line: &serde_json::Value| {
            format!("{} {} < {} {}", line["day"], line["debit"], line["credit"], line["amount"])
                .replace('"', "")
        };
        page["data"].as_array().unwrap().iter().map(line).collect::<std::collections::BTreeSet<_>>()
    };
    let posted = lines().await;
    assert_eq!(posted.len(), 3);
    forget_the_books(&server).await;
    assert_eq!(catch_up_now(server.state(), tenant(&anna)).await.unwrap(), 3);
    assert_eq!(catch_up_now(server.state(), tenant(&anna)).await.unwrap(), 0, "nothing is posted twice");
    assert_eq!(lines().await, posted);
    forget_the_books(&server).await;
    assert_eq!(lines().await, posted, "who reads the books need not wait for the night");
    let mut tx = server.state().db.tenant(tenant(&anna)).await.unwrap();
    assert_eq!(differences(&mut tx).await.unwrap(), 0);
}

#[tokio::test]
async fn the_servers_own_role_changes_no_line() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    anna.post("/payments", json!({ "date": "2018-06-09", "amount": 1 })).await.expect(201);
    for statement in ["update ledger set minor = 2", "delete from ledger", "truncate ledger"] {
        let mut tx = server.state().db.tenant(tenant(&anna)).await.unwrap();
        let error = tx.conn().execute(statement).await.unwrap_err();
        assert!(error.to_string().contains("permission denied"), "{statement}: {error}");
    }
}
