//! The database door: pools, transactions of one tenant, migrations.
//!
//! Queries themselves live in the `store.rs` of their slice and take a [`TenantTx`]; there is no other way to reach
//! a tenant's rows. Knows no table but those of the catalogue; what a transaction did is written down by `audit`.

mod cause;
mod error;
mod migrations;
mod pool;
mod store;
#[cfg(test)]
mod store_tests;
mod tenant_tx;

pub use cause::Cause;
pub use error::StoreError;
#[cfg(any(test, feature = "testing"))]
pub(crate) use migrations::fingerprint;
pub use migrations::{MigrationError, migrate, our_newest_migration};
pub(crate) use pool::options as connect_options;
pub use pool::{ConnectError, Db, JobsDb};
pub use tenant_tx::TenantTx;
