//! Which jobs there are. Like `openapi`, this list knows every slice that has some.

use std::fmt;

use graphile_worker::{JobDefinition, TaskHandler as _};

use super::Job;
use super::envelope::Envelope;
use crate::mail::jobs::SendLetter;
use crate::media;

/// What is known of a kind of job beside how it is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) schedule: Option<&'static str>,
    pub(super) max_attempts: i16,
    pub(super) priority: i16,
}

/// The jobs that a worker can do. It leaves others to those who can.
#[derive(Default)]
pub struct Kinds {
    kinds: Vec<Kind>,
    definitions: Vec<JobDefinition>,
}

impl Kinds {
    /// All of this server.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
            .with::<SendLetter>()
            .with::<super::SweepEffects>()
            .with::<crate::billing::BeginMonths>()
            .with::<crate::imports::DropFiles>()
            .with::<crate::ledger::CatchUp>()
            .with::<crate::online::Create>()
            .with::<crate::online::Act>()
            .with::<crate::online::GiveBack>()
            .with::<crate::online::Look>()
            .with::<crate::online::Sweep>()
            .with::<crate::online::VisitMoved>()
            .with::<crate::online::Watch>()
            .with::<crate::writes::SweepKeys>()
            .with::<crate::auth::SweepSignIns>()
            .with::<media::RemoveBytes>()
            .with::<media::Sweep>()
    }

    /// These and one more.
    #[must_use]
    pub fn with<J: Job>(mut self) -> Self {
        self.kinds.push(Kind {
            name: J::NAME,
            schedule: J::SCHEDULE,
            max_attempts: J::MAX_ATTEMPTS,
            priority: J::PRIORITY,
        });
        self.definitions.push(Envelope::<J>::definition());
        self
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.kinds.iter().map(|kind| kind.name)
    }

    pub(super) fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    pub(super) fn definitions(&self) -> Vec<JobDefinition> {
        self.definitions.clone()
    }
}

impl fmt::Debug for Kinds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(&self.kinds).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::recurrence::Recurrence;

    use super::*;

    #[test]
    fn names_are_there_once_and_schedules_can_be_read() {
        let all = Kinds::all();
        let names: BTreeSet<_> = all.kinds().iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), all.kinds().len());
        for cron in all.kinds().iter().filter_map(|kind| kind.schedule) {
            assert!(cron.parse::<Recurrence>().is_ok(), "{cron}");
        }
    }
}
