//! The price list: through the front door.

use serde_json::json;

use crate::testing::TestServer;

#[tokio::test]
async fn a_service_is_added_read_edited_and_removed() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let body = json!({ "name": "Маникюр", "basePrice": 2500.5, "durationMin": 90, "cost": "300", "category": "Ногти" });
    let answer = anna.post("/services", body).await;
    let location = answer.header("location").to_owned();
    let service = answer.expect(201);
    assert_eq!(location, format!("/api/v1/services/{}", service["id"].as_str().unwrap()));
    insta::assert_json_snapshot!(service, { ".id" => "[id]", ".createdAt" => "[time]", ".updatedAt" => "[time]" });
    let path = location.strip_prefix("/api/v1").unwrap();
    assert_eq!(anna.get(path).await.expect(200), service);
    assert_eq!(anna.get("/services").await.expect(200), json!({ "data": [service], "nextCursor": null }));

    let edited = anna.patch(path, json!({ "basePrice": 2700, "cost": null })).await.expect(200);
    assert_eq!((&edited["basePrice"], &edited["cost"]), (&json!(2700), &json!(null)));
    assert_eq!(edited["name"], "Маникюр");
    assert_eq!(anna.get(path).await.expect(200), edited);

    assert_eq!(anna.delete(path).await.status, 204);
    for answer in [anna.get(path).await, anna.delete(path).await, anna.patch(path, json!({})).await] {
        assert_eq!((answer.status, answer.code()), (404, "not_found"));
    }
    assert_eq!(anna.get("/services").await.expect(200)["data"], json!([]));
}

#[tokio::test]
async fn a_service_needs_a_name_a_price_and_a_duration() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let answer = anna.post("/services", json!({ "basePrice": 1.005, "durationMin": 0, "cost": -1 })).await;
    assert_eq!(answer.status, 422);
    let problems = ["name", "basePrice", "durationMin", "cost"].map(|name| answer.field(name).to_owned());
    assert_eq!(problems, ["required", "too_precise", "out_of_range", "out_of_range"]);
    assert_eq!(anna.get("/services").await.expect(200)["data"], json!([]));
}

#[tokio::test]
async fn the_price_list_is_paged() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    for number in 0..3 {
        anna.add_service(&format!("Услуга {number}"), 100.0, 30).await;
    }
    let first = anna.get("/services?limit=2").await.expect(200);
    assert_eq!(first["data"].as_array().unwrap().len(), 2);
    let next = format!("/services?limit=2&cursor={}", first["nextCursor"].as_str().unwrap());
    let rest = anna.get(&next).await.expect(200);
    assert_eq!(rest["data"][0]["name"], "Услуга 2");
    assert!(rest["nextCursor"].is_null());
}
