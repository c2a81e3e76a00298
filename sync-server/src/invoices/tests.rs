//! Invoices: through the front door.

use axum::body::Body;
use axum::http::Request;
use futures::future::join_all;
use serde_json::{Value as Json, json};

use crate::testing::{Answer, Caller, TestServer};

async fn write(anna: &Caller<'_>, price: f64) -> Json {
    let body = json!({ "items": [{ "name": "Маникюр", "price": price }] });
    anna.post("/invoices", body).await.expect(201)
}

fn path(invoice: &Json, rest: &str) -> String {
    format!("/invoices/{}{rest}", invoice["id"].as_str().unwrap())
}

async fn pay(anna: &Caller<'_>, invoice: &Json, amount: f64, provider: &str) -> Answer {
    let body =
        json!({ "date": "2026-12-01", "amount": amount, "provider": provider, "invoiceId": invoice["id"] });
    anna.post("/payments", body).await
}

/// What the books have in each account, in kopecks, by walking every line of them.
async fn balances(anna: &Caller<'_>) -> std::collections::BTreeMap<String, i64> {
    let (mut sums, mut cursor) = (std::collections::BTreeMap::new(), String::new());
    loop {
        let page = anna.get(&format!("/ledger?limit=100{cursor}")).await.expect(200);
        for line in page["data"].as_array().unwrap() {
            let minor = format!("{:.0}", line["amount"].as_f64().unwrap() * 100.0).parse::<i64>().unwrap();
            *sums.entry(line["debit"].as_str().unwrap().to_owned()).or_insert(0) += minor;
            *sums.entry(line["credit"].as_str().unwrap().to_owned()).or_insert(0) -= minor;
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    sums.retain(|_, minor| *minor != 0);
    sums
}

#[tokio::test]
async fn a_visit_is_invoiced_sent_paid_in_two_ways_and_given_back() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let olga = json!({ "name": "Ольга", "email": "olga@example.ru" });
    let olga = anna.post("/clients", olga).await.expect(201)["id"].clone();
    let service = anna.add_service("Маникюр", 2500.5, 60).await;
    let visit = json!({ "clientId": olga, "serviceId": service, "startsAt": "2026-12-01T10:00" });
    let visit = anna.post("/appointments", visit).await.expect(201);
    let answer = anna.post("/invoices", json!({ "appointmentId": visit["id"] })).await;
    let location = answer.header("location").to_owned();
    let invoice = answer.expect(201);
    assert_eq!(location, format!("/api/v1{}", path(&invoice, "")));
    assert_eq!((&invoice["number"], &invoice["status"]), (&json!(1), &json!("draft")));
    assert_eq!((&invoice["payable"], &invoice["clientId"]), (&json!(2500.5), &olga));
    assert_eq!(invoice["items"][0]["name"], "Маникюр");
    assert!(balances(&anna).await.is_empty(), "nobody owes a draft");

    let sent = anna.act(&path(&invoice, "/send")).await.expect(200);
    assert_eq!((&sent["invoice"]["status"], &sent["mailed"]), (&json!("sent"), &json!(true)));
    assert_eq!(balances(&anna).await, [("income".into(), -250_050), ("receivable".into(), 250_050)].into());
    let _working = server.work().await;
    let letter = server.letter_to("olga@example.ru").await;
    assert!(letter.text.contains(sent["link"].as_str().unwrap()), "{}", letter.text);

    pay(&anna, &invoice, 1000.0, "cash").await.expect(201);
    let paid = pay(&anna, &invoice, 1500.5, "transfer").await.expect(201);
    assert_eq!((&paid["clientId"], &paid["appointmentId"]), (&olga, &visit["id"]));
    let now = anna.get(&path(&invoice, "")).await.expect(200);
    assert_eq!((&now["status"], &now["due"]), (&json!("paid"), &json!(0)));
    assert_eq!(now["payments"].as_array().unwrap().len(), 2);

    let refund = json!({ "amount": 500, "provider": "cash", "reason": "Скол" });
    let now = anna.post(&path(&invoice, "/refund"), refund).await.expect(200);
    assert_eq!((&now["status"], &now["refunded"]), (&json!("paid"), &json!(500)));
    let now = anna.act(&path(&invoice, "/refund")).await.expect(200);
    assert_eq!((&now["status"], &now["refunded"]), (&json!("refunded"), &json!(2500.5)));
    let books = balances(&anna).await;
    assert_eq!((books["income"], books["refunds"]), (-250_050, 250_050));
    assert!(!books.contains_key("receivable"), "{books:?}");
    let of_invoice = format!("/ledger?filter[invoiceId]={}", invoice["id"].as_str().unwrap());
    assert_eq!(anna.get(&of_invoice).await.expect(200)["data"].as_array().unwrap().len(), 5);
    let of_payments = format!("/payments?filter[invoiceId]={}", invoice["id"].as_str().unwrap());
    assert_eq!(anna.get(&of_payments).await.expect(200)["data"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn fifty_at_once_get_fifty_numbers_and_no_gap_and_what_is_refused_takes_none() {
    let server = TestServer::start().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    write(&olga, 1.0).await;
    let good = json!({ "items": [{ "name": "Маникюр", "price": 100 }] });
    let bad = json!({ "items": [{ "name": "Маникюр", "price": 0 }] });
    let posts =
        (0..60).map(|at| anna.post("/invoices", if at % 6 == 5 { bad.clone() } else { good.clone() }));
    let answers = join_all(posts).await;
    let mut numbers: Vec<u64> = answers
        .into_iter()
        .filter(|answer| answer.status != 422)
        .map(|answer| answer.expect(201)["number"].as_u64().unwrap())
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=50).collect::<Vec<_>>());
    let newest = anna.get("/invoices?limit=1").await.expect(200);
    assert_eq!(newest["data"][0]["number"], 50);
}

#[tokio::test]
async fn one_key_writes_one_invoice_and_two_refunds_at_once_give_back_once() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let keyed = server.register("olga").await.header("idempotency-key", "first");
    let body = json!({ "items": [{ "name": "Маникюр", "price": 100 }] });
    let first = keyed.post("/invoices", body.clone()).await.expect(201);
    assert_eq!(keyed.post("/invoices", body).await.expect(201), first);

    let invoice = write(&anna, 1000.0).await;
    pay(&anna, &invoice, 1000.0, "cash").await.expect(201);
    let refund = path(&invoice, "/refund");
    let answers = join_all((0..8).map(|_| anna.post(&refund, json!({ "amount": 600 })))).await;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(done, 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    for refused in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!((refused.status, refused.field("amount")), (422, "out_of_range"));
    }
    assert_eq!(balances(&anna).await["refunds"], 60_000);
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_leaves_nothing_half_done() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let body = json!({ "dueDate": "2020-01-01", "items": [{ "name": "", "price": 1.005 }, { "kind": "tip", "name": "Б", "price": -1 }] });
    let answer = anna.post("/invoices", body).await;
    assert_eq!(answer.status, 422);
    let problems =
        ["items.0.name", "items.0.price", "items.1.price"].map(|name| answer.field(name).to_owned());
    assert_eq!(problems, ["required", "too_precise", "out_of_range"]);
    let discount =
        json!({ "items": [{ "name": "А", "price": 1 }, { "kind": "discount", "name": "Б", "price": 2 }] });
    assert_eq!(anna.post("/invoices", discount).await.field("items"), "out_of_range");

    let invoice = write(&anna, 100.0).await;
    assert_eq!(pay(&anna, &invoice, 100.01, "cash").await.field("amount"), "out_of_range");
    assert_eq!(pay(&anna, &invoice, 0.0, "cash").await.field("amount"), "out_of_range");
    assert_eq!(pay(&anna, &invoice, -1.0, "cash").await.code(), "invoice_closed", "nothing was taken");
    let euro = json!({ "date": "2026-12-01", "amount": 1, "currency": "EUR", "invoiceId": invoice["id"] });
    assert_eq!(anna.post("/payments", euro).await.field("currency"), "other_currency");
    let nobodys =
        json!({ "date": "2026-12-01", "amount": 1, "invoiceId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0ff" });
    assert_eq!(anna.post("/payments", nobodys).await.status, 404);

    let void = anna.act(&path(&invoice, "/void")).await.expect(200);
    assert_eq!(void["status"], "void");
    assert_eq!(anna.act(&path(&invoice, "/void")).await.expect(200), void);
    let answer = pay(&anna, &invoice, 1.0, "cash").await;
    assert_eq!((answer.status, answer.code()), (409, "invoice_closed"));
    assert_eq!(answer.json["error"]["details"]["status"], "void");
    assert_eq!(anna.act(&path(&invoice, "/send")).await.code(), "invoice_closed");
    let paid = write(&anna, 100.0).await;
    assert_eq!(paid["number"], 2, "a void number stays taken");
    pay(&anna, &paid, 40.0, "cash").await.expect(201);
    assert_eq!(anna.act(&path(&paid, "/void")).await.code(), "conflict");
    assert_eq!(anna.get("/payments").await.expect(200)["data"].as_array().unwrap().len(), 1);
    let books = balances(&anna).await;
    assert_eq!((books["receivable"], books["money/cash"]), (6_000, 4_000));
}

#[tokio::test]
async fn an_older_version_is_not_written_over() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let invoice = write(&anna, 100.0).await;
    let seen = anna.get(&path(&invoice, "")).await.header("etag").to_owned();
    pay(&anna, &invoice, 40.0, "cash").await.expect(201);
    let careful = server.with_token(&anna.token).header("if-match", &seen);
    assert_eq!(careful.act(&path(&invoice, "/void")).await.status, 409);
    assert_eq!(careful.act(&path(&invoice, "/send")).await.status, 412);
    assert_eq!(anna.get(&path(&invoice, "")).await.expect(200)["status"], "partly_paid");
}

