//! The description of the API: complete, unambiguous, as committed; and every route of it keeps a neighbour out.

use std::collections::BTreeSet;

use axum::http::Method;
use domain::plans::Plan;
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use crate::http::features;
use crate::openapi::document;
use crate::testing::{Caller, PASSWORD, TestServer, picture};

/// One operation of the document.
pub(crate) struct Operation {
    pub(crate) method: Method,
    /// Below `/api/v1`.
    pub(crate) path: String,
    json: Json,
    document: Json,
}

pub(crate) fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(document().unwrap()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            found.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: path.strip_prefix("/api/v1").unwrap().to_owned(),
                json: operation.clone(),
                document: document.clone(),
            });
        }
    }
    found
}

impl Operation {
    /// An example of the body, if it takes one.
    pub(crate) fn body(&self) -> Option<Json> {
        let content = &self.json["requestBody"]["content"]["application/json"];
        if content.is_null() {
            return None;
        }
        if !content["example"].is_null() {
            return Some(content["example"].clone());
        }
        let name = schema_name(&content["schema"]).unwrap();
        let example = &self.document["components"]["schemas"][&name]["example"];
        assert!(example.is_object(), "{name} has no example");
        Some(example.clone())
    }

    /// Names of the fields that the body may have.
    pub(crate) fn properties(&self) -> Vec<String> {
        let name = schema_name(&self.json["requestBody"]["content"]["application/json"]["schema"]);
        let schema = &self.document["components"]["schemas"][name.unwrap_or_default()];
        let names = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
        names.collect()
    }

    /// Whether a good answer has an example, or has nothing in it.
    fn answers_with_an_example(&self) -> bool {
        let answers = self.json["responses"].as_object().unwrap();
        let good = answers.iter().filter(|(status, _)| status.as_str() < "400");
        good.map(|(_, answer)| &answer["content"]["application/json"])
            .all(|content| content.is_null() || !content["example"].is_null())
    }

    /// Names of the ids that the body or the query may carry.
    fn named_ids(&self, place: &str) -> Vec<String> {
        if place == "query" {
            let parameters = self.json["parameters"].as_array().cloned().unwrap_or_default();
            let query = parameters.iter().filter(|parameter| parameter["in"] == "query");
            return query
                .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
                .filter(|name| name.ends_with("Id") || name.contains("Id]"))
                .collect();
        }
        let name = schema_name(&self.json["requestBody"]["content"]["application/json"]["schema"]);
        let properties = self.document["components"]["schemas"][name.unwrap_or_default()]["properties"]
            .as_object()
            .cloned();
        let names = properties.unwrap_or_default().into_iter().map(|(name, _)| name);
        names.filter(|name| name.ends_with("Id")).collect()
    }

    /// The parameters that a query needs besides one, with their examples.
    fn needed_query(&self, besides: &str) -> String {
        let parameters = self.json["parameters"].as_array().cloned().unwrap_or_default();
        let needed = parameters.iter().filter(|parameter| {
            parameter["in"] == "query" && parameter["required"] == true && parameter["name"] != besides
        });
        let mut query = String::new();
        for parameter in needed {
            let example = parameter["example"].as_str().or(parameter["schema"]["example"].as_str());
            query.push('&');
            query.push_str(parameter["name"].as_str().unwrap());
            query.push('=');
            query.push_str(example.expect("what is needed has an example"));
        }
        query
    }

    /// Whether it is a list that is paged.
    fn is_paged(&self) -> bool {
        let parameters = self.json["parameters"].as_array();
        parameters.is_some_and(|parameters| parameters.iter().any(|parameter| parameter["name"] == "cursor"))
    }
}

/// The name of the schema that is referred to, also of one that may be left out.
fn schema_name(schema: &Json) -> Option<String> {
    let one_of = schema["oneOf"].as_array().into_iter().flatten();
    let mut references = std::iter::once(schema).chain(one_of).filter_map(|schema| schema["$ref"].as_str());
    references.next().map(|reference| reference.rsplit('/').next().unwrap_or_default().to_owned())
}

#[test]
fn the_document_is_the_committed_one() {
    insta::assert_snapshot!("openapi", crate::openapi::pretty().unwrap());
}

