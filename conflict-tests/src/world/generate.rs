//! From a seed to a history. Each seed enables a random half of the faults, so that rare mixtures meet.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use super::history::{Act, ActKind, Fault, FaultKind, History, Step, What};

/// How many acts a history has at least.
const ACTS: u32 = 84;

/// How often an act is chosen: what faults can touch more often than what only has to happen, and conflicts are settled more
/// often than tried for, because mostly there are none.
const fn often(act: ActKind) -> u32 {
    match act {
        ActKind::Resolve => 6,
        ActKind::UndoDevice => 2,
        act if act.writes() => 3,
        _ => 1,
    }
}

/// The history of a seed.
#[must_use]
pub fn generate(seed: u64) -> History {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut faults: Vec<FaultKind> =
        FaultKind::ALL.iter().copied().filter(|_| rng.random_bool(0.5)).collect();
    // A server that forgets and a disk that rots at the same time may well hit the only two copies of a change; what
    // is then gone is gone by nobody's mistake. So never both in one history.
    if faults.contains(&FaultKind::RestoreServer) && faults.contains(&FaultKind::DamageFile) {
        let spared = if rng.random_bool(0.5) { FaultKind::RestoreServer } else { FaultKind::DamageFile };
        faults.retain(|fault| *fault != spared);
    }
    let devices = rng.random_range(2..=4_u8);
    let neighbour = rng.random_bool(0.2);
    let count = devices + u8::from(neighbour);
    let mut steps = Vec::new();
    let mut token = 0;
    let mut act = |rng: &mut StdRng, device: u8, kind: ActKind| {
        token += 1;
        What::Act(Act { device, kind, pick: rng.random(), token })
    };
    // Something to work with on each device, so that later acts find a target.
    for device in 0..count {
        for kind in [ActKind::AddService, ActKind::AddClient, ActKind::Book, ActKind::AddNote] {
            let what = act(&mut rng, device, kind);
            steps.push(Step { wait: rng.random_range(1..200), what });
        }
        steps.push(Step { wait: 50, what: What::Sync(device) });
    }
    let mut acts = u32::from(count) * 4;
    while acts < ACTS + u32::from(count) {
        let device = rng.random_range(0..count + 1);
        let wait =
            if rng.random_bool(0.1) { rng.random_range(2_000..20_000) } else { rng.random_range(1..600) };
        let what = match rng.random_range(0..13_u8) {
            0..=3 if !faults.is_empty() => {
                let kind = *faults.choose(&mut rng).unwrap_or(&FaultKind::Cut);
                What::Fault(Fault { device, kind, pick: rng.random() })
            }
            4..=6 => What::Sync(device),
            _ => {
                acts += 1;
                let kind = ActKind::ALL
                    .choose_weighted(&mut rng, |act| often(*act))
                    .copied()
                    .unwrap_or(ActKind::AddClient);
                act(&mut rng, device, kind)
            }
        };
        steps.push(Step { wait, what });
    }
    History { seed, devices, neighbour, lazy: rng.random_bool(0.5), eager: rng.random_bool(0.5), steps }
}
