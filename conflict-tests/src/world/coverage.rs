//! What the histories have met: how often each fault touched what each act had written.

use std::collections::BTreeMap;
use std::fmt;

use super::history::{ActKind, FaultKind};

/// Each pair must be met so often in a run of the tests, or the run means nothing.
pub const LEAST_HITS: u64 = 20;

/// Something that is worth counting though it is neither an act nor a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// A disconnected device was let in again with work that it had not handed over.
    HandedOver,
    /// What the server had answered was asked once more.
    AskedAgain,
}

impl Moment {
    const ALL: [Self; 2] = [Self::HandedOver, Self::AskedAgain];
}

/// Counts of pairs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    hits: BTreeMap<(FaultKind, ActKind), u64>,
    done: BTreeMap<ActKind, u64>,
    moments: BTreeMap<Moment, u64>,
    /// How many acts were done.
    pub acts: u64,
}

impl Coverage {
    /// A fault has touched what these acts wrote.
    pub fn touch(&mut self, fault: FaultKind, acts: impl IntoIterator<Item = ActKind>) {
        for act in acts {
            *self.hits.entry((fault, act)).or_default() += 1;
        }
    }

    /// An act was done.
    pub fn did(&mut self, act: ActKind) {
        *self.done.entry(act).or_default() += 1;
        self.acts += 1;
    }

    /// Something has come to pass, so often.
    pub fn met(&mut self, moment: Moment, times: u64) {
        *self.moments.entry(moment).or_default() += times;
    }

    fn moments(&self, moment: Moment) -> u64 {
        self.moments.get(&moment).copied().unwrap_or(0)
    }

    /// How often an act was done.
    #[must_use]
    pub fn times(&self, act: ActKind) -> u64 {
        self.done.get(&act).copied().unwrap_or(0)
    }

    /// Adds the counts of another run.
    pub fn add(&mut self, other: &Self) {
        for (pair, hits) in &other.hits {
            *self.hits.entry(*pair).or_default() += hits;
        }
        for (act, times) in &other.done {
            *self.done.entry(*act).or_default() += times;
        }
        for (moment, times) in &other.moments {
            *self.moments.entry(*moment).or_default() += times;
        }
        self.acts += other.acts;
    }

    /// How often a pair was met.
    #[must_use]
    pub fn of(&self, fault: FaultKind, act: ActKind) -> u64 {
        self.hits.get(&(fault, act)).copied().unwrap_or(0)
    }

    /// All pairs that can meet, with their counts, the rarest first.
    #[must_use]
    pub fn rarest(&self) -> Vec<(FaultKind, ActKind, u64)> {
        let mut pairs: Vec<_> = FaultKind::ALL
            .iter()
            .flat_map(|fault| ActKind::ALL.iter().map(|act| (*fault, *act)))
            .filter(|(fault, act)| fault.can_touch(*act))
            .map(|(fault, act)| (fault, act, self.of(fault, act)))
            .collect();
        pairs.sort_by_key(|(.., hits)| *hits);
        pairs
    }

    /// Acts that were not done, and pairs that were not met, often enough.
    #[must_use]
    pub fn too_rare(&self, least: u64) -> Vec<String> {
        let rare = self.rarest().into_iter().filter(|(.., hits)| *hits < least);
        let pairs = rare.map(|(fault, act, hits)| format!("{fault:?} on {act:?}: {hits}"));
        let acts = ActKind::ALL.iter().filter(|act| self.times(**act) < least);
        let moments = Moment::ALL.into_iter().filter(|moment| self.moments(*moment) < least);
        let moments = moments.map(|moment| format!("{moment:?}: {}", self.moments(moment)));
        acts.map(|act| format!("{act:?}: {}", self.times(*act))).chain(moments).chain(pairs).collect()
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:16}", "")?;
        for act in ActKind::ALL {
            write!(f, "{:>10.9}", format!("{act:?}"))?;
        }
        write!(f, "\n{:16}", "done")?;
        for act in ActKind::ALL {
            write!(f, "{:>10}", self.times(*act))?;
        }
        for fault in FaultKind::ALL {
            write!(f, "\n{:16}", format!("{fault:?}"))?;
            for act in ActKind::ALL {
                if fault.can_touch(*act) {
                    write!(f, "{:>10}", self.of(*fault, *act))?;
                } else {
                    write!(f, "{:>10}", "-")?;
                }
            }
        }
        Moment::ALL.into_iter().try_for_each(|moment| write!(f, "\n{moment:?}: {}", self.moments(moment)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_that_never_met_is_reported_and_an_impossible_one_is_not() {
        let mut coverage = Coverage::default();
        for _ in 0..LEAST_HITS {
            coverage.touch(FaultKind::Cut, ActKind::ALL.iter().copied());
        }
        let rare = coverage.too_rare(LEAST_HITS);
        assert!(rare.iter().all(|line| !line.starts_with("Cut")));
        assert!(rare.contains(&"Kill on Book: 0".to_owned()));
        assert!(!rare.iter().any(|line| line.starts_with("DamageFile on AddService")));
        assert!(rare.contains(&"Undo: 0".to_owned()), "an act that was never done is told, too");
        assert!(rare.contains(&"HandedOver: 0".to_owned()), "and what never came to pass");
        for _ in 0..LEAST_HITS {
            coverage.did(ActKind::Undo);
        }
        assert!(!coverage.too_rare(LEAST_HITS).iter().any(|line| line.starts_with("Undo:")));
    }
}
