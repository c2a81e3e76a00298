//! The export through the front door.

use serde_json::json;

use crate::testing::TestServer;

#[tokio::test]
async fn everything_comes_out_in_every_form_and_nothing_of_a_neighbour() {
    let server = TestServer::start().await;
    let [vera, olga] = [server.register("vera").await, server.register("olga").await];
    olga.add_client("Тайна соседки").await;
    let client = vera.add_client("Анна; \"А\"").await;
    let service = vera.add_service("Стрижка", 1500.0, 60).await;
    let visit = json!({ "clientId": client, "serviceId": service, "startsAt": "2026-12-01T10:00" });
    let visit = vera.post("/appointments", visit).await.expect(201);
    let id = visit["id"].as_str().unwrap();
    vera.act(&format!("/appointments/{id}/complete")).await.expect(200);
    vera.post("/notes", json!({ "clientId": client, "body": "7.1" })).await.expect(201);

    let all = vera.get("/export").await;
    assert_eq!(all.header("content-type"), "application/json");
    assert!(all.header("content-disposition").contains("veloria.json"));
    let all = all.expect(200);
    assert_eq!(all["clients"][0], vera.get(&format!("/clients/{client}")).await.expect(200));
    assert_eq!(all["clients"][0]["lastVisitAt"], "2026-12-01T10:00:00+03:00");
    assert_eq!(all["appointments"][0], vera.get(&format!("/appointments/{id}")).await.expect(200));
    let counts =
        ["clients", "appointments", "notes", "services"].map(|list| all[list].as_array().unwrap().len());
    assert_eq!(counts, [1, 1, 1, 1]);

    for (format, start) in
        [("csv", "PK"), ("vcard", "BEGIN:VCARD"), ("ics", "BEGIN:VCALENDAR"), ("json", "{")]
    {
        let file = vera.get(&format!("/export?format={format}")).await;
        assert_eq!(file.status, 200);
        assert!(file.bytes.starts_with(start.as_bytes()), "{format}");
        assert!(!String::from_utf8_lossy(&file.bytes).contains("Тайна"), "{format}");
    }
    assert_eq!(vera.get("/export?format=pdf").await.field("format"), "unknown");
    assert_eq!(server.anonymous().get("/export").await.status, 401);
}

#[tokio::test]
async fn more_exports_at_once_than_there_is_memory_for_are_told_to_come_again() {
    let server = TestServer::start().await;
    let vera = server.register("vera").await;
    let all = server.state().export_places.clone().acquire_many_owned(3).await.unwrap();
    let refused = vera.get("/export").await;
    assert_eq!((refused.status, refused.code()), (503, "unavailable"));
    assert!(!refused.header("retry-after").is_empty());
    drop(all);
    assert_eq!(vera.get("/export").await.status, 200);
}
