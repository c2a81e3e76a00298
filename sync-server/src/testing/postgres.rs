//! The Postgres that all test databases of this process live in: the one of `VELORIA_TEST_DATABASE_URL`, or an embedded
//! one. The embedded ones are kept in a few slots below the temporary folder, one for each process that tests at the
//! same time, and are used again: making a cluster takes longer than most tests.

use std::env;
use std::sync::OnceLock;

use crate::embedded_postgres::{Binaries, Durability, EmbeddedPostgres, EmbeddedPostgresError};

static EMBEDDED: OnceLock<Embedded> = OnceLock::new();

/// It is never dropped, as statics are not; but it ends with the process.
#[derive(Debug)]
struct Embedded {
    postgres: EmbeddedPostgres,
}

/// The address of a database of the server; `admin` is the one to give orders from.
pub(super) enum Server {
    /// Somebody runs it for us, and for others at the same time.
    Shared(String),
    /// Ours alone.
    Own(String),
}

/// Has a server ready. Blocks for some seconds the first time.
pub(super) fn server() -> Server {
    match env::var("VELORIA_TEST_DATABASE_URL") {
        Ok(url) => Server::Shared(url),
        Err(_) => Server::Own(EMBEDDED.get_or_init(embedded).postgres.url("postgres")),
    }
}

fn embedded() -> Embedded {
    let binaries = Binaries::locate(None).expect("tests need Postgres; `cargo xtask test` fetches it");
    let slots = env::temp_dir().join("veloria-test-postgres");
    for slot in 0..64 {
        let folder = slots.join(slot.to_string());
        match EmbeddedPostgres::start(binaries.clone(), &folder, Durability::Throwaway) {
            Ok(postgres) => return Embedded { postgres },
            Err(EmbeddedPostgresError::InUse { .. }) => {}
            Err(error) => panic!("cannot start Postgres for tests: {error}"),
        }
    }
    panic!("64 test processes use Postgres already");
}
