//! Free hours: through the front door.

use serde_json::{Value as Json, json};

use crate::testing::{Caller, TestServer};

/// A Monday that is always ahead: the first one two weeks or more from now would depend on the clock, so hours are asked for
/// far enough ahead and the horizon is as wide as it can be.
const DAY: &str = "2027-11-01";

async fn open(anna: &Caller<'_>) {
    let hours = json!({ "weekly": { "mon": [{ "from": "10:00", "to": "13:00" }] }, "stepMin": 60, "horizonDays": 730 });
    anna.send("PUT".parse().unwrap(), "/settings/business-hours", Some(hours)).await.expect(200);
}

async fn starts(anna: &Caller<'_>, service: &str, query: &str) -> Vec<String> {
    let found = anna.get(&format!("/slots?serviceId={service}&from={DAY}&to={DAY}{query}")).await.expect(200);
    let start = |slot: &Json| slot["startsAt"].as_str().unwrap()[11..16].to_owned();
    found["data"].as_array().unwrap().iter().map(start).collect()
}

#[tokio::test]
async fn what_is_booked_is_no_longer_offered_and_what_is_called_off_is_again() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    open(&anna).await;
    let service = anna.add_service("Маникюр", 2500.0, 60).await;
    assert_eq!(starts(&anna, &service, "").await, ["10:00", "11:00", "12:00"]);
    let visit = json!({ "serviceId": service, "startsAt": format!("{DAY}T11:00") });
    let visit = anna.post("/appointments", visit).await.expect(201);
    assert_eq!(starts(&anna, &service, "").await, ["10:00", "12:00"]);
    assert_eq!(starts(&anna, &service, "&best=true").await, ["10:00", "12:00"]);
    let day = anna.get(&format!("/slots?serviceId={service}&from={DAY}&to={DAY}")).await.expect(200);
    assert_eq!(
        day["data"][0],
        json!({ "startsAt": format!("{DAY}T10:00:00+03:00"), "endsAt": format!("{DAY}T11:00:00+03:00") })
    );
    anna.act(&format!("/appointments/{}/cancel", visit["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(starts(&anna, &service, "").await, ["10:00", "11:00", "12:00"]);
}

#[tokio::test]
async fn what_cannot_be_asked_is_told_at_once() {
    let server = TestServer::start().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    let answer = anna.get("/slots?from=soon&colour=red").await;
    let fields = ["serviceId", "from", "to", "colour"].map(|name| answer.field(name).to_owned());
    assert_eq!(
        (answer.status, fields),
        (400, ["required", "invalid", "required", "unknown"].map(str::to_owned))
    );
    let service = anna.add_service("Маникюр", 2500.0, 60).await;
    for (from, to) in [("2027-01-02", "2027-01-01"), ("2027-01-01", "2027-04-04")] {
        let answer = anna.get(&format!("/slots?serviceId={service}&from={from}&to={to}")).await;
        assert_eq!(answer.field("to"), "out_of_range", "{from} {to}");
    }
    let hers = olga.get(&format!("/slots?serviceId={service}&from={DAY}&to={DAY}")).await;
    assert_eq!((hers.status, hers.code()), (404, "not_found"));
}

#[tokio::test]
async fn every_hour_that_is_offered_can_be_booked() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    open(&anna).await;
    let colour = json!({ "name": "Окрашивание", "basePrice": 5000, "durationMin": 120, "segments": [
        { "busy": true, "minutes": 30 }, { "busy": false, "minutes": 45 }, { "busy": true, "minutes": 45 },
    ] });
    let colour = anna.post("/services", colour).await.expect(201)["id"].as_str().unwrap().to_owned();
    let brief = anna.add_service("Брови", 1000.0, 30).await;
    let visit = json!({ "serviceId": colour, "startsAt": format!("{DAY}T10:00") });
    anna.post("/appointments", visit).await.expect(201);
    let offered = anna.get(&format!("/slots?serviceId={brief}&from={DAY}&to={DAY}")).await.expect(200);
    let offered = offered["data"].as_array().unwrap().clone();
    assert!(
        offered.iter().any(|slot| slot["startsAt"].as_str().unwrap().contains("T10:30")),
        "while the colour works"
    );
    for slot in offered {
        let body = json!({ "serviceId": brief, "startsAt": slot["startsAt"] });
        let booked = anna.post("/appointments", body).await.expect(201);
        assert_eq!(
            anna.delete(&format!("/appointments/{}", booked["id"].as_str().unwrap())).await.status,
            204
        );
    }
    let hands = json!({ "serviceId": brief, "startsAt": format!("{DAY}T11:30") });
    assert_eq!(anna.post("/appointments", hands).await.code(), "slot_taken");
    // A visit that stands over another on purpose may become shorter without asking again.
    let over = json!({ "startsAt": format!("{DAY}T11:00"), "durationMin": 60, "allowOverlap": true });
    let over = anna.post("/appointments", over).await.expect(201);
    let path = format!("/appointments/{}", over["id"].as_str().unwrap());
    anna.patch(&path, json!({ "durationMin": 45 })).await.expect(200);
    assert_eq!(anna.patch(&path, json!({ "durationMin": 90 })).await.code(), "slot_taken");
}
