//! The app without a screen: the encrypted file, the documents, the sync engine, and what she can do with them.
//!
//! `app` is the surface that shells use; `store` is SQLite; `sync` is the state machine that talks in messages and
//! never in sockets; `driver` is the thin part that does; `local_api` answers `/api/v1` in process. Shapes and rules come from `domain`. Nothing here listens
//! on a port, and nothing reads a clock or throws dice except [`system`].

pub mod app;
pub mod bugs;
mod conflicts;
pub mod driver;
pub mod import;
pub mod local_api;
mod replica;
pub mod store;
pub mod sync;
pub mod system;
#[cfg(test)]
mod testing;

pub use app::{App, AppError};
pub use store::{Store, StoreError};
