//! Conflicts: what a merge cannot know. Two visits share an hour, two clients have one phone, one device completed what
//! another called off. A pure function of rows and their causal facts, so every device and the server list the same ones.
//!
//! A slice of the shared room. `rules` says what a conflict is, `whole` finds all of them, `upkeep` finds what an edit
//! changed through the look-ups of a [`Base`]; `choices` says how each can be settled, `settle` turns a choice into
//! ordinary edits, `tell` puts it into her words. No clock decides anything here; times are only shown.

mod asked;
mod authors;
mod base;
mod choices;
mod conflict;
mod decision;
mod memory;
mod rules;
mod settle;
mod tell;
#[cfg(test)]
mod tests;
mod upkeep;
mod warnings;
mod whole;

pub use asked::{read_merge, read_resolve};
pub use authors::{Authors, authors};
pub use base::{Base, Changed, Shared};
pub use choices::{Choice, Offer, UnknownChoice, choices};
pub use conflict::{Conflict, Detail, Kind};
pub use decision::Decision;
pub use memory::Memory;
pub use rules::{reach, standing};
pub use settle::{Edits, Named, SettleError, merge_client, settle};
pub use tell::{Names, Told, Version, tell, title};
pub use upkeep::refresh;
pub use warnings::warnings;
pub use whole::whole;
