//! Through the front door, against the emulators' house: links, deposits, notifications and refunds, and everything that goes wrong on
//! the way. The books are held against the provider's to the kopeck.

mod asks;
mod connection;
mod faults;
mod forged;
mod refunds;
mod visits;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use domain::ids::TenantId;
use domain::plans::Plan;
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use serde_json::{Value as Json, json};
use sqlx::{Connection as _, PgConnection};
use tokio::time::sleep;

use super::Online;
use crate::emulators::testing::Stage;
use crate::testing::{Answer, Caller, TestServer, Working};
use crate::yookassa::{Credentials, PATIENCE, Wish, Yookassa};

const SHOP: &str = "100500";
const KEY: &str = "test_verysecret";

/// A server whose provider is a house of emulators.
struct Bench {
    server: TestServer,
    stage: Stage,
}

impl Bench {
    async fn start() -> Self {
        Self::start_as(|client| Online::new(client, None, "127.0.0.1".parse().unwrap())).await
    }

    async fn start_as(online: impl FnOnce(Yookassa) -> Online) -> Self {
        let stage = Stage::start().await;
        let online = online(Yookassa::new(&stage.api(), PATIENCE).unwrap());
        let server = TestServer::start_as(|state| state.with_online(online)).await;
        Self { server, stage }
    }

    async fn work(&self) -> Working {
        self.server.work().await
    }

    /// Somebody on a plan, with a shop that is connected and notifies us.
    async fn master(&self, name: &str, plan: Plan, shop: &str) -> Master<'_> {
        let caller = self.server.register(name).await;
        self.server.put_on(&caller, plan).await;
        let master = Master { bench: self, caller, shop: shop.to_owned() };
        master.connect().await;
        let hook = master.hook().await;
        self.stage.steer("yookassa/notify", &json!({ "shop": shop, "url": hook })).await;
        master
    }

    /// What a client sees who opens an address of ours, in Russian.
    async fn page(&self, path: &str) -> String {
        let request = Request::get(path).header("accept-language", "ru").body(Body::empty()).unwrap();
        String::from_utf8(self.server.send(request).await.bytes).unwrap()
    }

    async fn mood(&self, mode: &str) {
        self.stage.steer("yookassa/mode", &json!({ "mode": mode, "seconds": 0 })).await;
    }

    async fn mood_for(&self, mode: &str, times: u64) {
        self.stage.steer("yookassa/mode", &json!({ "mode": mode, "seconds": 0, "times": times })).await;
    }

    /// What waits for its next attempt, or for its hour, waits no longer.
    async fn hurry(&self) {
        let mut owner = PgConnection::connect(self.server.database().url().expose_secret()).await.unwrap();
        let now = "update graphile_worker._private_jobs set run_at = now() where locked_at is null and run_at > now()";
        sqlx::raw_sql(now).execute(&mut owner).await.unwrap();
    }

    /// Time goes by, for us and for the provider.
    async fn later(&self, by: SignedDuration) {
        self.server.clock().advance(by);
        self.stage.clock.advance(by);
        self.hurry().await;
    }

    /// How many jobs of these wait or run.
    async fn jobs(&self, name: &str) -> i64 {
        let from = format!(
            "graphile_worker._private_jobs job join graphile_worker._private_tasks task on task.id = job.task_id \
             where task.identifier = '{name}'"
        );
        self.server.count(&from).await
    }
}

/// A master with a shop.
struct Master<'a> {
    bench: &'a Bench,
    caller: Caller<'a>,
    shop: String,
}

