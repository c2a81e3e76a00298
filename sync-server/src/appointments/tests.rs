//! Appointments: through the front door.

use serde_json::{Value as Json, json};

use crate::testing::{Caller, TestServer};

async fn book(anna: &Caller<'_>, start: &str) -> Json {
    anna.post("/appointments", json!({ "startsAt": start, "durationMin": 60 })).await.expect(201)
}

fn path(appointment: &Json) -> String {
    format!("/appointments/{}", appointment["id"].as_str().unwrap())
}

fn starts(page: &Json) -> Vec<&str> {
    page["data"].as_array().unwrap().iter().map(|visit| visit["startsAt"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_missions_example_books_a_visit() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let client = anna.add_client("Ольга").await;
    let service = anna.add_service("Маникюр", 2500.0, 75).await;
    let body = json!({
        "clientId": client, "serviceId": service, "startsAt": "2025-09-15T12:00:00+03:00", "durationMin": 90,
        "depositAmount": 1500,
    });
    let answer = anna.post("/appointments", body).await;
    let location = answer.header("location").to_owned();
    let visit = answer.expect(201);
    assert_eq!((&visit["clientId"], &visit["serviceId"]), (&json!(client), &json!(service)));
    insta::assert_json_snapshot!(visit, {
        ".id" => "[id]", ".clientId" => "[id]", ".serviceId" => "[id]", ".createdAt" => "[time]", ".updatedAt" => "[time]",
    });
    assert_eq!(anna.get(location.strip_prefix("/api/v1").unwrap()).await.expect(200), visit);
}

#[tokio::test]
async fn duration_and_price_come_from_the_service_and_the_wall_time_from_the_tenants_zone() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let service = anna.add_service("Маникюр", 2500.0, 75).await;
    let body = json!({ "serviceId": service, "startsAt": "2026-12-01T10:00" });
    let visit = anna.post("/appointments", body).await.expect(201);
    assert_eq!((&visit["durationMin"], &visit["price"]), (&json!(75), &json!(2500)));
    assert_eq!(visit["startsAt"], "2026-12-01T10:00:00+03:00");
    assert_eq!(visit["endsAt"], "2026-12-01T11:15:00+03:00");
    assert_eq!((&visit["status"], &visit["source"]), (&json!("booked"), &json!("api")));
}

#[tokio::test]
async fn a_visit_that_names_a_stranger_or_lacks_its_time_is_refused() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let nobody = "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1";
    for name in ["clientId", "serviceId"] {
        let body = json!({ name: nobody, "startsAt": "2026-12-01T10:00", "durationMin": 60 });
        let answer = anna.post("/appointments", body).await;
        assert_eq!((answer.status, answer.code(), answer.field(name)), (404, "not_found", "unknown"));
    }
    let items =
        json!({ "startsAt": "2026-12-01T10:00", "durationMin": 60, "items": [{ "serviceId": nobody }] });
    assert_eq!(anna.post("/appointments", items).await.field("items"), "unknown");
    let answer = anna.post("/appointments", json!({ "startsAt": "tomorrow", "price": 0.001 })).await;
    assert_eq!(answer.status, 422);
    let problems = ["startsAt", "durationMin", "price"].map(|name| answer.field(name).to_owned());
    assert_eq!(problems, ["invalid_time", "required", "too_precise"]);
}

#[tokio::test]
async fn what_happened_to_a_visit_is_said_once_or_twice_with_one_effect() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    for (hour, step, status) in [
        (10, "confirm", "confirmed"),
        (11, "cancel", "cancelled"),
        (12, "complete", "completed"),
        (13, "no-show", "no_show"),
    ] {
        let path = path(&book(&anna, &format!("2026-12-01T{hour}:00")).await);
        let once = anna.act(&format!("{path}/{step}")).await.expect(200);
        assert_eq!(once["status"], status);
        assert_eq!(anna.act(&format!("{path}/{step}")).await.expect(200), once);
        assert_eq!(anna.get(&path).await.expect(200), once);
        let answer = anna.act(&format!("/appointments/0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1/{step}")).await;
        assert_eq!(answer.status, 404);
    }
}

