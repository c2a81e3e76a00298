//! Hours that are set on one device hold everywhere, and free hours are the same on the server and on every device.

use jiff::civil::date;
use serde_json::{Value as Json, json};
use sync_server::testing::TestServer;

use domain::settings::Section;

use super::homes::{Device, fields, settle};

#[tokio::test]
async fn free_hours_are_equal_on_the_server_and_on_every_device() {
    let server = TestServer::start().await;
    let owner = server.register("anna").await;
    let mut a = Device::sign_in(&server, &owner.email, "laptop").await;
    let mut b = Device::sign_in(&server, &owner.email, "phone").await;
    let hours = json!({
        "weekly": { "mon": [{ "from": "10:00", "to": "14:00" }, { "from": "22:00", "to": "01:00" }],
                    "tue": [{ "from": "09:00", "to": "18:00" }] },
        "breaks": { "tue": [{ "from": "13:00", "to": "13:45" }] },
        "travel": [{ "from": "2027-11-02", "to": "2027-11-02", "timezone": "Asia/Kathmandu" }],
        "stepMin": 20, "horizonDays": 730,
    });
    let set = a.app.put_setting(Section::BusinessHours, &fields(hours)).expect("offline settings work");
    assert_eq!(set.version, 1, "shown at once");
    let colour = json!({ "name": "Окрашивание", "basePrice": 5000, "durationMin": 120, "bufferAfterMin": 10,
        "segments": [{ "busy": true, "minutes": 40 }, { "busy": false, "minutes": 50 }, { "busy": true, "minutes": 30 }] });
    let colour = a.app.add_service(&fields(colour)).expect("a service").id;
    for start in ["2027-11-01T10:20", "2027-11-02T11:00", "2027-11-02T15:15"] {
        a.app.book(&fields(json!({ "serviceId": colour, "startsAt": start }))).expect("books");
    }
    a.app
        .book(&fields(json!({ "kind": "block", "startsAt": "2027-11-01T22:00", "durationMin": 30 })))
        .expect("blocks");
    settle(&server, &mut [&mut a, &mut b]).await;

    let (from, to) = (date(2027, 10, 31), date(2027, 11, 9));
    let here = a.app.slots(colour, from, to).expect("slots");
    assert!(here.len() > 20, "{}", here.len());
    assert_eq!(here, b.app.slots(colour, from, to).expect("slots"));
    let there = owner.get(&format!("/slots?serviceId={colour}&from={from}&to={to}")).await.expect(200);
    assert_eq!(there["data"], serde_json::to_value(&here).expect("JSON"));
}

#[tokio::test]
async fn of_two_who_set_hours_apart_the_second_is_told_and_the_first_holds_everywhere() {
    let server = TestServer::start().await;
    let owner = server.register("anna").await;
    let mut a = Device::sign_in(&server, &owner.email, "laptop").await;
    let mut b = Device::sign_in(&server, &owner.email, "phone").await;
    let name = |text: &str| fields(json!({ "displayName": text }));
    a.app.put_setting(Section::Branding, &name("от ноутбука")).expect("set");
    b.app.put_setting(Section::Branding, &name("от телефона")).expect("set");
    settle(&server, &mut [&mut a, &mut b]).await;
    let shown = owner.get("/settings/branding").await.expect(200);
    let there: Json = shown["value"]["displayName"].clone();
    assert!(there == "от ноутбука" || there == "от телефона");
    for device in [&a, &b] {
        let setting =
            serde_json::to_value(device.app.setting(Section::Branding).expect("reads")).expect("JSON");
        assert_eq!(setting, shown);
    }
    let told: usize = [&a, &b].iter().map(|device| device.app.status().expect("status").notices.len()).sum();
    assert!(told > 0, "whoever was second is told");
}
