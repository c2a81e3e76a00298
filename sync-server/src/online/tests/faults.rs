//! Lost answers, a provider that is away, and everything done twice: the books are the provider's to the kopeck (RELIABILITY S1, I08, I19).

use futures::future::join_all;

use super::*;
use crate::config::LogFormat;
use crate::logging::tests::Recorded;
use crate::online::{calls, events};

/// How many payments; the variable names more.
fn many() -> u32 {
    std::env::var("VELORIA_ONLINE_PAYMENTS").ok().and_then(|many| many.parse().ok()).unwrap_or(300)
}

#[tokio::test]
async fn whatever_answers_are_lost_the_books_are_those_of_the_provider() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Imperium, SHOP).await;
    let _working = bench.work().await;
    bench.stage.steer("yookassa/notify", &json!({ "doubled": true })).await;
    let moods = ["lost", "500", "html", "429", "down", "ok"];
    let mut links = Vec::new();
    for chunk in 0..many().div_ceil(12) {
        bench.mood(moods[chunk as usize % moods.len()]).await;
        let made = (0..12).map(|at| anna.link(f64::from(chunk * 12 + at) + 0.37));
        links.extend(join_all(made).await);
    }
    bench.mood("ok").await;
    // Those who have their link pay while the others are still asked for; every sixth does not, every fourth gets a part back.
    let known = settle_all(&bench, &anna, &links, |now| !now["url"].is_null()).await;
    for (at, link) in known.iter().enumerate() {
        if at % 5 == 0 {
            bench.mood_for(moods[at % moods.len()], 2).await;
        }
        anna.payer(link, if at % 6 == 5 { "decline" } else { "pay" }).await;
    }
    let over = settle_all(&bench, &anna, &links, |now| now["status"] != "pending").await;
    let paid: Vec<&Json> = over.iter().filter(|link| link["status"] == "succeeded").step_by(4).collect();
    for (at, some) in paid.chunks(6).enumerate() {
        bench.mood_for(moods[at % moods.len()], 3).await;
        join_all(some.iter().map(async |link| {
            let path = format!("/online-payments/{}/refund", text(&link["id"]));
            anna.caller.post(&path, json!({ "amount": 0.11 })).await.expect(200)
        }))
        .await;
    }
    bench.mood("ok").await;
    settle_all(&bench, &anna, &links, |now| now["refunding"] == 0).await;
    let (ours, theirs) = (anna.books().await, anna.provider().await);
    assert_eq!(ours, theirs);
    assert!(ours > 0);
    let payments = bench.server.count("records where kind = 'payment'").await;
    let succeeded = bench.server.count("online_payments where status = 'succeeded'").await;
    let refunds = bench.server.count("online_refunds where status = 'succeeded'").await;
    assert_eq!(payments, succeeded + refunds, "each is in the books once");
    assert_eq!(bench.server.count("online_payments where trouble is not null").await, 0);
    assert_eq!(bench.server.count("online_refunds where trouble is not null").await, 0);
}

/// Hurries jobs along until all of these are so.
async fn settle_all(
    bench: &Bench,
    anna: &Master<'_>,
    links: &[Json],
    is_so: impl Fn(&Json) -> bool,
) -> Vec<Json> {
    for round in 0..200 {
        let now = join_all(links.iter().map(|link| anna.read(link))).await;
        if now.iter().all(&is_so) {
            return now;
        }
        if round % 20 == 19 {
            // What its own job has given up is the sweep's.
            bench.later(SignedDuration::from_mins(3)).await;
        } else {
            bench.hurry().await;
        }
        sleep(Duration::from_millis(100)).await;
    }
    let now = join_all(links.iter().map(|link| anna.read(link))).await;
    let open: Vec<&Json> = now.iter().filter(|now| !is_so(now)).collect();
    panic!("{} of {} never came to that, the first: {}", open.len(), links.len(), open[0]);
}

#[tokio::test]
async fn a_provider_that_is_away_holds_up_nobody_else_and_is_asked_again_until_it_answers() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Ivory, SHOP).await;
    let _working = bench.work().await;
    bench.mood("down").await;
    let link = anna.link(100.0).await;
    assert_eq!(
        (&link["status"], &link["url"], &link["trouble"]),
        (&json!("pending"), &Json::Null, &Json::Null)
    );
    // Letters go out meanwhile.
    let olga = json!({ "email": "olga@example.ru" });
    anna.caller.post(&format!("/invoices/{}/send", text(&link["invoiceId"])), olga).await.expect(200);
    bench.server.letter_to("olga@example.ru").await;
    // Every attempt of its own job is used up, and then some.
    for _ in 0..12 {
        bench.hurry().await;
        sleep(Duration::from_millis(150)).await;
    }
    bench.mood("429").await;
    bench.later(SignedDuration::from_mins(4)).await;
    bench.mood("ok").await;
    bench.later(SignedDuration::from_mins(4)).await;
    let link = anna.until(&link, |now| !now["url"].is_null()).await;
    anna.payer(&link, "pay").await;
    anna.until_status(&link, "succeeded").await;
    assert_eq!((anna.books().await, anna.provider().await), (10_000, 10_000));
}

