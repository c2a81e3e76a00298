//! Can the world fail? Each planted fault must be found within 2,000 histories, and shrink to something a person can read.
#![cfg(feature = "bugs")]

use conflict_tests::world::{self, Broken, History, What};

const MOST_HISTORIES: u64 = 2_000;
const MOST_ACTS: usize = 12;

/// Some histories that break are tangled; then the next that breaks may be plainer.
const MOST_SHRUNK: usize = 5;

fn is_found(name: &str) {
    world::plant(name).expect("the fault has a name");
    let mut broken = (0..MOST_HISTORIES).filter_map(|seed| {
        let history = world::generate(seed);
        world::run(&history).err().map(|broken| (seed, history, broken))
    });
    let mut first = None;
    let mut smallest: Option<(usize, History, Broken)> = None;
    for (seed, history, broken) in broken.by_ref().take(MOST_SHRUNK) {
        first.get_or_insert(seed + 1);
        let (small, broken) = world::shrink(&history, broken, 600, |history| world::run(history).err());
        let acts = small.steps.iter().filter(|step| matches!(step.what, What::Act(_))).count();
        if smallest.as_ref().is_none_or(|(least, ..)| acts < *least) {
            smallest = Some((acts, small, broken));
        }
        if acts <= MOST_ACTS {
            break;
        }
    }
    let (acts, small, broken) =
        smallest.unwrap_or_else(|| panic!("{name} was not found in {MOST_HISTORIES} histories"));
    println!("{name}: found after {} histories, shrunk to {acts} acts", first.unwrap_or_default());
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

#[test]
fn conflicts_that_do_not_follow_the_rows_are_found() {
    is_found("conflicts-not-kept-up");
}
