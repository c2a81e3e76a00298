//! How many tests ran, read from the closing lines of nextest, of `cargo test` and of vitest. Pure text in, numbers out.

use std::fmt;

/// Sums over several runs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    passed: u64,
    failed: u64,
}

impl Tally {
    /// Adds what one run printed. nextest repeats the output of failed tests, which has closing lines of its own, so
    /// where nextest sums up only its own line counts.
    pub(super) fn add(&mut self, printed: &str) {
        let printed = without_colour(printed);
        let lines = || printed.lines().map(str::trim);
        let nextest =
            lines().filter_map(|line| line.strip_prefix("Summary [")?.split_once(" run: ")).next_back();
        if let Some((_, counts)) = nextest {
            self.add_counts(counts.split(','));
        } else {
            lines()
                .filter_map(|line| line.strip_prefix("test result: ")?.split_once(". "))
                .for_each(|(_, counts)| self.add_counts(counts.split(';')));
        }
        lines()
            .filter_map(|line| line.strip_prefix("Tests  "))
            .for_each(|counts| self.add_counts(counts.split('|')));
    }

    /// `4 passed (1 slow), 1 failed, 2 skipped`, or the same with semicolons.
    fn add_counts<'a>(&mut self, counts: impl Iterator<Item = &'a str>) {
        for count in counts {
            let mut words = count.split_whitespace();
            let Some(number) = words.next().and_then(|number| number.parse::<u64>().ok()) else { continue };
            match words.next() {
                Some("passed") => self.passed += number,
                Some("failed" | "timed" | "exec") => self.failed += number,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Drops `ESC [ ... m`.
fn without_colour(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut pieces = text.split('\u{1b}');
    plain.extend(pieces.next());
    for piece in pieces {
        plain.push_str(piece.split_once('m').map_or(piece, |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::Tally;

    fn tally(runs: &[&str]) -> String {
        let mut tally = Tally::default();
        for run in runs {
            tally.add(run);
        }
        tally.to_string()
    }

    #[test]
    fn several_runs_add_up() {
        let nextest =
            "   Compiling x\n     Summary [   4.878s] 10 tests run: 10 passed (1 slow), 3 skipped\n";
        let doc = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1.2s\n\
                   test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.2s\n";
        assert_eq!(tally(&[nextest, doc]), "17 passed, 0 failed");
    }

    #[test]
    fn tests_of_pages_count_too() {
        let good = " Test Files  2 passed (2)\n      Tests  13 passed (13)\n";
        let bad = "\u{1b}[2m      Tests \u{1b}[22m 1 failed | 12 passed | 2 skipped (15)\n";
        assert_eq!(tally(&[good, bad]), "25 passed, 1 failed");
    }

    #[test]
    fn all_ways_to_fail_count_once() {
        let nextest = "test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 9 filtered out\n\
             Summary [   4.878s] 10/12 tests run: 6 passed, 2 failed, 1 timed out, 1 exec failed, 2 skipped\n";
        assert_eq!(tally(&[nextest]), "6 passed, 4 failed");
    }

    #[test]
    fn colour_does_not_hide_numbers() {
        let line = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.012s] \u{1b}[1m5\u{1b}[0m tests run: \u{1b}[1m5\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, \u{1b}[1m0\u{1b}[0m \u{1b}[33;1mskipped\u{1b}[0m";
        assert_eq!(tally(&[line]), "5 passed, 0 failed");
    }

    #[test]
    fn a_run_that_does_not_compile_has_no_tests() {
        assert_eq!(tally(&["error: could not compile `x`"]), "0 passed, 0 failed");
    }
}
