//! The query of a list in the API description: one parameter for each filter that is understood.

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{KnownFormat, ObjectBuilder, Required, SchemaFormat, Type};

use domain::api::{Field, How, Kind, ListSpec};

/// `filter[...]` and `sort`.
#[must_use]
pub fn parameters(spec: &ListSpec) -> Vec<Parameter> {
    let filtered = spec.fields.iter().filter(|field| field.used.filters());
    let mut parameters: Vec<Parameter> = filtered.flat_map(filters).collect();
    parameters.push(order(spec));
    parameters
}

fn order(spec: &ListSpec) -> Parameter {
    let names = spec.fields.iter().filter(|field| field.used.sorts());
    let words: Vec<String> =
        names.flat_map(|field| [field.name.to_owned(), format!("-{}", field.name)]).collect();
    let about = format!("What to sort by, `-` for the other way round; `{}` if absent.", spec.sort);
    let schema = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words));
    parameter("sort", about, schema)
}

fn filters(field: &Field) -> Vec<Parameter> {
    let exact = parameter(&format!("filter[{}]", field.name), about(field, How::Equal), schema(field.kind));
    let others = How::ALL.into_iter().filter(|(_, how)| how.fits(field.kind)).map(|(word, how)| {
        let name = format!("filter[{}][{word}]", field.name);
        let schema = if how == How::In {
            ObjectBuilder::new().schema_type(Type::String).min_length(Some(1))
        } else {
            schema(field.kind)
        };
        parameter(&name, about(field, how), schema)
    });
    std::iter::once(exact).chain(others).collect()
}

fn about(field: &Field, how: How) -> String {
    let values = match field.kind {
        Kind::Line | Kind::Folded => "this line",
        Kind::Word(_) => "this word",
        Kind::Phone => "this telephone number",
        Kind::Email => "this address",
        Kind::Id => "this id",
        Kind::Moment | Kind::Seconds => "this moment (RFC 3339, or a wall time or day in the tenant's zone)",
        Kind::Number => "this number",
        Kind::Flag => "this",
        Kind::Member => "this entry among others",
    };
    let name = field.name;
    match how {
        How::Equal => format!("Only those whose `{name}` is {values}."),
        How::In => format!("Only those whose `{name}` is one of these, separated by commas."),
        How::After => format!("Only those whose `{name}` is after {values}."),
        How::From => format!("Only those whose `{name}` is {values} or after."),
        How::Before => format!("Only those whose `{name}` is before {values}."),
        How::Until => format!("Only those whose `{name}` is {values} or before."),
    }
}

fn schema(kind: Kind) -> ObjectBuilder {
    let object = ObjectBuilder::new();
    match kind {
        Kind::Id => {
            object.schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
        }
        Kind::Number => object.schema_type(Type::Number),
        Kind::Flag => object.schema_type(Type::Boolean),
        Kind::Word(words) => object.schema_type(Type::String).enum_values(Some(words.iter().copied())),
        Kind::Line
        | Kind::Folded
        | Kind::Phone
        | Kind::Email
        | Kind::Moment
        | Kind::Seconds
        | Kind::Member => object.schema_type(Type::String).min_length(Some(1)),
    }
}

fn parameter(name: &str, about: String, schema: ObjectBuilder) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(schema))
        .build()
}
