//! Words for people in place of the words that programs branch on: states of visits and of records, kinds.

use domain::lang::{self, Lang};

/// A word as people read it; one that is not known stays.
pub(crate) fn word(text: &str, lang: Lang) -> &str {
    lang::word(lang, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_a_visit_has_its_words() {
        for status in domain::appointments::Status::ALL {
            assert_ne!(word(status.as_str(), Lang::Ru), status.as_str());
        }
        assert_eq!((word("no_show", Lang::Ru), word("no_show", Lang::En)), ("не пришёл", "no-show"));
        assert_eq!(word("tomorrow", Lang::Ru), "tomorrow");
    }
}
