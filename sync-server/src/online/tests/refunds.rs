//! Money back: whole, in parts, twice at once, slowly, and not at all.

use futures::future::join_all;

use super::*;

async fn paid(anna: &Master<'_>, price: f64) -> Json {
    let link = anna.link(price).await;
    anna.payer(&link, "pay").await;
    anna.until_status(&link, "succeeded").await
}

#[tokio::test]
async fn an_invoice_is_given_back_over_the_provider_in_parts_and_never_more_than_was_taken() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Ivory, SHOP).await;
    let _working = bench.work().await;
    let payment = paid(&anna, 1000.0).await;
    let path = format!("/invoices/{}/refund", text(&payment["invoiceId"]));
    for (body, field, problem) in [
        (json!({ "amount": 0 }), "amount", "out_of_range"),
        (json!({ "amount": 0.001 }), "amount", "too_precise"),
        (json!({ "amount": 1000.01 }), "amount", "out_of_range"),
        (json!({ "amount": 10, "provider": "cash" }), "provider", "not_allowed"),
        (json!({ "amount": 10, "provider": "barter" }), "provider", "invalid"),
    ] {
        let answer = anna.caller.post(&path, body.clone()).await;
        assert_eq!((answer.status, answer.field(field)), (422, problem), "{body}");
    }
    let now = anna.caller.post(&path, json!({ "amount": 250.25, "reason": "Скол" })).await.expect(200);
    assert_eq!((&now["status"], &now["refunded"]), (&json!("paid"), &json!(250.25)));
    let shown = anna.read(&payment).await;
    assert_eq!((&shown["refunded"], &shown["refunds"][0]["status"]), (&json!(250.25), &json!("succeeded")));
    let now = anna.caller.post(&path, json!({ "provider": "yookassa" })).await.expect(200);
    assert_eq!((&now["status"], &now["refunded"]), (&json!("refunded"), &json!(1000)));
    assert_eq!((anna.books().await, anna.provider().await), (0, 0));
    let answer = anna.caller.act(&path).await;
    assert_eq!((answer.status, answer.code()), (409, "invoice_closed"));
    let answer = anna.caller.act(&format!("/online-payments/{}/refund", text(&payment["id"]))).await;
    assert_eq!((answer.status, answer.code()), (409, "conflict"));
}

#[tokio::test]
async fn eight_refunds_at_once_give_back_what_there_is_and_no_more() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Ivory, SHOP).await;
    let _working = bench.work().await;
    let payment = paid(&anna, 1000.0).await;
    bench.stage.steer("yookassa/refunds", &json!({ "pending": true })).await;
    let by_payment = format!("/online-payments/{}/refund", text(&payment["id"]));
    let by_invoice = format!("/invoices/{}/refund", text(&payment["invoiceId"]));
    let body = json!({ "amount": 400, "provider": "yookassa" });
    let only = json!({ "amount": 400 });
    let posts = (0..8).map(|at| {
        if at % 2 == 0 {
            anna.caller.post(&by_payment, only.clone())
        } else {
            anna.caller.post(&by_invoice, body.clone())
        }
    });
    let answers = join_all(posts).await;
    let done = answers.iter().filter(|answer| matches!(answer.status, 200 | 202)).count();
    assert_eq!(done, 2, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 202 | 422)));
    let shown = anna.until(&payment, |now| now["refunds"].as_array().unwrap().len() == 2).await;
    assert_eq!((&shown["refunding"], &shown["refunded"]), (&json!(800), &json!(0)));
    assert_eq!(anna.books().await, 100_000, "on its way is not back yet");

    // One arrives, one does not: its sum can be given back again.
    let refunds = bench.stage.client.get(format!("{}/refunds", bench.stage.api()));
    let refunds: Json = refunds.basic_auth(SHOP, Some(KEY)).send().await.unwrap().json().await.unwrap();
    let ids: Vec<String> =
        refunds["items"].as_array().unwrap().iter().map(|one| text(&one["id"]).to_owned()).collect();
    assert_eq!(ids.len(), 2);
    bench.stage.steer(&format!("yookassa/refunds/{}/succeed", ids[0]), &json!({})).await;
    bench.stage.steer(&format!("yookassa/refunds/{}/cancel", ids[1]), &json!({})).await;
    bench.later(SignedDuration::from_mins(5)).await;
    let shown = anna.until(&payment, |now| now["refunding"] == 0).await;
    assert_eq!((&shown["refunded"], anna.books().await), (&json!(400), 60_000));
    bench.stage.steer("yookassa/refunds", &json!({ "pending": false })).await;
    anna.caller.post(&by_payment, json!({ "amount": 600 })).await.expect(200);
    assert_eq!((anna.books().await, anna.provider().await), (0, 0));
}

#[tokio::test]
async fn a_refund_whose_answer_is_lost_is_made_once() {
    let bench = Bench::start().await;
    let anna = bench.master("anna", Plan::Ivory, SHOP).await;
    let _working = bench.work().await;
    let payment = paid(&anna, 1000.0).await;
    let path = format!("/invoices/{}/refund", text(&payment["invoiceId"]));
    for mode in ["lost", "500", "html", "429", "down"] {
        bench.mood_for(mode, 1).await;
        anna.caller.post(&path, json!({ "amount": 100 })).await;
        bench.hurry().await;
        anna.until(&payment, |now| now["refunding"] == 0).await;
    }
    let shown = anna.read(&payment).await;
    assert_eq!((&shown["refunded"], shown["refunds"].as_array().unwrap().len()), (&json!(500), 5));
    assert_eq!((anna.books().await, anna.provider().await), (50_000, 50_000));
    assert_eq!(anna.read_invoice(&payment).await["refunded"], 500);
}
