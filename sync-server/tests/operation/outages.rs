//! S7: Postgres and Redis are killed in the middle of the work.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use sync_server::system::Stopwatch;
use tokio::time::sleep;

use crate::client::{Visitor, ms, p95};
use crate::is_full;
use crate::redis::TestRedis;
use crate::stage::{Database, Node, sign_in};

/// Adds clients, each under a key of its own and again until it is told that it is done; counts answers as they come.
async fn add_clients(anna: Visitor, first: usize, count: usize, done: Arc<AtomicUsize>) {
    for number in first..first + count {
        let body = json!({ "name": format!("Клиентка {number}") }).to_string();
        let key = format!("key-{number}");
        loop {
            let headers = [("idempotency-key", &*key)];
            let answer = anna.send("POST", "/api/v1/clients", &headers, body.as_bytes()).await;
            match answer {
                Ok(answer) if answer.status == 201 => break,
                // In doubt, the same again: the key says that it is the same.
                Ok(answer) => {
                    assert!(matches!(answer.status, 409 | 503), "{}: {}", answer.status, answer.json);
                    assert!(
                        answer.status == 409 || answer.header("retry-after").is_some(),
                        "{}",
                        answer.json
                    );
                }
                Err(_) => {}
            }
            sleep(Duration::from_millis(50)).await;
        }
        done.fetch_add(1, Ordering::SeqCst);
    }
}

async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    while !is_so().await {
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn drill_with_postgres_killed_callers_are_told_to_come_back_and_all_goes_on_by_itself() {
    let mut database = Database::start().await;
    let mut node = Node::start(&[("DATABASE_URL", &database.url()), ("RATE_LIMITS", "off")]).await;
    let anna = node.register("anna").await;
    let (each, rounds) = if is_full() { (300, 5) } else { (15, 1) };
    let (mut refusals, mut recoveries) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let done = Arc::<AtomicUsize>::default();
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let first = (round * 4 + writer) * each;
                tokio::spawn(add_clients(anna.clone(), first, each, done.clone()))
            })
            .collect();
        until(async || done.load(Ordering::SeqCst) > each).await;
        database.kill();
        // Whatever they ask for; and whoever asks whether the process lives is told that it does.
        let asks = ["/api/v1/clients", "/api/v1/auth/me", "/api/v1/appointments", "/api/v1/settings"];
        for answer in join_all(asks.map(|path| anna.get(path))).await {
            let answer = answer.unwrap();
            assert_eq!(answer.status, 503, "{}", answer.json);
            assert!(answer.header("retry-after").unwrap().parse::<u64>().unwrap() > 0);
            refusals.push(answer.took);
        }
        assert_eq!(sign_in(&anna, "anna").await.unwrap(), Err(503));
        let (health, ready) = (anna.get("/healthz").await.unwrap(), anna.get("/readyz").await.unwrap());
        assert_eq!((health.status, ready.status), (200, 503), "{}", ready.json);
        database.start_again();
        let watch = Stopwatch::start();
        until(async || anna.get("/api/v1/clients").await.is_ok_and(|answer| answer.status == 200)).await;
        recoveries.push(watch.elapsed());
        // The worker, too, rises by itself.
        until(async || anna.get("/readyz").await.is_ok_and(|answer| answer.status == 200)).await;
        for writer in writers {
            writer.await.unwrap();
        }
        assert_eq!(sign_in(&anna, "anna").await.unwrap().map(|_| ()), Ok(()));
    }
    assert_eq!(
        database.count("clients").await,
        4 * each * rounds,
        "nothing is lost and nothing is there twice"
    );
    assert!(node.lives());
    recoveries.sort_unstable();
    let slowest = recoveries[recoveries.len() - 1];
    println!(
        "S7: Postgres killed by SIGKILL {rounds} times under {} writes: 503 with Retry-After (p95 after {}), all there once; first \
         good answer {} after Postgres was ready again, at the latest",
        4 * each * rounds,
        ms(p95(refusals)),
        ms(slowest)
    );
    if is_full() {
        assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    }
}

/// So many times a sign-in, a write, a read and a sync; all must be done. What 95 of a hundred needed at most.
async fn days(anna: &Visitor, count: usize) -> Duration {
    let mut times = Vec::new();
    for number in 0..count {
        // Passwords are hashed on purpose slowly, so one sign-in goes with ten of the others.
        if number % 10 == 0 {
            assert_eq!(sign_in(anna, "anna").await.unwrap().map(|_| ()), Ok(()));
        }
        let written = anna.post("/api/v1/clients", &json!({ "name": "Ирина" })).await.unwrap();
        let read = anna.get("/api/v1/clients?limit=20").await.unwrap();
        let ask = json!({ "protocol": 1, "schema": "1/2026e", "cursor": null });
        let synced = anna.post("/api/v1/sync", &ask).await.unwrap();
        assert_eq!([written.status, read.status, synced.status], [201, 200, 200]);
        times.extend([written.took, read.took]);
    }
    p95(times)
}

#[tokio::test]
async fn drill_with_redis_killed_sign_ins_sync_and_rest_go_on_and_limits_hold_in_the_process() {
    let database = Database::start().await;
    let mut redis = TestRedis::start();
    let settings = [("DATABASE_URL", &*database.url()), ("REDIS_URL", &redis.url()), ("RATE_LIMITS", RATES)];
    let mut node = Node::start(&settings).await;
    let anna = node.register("anna").await;
    let (count, rounds) = if is_full() { (200, 3) } else { (5, 1) };
    days(&anna, count.min(20)).await;
    let (mut with, mut without, mut writes) = (Vec::new(), Vec::new(), count.min(20));
    for _ in 0..rounds {
        with.push(days(&anna, count).await);
        redis.kill();
        without.push(days(&anna, count).await);
        redis.start_again();
        writes += 2 * count;
    }
    assert!(node.said("Redis does not answer").is_some());
    until(async || {
        // Somebody must ask for it to be seen.
        anna.get("/api/v1/auth/me").await.unwrap();
        node.said("Redis answers again").is_some()
    })
    .await;
    assert_eq!(database.count("clients").await, writes);
    // The one strict limit of this test: ten guesses an hour for an address, counted by the process alone.
    redis.kill();
    let stranger = node.stranger();
    let mut answers = Vec::new();
    for _ in 0..15 {
        answers.push(stranger.get("/api/v1/export").await.unwrap().status);
    }
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 5, "{answers:?}");
    assert!(node.lives());
    for times in [&mut with, &mut without] {
        times.sort_unstable();
    }
    let (with, without) = (with[rounds / 2], without[rounds / 2]);
    println!(
        "S7: p95 of writes and reads {} with Redis, {} with Redis killed; none failed",
        ms(with),
        ms(without)
    );
    if is_full() {
        assert!(without < with * 2, "{with:?} grew to {without:?}");
    }
}

/// Limits that are counted and let the work through, and one that does not.
const RATES: &str = "ip.auth=100000/60,ip.read=100000/60,ip.write=100000/60,ip.sync=100000/60,ip.heavy=10/3600,\
                     token.auth=100000/60,token.read=100000/60,token.write=100000/60,token.sync=100000/60,\
                     tenant.auth=100000/60,tenant.read=100000/60,tenant.write=100000/60,tenant.sync=100000/60";
