//! Paging, order, filters, search.

use serde_json::json;

use super::scenario::{Step, day, get, post};

fn people() -> [Step; 4] {
    [
        post("/clients", &json!({ "name": "Вера", "phone": "+7 916 123-45-67", "tags": ["vip"], "source": "друг" }), 201),
        post("/clients", &json!({ "name": "Анна", "email": "Anna@Example.RU", "tags": ["vip", "утро"], "allergies": ["латекс"] }), 201).named("anna"),
        post("/clients", &json!({ "name": "Белла", "locale": "en", "loyaltyLevel": "gold" }), 201),
        post("/clients", &json!({ "name": "Алёна Ёлкина", "notes": "100%_" }), 201),
    ]
}

macro_rules! lists {
    ($($name:ident => [$($path:expr => $status:expr),+ $(,)?],)+) => {
        $(
            #[tokio::test]
            async fn $name() {
                let steps: Vec<Step> = people().into_iter().chain([$(get(&$path, $status)),+]).collect();
                super::scenario::same_at_both_doors(&steps).await;
            }
        )+
    };
}

lists! {
    contract_clients_are_sorted_in_either_case_style => [
        "/clients?sort=name" => 200, "/clients?sort=-name" => 200, "/clients?sort=phone" => 400,
        "/clients?sort=" => 400, "/clients?sort=name;drop" => 400,
    ],
    contract_clients_are_filtered_by_contact => [
        "/clients?filter[phone]=8(916)1234567" => 200, "/clients?filter[email]=anna@example.ru" => 200,
        "/clients?filter[phone]=12" => 400, "/clients?filter[email]=anna" => 400, "/clients?filter[phone][in]=89161234567,12" => 400,
    ],
    contract_clients_are_filtered_by_what_they_have_among_others => [
        "/clients?filter[tags]=vip" => 200, "/clients?filter[allergies]=%D0%BB%D0%B0%D1%82%D0%B5%D0%BA%D1%81" => 200,
        "/clients?filter[tags]=vip&filter[source]=%D0%B4%D1%80%D1%83%D0%B3" => 200, "/clients?filter[tags][in]=a,b" => 400,
    ],
    contract_clients_are_filtered_by_words => [
        "/clients?filter[locale]=en" => 200, "/clients?filter[locale]=de" => 400,
        "/clients?filter[name][in]=%D0%90%D0%9D%D0%9D%D0%90,%D0%B2%D0%B5%D1%80%D0%B0" => 200,
        "/clients?filter[loyalty_level]=gold" => 200, "/clients?filter[name]=" => 400, "/clients?filter[name][gte]=a" => 400,
    ],
    contract_clients_are_filtered_by_time => [
        "/clients?filter[updated_at][gte]=2020-01-01&filter[createdAt][lt]=2100-01-01T00:00:00%2B03:00&sort=name" => 200,
        "/clients?filter[updatedAt][gt]=2100-01-01" => 200, "/clients?filter[updated_at]=soon" => 400,
        "/clients?filter[updated_at][near]=2026-12-01" => 400,
    ],
    contract_clients_are_filtered_by_id => [
        "/clients?filter[id]={anna.id}" => 200, "/clients?filter[id]=x" => 400,
        "/clients?filter[id][in]={anna.id},0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1" => 200,
    ],
    contract_clients_are_searched => [
        "/clients?search=%D0%B0%D0%BD%D0%BD" => 200, "/clients?search=8%20(916)%20123" => 200, "/clients?search=%D1%91%D0%BB%D0%BA" => 200,
        "/clients?search=100%25_" => 200, "/clients?search=%20" => 200, "/clients?search=vip+%D0%B0%D0%BD%D0%BD%D0%B0" => 200,
        "/clients?search=nobody" => 200, "/clients?search=%D0%BD%D0%BD%D0%B0" => 200,
    ],
    contract_every_mistake_of_a_query_is_told => [
        "/clients?filter[colour]=red&limit=0&sort=colour&x=1&filter[name=x" => 400,
        "/clients?limit=many" => 400, "/clients?limit=201" => 400, "/clients?search=a&search=b" => 400,
        "/clients?search=a%00b" => 400, "/clients?cursor=nonsense" => 400, "/clients?limit=-1" => 400,
    ],
}

super::scenarios! {
    contract_clients_are_paged => [
        post("/clients", &json!({ "name": "а" }), 201), post("/clients", &json!({ "name": "Б" }), 201),
        post("/clients", &json!({ "name": "в" }), 201), post("/clients", &json!({ "name": "А" }), 201),
        get("/clients?limit=2", 200).named("one"),
        get("/clients?limit=2&cursor={one.nextCursor}", 200),
        get("/clients?limit=1&cursor={one.nextCursor}", 200).named("two"),
        get("/clients?limit=4&cursor={two.nextCursor}", 200),
        get("/clients?limit=4", 200),
        get("/clients?limit=2&sort=-name", 200).named("back"),
        get("/clients?limit=2&sort=-name&cursor={back.nextCursor}", 200),
    ],
    contract_a_cursor_belongs_to_its_list_and_filters => [
        post("/clients", &json!({ "name": "а" }), 201), post("/clients", &json!({ "name": "б" }), 201),
        get("/clients?limit=1", 200).named("page"),
        get("/clients?sort=-name&cursor={page.nextCursor}", 400),
        get("/clients?filter[tags]=vip&cursor={page.nextCursor}", 400),
        get("/clients?search=a&cursor={page.nextCursor}", 400),
        get("/notes?cursor={page.nextCursor}", 400).in_english(),
    ],
    contract_visits_are_filtered_and_paged_by_start => [
        post("/appointments", &json!({ "startsAt": format!("{}T10:00", day(2)), "durationMin": 60 }), 201),
        post("/appointments", &json!({ "startsAt": format!("{}T10:00", day(0)), "durationMin": 60 }), 201).named("first"),
        post("/appointments", &json!({ "kind": "block", "startsAt": format!("{}T10:00", day(1)), "durationMin": 60 }), 201),
        super::scenario::act("/appointments/{first.id}/confirm", 200),
        get("/appointments?limit=2", 200).named("page"),
        get("/appointments?limit=2&cursor={page.nextCursor}", 200),
        get("/appointments?sort=-starts_at", 200),
        get("/appointments?sort=-createdAt&limit=200", 200),
        get("/appointments?filter[status]=confirmed", 200),
        get("/appointments?filter[status][in]=booked,requested", 200),
        get("/appointments?filter[status]=sleeping&filter[clientId]=x", 400),
        get(&format!("/appointments?filter[startsAt][gte]={}", day(1)), 200),
        get(&format!("/appointments?filter[starts_at][lt]={}T10:00", day(1)), 200),
        get(&format!("/appointments?filter[endsAt][lte]={}T11:00", day(1)), 200),
        get("/appointments?filter[source]=api", 200),
    ],
}
