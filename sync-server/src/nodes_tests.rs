//! Several nodes on one database, with a real Redis between them and without: what they share, and that nothing but comfort
//! depends on it (RELIABILITY S7).

use serde_json::json;

use crate::AppState;
use crate::http::Edge;
use crate::http::limits::Limits;
use crate::redis::Redis;
use crate::testing::{Caller, PASSWORD, TestRedis, TestServer};

/// What makes a node of an installation with this Redis, and with limits if some are named.
fn with(redis: &TestRedis, limits: Option<&str>) -> impl FnOnce(AppState) -> AppState {
    let redis = Redis::at(&redis.url().into()).unwrap();
    let edge = limits.map(|limits| Edge {
        limits: Limits::new(limits.parse().unwrap(), None, redis.clone()),
        ..Edge::open()
    });
    move |state| {
        let state = state.with_redis(redis);
        match edge {
            Some(edge) => state.with_edge(edge),
            None => state,
        }
    }
}

/// How many of twelve requests, half of them to each node, are let through.
async fn let_through(nodes: [&Caller<'_>; 2]) -> usize {
    let mut good = 0;
    for number in 0..12 {
        let answer = nodes[number % 2].get("/clients").await;
        match answer.status {
            200 => good += 1,
            429 => assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0),
            other => panic!("{other}: {}", answer.json),
        }
    }
    good
}

/// Until Redis is asked again after a failure.
async fn back(server: &TestServer) {
    while !server.state().redis.answers().await {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn two_nodes_share_a_limit_and_each_has_its_own_while_redis_is_gone() {
    let mut redis = TestRedis::start();
    let one = TestServer::start_as(with(&redis, Some("token.read=6/3600"))).await;
    let two = one.start_beside(with(&redis, Some("token.read=6/3600"))).await;
    let anna = one.register("anna").await;
    let also_anna = two.with_token(&anna.token);
    assert_eq!(let_through([&anna, &also_anna]).await, 6, "one limit");
    redis.kill();
    assert_eq!(let_through([&anna, &also_anna]).await, 12, "six at each");
    assert_eq!(let_through([&anna, &also_anna]).await, 0);
    redis.start_again();
    back(&one).await;
    back(&two).await;
    assert_eq!(let_through([&anna, &also_anna]).await, 6, "one limit again");
}

/// What a business does all day: a sign-in, a write, a read, a sync. Every step is done, or the test ends here.
async fn a_day_of(server: &TestServer, anna: &Caller<'_>, name: &str) {
    let body = json!({ "email": anna.email, "password": PASSWORD, "name": "test" });
    let token = server.anonymous().post("/auth/token", body).await.expect(201);
    let caller = server.with_token(token["token"].as_str().unwrap());
    caller.add_client(name).await;
    let ask = json!({ "protocol": 1, "schema": "1/2026e", "cursor": null });
    let synced = caller.post("/sync", ask).await.expect(200);
    assert!(synced["head"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn with_redis_killed_sign_ins_writes_and_sync_go_on_and_nothing_is_lost() {
    let mut redis = TestRedis::start();
    let server = TestServer::start_as(with(&redis, Some(""))).await;
    let anna = server.register("anna").await;
    a_day_of(&server, &anna, "before").await;
    redis.kill();
    for number in 0..5 {
        a_day_of(&server, &anna, &format!("without {number}")).await;
    }
    redis.start_again();
    back(&server).await;
    a_day_of(&server, &anna, "after").await;
    let all = anna.get("/clients?limit=100").await.expect(200);
    assert_eq!(all["data"].as_array().unwrap().len(), 7);
}

#[tokio::test]
async fn wrong_passwords_are_counted_across_nodes_and_without_redis_by_each() {
    let mut redis = TestRedis::start();
    let one = TestServer::start_as(with(&redis, None)).await;
    let two = one.start_beside(with(&redis, None)).await;
    // Of somebody who has never signed in: what a right password forgives reaches Redis a moment later.
    let guess = async |server: &TestServer| {
        let body = json!({ "email": "nobody@example.ru", "password": "nonsense-nonsense", "name": "test" });
        server.anonymous().post("/auth/token", body).await.status
    };
    for number in 0..10 {
        assert_eq!(guess(if number % 2 == 0 { &one } else { &two }).await, 401);
    }
    assert_eq!([guess(&one).await, guess(&two).await], [429, 429], "ten at both together");
    redis.kill();
    // Five of the ten were tried at each, and so much each remembers by itself.
    for number in 0..10 {
        assert_eq!(guess(if number % 2 == 0 { &one } else { &two }).await, 401);
    }
    assert_eq!([guess(&one).await, guess(&two).await], [429, 429]);
}
