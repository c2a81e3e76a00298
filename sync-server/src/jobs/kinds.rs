//! Which jobs there are. Like `openapi`, this list knows every slice that has some.

use std::fmt;

use graphile_worker::{JobDefinition, TaskHandler as _};

use super::Job;
use super::envelope::Envelope;
use crate::mail::jobs::SendLetter;

/// The jobs that a worker can do. It leaves others to those who can.
#[derive(Default)]
pub struct Kinds(Vec<JobDefinition>);

impl Kinds {
    /// All of this server.
    #[must_use]
    pub fn all() -> Self {
        Self::default().with::<SendLetter>()
    }

    /// These and one more.
    #[must_use]
    pub fn with<J: Job>(mut self) -> Self {
        self.0.push(Envelope::<J>::definition());
        self
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(JobDefinition::identifier)
    }

    pub(super) fn definitions(&self) -> Vec<JobDefinition> {
        self.0.clone()
    }
}

impl fmt::Debug for Kinds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.names()).finish()
    }
}