#[tokio::test]
async fn what_nobody_answered_for_a_day_is_looked_for_and_not_asked_again() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Ivory, SHOP).await;
    // One reached the provider and its answer never came; one never arrived.
    let working = bench.work().await;
    bench.mood("lost").await;
    let made = anna.link(100.0).await;
    bench.mood("down").await;
    let never = anna.link(200.0).await;
    drop(working);
    bench.mood("ok").await;
    bench.later(SignedDuration::from_hours(26)).await;
    let _working = bench.work().await;
    bench.hurry().await;
    let made = anna.until_status(&made, "canceled").await;
    assert_eq!((&made["reason"], &made["trouble"]), (&json!("expired_on_confirmation"), &Json::Null));
    let never = anna.until_status(&never, "canceled").await;
    assert_eq!((&never["trouble"], &never["providerPaymentId"]), (&json!("refused"), &Json::Null));
    let payments = bench.stage.client.get(format!("{}/payments", bench.stage.api()));
    let payments: Json = payments.basic_auth(SHOP, Some(KEY)).send().await.unwrap().json().await.unwrap();
    assert_eq!(payments["items"].as_array().unwrap().len(), 1, "a key that is forgotten is not used again");
}

#[tokio::test]
async fn every_step_done_again_and_at_once_is_done_once() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Veloria, SHOP).await;
    bench.stage.steer("yookassa/notify", &json!({ "held": true })).await;
    let working = bench.work().await;
    let link = anna.link(100.0).await;
    anna.payer(&link, "pay").await;
    drop(working);
    let (state, tenant) = (bench.server.state(), anna.tenant());
    let id = text(&link["id"]).parse().unwrap();
    // Workers that died at any moment, and their successors, all at the same time.
    let hook = anna.hook().await;
    anna.tell(&hook, "payment.succeeded", json!({ "id": link["providerPaymentId"] })).await.expect(200);
    let mut tx = state.db.tenant(tenant).await.unwrap();
    let event: uuid::Uuid =
        sqlx::query_scalar("select id from online_events").fetch_one(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
    for _ in 0..2 {
        join_all((0..4).map(|_| calls::create(state, tenant, id))).await;
        let looks = join_all((0..4).map(|_| calls::look(state, tenant, id))).await;
        assert!(looks.into_iter().all(|look| look.is_ok()));
        let follows = join_all((0..4).map(|_| events::follow(state, tenant, event))).await;
        assert!(follows.into_iter().all(|follow| follow.is_ok()));
    }
    assert_eq!(bench.server.count("records where kind = 'payment'").await, 1);
    assert_eq!((anna.books().await, anna.provider().await), (10_000, 10_000));
    // The row is set back, as by a restored backup: the record's own id is the second wall.
    let mut owner = PgConnection::connect(bench.server.database().url().expose_secret()).await.unwrap();
    let back = "update online_payments set status = 'pending', captured_minor = null";
    sqlx::raw_sql(back).execute(&mut owner).await.unwrap();
    assert!(calls::look(state, tenant, id).await.is_ok());
    assert_eq!(anna.read(&link).await["status"], "succeeded");
    assert_eq!(bench.server.count("records where kind = 'payment'").await, 1);
    assert_eq!(anna.books().await, 10_000);

    let path = format!("/online-payments/{}/refund", text(&link["id"]));
    anna.caller.post(&path, json!({ "amount": 30 })).await.expect(200);
    let refund = text(&anna.read(&link).await["refunds"][0]["id"]).parse().unwrap();
    for _ in 0..2 {
        let calls = join_all((0..4).map(|_| calls::give_back(state, tenant, refund))).await;
        assert!(calls.into_iter().all(|call| call.is_ok()));
    }
    assert_eq!((anna.books().await, anna.provider().await), (7_000, 7_000));
}

#[tokio::test]
async fn no_log_line_has_a_key_a_phone_or_a_digit_of_a_card() {
    let bench = Bench::start().await;
    let said = Recorded::default();
    let listening = said.listen(LogFormat::Json);
    let anna = bench.master("anna", Plan::Imperium, SHOP).await;
    let working = bench.work().await;
    let body = json!({ "shop": SHOP, "secretKey": KEY, "receipts": true });
    anna.put("/integrations/yookassa", body).await.expect(200);
    let olga = json!({ "name": "Ольга Тайная", "phone": "+79161234567" });
    let olga = anna.caller.post("/clients", olga).await.expect(201)["id"].clone();
    let items = json!([{ "name": "Тайный маникюр", "price": 100 }]);
    let invoice =
        anna.caller.post("/invoices", json!({ "clientId": olga, "items": items })).await.expect(201);
    bench.mood_for("500", 1).await;
    let link = anna.link_on(&invoice).await.expect(201);
    bench.hurry().await;
    let link = anna.until(&link, |now| !now["url"].is_null()).await;
    anna.payer(&link, "pay").await;
    anna.until_status(&link, "succeeded").await;
    bench.mood_for("html", 1).await;
    let path = format!("/online-payments/{}/refund", text(&link["id"]));
    anna.caller.post(&path, json!({ "reason": "Тайная причина" })).await.expect(200);
    bench.hurry().await;
    anna.until(&link, |now| now["refunding"] == 0).await;
    anna.tell(&anna.hook().await, "payment.succeeded", json!({ "id": "forged" })).await.expect(200);
    let hook = anna.hook().await.rsplit('/').next().unwrap().to_owned();
    bench.mood("401").await;
    anna.link_on(
        &anna
            .caller
            .post("/invoices", json!({ "clientId": olga, "items": [{ "name": "А", "price": 5 }] }))
            .await
            .expect(201),
    )
    .await;
    while bench.jobs("online.look").await > 0 {
        sleep(Duration::from_millis(20)).await;
    }
    drop(working);
    drop(listening);
    let said = said.text();
    assert!(said.contains("asked YooKassa") && said.contains("a payment went on"), "{said}");
    for secret in [KEY, "9161234567", "Тайн", "555555", "*4444", "Basic ", &hook, &hook[32..]] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
    let stored = bench.server.everything_stored().await;
    for secret in [KEY, "Тайная причина", "555555"] {
        assert!(!stored.contains(secret), "{secret} is stored in the open");
    }
}
