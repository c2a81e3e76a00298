//! One effect for each key: posts that are sent again and again through a line that breaks anywhere and to a server that is
//! killed, with no word to anybody, in the middle of its work.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value as Json, json};
use sync_server::testing::{PASSWORD, TestDatabase};
use tokio::task::JoinSet;

use super::victim::Victim;
use conflict_tests::proxy::Proxy;

/// How many posts are sent at least, unless `VELORIA_RETRIED_POSTS` says otherwise.
const POSTS: u32 = 1_500;
/// How many at the same time; they fall upon the same keys.
const WORKERS: u64 = 32;
/// Each key is used about so often.
const POSTS_A_KEY: u32 = 20;
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

/// What was answered first to each key, whoever of the workers asked.
type Answers = Mutex<BTreeMap<String, String>>;

/// Who sends: all of them the same key, over the broken line.
struct Sender {
    http: reqwest::Client,
    url: String,
    answers: Arc<Answers>,
    sent: Arc<AtomicU32>,
}

impl Sender {
    async fn post(&self, key: &str, name: &str) -> reqwest::Result<(u16, String)> {
        self.sent.fetch_add(1, Ordering::SeqCst);
        let request = self.http.post(format!("{}/api/v1/clients", self.url)).header("idempotency-key", key);
        let answer = request.json(&json!({ "name": name })).send().await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    }

    /// Sends one post under its key until there is an answer to it: always the same answer, to whomever.
    async fn insist(&self, key: &str) {
        loop {
            match self.post(key, key).await {
                Ok((201, body)) => {
                    let mut answers = self.answers.lock().expect("no worker died");
                    let first = answers.entry(key.to_owned()).or_insert_with(|| body.clone());
                    assert_eq!(*first, body, "{key}");
                    return;
                }
                Ok((409, body)) => assert!(body.contains("request_running"), "{key}: {body}"),
                Ok((503, _)) | Err(_) => {}
                Ok((status, body)) => panic!("{key}: {status} {body}"),
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Sends something else under a key that has its answer: it is refused, and said so.
    async fn misuse(&self, key: &str) {
        loop {
            match self.post(key, "Другая").await {
                Ok((422, body)) => return assert!(body.contains("idempotency_mismatch"), "{key}: {body}"),
                Ok((409 | 503, _)) | Err(_) => {}
                Ok((status, body)) => panic!("{key}: {status} {body}"),
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
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
    let proxy = Arc::new(Proxy::to(&victim.url()).await.expect("a free port"));
    let http = reqwest::Client::builder().timeout(Duration::from_secs(30));
    let plain = http.build().expect("a client");
    let token = account(&victim.url(), &plain).await;
    let bearer = HeaderValue::from_str(&format!("Bearer {token}")).expect("a header");
    let headers = HeaderMap::from_iter([(reqwest::header::AUTHORIZATION, bearer)]);
    let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).default_headers(headers);
    let http = http.build().expect("a client");

    let (sent, answers) = (Arc::<AtomicU32>::default(), Arc::<Answers>::default());
    let mut workers = JoinSet::new();
    for worker in 0..WORKERS {
        let (url, answers, sent) = (proxy.url.clone(), answers.clone(), sent.clone());
        let sender = Sender { http: http.clone(), url, answers, sent };
        workers.spawn(async move {
            let mut random = SmallRng::seed_from_u64(worker);
            while sender.sent.load(Ordering::SeqCst) < least {
                let key = format!("key-{}", random.random_range(0..least / POSTS_A_KEY));
                sender.insist(&key).await;
                if random.random_range(0..10) == 0 {
                    sender.misuse(&key).await;
                }
            }
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
    while let Some(worker) = workers.join_next().await {
        worker.expect("no worker saw two answers for one key");
    }
    let wanted: BTreeMap<String, u32> =
        answers.lock().expect("no worker died").keys().map(|key| (key.clone(), 1)).collect();
    let (sent, made) = (sent.load(Ordering::SeqCst), wanted.len());
    println!("{sent} posts, {made} keys, {cuts} cuts, {kills} kills");
    assert_eq!(names(&http, &victim.url()).await, wanted);
    assert!(cuts > 20 && kills >= least / KILL_EVERY - 1, "{cuts} cuts, {kills} kills");
}
