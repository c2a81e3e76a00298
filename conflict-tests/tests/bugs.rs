//! Can the world fail? Each planted fault must be found within 2,000 histories, and shrink to something a person can read.
#![cfg(feature = "bugs")]

use conflict_tests::world::{self, Broken, History, What};

/// A tenth of a history's time is asking for memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const MOST_HISTORIES: u64 = 2_000;
const MOST_ACTS: usize = 12;

/// Some histories that break are tangled; then the next that breaks may be plainer.
const MOST_SHRUNK: usize = 5;

/// Plants a fault and plays until it is found, by this invariant if one is named.
fn is_found(name: &str, invariant: &str) {
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
    assert!(broken.invariant.starts_with(invariant), "found by {} instead of {invariant}", broken.invariant);
}

macro_rules! faults {
    ($($name:ident $fault:literal $invariant:literal)*) => {
        const LOOKED_FOR: &[&str] = &[$($fault),*];

        $(
            #[test]
            fn $name() {
                is_found($fault, $invariant);
            }
        )*
    };
}

faults! {
    a_cursor_without_a_lock_is_found "cursor-without-lock" ""
    an_outbox_cleared_at_send_is_found "outbox-cleared-at-send" ""
    an_actor_used_again_after_a_restore_is_found "actor-reused" ""
    a_hash_that_the_server_does_not_compare_is_found "hash-not-compared" ""
    a_hash_that_a_device_does_not_compare_is_found "hash-not-compared-by-device" ""
    conflicts_that_do_not_follow_the_rows_are_found "conflicts-not-kept-up" ""
    an_intent_that_runs_again_is_found "intent-runs-again" "I08_"
    a_first_word_that_no_later_one_replaces_is_found "first-word-stays" "I10_"
    a_key_without_its_tenant_is_found "tenant-not-in-key" "I12_"
    an_engine_that_never_asks_again_is_found "never-asks-again" "I14_"
    a_revoked_device_that_is_served_is_found "revoked-is-served" "I17_"
    a_resolution_that_is_carried_out_twice_is_found "resolution-twice" "I08_"
    a_merge_that_leads_nowhere_is_found "redirect-lost" "I05_"
    an_undo_of_an_undo_that_is_lost_is_found "undo-of-undo-lost" "I05_"
    work_that_is_forgotten_when_she_signs_in_again_is_found "sign-in-forgets-work" ""
    work_that_is_handed_over_twice_is_found "known-again" "I03_"
    an_intent_that_is_asked_anew_as_something_else_is_found "asked-anew" "I08_"
    work_of_a_revoked_device_that_is_handed_over_twice_is_found "handed-over-twice" "I08_"
    a_history_that_a_neighbour_can_read_is_found "history-by-id-alone" "I12_"
}

#[test]
fn every_fault_that_can_be_planted_is_looked_for() {
    assert_eq!(LOOKED_FOR, world::BUGS);
}
