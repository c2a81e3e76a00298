//! Documents: clients, appointments and notes as Automerge documents that every device may write.
//!
//! This room owns the frozen shapes (their genesis), the checking of bytes that come from elsewhere, and the
//! reading of a document into a row. It may use automerge and hashes; it knows no file, socket, SQL or clock.
//! Nothing outside this folder touches automerge's types, so a rule about bytes is written once.

mod chunk;
mod document;
mod facts;
mod fields;
mod genesis;
mod hash;
#[cfg(test)]
mod nesting_tests;
mod written;

pub use chunk::{Chunk, ChunkError, MAX_CHANGE_BYTES};
pub use document::{Author, Document, DocumentError, Logged, Received, Signature, Verdict};
pub use facts::Facts;
pub use fields::{MAX_NESTING, Reader, Writer};
pub use genesis::{Collection, UnknownCollection, genesis_bytes, genesis_hash};
pub use hash::{Bytes, Hash, Heads};

#[cfg(test)]
pub(crate) mod tests_support {
    //! Authors for tests.
    use super::Author;

    pub(crate) fn author(n: u8) -> Author {
        Author::new([n; 16], format!("device-{n}"))
    }
}
