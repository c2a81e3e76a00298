//! The server: `/api/v1` over Postgres, sync with devices, and one day money, messages and jobs.
//!
//! One folder per thing the master knows (clients, appointments, notes, services), and rooms that they share: `http`
//! (who asks, how an error looks), `db` (the wall between tenants), `auth`, `devices`, `sync` (the log; the only door
//! through which documents are written), `writes` (how REST changes a
//! thing: versions, idempotency), `listing` (how it lists: filters, order), `jobs` (what is done
//! later). Rules live in `domain`; here is what they need from the outside.

pub mod admin;
pub mod appointments;
pub mod audit;
pub mod auth;
pub mod billing;
pub mod clients;
pub mod config;
pub mod conflicts;
mod connections;
pub mod db;
pub mod devices;
pub mod doctor;
pub mod embedded_postgres;
#[cfg(test)]
#[path = "embedded_postgres/tests.rs"]
mod embedded_postgres_tests;
pub mod emulators;
pub mod exports;
pub mod health;
pub mod history;
#[cfg(test)]
mod hostile_tests;
pub mod http;
pub mod imports;
pub mod invoices;
pub mod jobs;
pub mod ledger;
pub mod listing;
pub mod logging;
pub mod mail;
pub mod media;
pub mod metrics;
#[cfg(test)]
mod nodes_tests;
pub mod notes;
pub mod online;
pub mod openapi;
mod openapi_conventions;
mod openapi_examples;
#[cfg(test)]
mod openapi_tests;
pub mod operations;
pub mod payments;
pub mod redis;
pub mod sealed;
pub mod server;
pub mod services;
pub mod settings;
pub mod slots;
mod state;
pub mod stop;
pub mod sync;
pub mod system;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod till;
pub mod web;
pub mod writes;
pub mod yookassa;

pub use state::AppState;
