//! Making a broken history small: leave out steps, devices and waits as long as the same invariant still breaks.

use super::history::{History, Step, What};
use super::invariants::Broken;

/// The smallest history found that breaks the same invariant, and how it breaks it. `break_it` plays a history.
pub fn shrink(
    history: &History,
    broken: Broken,
    most_runs: u32,
    mut break_it: impl FnMut(&History) -> Option<Broken>,
) -> (History, Broken) {
    let mut best = (history.clone(), broken);
    let mut left = most_runs;
    // What came after the break is not needed to see it.
    if let Some(step) = best.1.step {
        let mut cut = best.0.clone();
        cut.steps.truncate(step + 1);
        try_one(&mut best, cut, &mut left, &mut break_it);
    }
    let mut size = best.0.steps.len() / 2;
    while size > 0 && left > 0 {
        let mut smaller = false;
        let mut start = 0;
        while start < best.0.steps.len() && left > 0 {
            let mut cut = best.0.clone();
            let end = (start + size).min(cut.steps.len());
            // Time goes on as it did, so that what is left happens when it happened.
            let waited: u32 = cut.steps.drain(start..end).map(|step| step.wait).sum();
            if let Some(next) = cut.steps.get_mut(start) {
                next.wait = next.wait.saturating_add(waited);
            }
            if try_one(&mut best, cut, &mut left, &mut break_it) {
                smaller = true;
            } else {
                start += size;
            }
        }
        if !smaller || size > 1 {
            size = if size == 1 { 0 } else { (size / 2).max(1) };
        }
    }
    for simplify in SIMPLER {
        while let Some(simple) = simplify(&best.0) {
            if !try_one(&mut best, simple, &mut left, &mut break_it) {
                break;
            }
        }
    }
    best
}

fn try_one(
    best: &mut (History, Broken),
    candidate: History,
    left: &mut u32,
    break_it: &mut impl FnMut(&History) -> Option<Broken>,
) -> bool {
    if *left == 0 {
        return false;
    }
    *left -= 1;
    match break_it(&candidate) {
        Some(broken) if broken.invariant == best.1.invariant => {
            *best = (candidate, broken);
            true
        }
        _ => false,
    }
}

type Simplify = fn(&History) -> Option<History>;

/// The same without a neighbour, with fewer devices, without rows, without haste.
const SIMPLER: [Simplify; 4] = [
    |history| history.neighbour.then(|| History { neighbour: false, ..history.clone() }),
    |history| {
        let devices = history.devices.checked_sub(1).filter(|devices| *devices > 0)?;
        let steps = history.steps.iter().map(|step| on_fewer(step, devices)).collect();
        Some(History { devices, steps, ..history.clone() })
    },
    |history| history.lazy.then(|| History { lazy: false, ..history.clone() }),
    |history| history.eager.then(|| History { eager: false, ..history.clone() }),
];

fn on_fewer(step: &Step, devices: u8) -> Step {
    let mut step = step.clone();
    match &mut step.what {
        What::Act(act) => act.device %= devices,
        What::Sync(device) => *device %= devices,
        What::Fault(fault) => fault.device %= devices,
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{ActKind, generate};

    #[test]
    fn a_history_shrinks_to_what_breaks_it() {
        let history = generate(3);
        let is_bad = |history: &History| {
            let has = |kind| {
                history.steps.iter().any(|step| matches!(step.what, What::Act(act) if act.kind == kind))
            };
            (has(ActKind::Book) && has(ActKind::AddNote))
                .then(|| Broken::new("I00_example", "both are there"))
        };
        let broken = is_bad(&history).expect("every history has a booking and a note");
        let (small, _) = shrink(&history, broken, 1_000, is_bad);
        assert_eq!(small.steps.len(), 2);
        assert!(!small.lazy && !small.eager && small.devices == 1);
    }
}
