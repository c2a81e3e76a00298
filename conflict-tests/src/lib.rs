//! Several devices and a server in one process, under one seed: proof that nothing is lost and all come to the same.
//!
//! `world` is the simulation: real apps on SQLite in memory, the server's own rules on its storage in memory, and
//! between them a network that does what networks do. `processes` plays with the real programs, which are killed and cut off at
//! random. `bench` measures real programs against goals and floors. May use every crate but the shells; nothing here ships.

pub mod bench;
pub mod processes;
pub mod proxy;
pub mod world;
