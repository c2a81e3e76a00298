//! Devices at two nodes of one installation, with a real Redis between the nodes.

use std::time::Duration;

use client_core::driver::live;
use serde_json::json;
use sync_server::AppState;
use sync_server::redis::Redis;
use sync_server::testing::{TestRedis, TestServer};
use tokio::sync::watch;
use tokio::time::timeout;

use super::homes::{Device, fields};

fn with(redis: &TestRedis) -> impl FnOnce(AppState) -> AppState {
    let redis = Redis::at(&redis.url().into()).expect("an address");
    |state| state.with_redis(redis)
}

/// She adds clients at one node until the device at the other hears of it. A node that has just begun to listen may miss a
/// word, so one is not enough; each is a new one.
async fn until_heard(laptop: &mut Device, server: &TestServer, heard: &mut watch::Receiver<u64>, name: &str) {
    loop {
        laptop.app.add_client(&fields(json!({ "name": name }))).expect("offline adding works");
        laptop.sync(server).await;
        if timeout(Duration::from_millis(300), heard.changed()).await.is_ok() {
            return;
        }
    }
}

#[tokio::test]
async fn a_device_hears_what_came_in_at_the_other_node_and_loses_nothing_when_redis_is_gone() {
    let mut redis = TestRedis::start();
    let one = TestServer::start_as(with(&redis)).await;
    let two = one.start_beside(with(&redis)).await;
    let owner = one.register("anna").await;
    let mut laptop = Device::sign_in(&one, &owner.email, "laptop").await;
    let mut phone = Device::sign_in(&two, &owner.email, "phone").await;
    laptop.sync(&one).await;
    phone.sync(&two).await;

    let (tell, mut heard) = watch::channel(0);
    let token = phone.app.token().expect("the store answers").expect("signed in");
    let listening = tokio::spawn(live::listen(two.url().to_owned(), token, tell));
    heard.changed().await.expect("the socket says where the log stands");

    until_heard(&mut laptop, &one, &mut heard, "Ирина").await;
    phone.sync(&two).await;
    assert_eq!(phone.export(), laptop.export());

    // Nobody tells the phone, so it asks, as it does every half minute.
    redis.kill();
    laptop.app.add_client(&fields(json!({ "name": "Ольга" }))).expect("adds");
    laptop.sync(&one).await;
    phone.sync(&two).await;
    assert_eq!(phone.export(), laptop.export());

    redis.start_again();
    heard.borrow_and_update();
    until_heard(&mut laptop, &one, &mut heard, "Мария").await;
    phone.sync(&two).await;
    assert_eq!(phone.export(), laptop.export());
    listening.abort();
}
