//! The operations of the API's description, and bodies for them with a canary in every place.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Map, Value as Json};

use super::birds::{CARD, MAIL, NAME, NOTE, PHONE, TOKEN, all_in_one};

/// An operation.
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) name: String,
    path: String,
    json: Json,
    schemas: Json,
}

/// A body to be sent.
#[derive(Clone)]
pub(crate) struct Said {
    pub(crate) content_type: Option<&'static str>,
    bytes: Vec<u8>,
}

impl Said {
    pub(crate) fn body(&self) -> Body {
        Body::from(self.bytes.clone())
    }
}

/// All of them, but for the one that would end every key.
pub(crate) fn operations() -> Vec<Operation> {
    let document =
        serde_json::to_value(sync_server::openapi::document().expect("the description")).expect("JSON");
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, json) in item.as_object().expect("operations") {
            let path = path.strip_prefix("/api/v1").expect("ours").to_owned();
            let method: Method = method.to_uppercase().parse().expect("a method");
            found.push(Operation {
                name: format!("{method} {path}"),
                method,
                path,
                json: json.clone(),
                schemas: document["components"]["schemas"].clone(),
            });
        }
    }
    found
}

impl Operation {
    /// Its path with something in the place of an id.
    pub(crate) fn path_with(&self, id: &str) -> String {
        let start = self.path.find('{').unwrap_or(self.path.len());
        let end = self.path.find('}').map_or(start, |end| end + 1);
        let id = if start < self.path.len() { id } else { "" };
        format!("{}{id}{}", &self.path[..start], &self.path[end..])
    }

    /// The example of its body.
    pub(crate) fn example(&self) -> Option<Json> {
        let content = &self.json["requestBody"]["content"]["application/json"];
        if !content["example"].is_null() {
            return Some(content["example"].clone());
        }
        let reference = content["schema"]["$ref"].as_str().or_else(|| {
            let of = content["schema"]["oneOf"].as_array()?;
            of.iter().find_map(|schema| schema["$ref"].as_str())
        })?;
        let example = &self.schemas[reference.rsplit('/').next().unwrap_or_default()]["example"];
        (!example.is_null()).then(|| example.clone())
    }

    /// The names that its query may have.
    pub(crate) fn query_names(&self) -> Vec<String> {
        let parameters = self.json["parameters"].as_array().into_iter().flatten();
        let query = parameters.filter(|parameter| parameter["in"] == "query");
        query.filter_map(|parameter| parameter["name"].as_str().map(str::to_owned)).collect()
    }

    /// Its body in all ways, by the name of the way.
    pub(crate) fn bodies(&self) -> Vec<(&'static str, Said)> {
        let said = |content_type, bytes: Vec<u8>| Said { content_type, bytes };
        let json = |value: &Json| said(Some("application/json"), value.to_string().into_bytes());
        let mut ways = vec![("nothing", said(None, Vec::new()))];
        if self.method.is_safe() {
            return ways;
        }
        if let Some(example) = self.example() {
            ways.push(("as described", json(&fitting(&example, ""))));
            ways.push(("canaries everywhere", json(&everywhere(&example))));
            let mut more = fitting(&example, "").as_object().cloned().unwrap_or_default();
            more.insert(NAME.to_owned(), NOTE.into());
            ways.push(("a field that nobody offered", json(&Json::Object(more))));
        }
        ways.push(("a list of them", json(&serde_json::json!([NAME, PHONE, MAIL]))));
        let cut = format!("{{\"name\":\"{}", all_in_one());
        ways.push(("JSON that is cut", said(Some("application/json"), cut.into_bytes())));
        ways.push(("text", said(Some("text/plain"), all_in_one().into_bytes())));
        ways.push(("bytes", said(Some("application/octet-stream"), all_in_one().into_bytes())));
        ways
    }
}

/// The example with canaries of the right kind, so that it is accepted.
fn fitting(value: &Json, name: &str) -> Json {
    match value {
        Json::Object(map) => {
            map.iter().map(|(name, value)| (name.clone(), fitting(value, name))).collect::<Map<_, _>>().into()
        }
        Json::Array(list) => list.iter().map(|value| fitting(value, name)).collect(),
        Json::String(text) => {
            let name = name.to_lowercase();
            let bird = match () {
                () if name.contains("phone") => PHONE,
                () if name.contains("email") => MAIL,
                () if ["note", "notes", "body", "text", "about", "description"].contains(&&*name) => NOTE,
                () if name.contains("name") || name == "tags" || name == "allergies" => NAME,
                () if name.contains("token") || name == "code" => TOKEN,
                () if name == "provider" => CARD,
                () => text,
            };
            bird.into()
        }
        other => other.clone(),
    }
}

/// The example with all canaries in the place of every leaf.
fn everywhere(value: &Json) -> Json {
    match value {
        Json::Object(map) => {
            map.iter().map(|(name, value)| (name.clone(), everywhere(value))).collect::<Map<_, _>>().into()
        }
        Json::Array(list) => list.iter().map(everywhere).collect(),
        _ => all_in_one().into(),
    }
}
