//! How REST lists: what a list can be filtered and sorted by, read from the query (`filter[status]=booked`,
//! `filter[updatedAt][gte]=2026-12-01`, `sort=-createdAt`, names in either case style), and turned into one statement.
//!
//! A slice names its fields once, in a [`ListSpec`] in its `store.rs`; reading, the API description and the SQL follow from
//! that. Knows `http` and `db`; no slice.

mod describe;
mod query;
mod spec;
mod store;
#[cfg(test)]
mod store_plan_tests;
#[cfg(test)]
mod tests;

pub use query::{Listing, camel_case, moment_key};
pub use spec::{Field, Kind, ListSpec, Use};
pub use store::{Found, list};
