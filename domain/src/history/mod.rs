//! History: what happened to a record, change by change; taking a change back; how everything was at a moment.
//!
//! A slice of the shared room, pure: all of it follows from the documents themselves, so it works on any device offline and on
//! the server. Taking back is a new edit: it merges with what late devices bring, and can itself be taken back.

mod changes;
mod merging;
mod moment;
mod taken;
mod undo;

pub use changes::{Change, FieldChange, RecordChange, changes, changes_among};
pub use merging::Merging;
pub use moment::{at_moment, heads_at};
pub use taken::{KeptField, TakenBack, UndoneChange, read_undo, read_undo_device};
pub use undo::{Undone, undo};

pub(crate) use changes::touched;
pub(crate) use undo::put_back;

#[cfg(test)]
mod tests;