#[tokio::test]
async fn a_device_pays_an_invoice_offline_and_the_journal_says_so() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    server.put_on(&anna, domain::plans::Plan::Imperium).await;
    let invoice = write(&anna, 100.0).await;
    let intent = |id: u8, amount: f64| {
        json!({ "id": format!("0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0{id:02}"), "action": "payment.add",
                "target": format!("0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa1{id:02}"),
                "body": { "date": "2026-12-01", "amount": amount, "invoiceId": invoice["id"] } })
    };
    let ask = json!({ "protocol": 1, "intents": [intent(1, 60.0), intent(1, 60.0), intent(2, 40.0), intent(3, 1.0)], "push": [] });
    let answer = anna.post("/sync", ask).await.expect(200);
    let results: Vec<_> = answer["intents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|intent| (&intent["result"], &intent["code"]))
        .collect();
    let (done, none) = (json!("done"), Json::Null);
    assert_eq!(
        results,
        [(&done, &none), (&done, &none), (&done, &none), (&json!("refused"), &json!("invoice_closed"))]
    );
    assert_eq!(anna.get(&path(&invoice, "")).await.expect(200)["status"], "paid");
    let journal = anna.get("/audit-logs?filter[subject]=invoice&sort=at").await.expect(200);
    let told: Vec<_> =
        journal["data"].as_array().unwrap().iter().map(|line| &line["changes"]["to"]).collect();
    // What came in one request is one step: it was written, then paid.
    assert_eq!(told, [&Json::Null, &json!("paid")]);
}