impl Master<'_> {
    fn tenant(&self) -> TenantId {
        TenantId(self.caller.account["tenant"]["id"].as_str().unwrap().parse().unwrap())
    }

    async fn connect(&self) {
        let body = json!({ "shop": self.shop, "secretKey": KEY });
        self.put("/integrations/yookassa", body).await.expect(200);
        self.caller.act("/integrations/yookassa/check").await.expect(200);
    }

    async fn put(&self, path: &str, body: Json) -> Answer {
        self.caller.send(Method::PUT, path, Some(body)).await
    }

    /// Where the provider tells us of her payments, over a socket.
    async fn hook(&self) -> String {
        let shown = self.caller.get("/integrations/yookassa").await.expect(200);
        let path = shown["webhookUrl"].as_str().unwrap().split_once("/api/").unwrap().1.to_owned();
        format!("{}/api/{path}", self.bench.server.url())
    }

    async fn invoice(&self, price: f64) -> Json {
        let body = json!({ "items": [{ "name": "Маникюр", "price": price }] });
        self.caller.post("/invoices", body).await.expect(201)
    }

    /// A link on a new invoice over this.
    async fn link(&self, price: f64) -> Json {
        let invoice = self.invoice(price).await;
        self.link_on(&invoice).await.expect(201)
    }

    async fn link_on(&self, invoice: &Json) -> Answer {
        self.caller.act(&format!("/invoices/{}/payment-link", text(&invoice["id"]))).await
    }

    /// The address of the page that a client opens.
    async fn page_of(&self, invoice: &Json) -> String {
        let path = format!("/invoices/{}/send", text(&invoice["id"]));
        let sent = self.caller.post(&path, json!({ "mail": false })).await.expect(200);
        let (_, rest) = text(&sent["link"]).split_once("/i/").unwrap();
        format!("/i/{rest}")
    }

    async fn visit(&self, in_hours: i64, price: f64) -> Json {
        let client = self.caller.add_client("Ольга").await;
        let service = self.caller.add_service("Маникюр", price, 60).await;
        let starts = self.bench.server.state().now() + SignedDuration::from_hours(in_hours);
        let body = json!({ "clientId": client, "serviceId": service, "startsAt": starts.to_string() });
        self.caller.post("/appointments", body).await.expect(201)
    }

    async fn read(&self, payment: &Json) -> Json {
        self.caller.get(&format!("/online-payments/{}", text(&payment["id"]))).await.expect(200)
    }

    async fn read_invoice(&self, payment: &Json) -> Json {
        self.caller.get(&format!("/invoices/{}", text(&payment["invoiceId"]))).await.expect(200)
    }

    /// A payment, once it is so; what does not become so is shown.
    async fn until(&self, payment: &Json, is_so: impl Fn(&Json) -> bool) -> Json {
        let mut now = Json::Null;
        for _ in 0..600 {
            now = self.read(payment).await;
            if is_so(&now) {
                return now;
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("it did not come to that: {now}")
    }

    async fn until_status(&self, payment: &Json, status: &str) -> Json {
        self.until(payment, |now| now["status"] == status).await
    }

    /// The payer does something with a payment whose provider's id is known.
    async fn payer(&self, payment: &Json, act: &str) {
        let id = text(&payment["providerPaymentId"]);
        self.bench.stage.steer(&format!("yookassa/payments/{id}/{act}"), &json!({})).await;
    }

    /// What the books say of the money that came over the provider, in kopecks.
    async fn books(&self) -> i64 {
        self.balances().await.get("money/yookassa").copied().unwrap_or(0)
    }

    async fn balances(&self) -> BTreeMap<String, i64> {
        let (mut sums, mut cursor) = (BTreeMap::new(), String::new());
        loop {
            let page = self.caller.get(&format!("/ledger?limit=100{cursor}")).await.expect(200);
            for line in page["data"].as_array().unwrap() {
                let minor = kopecks(&line["amount"]);
                *sums.entry(text(&line["debit"]).to_owned()).or_insert(0) += minor;
                *sums.entry(text(&line["credit"]).to_owned()).or_insert(0) -= minor;
            }
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return sums,
            }
        }
    }

    /// What the provider's books say of the same: captured, less what went back.
    async fn provider(&self) -> i64 {
        let client = Yookassa::new(&self.bench.stage.api(), PATIENCE).unwrap();
        let who = Credentials { shop: self.shop.clone(), key: KEY.into() };
        let (mut sum, mut cursor) = (0, None);
        loop {
            let wish = Wish { cursor, limit: Some(100), status: Some("succeeded"), ..Wish::default() };
            let page = client.payments(&who, &wish).await.unwrap();
            sum += page.items.iter().map(|one| one.amount.minor()).sum::<i64>();
            match page.next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        let mut cursor = None;
        loop {
            let wish = Wish { cursor, limit: Some(100), status: Some("succeeded"), ..Wish::default() };
            let page = client.refunds(&who, &wish).await.unwrap();
            sum -= page.items.iter().map(|one| one.amount.minor()).sum::<i64>();
            match page.next {
                Some(next) => cursor = Some(next),
                None => return sum,
            }
        }
    }

    /// Tells us something, from this machine.
    async fn tell(&self, hook: &str, event: &str, object: Json) -> Answer {
        let path = hook.split_once("/api/v1").unwrap().1;
        let body = json!({ "type": "notification", "event": event, "object": object });
        self.bench.server.anonymous().post(path, body).await
    }
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}

fn kopecks(amount: &Json) -> i64 {
    format!("{:.0}", amount.as_f64().unwrap() * 100.0).parse().unwrap()
}
