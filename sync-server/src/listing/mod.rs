//! How REST lists: what a list can be filtered and sorted by is read from the query by `domain::api`, described here for the
//! API description, and turned into one statement.
//!
//! A slice names its columns once, in a [`Table`] in its `store.rs`. Knows `db`; no slice.

mod describe;
mod store;
#[cfg(test)]
mod store_plan_tests;
mod table;
#[cfg(test)]
mod tests;

pub use describe::parameters;
pub use store::{Found, list, page};
pub use table::{Column, Table};
