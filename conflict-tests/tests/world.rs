//! The simulated world in every run of the tests: the kept histories first, then 1,000 of at least 60 acts each. The parts
//! run side by side; each must by itself meet every pair of fault and act often enough for its share.

use conflict_tests::world::{self, Coverage, History, LEAST_HITS, What};

/// A tenth of a history's time is asking for memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PARTS: u64 = 2;
const HISTORIES: u64 = 1_000;

fn play(history: &History) -> world::Run {
    match world::run(history) {
        Ok(run) => run,
        Err(broken) => {
            let (small, broken) = world::shrink(history, broken, 300, |history| world::run(history).err());
            let kept = world::keep(&small, &broken.invariant);
            panic!("{}\nkept as {kept:?}", world::replay(&small, &broken));
        }
    }
}

fn part(number: u64) {
    let mut coverage = Coverage::default();
    let each = HISTORIES / PARTS;
    for seed in number * each..(number + 1) * each {
        let history = world::generate(seed);
        let acts = history.steps.iter().filter(|step| matches!(step.what, What::Act(_))).count();
        assert!(acts >= 60, "seed {seed} has {acts} acts");
        coverage.add(&play(&history).coverage);
    }
    println!("{each} histories, {} acts\n{coverage}", coverage.acts);
    let rare = coverage.too_rare(LEAST_HITS.div_ceil(PARTS));
    assert!(rare.is_empty(), "pairs that hardly met: {rare:#?}");
}

macro_rules! parts {
    ($($name:ident $number:literal)*) => {$(
        #[test]
        fn $name() {
            part($number);
        }
    )*};
}

parts! {
    histories_converge_part_1 0
    histories_converge_part_2 1
}

#[test]
fn what_once_broke_holds() {
    for (name, history) in world::corpus() {
        if let Err(broken) = world::run(&history) {
            panic!("{name} breaks again: {}", world::replay(&history, &broken));
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    for seed in 1_000..1_010 {
        let history = world::generate(seed);
        assert_eq!(history, world::generate(seed));
        assert_eq!(play(&history).trace, play(&history).trace, "seed {seed}");
    }
    assert_ne!(play(&world::generate(1_000)).trace, play(&world::generate(1_001)).trace);
}
