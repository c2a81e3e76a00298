//! The shared room: words and rules of the salon, the same on phone, laptop and server.
//!
//! Ids, money, phones, plans and error codes; the frozen shapes of clients, appointments and notes; how a document
//! becomes a row; the messages of `/api/v1/sync`. Everything here is data and pure functions: time, chance and ids
//! are arguments, and there is no file, socket, SQL or clock.

pub mod accounts;
pub mod api;
pub mod appointments;
pub mod audit;
pub mod clients;
pub mod conflicts;
pub mod dates;
pub mod documents;
pub mod email;
pub mod errors;
pub mod exports;
pub mod history;
pub mod ids;
pub mod imports;
pub mod input;
pub mod invoices;
pub mod lang;
pub mod ledger;
pub mod media;
pub mod money;
pub mod notes;
pub mod online;
pub mod payments;
pub mod phone;
pub mod pii;
pub mod pin;
pub mod plans;
mod project;
pub mod recurrence;
pub mod search;
pub mod services;
pub mod settings;
mod shapes;
pub mod slots;
pub mod sync;
pub mod till;
pub mod yookassa;

pub use project::{Projection, project};

/// The version of the app, as it stands in the history of every document.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
