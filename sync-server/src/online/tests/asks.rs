//! Links: made, paid, given again, refused.

use super::*;

#[tokio::test]
async fn a_link_is_paid_and_the_notification_pays_the_invoice() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Ivory, SHOP).await;
    let _working = bench.work().await;
    let invoice = anna.invoice(2500.5).await;
    let answer = anna.link_on(&invoice).await;
    let location = answer.header("location").to_owned();
    let link = answer.expect(201);
    assert_eq!(location, format!("/api/v1/online-payments/{}", text(&link["id"])));
    assert_eq!(
        (&link["status"], &link["amount"], &link["hold"]),
        (&json!("pending"), &json!(2500.5), &json!(false))
    );
    assert!(text(&link["url"]).starts_with(&bench.stage.address), "{link}");
    assert!(text(&link["qrCode"]).starts_with("data:image/svg+xml;base64,"));
    assert_eq!(anna.read_invoice(&link).await["status"], "sent", "whoever has a link was asked to pay");

    let again = anna.link_on(&invoice).await.expect(200);
    assert_eq!(again["id"], link["id"], "one link asks once");

    let page = anna.page_of(&invoice).await;
    let pays = format!("href=\"{}\">Оплатить 2\u{a0}500,50\u{a0}₽<", text(&link["url"]));
    let html = bench.page(&page).await;
    assert!(html.contains(&pays), "{html}");

    anna.payer(&link, "pay").await;
    let paid = anna.until_status(&link, "succeeded").await;
    let html = bench.page(&page).await;
    assert!(!html.contains("Оплатить") && html.contains("Оплачен"), "{html}");
    assert_eq!(
        (&paid["captured"], &paid["trouble"], &paid["url"]),
        (&json!(2500.5), &Json::Null, &Json::Null)
    );
    let now = anna.read_invoice(&link).await;
    assert_eq!((&now["status"], &now["due"]), (&json!("paid"), &json!(0)));
    assert_eq!(now["payments"][0]["provider"], "yookassa");
    let record = anna.caller.get(&format!("/payments/{}", text(&paid["paymentId"]))).await.expect(200);
    assert_eq!(record["metadata"]["providerPaymentId"], link["providerPaymentId"]);
    assert_eq!((anna.books().await, anna.provider().await), (250_050, 250_050));

    let of_invoice = format!("/online-payments?filter[invoiceId]={}", text(&invoice["id"]));
    let list = anna.caller.get(&of_invoice).await.expect(200);
    assert_eq!((list["data"].as_array().unwrap().len(), &list["data"][0]["id"]), (1, &link["id"]));
    for none in ["filter[status]=pending", "filter[trouble]=refused", "filter[purpose]=deposit"] {
        let list = anna.caller.get(&format!("/online-payments?{none}")).await.expect(200);
        assert_eq!(list["data"], json!([]), "{none}");
    }
}

#[tokio::test]
async fn nobody_is_asked_for_what_is_not_due_or_for_more_than_the_plan_has() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Ivory, SHOP).await;
    let _working = bench.work().await;
    let invoice = anna.invoice(1000.0).await;
    let path = format!("/invoices/{}/payment-link", text(&invoice["id"]));
    for (body, field, problem) in [
        (json!({ "amount": 1.005 }), "amount", "too_precise"),
        (json!({ "amount": 0 }), "amount", "out_of_range"),
        (json!({ "amount": -5 }), "amount", "out_of_range"),
        (json!({ "amount": 1000.01 }), "amount", "out_of_range"),
        (json!({ "email": "nobody" }), "email", "invalid_email"),
        (json!({ "more": 1 }), "more", "unknown"),
    ] {
        let answer = anna.caller.post(&path, body.clone()).await;
        assert_eq!((answer.status, answer.field(field)), (422, problem), "{body}");
    }
    for body in [json!({ "amount": 500 }), json!({ "hold": true })] {
        let answer = anna.caller.post(&path, body).await;
        assert_eq!((answer.status, answer.code()), (403, "feature_not_allowed"));
    }
    let void = anna.invoice(10.0).await;
    anna.caller.act(&format!("/invoices/{}/void", text(&void["id"]))).await.expect(200);
    let answer = anna.link_on(&void).await;
    assert_eq!((answer.status, answer.code()), (409, "invoice_closed"));
    let paid = anna.invoice(10.0).await;
    let cash = json!({ "date": "2026-12-01", "amount": 10, "invoiceId": paid["id"] });
    anna.caller.post("/payments", cash).await.expect(201);
    assert_eq!(anna.link_on(&paid).await.code(), "invoice_closed");
    assert_eq!(bench.server.count("online_payments").await, 0, "nothing half done");
    assert_eq!(anna.read_invoice(&json!({ "invoiceId": invoice["id"] })).await["status"], "draft");

    bench.server.put_on(&anna.caller, Plan::Imperium).await;
    let part = anna.caller.post(&path, json!({ "amount": 400 })).await.expect(201);
    let rest = anna.caller.act(&path).await.expect(201);
    assert_eq!((&part["amount"], &rest["amount"]), (&json!(400), &json!(600)));
    let answer = anna.caller.post(&path, json!({ "amount": 1 })).await;
    assert_eq!((answer.status, answer.code()), (409, "payment_pending"));
    anna.payer(&part, "pay").await;
    anna.until_status(&part, "succeeded").await;
    assert_eq!(anna.read_invoice(&part).await["status"], "partly_paid");
    anna.payer(&rest, "pay").await;
    anna.until_status(&rest, "succeeded").await;
    assert_eq!(anna.read_invoice(&part).await["status"], "paid");
}

