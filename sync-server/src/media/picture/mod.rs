//! Pictures that strangers sent, made into pictures of ours (rule D24).
//!
//! `domain::media::picture` is the work: bytes in, bytes out. It is done by `child`, another process with little memory and little
//! time, because a decoder that a file has turned against us must have nothing to take. `guard` starts it and ends it.

mod child;
mod guard;
#[cfg(test)]
mod tests;

pub use domain::media::picture::{Kind, Picture, Refusal};

pub use child::run as run_child;
pub use guard::{GuardError, Painter};

/// The name of the hidden command that does the work.
pub const COMMAND: &str = "remake-picture";
