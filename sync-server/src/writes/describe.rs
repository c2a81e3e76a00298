//! The headers of writing and reading single things, for the API description.

use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, Required, Type};

/// `If-Match` and `Idempotency-Key`: on every route that takes a [`super::Write`].
#[derive(Debug)]
pub struct WriteHeaders;

/// `If-None-Match`: on every route that shows one thing.
#[derive(Debug)]
pub struct ReadHeaders;

impl IntoParams for WriteHeaders {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let key = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255));
        vec![
            header(
                "If-Match",
                "The `ETag` that the thing must still have. Without it edits of different fields come together, and of two that \
                 replace the whole the later holds.",
                tags(),
            ),
            header(
                "Idempotency-Key",
                "Sent again with this key within 48 hours, the request has its effect once.",
                key,
            ),
        ]
    }
}

impl IntoParams for ReadHeaders {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![header(
            "If-None-Match",
            "The `ETag` that is known already; unchanged, the answer is 304.",
            tags(),
        )]
    }
}

fn tags() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn header(name: &str, about: &str, schema: ObjectBuilder) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(schema))
        .build()
}
