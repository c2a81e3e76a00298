//! What a search among clients looks for, wherever they are kept.

use super::ClientRow;
use crate::search::{digits, fold};

/// The words or digits that must all occur in what is known of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search(Vec<String>);

impl Search {
    /// Reads what she typed: a part of a telephone number, or words.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let is_number = text.chars().all(|c| c.is_ascii_digit() || " +-()./".contains(c));
        let number = digits(text);
        if is_number && number.len() >= 3 {
            return Self(vec![number]);
        }
        Self(fold(text).split(' ').map(str::to_owned).collect())
    }

    /// The same for a database: what the searched text must be LIKE, all of it.
    #[must_use]
    pub fn patterns(&self) -> Vec<String> {
        let escape = |part: &String| part.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
        self.0.iter().map(|part| format!("%{}%", escape(part))).collect()
    }

    /// Whether it finds this client.
    #[must_use]
    pub fn finds(&self, row: &ClientRow) -> bool {
        let text = row.searched();
        self.0.iter().all(|part| text.contains(part.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_searched_by_its_digits_and_words_one_by_one() {
        let patterns = |text: &str| Search::parse(text).patterns();
        assert_eq!(patterns("8 (916) 123"), ["%7916123%"]);
        assert_eq!(patterns("Алёна  ПЕТР"), ["%алена%", "%петр%"]);
        assert_eq!(patterns("100%_"), [r"%100\%\_%"]);
        assert_eq!(patterns("42"), ["%42%"]);
    }
}
