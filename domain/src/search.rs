//! Folding text so that a search finds Cyrillic whatever the case, and `ё` where she typed `е`.
//!
//! Pure. Both the indexed text and the query go through [`fold`].

/// Lower case, `ё` as `е`, runs of white space as one space, trimmed.
#[must_use]
pub fn fold(text: &str) -> String {
    let lower = text.to_lowercase().replace('ё', "е");
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The digits of a text, for finding `8 916 123` in `+79161234567`; a leading 8 of eleven digits becomes 7.
#[must_use]
pub fn digits(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix('8') {
        Some(rest) if rest.len() <= 10 && !text.trim_start().starts_with('+') => format!("7{rest}"),
        _ => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yo_and_case_do_not_matter() {
        assert_eq!(fold("  Ёлкина   АННА "), "елкина анна");
        assert_eq!(digits("8 (916) 123"), "7916123");
        assert_eq!(digits("+7 916"), "7916");
    }
}
