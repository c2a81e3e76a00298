//! The words for people, in Russian and English, shared by server, devices and UI: `domain/lang/*.json`, compiled in.
//! A code never depends on them; whoever wants a new text adds its key to both files.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::errors::{ErrorCode, FieldProblem};

/// A language of the product.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Lang {
    /// Russian, unless asked otherwise.
    #[default]
    Ru,
    /// English.
    En,
}

/// The text is not the tag of a language that the product speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the language is not supported")]
pub struct UnknownLangError;

impl Lang {
    /// Every language of the product.
    pub const ALL: [Self; 2] = [Self::Ru, Self::En];

    /// The two-letter code, as stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// The language that an `Accept-Language` header prefers among ours: the highest `q`, the first of equals, Russian
    /// if it names none of them. What cannot be understood is skipped.
    #[must_use]
    pub fn from_accept_language(header: &str) -> Self {
        let mut best = (0, Self::default());
        for (lang, quality) in header.split(',').filter_map(wish) {
            if quality > best.0 {
                best = (quality, lang);
            }
        }
        best.1
    }
}

/// One entry of the header, `en-GB;q=0.8`, with its quality in thousandths. `*` is met by the default.
fn wish(entry: &str) -> Option<(Lang, u16)> {
    let mut parts = entry.split(';').map(str::trim);
    let lang = match parts.next()? {
        "*" => Lang::default(),
        tag => tag.parse().ok()?,
    };
    let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    Some((lang, quality.map_or(Some(1000), thousandths)?))
}

/// `0.8` as 800; at most three decimals and at most 1, as RFC 9110 has it.
fn thousandths(quality: &str) -> Option<u16> {
    let (whole, decimals) = quality.split_once('.').unwrap_or((quality, ""));
    let digits = format!("{whole}{decimals:0<3}");
    let plain = whole.len() == 1 && digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten().filter(|&quality| quality <= 1000)
}

impl FromStr for Lang {
    type Err = UnknownLangError;

    /// Takes a language tag in any case; its region and script do not matter: `ru`, `ru-RU`, `en_GB`.
    fn from_str(tag: &str) -> Result<Self, UnknownLangError> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        Self::ALL.into_iter().find(|lang| lang.as_str().eq_ignore_ascii_case(primary)).ok_or(UnknownLangError)
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text of a key such as `error.not_found`. A key without a text comes back itself: better an ugly word than none.
#[must_use]
pub fn text(lang: Lang, key: &str) -> &str {
    texts(lang).get(key).map_or(key, String::as_str)
}

/// What an error means and what to do now.
#[must_use]
pub fn error_message(lang: Lang, code: ErrorCode) -> &'static str {
    texts(lang).get(&error_key(code)).map_or(code.as_str(), String::as_str)
}

/// What is wrong with a field and what to do now.
#[must_use]
pub fn field_message(lang: Lang, problem: FieldProblem) -> &'static str {
    texts(lang).get(&field_key(problem)).map_or(problem.as_str(), String::as_str)
}

fn error_key(code: ErrorCode) -> String {
    format!("error.{code}")
}

fn field_key(problem: FieldProblem) -> String {
    format!("field.{problem}")
}

type Texts = BTreeMap<String, String>;

static RU: LazyLock<Texts> = LazyLock::new(|| read(include_str!("../lang/ru.json")));
static EN: LazyLock<Texts> = LazyLock::new(|| read(include_str!("../lang/en.json")));

fn texts(lang: Lang) -> &'static Texts {
    match lang {
        Lang::Ru => &RU,
        Lang::En => &EN,
    }
}

fn read(json: &str) -> Texts {
    serde_json::from_str(json).expect("the compiled-in texts are a flat JSON object, which a test reads")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::accounts::Notice;

    /// Every key that something in this crate asks for. New families of keys are added here with their code.
    fn used_keys() -> BTreeSet<String> {
        let errors = ErrorCode::ALL.iter().map(|&code| error_key(code));
        let fields = FieldProblem::ALL.iter().map(|&problem| field_key(problem));
        let letters = Notice::ALL.iter().flat_map(|notice| notice.keys());
        errors.chain(fields).chain(letters).collect()
    }

    #[test]
    fn both_languages_have_all_texts_and_no_unused_ones() {
        for lang in Lang::ALL {
            let keys: BTreeSet<String> = texts(lang).keys().cloned().collect();
            assert_eq!(keys, used_keys(), "{lang}");
        }
    }

    #[test]
    fn texts_are_whole_sentences_in_their_own_language() {
        for (key, text) in texts(Lang::Ru) {
            // What a letter is about is no sentence.
            let is_whole =
                |text: &str| (text.ends_with('.') != key.ends_with(".subject")) && text.trim() == text;
            assert!(is_whole(text), "{key}");
            assert!(text.chars().any(|c| ('а'..='я').contains(&c)), "{key} is not Russian");
            let english = super::text(Lang::En, key);
            assert!(is_whole(english), "{key}");
            assert!(english.chars().all(|c| !('а'..='я').contains(&c)), "{key} is not English");
        }
    }

    #[test]
    fn the_files_are_sorted_and_name_no_key_twice() {
        for json in [include_str!("../lang/ru.json"), include_str!("../lang/en.json")] {
            let keys: Vec<&str> = json.lines().filter_map(|line| line.split('"').nth(1)).collect();
            assert!(keys.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn a_text_is_found_by_key_code_and_problem() {
        assert_eq!(text(Lang::En, "error.validation_failed"), "Please check the marked fields.");
        assert_eq!(error_message(Lang::Ru, ErrorCode::ValidationFailed), "Проверьте отмеченные поля.");
        assert_eq!(field_message(Lang::Ru, FieldProblem::Required), "Заполните это поле.");
        assert_eq!(text(Lang::Ru, "no.such.key"), "no.such.key");
    }

    #[test]
    fn the_header_is_weighed() {
        for (header, lang) in [
            ("", Lang::Ru),
            ("en", Lang::En),
            ("en-GB,en;q=0.9", Lang::En),
            ("ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", Lang::Ru),
            ("en;q=0.5, ru;q=0.8", Lang::Ru),
            ("ru;q=0.5,EN ; q=0.501", Lang::En),
            ("de,en;q=0.3", Lang::En),
            ("de,fr;q=0.3", Lang::Ru),
            ("*", Lang::Ru),
            ("ru;q=0, en;q=0.1", Lang::En),
            ("en;q=0", Lang::Ru),
            ("en;q=7,ru;q=0.1", Lang::Ru),
            ("en;q=abc", Lang::Ru),
            ("english", Lang::Ru),
        ] {
            assert_eq!(Lang::from_accept_language(header), lang, "{header:?}");
        }
        assert_eq!(serde_json::to_string(&Lang::En).unwrap(), "\"en\"");
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(header in "\\PC{0,40}|((ru|en|de|[*])(;q=[0-9.]{0,6})?,){0,5}") {
            let _ = Lang::from_accept_language(&header);
        }
    }
}
