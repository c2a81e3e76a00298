//! What holds for every route, added to the API description in one place: the answer to whoever is not on the right plan.

use axum::http::Method;
use domain::errors::ErrorCode;
use domain::plans::{Feature, Plan};
use serde_json::json;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{OpenApi, RefOr};

use crate::http;

/// Adds it to every operation.
pub(crate) fn add(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let path = path.strip_prefix("/api/v1").unwrap_or(path);
        let needs = http::features::needs(path);
        for (method, operation) in operations(item) {
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
    use utoipa::openapi::{ContentBuilder, ResponseBuilder};

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
