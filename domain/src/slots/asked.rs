//! What is asked of free hours over the API.

use jiff::civil::Date;

use super::check_days;
use crate::api::{QueryFields, Refusal};
use crate::dates::is_day_of_ours;
use crate::errors::FieldProblem;
use crate::ids::ServiceId;

/// How many are the best.
pub const BEST: usize = 3;

/// For which service, on which days (both inclusive), and whether all or the [`BEST`].
#[derive(Clone, Copy, Debug)]
pub struct SlotQuery {
    /// The service.
    pub service: ServiceId,
    /// The first day, by her wall.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Only those that leave the least useless time between visits.
    pub only_best: bool,
}

impl SlotQuery {
    /// Reads it.
    ///
    /// # Errors
    /// Every parameter that is missing, unknown or wrong.
    pub fn read(mut query: QueryFields) -> Result<Self, Refusal> {
        let service = query.required::<ServiceId>("serviceId");
        let (from, to) = (query.required::<Date>("from"), query.required::<Date>("to"));
        let only_best = query.parsed::<bool>("best").unwrap_or(false);
        if let (Some(from), Some(to)) = (from, to)
            && let Err(problem) = check_days(from, to)
        {
            query.mistake("to", problem);
        }
        for (name, date) in [("from", from), ("to", to)] {
            if date.is_some_and(|date| !is_day_of_ours(date)) {
                query.mistake(name, FieldProblem::OutOfRange);
            }
        }
        query.finish()?;
        let (Some(service), Some(from), Some(to)) = (service, from, to) else {
            return Err(Refusal::not_found());
        };
        Ok(Self { service, from, to, only_best })
    }
}
