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
