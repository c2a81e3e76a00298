//! How REST writes: one extractor that brings the caller, the body and a transaction that already holds the tenant's
//! lock; one reply that can be kept and said again; one end that commits both together and tells the devices.
//!
//! What the slices share when they change something. Knows `http`, the door of `sync` and the keys of idempotency; no
//! slice.

mod body;
mod describe;
pub mod documents;
mod etag;
mod idempotency;
mod jobs;
mod reply;
mod store;
#[cfg(test)]
mod tests;
mod write;

pub use body::{MaybeObject, NoBody, ReadBody};
pub use describe::{ReadHeaders, WriteHeaders};
pub use etag::{IfNoneMatch, Tag};
pub use jobs::SweepKeys;
pub use reply::Reply;
pub use write::Write;
