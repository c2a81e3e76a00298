//! The environment block of the mission, as it stands there with its placeholders filled in: the program runs with it, and each
//! name is obeyed or answered (docs/adr/0013).

use serde_json::json;
use tokio::time::{Duration, sleep};

use crate::stage::{Database, Node};

/// What the log says to names that mean something else here, or nothing yet.
const ANSWERS: [&str; 6] = [
    "QUEUE_CONNECTION=redis: jobs lie in Postgres",
    "CACHE_STORE=redis: without REDIS_URL",
    "MAIL_MAILER=mailgun: its API is not spoken here",
    "SMS_PROVIDER, SMSAERO_*, SMSC_*: this version sends no SMS",
    "TELEGRAM_*: this version does not speak with Telegram",
    "OPENAI_API_KEY: this version has no assistant",
];

#[tokio::test]
async fn the_program_runs_with_the_missions_environment_and_obeys_or_answers_each_name() {
    let database = Database::start().await;
    let url = database.url();
    let (_, rest) = url.split_once("://").unwrap();
    let (login, place) = rest.split_once('@').unwrap();
    let (user, password) = login.split_once(':').unwrap();
    let (address, name) = place.split_once('/').unwrap();
    let (host, port) = address.split_once(':').unwrap();
    let settings = [
        ("APP_ENV", "prod"),
        ("APP_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
        ("DB_CONNECTION", "pgsql"),
        ("DB_HOST", host),
        ("DB_DATABASE", name.split('?').next().unwrap()),
        ("DB_USERNAME", user),
        ("DB_PASSWORD", password),
        ("QUEUE_CONNECTION", "redis"),
        ("CACHE_STORE", "redis"),
        ("BROADCAST_DRIVER", "log"),
        ("MAIL_MAILER", "mailgun"),
        ("MAILGUN_DOMAIN", "mg.example.ru"),
        ("MAILGUN_SECRET", "key-1"),
        ("SMS_PROVIDER", "smsaero"),
        ("SMSAERO_API_KEY", "key-2"),
        ("SMSC_LOGIN", "veloria"),
        ("TELEGRAM_BOT_TOKEN", "1:key-3"),
        ("TELEGRAM_WEBHOOK_SECRET", "key-4"),
        ("YOOKASSA_SHOP_ID", "100500"),
        ("YOOKASSA_SECRET_KEY", "key-5"),
        ("OPENAI_API_KEY", "key-6"),
        // The block has no port, for its database is at the usual one.
        ("DB_PORT", port),
    ];
    let node = Node::start(&settings).await;
    let stranger = node.stranger();
    // The worker rises beside the requests.
    while stranger.get("/readyz").await.unwrap().status != 200 {
        sleep(Duration::from_millis(50)).await;
    }
    let warnings = node.warnings();
    for answer in ANSWERS {
        assert_eq!(
            warnings.iter().filter(|line| line.contains(answer)).count(),
            1,
            "{answer}: {warnings:#?}"
        );
    }
    assert_eq!(warnings.len(), ANSWERS.len(), "{warnings:#?}");
    assert!(!warnings.concat().contains("key-"), "no secret is told");
    // BROADCAST_DRIVER=log needs no word: nothing is broadcast. DB_*: what is written lies there. APP_ENV=prod: her cookie is for https alone. APP_KEY: it did not start without one.
    let anna = node.register("anna").await;
    assert_eq!(anna.post("/api/v1/clients", &json!({ "name": "Ирина" })).await.unwrap().status, 201);
    assert_eq!(database.count("clients").await, 1);
    // YOOKASSA_*: the shop serves the one business that there is.
    let shop = anna.get("/api/v1/integrations/yookassa").await.unwrap().json;
    assert_eq!((&shop["source"], &shop["shop"]), (&json!("installation"), &json!("100500")));
    let login = json!({ "email": "anna@example.ru", "password": "тёплый-лак-42" });
    let cookie = stranger.post("/api/v1/auth/login", &login).await.unwrap();
    assert!(cookie.header("set-cookie").unwrap().starts_with("__Host-"), "{cookie:?}");
}

#[tokio::test]
async fn with_redis_the_names_of_cache_and_broadcast_are_obeyed() {
    let database = Database::start().await;
    let redis = crate::redis::TestRedis::start();
    let (url, redis) = (database.url(), redis.url());
    let settings = [
        ("DATABASE_URL", &*url),
        ("REDIS_URL", &redis),
        ("CACHE_STORE", "redis"),
        ("BROADCAST_DRIVER", "redis"),
        ("QUEUE_CONNECTION", "database"),
    ];
    let node = Node::start(&settings).await;
    assert_eq!(node.warnings(), [""; 0], "nothing is to be explained");
    node.register("anna").await;
}