#[test]
fn every_operation_has_a_name_a_summary_an_example_and_errors() {
    let mut names = BTreeSet::new();
    for operation in operations() {
        let name = operation.json["operationId"].as_str().unwrap_or_default().to_owned();
        assert!(!name.is_empty() && names.insert(name.clone()), "{} {}", operation.method, operation.path);
        assert!(operation.json["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{name}");
        assert!(operation.json["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{name}");
        let answers = operation.json["responses"].as_object().unwrap();
        for status in ["401", "429", "500", "503"] {
            assert!(answers.contains_key(status), "{name} does not say {status}");
        }
        for (status, answer) in answers.iter().filter(|(status, _)| status.as_str() >= "400") {
            assert!(answer["description"].as_str().unwrap().contains('`'), "{name} {status}");
        }
        operation.body();
        assert!(operation.answers_with_an_example(), "{name} has no example of an answer");
    }
    assert!(names.len() >= 35, "{}", names.len());
}

#[test]
fn every_path_says_what_plan_it_needs() {
    let described: BTreeSet<String> = operations().into_iter().map(|operation| operation.path).collect();
    let listed: BTreeSet<String> = features::PATHS.iter().map(|(path, _)| (*path).to_owned()).collect();
    let missing: Vec<_> = described.difference(&listed).collect();
    assert!(
        missing.is_empty(),
        "these paths have no line in PATHS of sync-server/src/http/features.rs, so nobody may use them. Add one for each: \
         EveryPlan, ToWrite(Feature::..) or AtAll(Feature::..): {missing:?}"
    );
    let gone: Vec<_> = listed.difference(&described).collect();
    assert!(
        gone.is_empty(),
        "PATHS of sync-server/src/http/features.rs lists paths that are not there: {gone:?}"
    );
}

/// What a neighbour has: one of each thing.
async fn fill(olga: &Caller<'_>) -> Vec<String> {
    // Two of what is listed page by page, so that there is a next page.
    let other = olga.add_client("Тайна другая").await;
    olga.add_service("Тайна другая", 1500.0, 60).await;
    let block =
        json!({ "kind": "block", "startsAt": "2026-12-02T10:00", "durationMin": 60, "note": "Тайна" });
    olga.post("/appointments", block).await.expect(201);
    olga.post("/notes", json!({ "clientId": other, "body": "Тайна другая" })).await.expect(201);
    let client = olga.add_client("Тайна соседки").await;
    let service = olga.add_service("Тайна соседки", 1500.0, 60).await;
    let id = |json: Json| json["id"].as_str().unwrap().to_owned();
    let visit = json!({ "clientId": client, "serviceId": service, "startsAt": "2026-12-01T10:00" });
    let visit = id(olga.post("/appointments", visit).await.expect(201));
    // Three visits of one hour are three conflicts.
    for _ in 0..2 {
        let more = json!({ "startsAt": "2026-12-01T10:00", "durationMin": 60, "note": "Тайна", "allowOverlap": true });
        olga.post("/appointments", more).await.expect(201);
    }
    let note = json!({ "clientId": client, "body": "Тайна соседки" });
    let note = id(olga.post("/notes", note).await.expect(201));
    let device = id(olga.post("/devices", json!({ "name": "Тайна соседки" })).await.expect(201));
    let token = json!({ "email": olga.email, "password": PASSWORD, "name": "Тайна соседки" });
    let token = id(olga.post("/auth/token", token).await.expect(201));
    let mut import = String::new();
    for _ in 0..2 {
        let file = "Имя,Телефон\nТайна соседки,+79161234567\n";
        let path = "/imports?kind=clients&filename=people.csv";
        let answer = olga.raw(Method::POST, path, Some("application/octet-stream"), file.into()).await;
        import = id(answer.expect(201));
    }
    let mut media = String::new();
    for shade in 1..=2 {
        let answer =
            olga.raw(Method::POST, "/media", Some("application/octet-stream"), picture(shade).into()).await;
        media = id(answer.expect(201));
    }
    let mut payment = String::new();
    for amount in [1_500, -100] {
        let body = json!({ "date": "2026-12-01", "amount": amount, "clientId": client, "description": "Тайна соседки" });
        payment = id(olga.post("/payments", body).await.expect(201));
    }
    let mut invoice = String::new();
    for _ in 0..2 {
        let body = json!({ "clientId": client, "items": [{ "name": "Тайна соседки", "price": 100 }] });
        invoice = id(olga.post("/invoices", body).await.expect(201));
    }
    let shop = json!({ "shop": "100500", "secretKey": "test_secret" });
    olga.send(Method::PUT, "/integrations/yookassa", Some(shop)).await.expect(200);
    let mut online = String::new();
    for _ in 0..2 {
        let body = json!({ "items": [{ "name": "Тайна соседки", "price": 100 }] });
        let asked = id(olga.post("/invoices", body).await.expect(201));
        online = id(olga.act(&format!("/invoices/{asked}/payment-link")).await.expect(201));
    }
    let upload = id(olga.post("/media/uploads", json!({ "length": 9 })).await.expect(201));
    vec![client, service, visit, note, device, token, import, media, payment, invoice, online, upload]
}

async fn everything_of(olga: &Caller<'_>) -> Vec<Json> {
    let mut all = Vec::new();
    for path in [
        "/clients",
        "/services",
        "/appointments",
        "/notes",
        "/devices",
        "/auth/tokens",
        "/media",
        "/payments",
        "/invoices",
        "/online-payments",
        "/ledger",
    ] {
        let mut list = olga.get(path).await.expect(200);
        for entry in list["data"].as_array_mut().unwrap() {
            entry.as_object_mut().unwrap().remove("lastUsedAt");
        }
        all.push(list);
    }
    all
}

#[tokio::test]
async fn a_neighbours_id_is_404_on_every_route() {
    let server = TestServer::start().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    for caller in [&anna, &olga] {
        server.put_on(caller, Plan::Imperium).await;
    }
    let strangers = fill(&olga).await;
    let before = everything_of(&olga).await;
    let (mut tried, mut by_id) = (0, 0);
    for operation in operations() {
        if operation.path == "/auth/logout-everywhere" {
            // It names nothing, and would end the keys of this test.
            continue;
        }
        // Signing out ends the key, so each operation gets a new one; wrong passwords are forgotten after an hour.
        server.clock().advance(SignedDuration::from_hours(2));
        let token = json!({ "email": anna.email, "password": PASSWORD, "name": "test" });
        let token = server.anonymous().post("/auth/token", token).await.expect(201);
        let caller = server.with_token(token["token"].as_str().unwrap());
        let name = format!("{} {}", operation.method, operation.path);
        let has_id = operation.path.contains('{');
        for stranger in &strangers {
            let start = operation.path.find('{').unwrap_or(operation.path.len());
            let end = operation.path.find('}').map_or(start, |end| end + 1);
            let path = format!("{}{stranger}{}", &operation.path[..start], &operation.path[end..]);
            let path = if has_id { path } else { operation.path.clone() };
            assert!(!path.contains('{'), "the test knows one id in a path: {name}");
            let mut bodies = vec![operation.body()];
            for named in operation.named_ids("body") {
                let mut body = operation.body().unwrap();
                body.as_object_mut().unwrap().retain(|key, _| !key.ends_with("Id"));
                if operation.path == "/notes" {
                    body["clientId"] = json!(anna_client(&anna).await);
                }
                body[&named] = json!(stranger);
                bodies.push(Some(body));
            }
            for (number, body) in bodies.into_iter().enumerate() {
                let answer = caller.send(operation.method.clone(), &path, body).await;
                tried += 1;
                let text = String::from_utf8_lossy(&answer.bytes).into_owned();
                assert!(!text.contains("Тайна"), "{name}: {text}");
                assert!(!strangers.iter().any(|stranger| text.contains(stranger)), "{name}: {text}");
                if has_id || number > 0 {
                    by_id += 1;
                    assert_eq!((answer.status, answer.code()), (404, "not_found"), "{name}: {text}");
                } else {
                    assert!(answer.status < 500, "{name}: {text}");
                }
            }
            for named in operation.named_ids("query") {
                let others = operation.needed_query(&named);
                let answer = caller.get(&format!("{path}?{named}={stranger}{others}")).await;
                let shows_nothing = answer.status == 200 && answer.json["data"] == json!([]);
                assert!(
                    answer.status == 404 || (shows_nothing && !has_id),
                    "{name}: {} {}",
                    answer.status,
                    answer.json
                );
            }
        }
        if operation.is_paged() && !has_id {
            let hers = olga.get(&format!("{}?limit=1", operation.path)).await.expect(200);
            let cursor = hers["nextCursor"]
                .as_str()
                .unwrap_or_else(|| panic!("{name}: she has too little for a cursor"));
            let answer = caller.get(&format!("{}?limit=1&cursor={cursor}", operation.path)).await;
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            assert!(answer.status < 500 && !text.contains("Тайна"), "{name}: {text}");
            assert!(!strangers.iter().any(|stranger| text.contains(stranger)), "{name}: {text}");
        }
    }
    let want = json!({ "protocol": 1, "want": strangers, "push": [] });
    let answer = anna.post("/sync", want).await;
    assert!(!String::from_utf8_lossy(&answer.bytes).contains("Тайна") && answer.status == 200);
    assert_eq!(everything_of(&olga).await, before);
    assert!(tried > 200 && by_id > 100, "{tried} {by_id}");
}

/// An id that is almost somebody's, and texts that are none.
fn almost(stranger: &str) -> Vec<String> {
    let flipped = |at: usize| {
        let mut bytes = stranger.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'a' { b'b' } else { b'a' };
        String::from_utf8(bytes).unwrap()
    };
    let texts =
        ["%00", "..%2F..%2Fclients", "%27%20or%201%3D1--", "00000000-0000-0000-0000-000000000000", "-1"];
    [flipped(0), flipped(35), stranger.to_uppercase(), format!("%7B{stranger}%7D"), stranger.replace('-', "")]
        .into_iter()
        .chain(texts.map(str::to_owned))
        .collect()
}

/// The example of a body with a stranger's id in the place of each id in turn, however deep it stands.
fn with_each_id(body: &Json, stranger: &str) -> Vec<Json> {
    fn places(value: &Json, path: &str, found: &mut Vec<String>) {
        match value {
            Json::Object(map) => {
                for (name, value) in map {
                    let here = format!("{path}/{name}");
                    if name.ends_with("Id") && value.is_string() {
                        found.push(here);
                    } else {
                        places(value, &here, found);
                    }
                }
            }
            Json::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    places(value, &format!("{path}/{index}"), found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    places(body, "", &mut found);
    let deep = found.into_iter().filter(|place| place.matches('/').count() > 1);
    deep.map(|place| {
        let mut body = body.clone();
        *body.pointer_mut(&place).unwrap() = json!(stranger);
        body
    })
    .collect()
}

#[tokio::test]
async fn what_is_almost_a_neighbours_id_opens_nothing_and_breaks_nothing() {
    let server = TestServer::start().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    for caller in [&anna, &olga] {
        server.put_on(caller, Plan::Imperium).await;
    }
    let strangers = fill(&olga).await;
    let before = everything_of(&olga).await;
    let mut tried = 0;
    for operation in operations() {
        let token = json!({ "email": anna.email, "password": PASSWORD, "name": "test" });
        let token = server.anonymous().post("/auth/token", token).await.expect(201);
        let caller = server.with_token(token["token"].as_str().unwrap());
        let name = format!("{} {}", operation.method, operation.path);
        let check = |answer: &crate::testing::Answer| {
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            assert!(answer.status < 500, "{name}: {} {text}", answer.status);
            assert!(!text.contains("Тайна"), "{name}: {text}");
        };
        if let (Some(start), Some(end)) = (operation.path.find('{'), operation.path.find('}')) {
            for id in strangers.iter().take(2).flat_map(|stranger| almost(stranger)) {
                let path = format!("{}{id}{}", &operation.path[..start], &operation.path[end + 1..]);
                let answer = caller.send(operation.method.clone(), &path, operation.body()).await;
                check(&answer);
                assert!(answer.status >= 400, "{name} {id}: {}", answer.status);
                tried += 1;
            }
        }
        for stranger in &strangers {
            for body in operation.body().iter().flat_map(|body| with_each_id(body, stranger)) {
                let answer = caller.send(operation.method.clone(), &operation.path, Some(body)).await;
                check(&answer);
                assert!(answer.status >= 400, "{name}: {}", answer.status);
                tried += 1;
            }
        }
    }
    assert_eq!(everything_of(&olga).await, before);
    assert!(tried > 300, "{tried}");
}

async fn anna_client(anna: &Caller<'_>) -> String {
    anna.add_client("Своя").await
}

/// A type whose example in the document must be one of it, with every field that there is.
fn is_true_to<T: serde::de::DeserializeOwned + serde::Serialize>(name: &str) {
    let document = serde_json::to_value(document().unwrap()).unwrap();
    let example = &document["components"]["schemas"][name]["example"];
    let read: T = serde_json::from_value(example.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(serde_json::to_value(read).unwrap(), *example, "{name}");
}

#[test]
fn the_examples_are_what_the_types_would_write() {
    is_true_to::<domain::clients::Client>("Client");
    is_true_to::<domain::clients::Consent>("Consent");
    is_true_to::<domain::appointments::Appointment>("Appointment");
    is_true_to::<domain::notes::Note>("Note");
    is_true_to::<domain::services::Service>("Service");
    is_true_to::<domain::payments::Payment>("Payment");
    is_true_to::<domain::invoices::Invoice>("Invoice");
    is_true_to::<domain::till::Till>("Till");
}
