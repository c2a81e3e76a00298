//! Personal data on its way through the program: shown where somebody asks for it, and nowhere by accident.
//!
//! [`Pii`] is for values that we carry; [`mask`] is the second wall, for texts that others wrote (a database, a library) and that
//! may hold what they should not. Pure.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// What is printed in place of what must not be.
pub const MASK: &str = "…";

/// A name, number, address or text of a person. Printed, logged or written as JSON it is `…`.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(transparent)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    /// Takes it into custody.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for somebody who may see it.
    pub const fn show(&self) -> &T {
        &self.0
    }

    /// The value itself, for somebody who may have it.
    pub fn into_inner(self) -> T {
        self.0
    }
}

/// `Debug` of something that holds what a person is or has said: the fields that are named here, which are ids, times and states,
/// and nothing of the rest. So a row that somebody logs, or that a panic quotes, says which one it is and not whose.
#[macro_export]
macro_rules! masked_debug {
    ($name:ident { $($field:ident),* }) => {
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($field), &self.$field))*.finish_non_exhaustive()
            }
        }
    };
}

impl<T> From<T> for Pii<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl<T> fmt::Display for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl<T> Serialize for Pii<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MASK)
    }
}

/// A text of others with everything taken out that looks like an address, a telephone or card number, or a token of ours, and
/// whatever it quotes: a database likes to quote what somebody typed.
#[must_use]
pub fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut quoted = text.split('"');
    // Outside, inside, outside, ...
    masked.push_str(&mask_words(quoted.next().unwrap_or_default()));
    let mut is_inside = true;
    for part in quoted {
        masked.push('"');
        let is_name = part.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'.'));
        match (is_inside, is_name) {
            // The name of a table or of a rule, which is what one looks for in a log.
            (true, true) => masked.push_str(part),
            (true, false) => masked.push_str(MASK),
            (false, _) => masked.push_str(&mask_words(part)),
        }
        is_inside = !is_inside;
    }
    masked
}

fn mask_words(text: &str) -> String {
    let words = text.split_inclusive(char::is_whitespace).map(|word| {
        let end = word.len() - word.trim_end().len();
        let (word, space) = word.split_at(word.len() - end);
        if is_personal(word) { format!("{MASK}{space}") } else { format!("{word}{space}") }
    });
    mask_numbers(&words.collect::<String>())
}

fn is_personal(word: &str) -> bool {
    let is_address = word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    is_address || word.contains("vlr_")
}

/// Digits in a row that are as many as in a telephone number, whatever stands between them.
fn mask_numbers(text: &str) -> String {
    const SHORTEST: usize = 9;
    let is_between = |character: char| matches!(character, ' ' | '\u{a0}' | '-' | '(' | ')' | '+');
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|character: char| character.is_ascii_digit()) {
        // Digits that belong to a word are the word's: an id, a hash.
        let is_word =
            rest[..start].chars().next_back().is_some_and(|before| before.is_alphanumeric() || before == '-');
        let run = rest[start..]
            .find(|c: char| !c.is_ascii_digit() && !is_between(c))
            .map_or(rest.len(), |end| start + end);
        let number = rest[start..run].trim_end_matches(is_between);
        let after_is_word = rest[start + number.len()..].chars().next().is_some_and(char::is_alphanumeric);
        let is_number =
            number.bytes().filter(u8::is_ascii_digit).count() >= SHORTEST && !is_word && !after_is_word;
        masked.push_str(&rest[..start]);
        if is_number {
            masked.push_str(MASK);
            masked.push_str(&rest[start + number.len()..run]);
        } else {
            masked.push_str(&rest[start..run]);
        }
        rest = &rest[run..];
    }
    masked.push_str(rest);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_custody_is_never_printed() {
        let name = Pii::new("Ольга");
        assert_eq!(format!("{name} {name:?} {:?}", Some(&name)), "… … Some(…)");
        assert_eq!(serde_json::to_string(&name).unwrap(), "\"…\"");
        assert_eq!((*name.show(), name.into_inner()), ("Ольга", "Ольга"));
        assert_eq!(serde_json::from_str::<Pii<String>>("\"a\"").unwrap(), Pii::new("a".to_owned()));
    }

    #[test]
    fn texts_of_others_lose_what_looks_like_a_person() {
        for (text, masked) in [
            ("cannot send to anna@example.ru today", "cannot send to … today"),
            ("call +7 (916) 123-45-67 or 89161234567.", "call +… or …."),
            ("card 4111 1111 1111 1111 refused", "card … refused"),
            ("token vlr_pat_abc123 is wrong", "token … is wrong"),
            ("invalid input syntax for type date: \"Ольга\"", "invalid input syntax for type date: \"…\""),
            (
                "violates unique constraint \"users_by_email\"",
                "violates unique constraint \"users_by_email\"",
            ),
            ("device 0192f0c1-2d3e-7f40-8a5b-112233445566", "device 0192f0c1-2d3e-7f40-8a5b-112233445566"),
            ("took 1234 ms at 127.0.0.1:54329", "took 1234 ms at 127.0.0.1:54329"),
            ("\"", "\""),
            ("", ""),
        ] {
            assert_eq!(mask(text), masked);
        }
    }
}
