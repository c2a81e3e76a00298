//! The real program as an operator runs it: with its environment, with a Postgres and a Redis that die, and with visitors who
//! mean harm. Plain tests assert counts; `cargo xtask soak --drills` runs those whose names begin with `drill` at full size
//! and takes times and memory, too.
#![expect(clippy::unwrap_used, reason = "helpers of tests; the lint sees only the test functions themselves")]

#[path = "operation/client.rs"]
mod client;
#[path = "operation/environment.rs"]
mod environment;
#[path = "operation/hostile.rs"]
mod hostile;
#[path = "operation/outages.rs"]
mod outages;
#[path = "../src/testing/redis.rs"]
#[expect(unreachable_pub, reason = "the server's source, which shows it to other crates")]
mod redis;
#[path = "operation/stage.rs"]
mod stage;

use std::env;

// The file of Redis, which is the server's own, looks for this here.
use sync_server::embedded_postgres;

/// Whether figures are wanted and not only counts.
fn is_full() -> bool {
    env::var_os("VELORIA_DRILLS").is_some()
}
