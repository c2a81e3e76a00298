//! What holds for every route, added to the API description in one place: the answers to whoever asks too often or is not on
//! the right plan, and which operations are on their way out.

use axum::http::Method;
use domain::errors::ErrorCode;
use domain::plans::{Feature, Plan};
use serde_json::json;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{
    ContentBuilder, Deprecated, ObjectBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, Type,
};

use crate::http;
use crate::http::sunset::{LEAVING, Leaving};

/// Adds it to every operation.
pub(crate) fn add(document: &mut OpenApi) {
    for (full, item) in &mut document.paths.paths {
        let path = full.strip_prefix("/api/v1").unwrap_or(full);
        let needs = http::features::needs(path);
        for (method, operation) in operations(item) {
            limit(operation);
            let is_leaving = |entry: &&Leaving| entry.path == full && entry.method == method;
            if LEAVING.iter().any(|entry| is_leaving(&entry)) {
                operation.deprecated = Some(Deprecated::True);
            }
            if let Some(feature) = needs.and_then(|needs| needs.of(&method)) {
                gate(operation, feature);
            }
        }
    }
}

/// The operations of a path.
pub(crate) fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let all = [
        (Method::GET, get),
        (Method::PUT, put),
        (Method::POST, post),
        (Method::DELETE, delete),
        (Method::PATCH, patch),
    ];
    all.into_iter().filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

/// Says that an operation may be asked too often, and with which headers.
fn limit(operation: &mut Operation) {
    let message = domain::lang::error_message(domain::lang::Lang::En, ErrorCode::TooManyRequests);
    let error = json!({ "code": ErrorCode::TooManyRequests, "message": message, "fields": {} });
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("ProblemBody")))
        .example(Some(json!({ "error": error })))
        .build();
    let number = || ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
    let header = |about: &str| HeaderBuilder::new().schema(Some(number())).description(Some(about)).build();
    let refusal = ResponseBuilder::new()
        .description(format!("`{}`", ErrorCode::TooManyRequests))
        .header("Retry-After", header("Seconds until the next request may come"))
        .header("RateLimit-Limit", header("How many at once, of the nearest limit"))
        .header("RateLimit-Remaining", header("How many are left of it"))
        .header("RateLimit-Reset", header("Seconds until all of them are there again"))
        .content("application/json", content)
        .build();
    operation.responses.responses.insert("429".to_owned(), RefOr::T(refusal));
    // The places of a business are all taken, or what the server needs is down.
    operation.responses.responses.entry("503".to_owned()).or_insert_with(unavailable);
}

fn unavailable() -> RefOr<Response> {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemBody"))).build();
    let description = format!("`{}`", ErrorCode::Unavailable);
    RefOr::T(ResponseBuilder::new().description(description).content("application/json", content).build())
}

/// Says of which plan an operation is.
fn gate(operation: &mut Operation, feature: Feature) {
    let needed = format!("Needs `{feature}`, which is there from the plan {} on.", feature.min_plan());
    let about = operation.description.take().unwrap_or_default();
    operation.description = Some(format!("{about}\n\n{needed}").trim_start().to_owned());
    let Some(RefOr::T(refused)) = operation.responses.responses.get_mut("403") else { return };
    refused.description = format!("{}, `{}`", refused.description, ErrorCode::FeatureNotAllowed);
    if let Some(RefOr::T(content)) = refused.content.get_mut("application/json") {
        let details = http::features::details(Plan::Ivory, feature);
        let message = domain::lang::error_message(domain::lang::Lang::En, ErrorCode::FeatureNotAllowed);
        let error = json!({
            "code": ErrorCode::FeatureNotAllowed, "message": message, "fields": {}, "details": details,
        });
        content.example = Some(json!({ "error": error }));
    }
}

#[cfg(test)]
mod tests {
    use utoipa::openapi::path::{HttpMethod, OperationBuilder};

    use super::*;

    #[test]
    fn a_gated_operation_says_its_plan_and_its_refusal() {
        let content = ContentBuilder::new().build();
        let refusal =
            ResponseBuilder::new().description("`forbidden`").content("application/json", content).build();
        let operation = OperationBuilder::new().description(Some("Sends.")).response("403", refusal);
        let mut item = PathItem::new(HttpMethod::Post, operation);
        for (method, operation) in operations(&mut item) {
            assert_eq!(method, Method::POST);
            gate(operation, Feature::Flows);
        }
        insta::assert_json_snapshot!("gated", item.post);
    }
}
