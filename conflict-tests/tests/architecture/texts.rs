//! How a text looks: its first line, its length, what it must not say.

use super::sources::Source;

const MOST_LINES: usize = 500;
const MANY_LINES: usize = 400;

/// A module without the words that say which room it is.
pub(crate) fn opens_with_words(source: &Source) -> Vec<String> {
    if source.text.starts_with("//! ") { Vec::new() } else { vec![source.at(1, "does not open with //!")] }
}

/// Files that have become too long, their tests left out.
pub(crate) fn too_long(sources: &[Source]) -> Vec<String> {
    lengths(sources)
        .filter(|(_, lines)| *lines >= MOST_LINES)
        .map(|(path, lines)| format!("{path} has {lines} lines"))
        .collect()
}

/// Files that are on their way there.
pub(crate) fn long(sources: &[Source]) -> Vec<String> {
    let long = lengths(sources).filter(|(_, lines)| (MANY_LINES..MOST_LINES).contains(lines));
    long.map(|(path, lines)| format!("{path} has {lines} lines")).collect()
}

fn lengths(sources: &[Source]) -> impl Iterator<Item = (&str, usize)> {
    let own = sources.iter().filter(|source| !source.is_test());
    own.map(|source| {
        let lines = source.text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count();
        (source.path.as_str(), lines)
    })
}

/// Reminders that should have been done, or be an issue.
pub(crate) fn left_for_later(source: &Source) -> Vec<String> {
    // Put together here, so that this file does not find itself.
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
    let has_word = |line: &str| {
        words.iter().any(|word| {
            line.match_indices(word).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                let after = line[at + word.len()..].chars().next();
                ![before, after].into_iter().flatten().any(char::is_alphanumeric)
            })
        })
    };
    lines(source).filter(|(_, line)| has_word(line)).map(|(n, _)| source.at(n, "is left for later")).collect()
}

/// A path that exists on one machine only.
pub(crate) fn names_a_machine(source: &Source) -> Vec<String> {
    let folders =
        [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Use", "rs/")];
    // Where a package manager puts its things is the same on every machine.
    let well_known = concat!("/ho", "me/linuxbrew");
    let names_one = |line: &str| {
        folders.iter().any(|folder| {
            line.match_indices(folder).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                let is_absolute = before
                    .is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.' | '/' | '}' | ')'));
                is_absolute && !line[at..].starts_with(well_known)
            })
        })
    };
    lines(source)
        .filter(|(_, line)| names_one(line))
        .map(|(n, _)| source.at(n, "names a folder of one machine"))
        .collect()
}

fn lines(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    source.text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_module_is_found() {
        assert_eq!(opens_with_words(&Source::sample("a/src/b.rs", "use std;\n")).len(), 1);
        assert!(opens_with_words(&Source::sample("a/src/b.rs", "//! A room.\n")).is_empty());
    }

    #[test]
    fn a_long_file_is_found_and_its_tests_do_not_count() {
        let long_file = Source::sample("a/src/b.rs", &"x\n".repeat(500));
        assert_eq!(too_long(&[long_file]).len(), 1);
        let with_tests = Source::sample(
            "a/src/b.rs",
            &format!("{}#[cfg(test)]\n{}", "x\n".repeat(450), "x\n".repeat(450)),
        );
        assert!(too_long(std::slice::from_ref(&with_tests)).is_empty());
        assert_eq!(long(&[with_tests]).len(), 1);
    }

    #[test]
    fn a_reminder_is_found_and_a_longer_word_is_not() {
        let text = format!("// {} this\nlet {}S = 1;\n", concat!("TO", "DO"), concat!("TO", "DO"));
        assert_eq!(left_for_later(&Source::sample("a.rs", &text)), ["a.rs:1: is left for later"]);
    }

    #[test]
    fn a_folder_of_one_machine_is_found_and_a_relative_one_is_not() {
        let text = format!(
            "open {}x\nopen ./{}x\nopen {{home}}{}x\n",
            concat!("/wo", "rk/"),
            concat!("ho", "me/"),
            concat!("/ro", "ot/")
        );
        assert_eq!(
            names_a_machine(&Source::sample("a.md", &text)),
            ["a.md:1: names a folder of one machine"]
        );
    }
}
