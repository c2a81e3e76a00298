//! One effect for each key: posts that are sent again and again through a line that breaks anywhere and to a server that is
//! killed, with no word to anybody, in the middle of its work.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value as Json, json};
use sync_server::testing::{PASSWORD, TestDatabase};
use tokio::task::JoinSet;

use super::proxy::Proxy;
use super::victim::Victim;

/// How many posts are sent at least, unless `VELORIA_RETRIED_POSTS` says otherwise.
const POSTS: u32 = 1_500;
/// How many at the same time.
const WORKERS: u32 = 6;
/// The line is cut about once in so many posts, the server killed about once in so many.
const CUT_EVERY: u32 = 7;
const KILL_EVERY: u32 = 250;

async fn account(url: &str, http: &reqwest::Client) -> String {
    let post = async |path: &str, body: Json| {
        let answer =
            http.post(format!("{url}/api/v1/auth/{path}")).json(&body).send().await.expect("answers");
        answer.json::<Json>().await.expect("JSON")
    };
    post("register", json!({ "name": "Анна", "email": "anna@example.ru", "password": PASSWORD })).await;
    let token = post("token", json!({ "email": "anna@example.ru", "password": PASSWORD, "name": "t" })).await;
    token["token"].as_str().expect("a token").to_owned()
}

/// Sends one post under its key until there is an answer to it, and then some more times: always the same answer.
async fn insist(http: &reqwest::Client, url: &str, name: &str, again: u32, sent: &AtomicU32) {
    let mut first: Option<String> = None;
    let mut left = again;
    loop {
        sent.fetch_add(1, Ordering::SeqCst);
        let request = http.post(format!("{url}/api/v1/clients")).header("idempotency-key", name);
        let answered = async {
            let answer = request.json(&json!({ "name": name })).send().await?;
            Ok::<_, reqwest::Error>((answer.status().as_u16(), answer.text().await?))
        };
        match answered.await {
            Ok((201, body)) => {
                assert_eq!(*first.get_or_insert_with(|| body.clone()), body, "{name}");
                if left == 0 {
                    return;
                }
                left -= 1;
            }
            Ok((409, body)) => assert!(body.contains("request_running"), "{name}: {body}"),
            Ok((503, _)) | Err(_) => {}
            Ok((status, body)) => panic!("{name}: {status} {body}"),
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Names and how often each is there.
async fn names(http: &reqwest::Client, url: &str) -> BTreeMap<String, u32> {
    let (mut found, mut cursor) = (BTreeMap::new(), String::new());
    loop {
        let page = http.get(format!("{url}/api/v1/clients?limit=200{cursor}")).send().await.expect("answers");
        let page: Json = page.json().await.expect("JSON");
        for client in page["data"].as_array().expect("a page") {
            *found.entry(client["name"].as_str().expect("a name").to_owned()).or_default() += 1;
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn posts_that_are_sent_again_through_cuts_and_kills_have_one_effect_each() {
    let least: u32 =
        std::env::var("VELORIA_RETRIED_POSTS").map_or(POSTS, |text| text.parse().expect("a number"));
    let database = TestDatabase::create().await;
    let mut victim = Victim::start(database.url()).await;
    let proxy = Arc::new(Proxy::to(&victim.url()).await);
    let http = reqwest::Client::builder().timeout(Duration::from_secs(30));
    let plain = http.build().expect("a client");
    let token = account(&victim.url(), &plain).await;
    let bearer = HeaderValue::from_str(&format!("Bearer {token}")).expect("a header");
    let headers = HeaderMap::from_iter([(reqwest::header::AUTHORIZATION, bearer)]);
    let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).default_headers(headers);
    let http = http.build().expect("a client");

    let sent = Arc::new(AtomicU32::new(0));
    let mut workers = JoinSet::new();
    for worker in 0..WORKERS {
        let (http, url, sent) = (http.clone(), proxy.url.clone(), sent.clone());
        workers.spawn(async move {
            let mut random = SmallRng::seed_from_u64(u64::from(worker));
            let mut made = 0;
            while sent.load(Ordering::SeqCst) < least {
                insist(&http, &url, &format!("{worker}-{made}"), random.random_range(0..4), &sent).await;
                made += 1;
            }
            (worker, made)
        });
    }
    let mut random = SmallRng::seed_from_u64(99);
    let (mut cuts, mut kills, mut seen) = (0, 0, 0);
    while sent.load(Ordering::SeqCst) < least {
        let now = sent.load(Ordering::SeqCst);
        if now / KILL_EVERY > kills {
            victim.kill();
            victim.rise().await;
            kills += 1;
        }
        if now >= seen + CUT_EVERY {
            seen = now;
            proxy.cut_after(random.random_range(0..3_000));
            cuts += 1;
            while sent.load(Ordering::SeqCst) < now + 3 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            proxy.heal();
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    proxy.heal();
    let mut wanted = BTreeMap::new();
    while let Some(worker) = workers.join_next().await {
        let (worker, made) = worker.expect("no worker saw two answers for one key");
        wanted.extend((0..made).map(|number| (format!("{worker}-{number}"), 1)));
    }
    let (sent, made) = (sent.load(Ordering::SeqCst), wanted.len());
    println!("{sent} posts, {made} keys, {cuts} cuts, {kills} kills");
    assert_eq!(names(&http, &victim.url()).await, wanted);
    assert!(cuts > 20 && kills >= least / KILL_EVERY - 1, "{cuts} cuts, {kills} kills");
}