#[tokio::test]
async fn the_page_of_a_link_shows_the_paper_and_nothing_of_anybody() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let olga = json!({ "name": "Ольга Тайная", "phone": "+79161234567", "email": "olga@example.ru" });
    let olga = anna.post("/clients", olga).await.expect(201)["id"].clone();
    let body = json!({ "clientId": olga, "items": [{ "name": "<b>Маникюр</b>", "price": 2500 }] });
    let invoice = anna.post("/invoices", body).await.expect(201);
    let sent = anna.post(&path(&invoice, "/send"), json!({ "mail": false })).await.expect(200);
    assert_eq!(sent["mailed"], false);
    let link = sent["link"].as_str().unwrap();
    let link = &link[link.find("/i/").unwrap()..];
    let get = async |path: &str, language: &str| {
        server.send(Request::get(path).header("accept-language", language).body(Body::empty()).unwrap()).await
    };
    let page = get(link, "ru").await;
    let html = String::from_utf8(page.bytes.clone()).unwrap();
    assert_eq!(page.status, 200);
    assert!(
        html.contains("Счёт № 1") && html.contains("&lt;b&gt;Маникюр") && html.contains("2\u{a0}500"),
        "{html}"
    );
    for secret in ["Ольга", "79161234567", "olga@", "<b>", "<script"] {
        assert!(!html.contains(secret), "{secret}: {html}");
    }
    let policy = page.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(
        (page.header("x-robots-tag"), page.header("referrer-policy")),
        ("noindex, nofollow", "no-referrer")
    );
    assert_eq!(page.header("cache-control"), "private, no-store");
    let english = String::from_utf8(get(&format!("{link}?lang=en"), "ru").await.bytes).unwrap();
    assert!(english.contains("Invoice No. 1") && english.contains("lang=\"en\""), "{english}");

    let wrong = format!("{}0", &link[..link.len() - 1]);
    let wrong = if wrong == link { format!("{}1", &link[..link.len() - 1]) } else { wrong };
    for link in [wrong.as_str(), "/i/x/y/z/0"] {
        let gone = get(link, "en").await;
        let html = String::from_utf8(gone.bytes.clone()).unwrap();
        assert!(gone.status == 404 && html.contains("works no longer") && !html.contains("2,500"), "{html}");
    }
    server.clock().advance(jiff::SignedDuration::from_hours(24 * 184));
    assert_eq!(get(link, "ru").await.status, 404);
}

#[tokio::test]
async fn a_letter_needs_mail_and_a_link_does_not() {
    let server = TestServer::start_without_mail().await;
    let anna = server.register("anna").await;
    let invoice = write(&anna, 100.0).await;
    let answer = anna.post(&path(&invoice, "/send"), json!({ "email": "olga@example.ru" })).await;
    assert_eq!((answer.status, answer.code()), (503, "mail_not_configured"));
    assert_eq!(anna.get(&path(&invoice, "")).await.expect(200)["status"], "draft");
    let answer = anna.post(&path(&invoice, "/send"), json!({ "email": "nobody", "more": 1 })).await;
    assert_eq!((answer.field("email"), answer.field("more")), ("invalid_email", "unknown"));
    assert_eq!(anna.act(&path(&invoice, "/send")).await.expect(200)["mailed"], false);
}