#[tokio::test]
async fn a_visit_is_moved_and_keeps_its_length_unless_told() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let path = path(&book(&anna, "2026-12-01T10:00").await);
    let reschedule = format!("{path}/reschedule");
    let moved = anna.post(&reschedule, json!({ "startsAt": "2026-12-02T11:30" })).await.expect(200);
    assert_eq!(
        (&moved["startsAt"], &moved["durationMin"]),
        (&json!("2026-12-02T11:30:00+03:00"), &json!(60))
    );
    let moved =
        anna.post(&reschedule, json!({ "startsAt": "2026-12-02T08:30:00Z", "durationMin": 90 })).await;
    let moved = moved.expect(200);
    assert_eq!(
        (&moved["startsAt"], &moved["durationMin"]),
        (&json!("2026-12-02T11:30:00+03:00"), &json!(90))
    );
    assert_eq!(anna.get(&path).await.expect(200), moved);
    for (body, field, problem) in [
        (json!({}), "startsAt", "required"),
        (json!({ "durationMin": 30 }), "startsAt", "required"),
        (json!({ "startsAt": "25:00" }), "startsAt", "invalid_time"),
        (json!({ "startsAt": "2026-12-03T10:00", "durationMin": 0 }), "durationMin", "out_of_range"),
        (json!({ "startsAt": "2026-12-03T10:00", "price": 1 }), "price", "unknown"),
        (json!({ "startsAt": "2026-12-03T10:00", "timezone": "Mars/Base" }), "timezone", "unknown_zone"),
    ] {
        let answer = anna.post(&reschedule, body).await;
        assert_eq!((answer.status, answer.field(field)), (422, problem));
    }
    assert_eq!(anna.get(&path).await.expect(200), moved);
}

#[tokio::test]
async fn an_edit_touches_only_what_it_names() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let client = anna.add_client("Ольга").await;
    let path = path(&book(&anna, "2026-12-01T10:00").await);
    let edited = anna
        .patch(&path, json!({ "clientId": client, "note": "Тихо", "price": "1500.50" }))
        .await
        .expect(200);
    assert_eq!((&edited["clientId"], &edited["price"]), (&json!(client), &json!(1500.5)));
    assert_eq!(edited["startsAt"], "2026-12-01T10:00:00+03:00");
    let edited = anna.patch(&path, json!({ "durationMin": 30 })).await.expect(200);
    assert_eq!((&edited["endsAt"], &edited["note"]), (&json!("2026-12-01T10:30:00+03:00"), &json!("Тихо")));
    assert_eq!(anna.patch(&path, json!({ "startsAt": null })).await.field("startsAt"), "required");
    assert_eq!(anna.delete(&path).await.status, 204);
    assert_eq!(anna.get(&path).await.status, 404);
    assert_eq!(anna.act(&format!("{path}/confirm")).await.status, 404);
}

#[tokio::test]
async fn a_span_of_time_is_listed_by_start_page_by_page() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    for start in
        ["2026-12-02T10:00", "2026-12-01T23:30", "2026-12-01T10:00", "2026-11-30T10:00", "2026-12-03T00:00"]
    {
        book(&anna, start).await;
    }
    let day = anna.get("/appointments?from=2026-12-02&to=2026-12-03").await.expect(200);
    // The visit that began before midnight reaches into the day.
    assert_eq!(starts(&day), ["2026-12-01T23:30:00+03:00", "2026-12-02T10:00:00+03:00"]);
    let exact = anna.get("/appointments?from=2026-12-01T07:00:00Z&to=2026-12-01T10:01").await.expect(200);
    assert_eq!(starts(&exact), ["2026-12-01T10:00:00+03:00"]);

    let first = anna.get("/appointments?limit=3").await.expect(200);
    book(&anna, "2026-11-01T10:00").await;
    let next = format!("/appointments?limit=3&cursor={}", first["nextCursor"].as_str().unwrap());
    let rest = anna.get(&next).await.expect(200);
    let all: Vec<_> = starts(&first).into_iter().chain(starts(&rest)).map(|start| &start[5..16]).collect();
    assert_eq!(all, ["11-30T10:00", "12-01T10:00", "12-01T23:30", "12-02T10:00", "12-03T00:00"]);
    assert!(rest["nextCursor"].is_null());
    assert_eq!(anna.get("/appointments?from=never").await.field("from"), "invalid_time");
}

