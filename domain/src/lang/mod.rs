//! The words for people, shared by server, devices and UI: `domain/lang/*.json`, compiled in. A code never depends on them;
//! whoever wants a new text adds its key to every file.
//!
//! A further language is one more file there and one more line in [`Lang`]: plural forms come from the rules of Unicode,
//! dates and amounts from patterns that stand in the file. Here is which language somebody wants; `catalogue` reads the
//! files, `written` writes dates, money and numbers, `template` is text with places to fill in.

mod catalogue;
mod template;
#[cfg(test)]
mod tests;
mod written;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::errors::{ErrorCode, FieldProblem};
use catalogue::Catalogue;

pub use template::{Template, TemplateError};
pub use written::{date, datetime, money, phone, time, weekday};

/// Declares the languages; the tag names the file, too.
macro_rules! languages {
    ($($(#[$doc:meta])* $name:ident = $tag:literal,)+) => {
        /// A language of the product.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Lang {
            $($(#[$doc])* $name,)+
        }

        impl Lang {
            /// Every language of the product.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The two-letter code, as stored and sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $tag,)+
                }
            }

            /// Its file.
            const fn file(self) -> &'static str {
                match self {
                    $(Self::$name => include_str!(concat!("../../lang/", $tag, ".json")),)+
                }
            }
        }
    };
}

languages! {
    /// Russian, unless asked otherwise.
    #[default]
    Ru = "ru",
    /// English.
    En = "en",
}

/// The text is not the tag of a language that the product speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the language is not supported")]
pub struct UnknownLangError;

impl Lang {
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
        Self::ALL
            .iter()
            .copied()
            .find(|lang| lang.as_str().eq_ignore_ascii_case(primary))
            .ok_or(UnknownLangError)
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
    Catalogue::of(lang).text(key).unwrap_or(key)
}

/// The same with its `{name}`s filled in, e.g. the subject of a mail.
#[must_use]
pub fn fill(lang: Lang, key: &str, values: &[(&str, &str)]) -> String {
    Catalogue::of(lang).fill(key, values)
}

/// The same in the form that goes with a count, which fills `{count}`: `count.visits` has `count.visits_one`, `_few`, `_many` and
/// `_other`, as many as the language has.
#[must_use]
pub fn plural(lang: Lang, key: &str, count: u64) -> String {
    Catalogue::of(lang).plural(key, count)
}

/// A word that programs branch on, as people read it: `no_show` is `не пришёл`. One that is not known stays.
#[must_use]
pub fn word(lang: Lang, word: &str) -> &str {
    Catalogue::of(lang).text(&format!("word.{word}")).unwrap_or(word)
}

/// What an error means and what to do now.
#[must_use]
pub fn error_message(lang: Lang, code: ErrorCode) -> &'static str {
    Catalogue::of(lang).text(&error_key(code)).unwrap_or(code.as_str())
}

/// What is wrong with a field and what to do now.
#[must_use]
pub fn field_message(lang: Lang, problem: FieldProblem) -> &'static str {
    Catalogue::of(lang).text(&field_key(problem)).unwrap_or(problem.as_str())
}

fn error_key(code: ErrorCode) -> String {
    format!("error.{code}")
}

fn field_key(problem: FieldProblem) -> String {
    format!("field.{problem}")
}
