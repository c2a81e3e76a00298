//! Text with places to fill in: `Здравствуйте, {name}! Ждём вас {datetime}.` Written by us in the catalogue, and by her in the
//! templates of her messages. What a template cannot say is told when it is saved, not when it is sent.

use std::collections::BTreeSet;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, Value};

use crate::errors::FieldProblem;

/// The steps that one text may take; a place takes a few.
const MOST_STEPS: u64 = 10_000;

/// A text whose places are all known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    source: String,
    places: BTreeSet<String>,
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// It names something that nobody fills in.
    #[error("nobody fills in {{{0}}}")]
    Unknown(String),
    /// A bracket is missing, or something else than a name stands between two.
    #[error("the brackets do not fit")]
    Unreadable,
    /// A value for one of its places is missing.
    #[error("there is no value for a place")]
    Missing,
}

impl From<TemplateError> for FieldProblem {
    fn from(error: TemplateError) -> Self {
        match error {
            TemplateError::Unknown(_) | TemplateError::Missing => Self::UnknownPlaceholder,
            TemplateError::Unreadable => Self::Invalid,
        }
    }
}

impl Template {
    /// Reads a text that may name these places.
    ///
    /// # Errors
    /// A place that is not among them, or brackets that do not fit.
    pub fn parse(source: &str, known: &[&str]) -> Result<Self, TemplateError> {
        let places = places(source)?;
        match places.iter().find(|place| !known.contains(&place.as_str())) {
            Some(unknown) => Err(TemplateError::Unknown(unknown.clone())),
            None => Ok(Self { source: source.to_owned(), places }),
        }
    }

    /// The text with its places filled in. Values are put in as they are: brackets in a name stay brackets.
    ///
    /// # Errors
    /// A place without a value.
    pub fn render(&self, values: &[(&str, &str)]) -> Result<String, TemplateError> {
        environment()
            .render_str(&self.source, Value::from_pairs(values.iter().copied()))
            .map_err(|_| TemplateError::Missing)
    }

    /// The names of its places.
    #[must_use]
    pub const fn places(&self) -> &BTreeSet<String> {
        &self.places
    }
}

/// The names between the brackets.
fn places(source: &str) -> Result<BTreeSet<String>, TemplateError> {
    let unreadable = |_| TemplateError::Unreadable;
    let mut rest = source;
    let mut names = BTreeSet::new();
    while let Some(start) = rest.find(['{', '}']) {
        let inner = rest[start..].strip_prefix('{').ok_or(TemplateError::Unreadable)?;
        let (name, after) = inner.split_once('}').ok_or(TemplateError::Unreadable)?;
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && name.bytes().next().is_some_and(|first| first.is_ascii_alphabetic());
        if !is_name {
            return Err(TemplateError::Unreadable);
        }
        names.insert(name.to_owned());
        rest = after;
    }
    // What the engine would not read is no template either, whatever the brackets say.
    environment().template_from_str(source).map_err(unreadable)?;
    Ok(names)
}

/// An engine that knows nothing but names: no filter, no function, no loop. Its marks for blocks and comments are characters
/// that nobody can type.
fn environment<'source>() -> Environment<'source> {
    let syntax = SyntaxConfig::builder()
        .variable_delimiters("{", "}")
        .block_delimiters("\u{f0000}", "\u{f0001}")
        .comment_delimiters("\u{f0002}", "\u{f0003}")
        .keep_trailing_newline(true)
        .build();
    let mut environment = Environment::empty();
    environment.set_syntax(syntax.expect("the six marks differ"));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(MOST_STEPS));
    environment
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KNOWN: &[&str] = &["name", "datetime"];

    #[test]
    fn places_are_filled_in_and_nothing_else_is_touched() {
        let template = Template::parse("Здравствуйте, {name}!\nЖдём вас {datetime}.\n", KNOWN).unwrap();
        assert_eq!(template.places().iter().collect::<Vec<_>>(), ["datetime", "name"]);
        let filled = template.render(&[("name", "{datetime} <b>"), ("datetime", "завтра")]).unwrap();
        assert_eq!(filled, "Здравствуйте, {datetime} <b>!\nЖдём вас завтра.\n");
        assert_eq!(template.render(&[("name", "Ольга")]), Err(TemplateError::Missing));
    }

    #[test]
    fn what_cannot_be_filled_in_is_told_when_it_is_saved() {
        let parse = |text: &str| Template::parse(text, KNOWN).unwrap_err();
        assert_eq!(parse("{name} {phone}"), TemplateError::Unknown("phone".to_owned()));
        for text in ["{name", "name}", "{}", "{ name }", "{name|upper}", "{1+1}", "{{name}}", "{name.x}"] {
            assert_eq!(parse(text), TemplateError::Unreadable, "{text}");
        }
        assert_eq!(FieldProblem::from(parse("{x}")), FieldProblem::UnknownPlaceholder);
        assert!(Template::parse("{% for x in y %}", KNOWN).is_err());
        assert_eq!(Template::parse("100 % {# нет #", KNOWN), Err(TemplateError::Unreadable));
    }

    proptest! {
        #[test]
        fn a_text_that_was_saved_can_always_be_sent(text in "[a-zA-Zа-я .!%#\\n]{0,12}(\\{name\\}|[{}%#-]|\\{datetime\\})?\\PC{0,12}") {
            if let Ok(template) = Template::parse(&text, KNOWN) {
                let filled = template.render(&[("name", "Ольга"), ("datetime", "завтра")]).unwrap();
                prop_assert_eq!(filled, text.replace("{name}", "Ольга").replace("{datetime}", "завтра"));
            }
        }
    }
}
