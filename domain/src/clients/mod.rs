//! Clients: what the master knows about a person.
//!
//! A slice of the shared room: the typed edit, what it writes into the document, the row read back, and the JSON
//! that REST, devices and exports show. Pure.

mod consent;
mod edit;
mod exists;
mod history;
mod list;
mod merge;
mod row;
mod search;

pub use consent::{CHANNELS, ConsentEdit, PURPOSES, record_consent};
pub use edit::{ClientEdit, create, edit, remove};
pub use exists::{Duplicates, Other, allowing_duplicates, new_contact, refusal};
pub use history::{
    HistoryAsked, HistoryEntry, Place as HistoryPlace, after as after_in_history,
    moment_of as moment_of_payment,
};
pub use list::LIST;
pub(crate) use merge::{MERGED_FROM, take_over};
pub use row::{Client, ClientRow, Consent};
pub use search::Search;
