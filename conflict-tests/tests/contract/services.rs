//! Services.

use serde_json::json;

use super::scenario::{delete, get, patch, post};

super::scenarios! {
    contract_a_service_is_added_read_and_edited => [
        post("/services", &json!({ "name": "Балаяж", "basePrice": 9500, "durationMin": 180 }), 201).named("service"),
        get("/services/{service.id}", 200),
        patch("/services/{service.id}", &json!({ "basePrice": 9900.50, "category": "Цвет" }), 200),
        get("/services/{service.id}", 200),
        get("/services", 200),
    ],
    contract_a_service_keeps_its_segments_and_buffers => [
        post("/services", &json!({ "name": "Окрашивание", "basePrice": 5000, "durationMin": 120, "bufferAfterMin": 10,
            "segments": [{ "busy": true, "minutes": 40 }, { "busy": false, "minutes": 50 }, { "busy": true, "minutes": 30 }] }), 201).named("s"),
        get("/services/{s.id}", 200),
    ],
    contract_every_wrong_field_of_a_service_is_told => [
        post("/services", &json!({ "basePrice": "много", "durationMin": -1, "x": 1 }), 422),
        post("/services", &json!({ "name": "a", "basePrice": 1.005, "durationMin": 30 }), 422).in_english(),
        post("/services", &json!({}), 422),
    ],
    contract_a_removed_service_is_gone => [
        post("/services", &json!({ "name": "Стрижка", "basePrice": 1500, "durationMin": 60 }), 201).named("s"),
        delete("/services/{s.id}", 204),
        get("/services/{s.id}", 404),
        patch("/services/{s.id}", &json!({ "name": "x" }), 404),
        get("/services", 200),
    ],
    contract_the_price_list_is_filtered_and_sorted => [
        post("/services", &json!({ "name": "Стрижка", "basePrice": 1500, "durationMin": 60, "category": "Волосы" }), 201),
        post("/services", &json!({ "name": "Балаяж", "basePrice": 9500.5, "durationMin": 180, "category": "Волосы" }), 201),
        post("/services", &json!({ "name": "Маникюр", "basePrice": 1500, "durationMin": 90, "active": false }), 201),
        get("/services?sort=name", 200),
        get("/services?sort=-base_price", 200),
        get("/services?sort=category", 200),
        get("/services?filter[active]=false", 200),
        get("/services?filter[basePrice][gt]=1500", 200),
        get("/services?filter[durationMin][lte]=90&sort=-durationMin", 200),
        get("/services?filter[category]=%D0%92%D0%BE%D0%BB%D0%BE%D1%81%D1%8B", 200),
        get("/services?filter[basePrice]=cheap", 400),
    ],
}
