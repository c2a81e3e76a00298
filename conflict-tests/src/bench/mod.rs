//! The bench: real devices, a real server and a real Postgres on this machine, and floors measured in the same run.
//!
//! What is measured and how is told in `docs/performance.md`. May start programs, read `/proc` and write SQL for the
//! floors; judges nothing but numbers, and ships to nobody. A figure that fails is shown, never dropped.

pub mod api;
pub mod conflicts;
pub mod device;
pub mod figure;
pub mod floors;
pub mod host;
pub mod load;
pub mod probe;
pub mod salon;
pub mod slots;
pub mod stdio;
pub mod sync;
pub mod wire;

/// What goes wrong while measuring ends the run with a line for the person who reads it.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
