//! Examples of good answers for the API description. A type that people will look at has an example of its own; what is
//! built of such types (a page, an account) gets one that follows from its schema, so no route is without.

use serde_json::{Map, Value as Json, json};
use utoipa::openapi::{OpenApi, RefOr};

use crate::openapi_conventions::operations;

/// How deep a schema is followed; ours are flatter.
const DEEPEST: u8 = 8;

/// Adds an example to every good JSON answer that has none.
pub(crate) fn add(document: &mut OpenApi) -> Result<(), serde_json::Error> {
    let schemas = match &document.components {
        Some(components) => serde_json::to_value(&components.schemas)?,
        None => Json::Null,
    };
    for item in document.paths.paths.values_mut() {
        for (_, operation) in operations(item) {
            for (status, response) in &mut operation.responses.responses {
                let RefOr::T(response) = response else { continue };
                let Some(RefOr::T(content)) = response.content.get_mut("application/json") else { continue };
                if status.starts_with('2') && content.example.is_none() {
                    let schema = serde_json::to_value(&content.schema)?;
                    content.example = Some(example(&schema, &schemas, 0));
                }
            }
        }
    }
    Ok(())
}

fn example(schema: &Json, schemas: &Json, depth: u8) -> Json {
    if let Some(given) = schema.get("example").or_else(|| schema.pointer("/examples/0")) {
        return given.clone();
    }
    if depth > DEEPEST {
        return Json::Null;
    }
    let inner = |schema: &Json| example(schema, schemas, depth + 1);
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return inner(&schemas[name]);
    }
    if let Some(word) = schema.pointer("/enum/0") {
        return word.clone();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().filter_map(|part| inner(part).as_object().cloned());
        return Json::Object(parts.flatten().collect());
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[choice].as_array() {
            return choices.iter().map(inner).find(|found| !found.is_null()).unwrap_or_default();
        }
    }
    match type_of(schema) {
        "object" => {
            let properties = schema["properties"].as_object();
            let shown = properties.into_iter().flatten().map(|(name, schema)| (name.clone(), inner(schema)));
            Json::Object(shown.collect::<Map<_, _>>())
        }
        "array" => json!([inner(&schema["items"])]),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        "boolean" => json!(true),
        "string" => match schema["format"].as_str() {
            Some("uuid") => json!("0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1"),
            Some("date-time") => json!("2026-12-01T07:00:00Z"),
            _ => json!("…"),
        },
        _ => Json::Null,
    }
}

/// The type, also of what may be null.
fn type_of(schema: &Json) -> &str {
    match &schema["type"] {
        Json::String(word) => word,
        Json::Array(words) => {
            words.iter().filter_map(Json::as_str).find(|word| *word != "null").unwrap_or_default()
        }
        _ if schema["properties"].is_object() => "object",
        _ => "",
    }
}
