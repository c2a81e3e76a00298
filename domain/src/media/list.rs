//! What lists of pictures can be asked for, and where a file that comes in one piece belongs.

use super::{MediaPlace, MediaType};
use crate::api::{Field, Kind, ListSpec, QueryFields, Refusal, Use};
use crate::errors::FieldProblem;

/// What pictures can be filtered and sorted by.
pub static LIST: ListSpec = ListSpec {
    list: "media",
    fields: &[
        Field::new("id", Kind::Id, Use::Sort),
        Field::new("type", Kind::Word(MediaType::WORDS), Use::Filter),
        Field::new("createdAt", Kind::Moment, Use::Both),
        Field::new("updatedAt", Kind::Moment, Use::Both),
    ],
    sort: "id",
};

impl MediaPlace {
    /// Reads where a file belongs, and ends: whatever is left is unknown.
    ///
    /// # Errors
    /// Every parameter that is unknown or wrong.
    pub fn from_query(mut query: QueryFields) -> Result<Self, Refusal> {
        let media_type = match query.word("type") {
            None => Some(MediaType::Reference),
            Some(word) => MediaType::from_wire(&word),
        };
        if media_type.is_none() {
            query.mistake("type", FieldProblem::Invalid);
        }
        let (client_id, appointment_id) = (query.parsed("clientId"), query.parsed("appointmentId"));
        query.finish()?;
        Ok(Self { media_type: media_type.unwrap_or(MediaType::Reference), client_id, appointment_id })
    }
}