#[tokio::test]
async fn what_the_client_does_not_pay_ends_and_can_be_asked_for_again() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Ivory, SHOP).await;
    let _working = bench.work().await;
    let invoice = anna.invoice(100.0).await;
    let declined = anna.link_on(&invoice).await.expect(201);
    anna.payer(&declined, "decline").await;
    let declined = anna.until_status(&declined, "canceled").await;
    assert_eq!((&declined["reason"], &declined["url"]), (&json!("insufficient_funds"), &Json::Null));
    let expired = anna.link_on(&invoice).await.expect(201);
    assert_ne!(expired["id"], declined["id"]);
    bench.later(SignedDuration::from_hours(2)).await;
    let expired = anna.until_status(&expired, "canceled").await;
    assert_eq!(expired["reason"], "expired_on_confirmation");
    assert_eq!((anna.books().await, anna.read_invoice(&expired).await["status"].clone()), (0, json!("sent")));
}

#[tokio::test]
async fn money_for_an_invoice_that_was_paid_meanwhile_is_in_the_books_and_somebody_looks() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Ivory, SHOP).await;
    let _working = bench.work().await;
    let link = anna.link(100.0).await;
    let cash = json!({ "date": "2026-12-01", "amount": 100, "invoiceId": link["invoiceId"] });
    anna.caller.post("/payments", cash).await.expect(201);
    anna.payer(&link, "pay").await;
    let paid = anna.until_status(&link, "succeeded").await;
    assert_eq!(paid["trouble"], "not_on_invoice");
    assert_eq!((anna.books().await, anna.provider().await), (10_000, 10_000));
    let shown = anna.caller.get("/integrations/yookassa").await.expect(200);
    assert_eq!(shown["attention"], 1);
    let list = anna.caller.get("/online-payments?filter[trouble]=not_on_invoice").await.expect(200);
    assert_eq!(list["data"][0]["id"], link["id"]);
    let path = format!("/online-payments/{}/refund", text(&link["id"]));
    anna.caller.act(&path).await.expect(200);
    assert_eq!((anna.books().await, anna.provider().await), (0, 0));
    let invoice = anna.read_invoice(&link).await;
    assert_eq!((&invoice["status"], &invoice["refunded"]), (&json!("paid"), &json!(0)), "her cash stays");
}

#[tokio::test]
async fn a_page_leads_nobody_to_pay_more_than_is_left() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Ivory, SHOP).await;
    let _working = bench.work().await;
    let link = anna.link(100.0).await;
    let page = anna.page_of(&json!({ "id": link["invoiceId"] })).await;
    assert!(bench.page(&page).await.contains("Оплатить"));
    let cash = json!({ "date": "2026-12-01", "amount": 40, "invoiceId": link["invoiceId"] });
    anna.caller.post("/payments", cash).await.expect(201);
    let html = bench.page(&page).await;
    assert!(!html.contains("Оплатить") && html.contains("60\u{a0}₽"), "{html}");
}

#[tokio::test]
async fn receipts_go_along_where_they_are_hers_to_give() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Imperium, SHOP).await;
    let _working = bench.work().await;
    let body = json!({ "shop": SHOP, "receipts": true, "taxSystem": 2, "vat": 1 });
    anna.put("/integrations/yookassa", body).await.expect(200);
    let invoice = anna.invoice(1000.0).await;
    let answer = anna.link_on(&invoice).await;
    assert_eq!((answer.status, answer.field("email")), (422, "required"), "a receipt goes to somebody");
    let olga = json!({ "name": "Ольга", "phone": "+79161234567" });
    let olga = anna.caller.post("/clients", olga).await.expect(201)["id"].clone();
    let items = json!([
        { "name": "Маникюр", "price": 333.33, "quantity": 3 },
        { "kind": "discount", "name": "Скидка", "price": 100 },
    ]);
    let invoice =
        anna.caller.post("/invoices", json!({ "clientId": olga, "items": items })).await.expect(201);
    let link = anna.link_on(&invoice).await.expect(201);
    assert_eq!(link["trouble"], Json::Null, "the emulator adds the lines up");
    anna.payer(&link, "pay").await;
    anna.until_status(&link, "succeeded").await;
    let back = json!({ "amount": 100.01 });
    anna.caller.post(&format!("/online-payments/{}/refund", text(&link["id"])), back).await.expect(200);
    let receipts = bench.stage.client.get(format!("{}/receipts", bench.stage.api()));
    let receipts: Json = receipts.basic_auth(SHOP, Some(KEY)).send().await.unwrap().json().await.unwrap();
    let kinds: Vec<_> = receipts["items"].as_array().unwrap().iter().map(|one| one["type"].clone()).collect();
    assert_eq!(kinds, ["refund", "payment"]);
    assert!(!bench.server.everything_stored().await.contains("333.33\\\",\\\"currency"), "sealed");
}