#[tokio::test]
async fn visits_of_one_client_are_listed() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let client = anna.add_client("Ольга").await;
    book(&anna, "2026-12-01T10:00").await;
    let body = json!({ "clientId": client, "startsAt": "2026-12-01T12:00", "durationMin": 60 });
    anna.post("/appointments", body).await.expect(201);
    let page = anna.get(&format!("/appointments?clientId={client}")).await.expect(200);
    assert_eq!(starts(&page), ["2026-12-01T12:00:00+03:00"]);
}

#[tokio::test]
async fn a_block_takes_time_without_a_client() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let body = json!({ "kind": "block", "startsAt": "2026-12-01T10:00", "durationMin": 120, "note": "Врач" });
    assert_eq!(anna.post("/appointments", body).await.expect(201)["kind"], "block");
    let client = anna.add_client("Ольга").await;
    let body =
        json!({ "kind": "block", "clientId": client, "startsAt": "2026-12-01T10:00", "durationMin": 120 });
    assert_eq!(anna.post("/appointments", body).await.field("clientId"), "not_allowed");
}

#[tokio::test]
async fn an_hour_that_is_taken_is_refused_by_name_unless_the_caller_means_it() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let client = anna.add_client("Ольга").await;
    let visit = json!({ "clientId": client, "startsAt": "2026-12-01T10:00", "durationMin": 90 });
    let visit = anna.post("/appointments", visit).await.expect(201);
    let wanted = json!({ "kind": "block", "startsAt": "2026-12-01T11:00", "durationMin": 60 });
    let refused = anna.post("/appointments", wanted.clone()).await;
    assert_eq!((refused.status, refused.code(), refused.field("startsAt")), (409, "slot_taken", "taken"));
    let clash = &refused.json["error"]["details"]["appointments"];
    assert_eq!((&clash[0]["id"], &clash[0]["clientId"]), (&visit["id"], &json!(client)));
    assert_eq!((&clash[0]["startsAt"], &clash[1]), (&visit["startsAt"], &Json::Null));
    assert_eq!(anna.get("/appointments").await.expect(200)["data"].as_array().unwrap().len(), 1);

    let mut meant = wanted;
    meant["allowOverlap"] = json!(true);
    let block = anna.post("/appointments", meant).await.expect(201);
    // It stands there on purpose, so an edit of anything else asks nothing.
    anna.patch(&path(&block), json!({ "note": "обед" })).await.expect(200);
    let later = book(&anna, "2026-12-01T15:00").await;
    let back = json!({ "startsAt": "2026-12-01T10:30" });
    for (address, body) in [(format!("{}/reschedule", path(&later)), &back), (path(&later), &back)] {
        let answer = if address.ends_with("reschedule") {
            anna.post(&address, body.clone()).await
        } else {
            anna.patch(&address, body.clone()).await
        };
        assert_eq!((answer.status, answer.code()), (409, "slot_taken"), "{address}");
    }
    assert_eq!(anna.get(&path(&later)).await.expect(200), later, "nothing is half moved");
    let answer = anna.post("/appointments", json!({ "startsAt": "soon", "allowOverlap": "yes" })).await;
    assert_eq!((answer.field("startsAt"), answer.field("allowOverlap")), ("invalid_time", "invalid"));
}

#[tokio::test]
async fn a_cancelled_visit_frees_its_hour_and_needs_it_again_to_come_back() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let first = book(&anna, "2026-12-01T10:00").await;
    anna.act(&format!("{}/cancel", path(&first))).await.expect(200);
    book(&anna, "2026-12-01T10:00").await;
    let again = format!("{}/confirm", path(&first));
    let answer = anna.act(&again).await;
    assert_eq!((answer.status, answer.code()), (409, "slot_taken"));
    assert_eq!(anna.get(&path(&first)).await.expect(200)["status"], "cancelled");
    assert_eq!(anna.post(&again, json!({ "allowOverlap": true })).await.expect(200)["status"], "confirmed");
}

#[tokio::test]
async fn fifty_posts_for_one_hour_give_one_visit() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let body = |minute| json!({ "startsAt": format!("2026-12-01T10:{minute:02}"), "durationMin": 90 });
    let answers = futures::future::join_all((0..50).map(|n| anna.post("/appointments", body(n)))).await;
    let count =
        |status, code: &str| answers.iter().filter(|a| a.status == status && a.code() == code).count();
    assert_eq!((count(201, ""), count(409, "slot_taken")), (1, 49));
    let page = anna.get("/appointments").await.expect(200);
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
}
