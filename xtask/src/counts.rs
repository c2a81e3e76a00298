//! `cargo xtask soak --counts`: the tests of safety whose figures are too many, or too much about time, for every run. What they do
//! is told where they are; here is only how many of each.

use crate::chore::{self, ChoreError};
use crate::{setup, test};

/// How many of each, by the variable that a test reads (RELIABILITY S1, A5, A6, A7, A10, A11).
const COUNTS: &[(&str, &str)] = &[
    ("VELORIA_LOGINS", "1000"),
    ("VELORIA_RACES", "1000"),
    ("VELORIA_HOSTILE_PICTURES", "500"),
    ("VELORIA_FORGED_LINKS", "10000"),
    ("VELORIA_RETRIED_POSTS", "10000"),
];

/// Parts of the names of the tests.
const TESTS: &[&str] = &[
    "a_wrong_password_takes_as_long_at_an_unknown_address",
    "after_signing_out_the_next_request_is_refused_every_time",
    "of_many_sign_ins_at_once_with_one_code_one_gets_in",
    "no_forged_link_opens",
];

/// The same, of devices.
const RETRIES: &str = "posts_that_are_sent_again";

/// Runs them one after the other, optimised, and shows what they say.
pub(crate) fn run() -> Result<(), ChoreError> {
    setup::run_for_tests()?;
    test::with_postgres(|url| {
        let begin = ["test", "--release", "--locked", "--no-fail-fast", "-p", "sync-server"];
        let alone = ["--", "--include-ignored", "--test-threads=1", "--nocapture"];
        let mut done = Ok(());
        for what in [
            [&begin[..], &["--lib"], &alone, TESTS].concat(),
            [&begin[..], &["--test", "pictures"], &alone].concat(),
            [
                &["test", "--release", "--locked", "-p", "conflict-tests", "--test", "devices"],
                &alone[..],
                &[RETRIES],
            ]
            .concat(),
        ] {
            let mut command = chore::cargo(&what);
            command.envs(COUNTS.iter().copied()).env(test::DATABASE, url);
            // One that is too slow hides no figure of the others.
            let ran = chore::run(&mut command);
            done = done.and(ran);
        }
        done
    })
}
