//! A whole server for tests, in this process: a database of its own, real routes, a clock that can be moved.
//!
//! Only in test builds (feature `testing`). Requests of the helpers go through the router and all its layers; a real
//! client can use [`TestServer::url`].

mod answer;
mod caller;
mod clock;
mod database;
mod letters;
mod picture;
mod postgres;
mod redis;
mod server;
mod store;

pub use answer::Answer;
pub use caller::{Caller, PASSWORD};
pub use clock::TestClock;
pub use database::TestDatabase;
pub use picture::picture;
pub use redis::TestRedis;
pub use server::{TestServer, Working};
