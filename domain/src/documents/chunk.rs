//! One change as bytes from elsewhere, checked before automerge may see it.
//!
//! Part of the documents room. `Change::from_bytes` verifies neither the checksum nor the declared hash (measured:
//! of 848 one-bit flips 463 were applied), so both are recomputed here from the bytes themselves.

use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::Change;

use super::genesis::genesis_actor;
use super::{Collection, Hash, genesis_hash};
use crate::errors::ErrorCode;

/// The most bytes that one change may have, inflated: 1 MiB.
pub const MAX_CHANGE_BYTES: usize = 1024 * 1024;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const TYPE_CHANGE: u8 = 1;
const TYPE_DEFLATED_CHANGE: u8 = 2;

/// A change whose bytes agree with its hash. Always in the plain (not deflated) form.
#[derive(Clone, Debug)]
pub struct Chunk {
    hash: Hash,
    change: Change,
}

/// Why bytes are not a change that may be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    /// Over [`MAX_CHANGE_BYTES`], also after inflating.
    #[error("the change is larger than {MAX_CHANGE_BYTES} bytes")]
    TooLarge,
    /// Cut, lengthened, damaged, or not an Automerge change at all.
    #[error("not one whole Automerge change: {0}")]
    Bad(&'static str),
    /// Whole, but not the change that the envelope names.
    #[error("the bytes hash to {actual}, the envelope says {declared}")]
    HashMismatch {
        /// What the sender declared.
        declared: Hash,
        /// What the bytes are.
        actual: Hash,
    },
    /// A change that does not stand on the collection's genesis.
    #[error("the change depends on nothing, so it is not of this collection")]
    Rootless,
    /// A change that stands on the genesis of another collection.
    #[error("the change is of another collection")]
    Elsewhere,
}

impl ChunkError {
    /// The code that the other side sees.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::TooLarge => ErrorCode::ChangeTooLarge,
            Self::Bad(_) => ErrorCode::BadChunk,
            Self::HashMismatch { .. } => ErrorCode::HashMismatch,
            Self::Rootless | Self::Elsewhere => ErrorCode::BadShape,
        }
    }
}

impl Chunk {
    /// Checks bytes from elsewhere: whole, undamaged, of the declared hash, and standing on the genesis of a
    /// collection.
    ///
    /// # Errors
    /// A [`ChunkError`] for anything else; never a panic.
    pub fn check(collection: Collection, declared: Hash, bytes: &[u8]) -> Result<Self, ChunkError> {
        let plain = plain_form(bytes)?;
        let actual = Hash::of(&plain[8..]);
        if actual.0[..4] != plain[4..8] {
            return Err(ChunkError::Bad("the checksum differs"));
        }
        if actual != declared {
            return Err(ChunkError::HashMismatch { declared, actual });
        }
        // automerge is not written to be panic-free on hostile bytes; a crafted change must stay one bad change.
        let change = catch_unwind(AssertUnwindSafe(|| Change::from_bytes(plain)))
            .map_err(|_| ChunkError::Bad("automerge gave up on it"))?
            .map_err(|_| ChunkError::Bad("automerge cannot read it"))?;
        if Hash::from(change.hash()) != actual {
            return Err(ChunkError::Bad("automerge reads another hash"));
        }
        let is_genesis = actual == genesis_hash(collection);
        if !is_genesis && (change.deps().is_empty() || *change.actor_id() == genesis_actor()) {
            return Err(ChunkError::Rootless);
        }
        let stands_on =
            |other: Collection| change.deps().iter().any(|dep| Hash(dep.0) == genesis_hash(other));
        if Collection::ALL.into_iter().any(|other| other != collection && stands_on(other)) {
            return Err(ChunkError::Elsewhere);
        }
        Ok(Self { hash: actual, change })
    }

    /// Whether bytes from elsewhere are whole and undamaged and have the declared hash: enough to store them, too little to
    /// apply them.
    #[must_use]
    pub fn is_whole(declared: Hash, bytes: &[u8]) -> bool {
        plain_form(bytes)
            .is_ok_and(|plain| plain[4..8] == declared.0[..4] && Hash::of(&plain[8..]) == declared)
    }

    pub(super) fn own(change: Change) -> Self {
        Self { hash: change.hash().into(), change }
    }

    pub(super) fn change(&self) -> &Change {
        &self.change
    }

    /// The identity of the change.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The bytes as they are stored and sent.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.change.raw_bytes()
    }

    /// What must be there before it.
    #[must_use]
    pub fn deps(&self) -> Vec<Hash> {
        self.change.deps().iter().map(|dep| Hash(dep.0)).collect()
    }

    /// Who wrote it: the actor in hexadecimal, and its number among that actor's changes of the document.
    #[must_use]
    pub fn actor_and_seq(&self) -> (String, u64) {
        (self.change.actor_id().to_hex_string(), self.change.seq())
    }
}

/// The plain form of a chunk: magic, checksum, type 1, length, body. Inflates the deflated form within bounds.
fn plain_form(bytes: &[u8]) -> Result<Vec<u8>, ChunkError> {
    if bytes.len() > MAX_CHANGE_BYTES {
        return Err(ChunkError::TooLarge);
    }
    let (head, rest) = bytes.split_at_checked(9).ok_or(ChunkError::Bad("it is cut"))?;
    if head[..4] != MAGIC {
        return Err(ChunkError::Bad("it does not begin like one"));
    }
    let (length, body) = leb128(rest).ok_or(ChunkError::Bad("its length is damaged"))?;
    if usize::try_from(length).ok() != Some(body.len()) {
        return Err(ChunkError::Bad("its length differs"));
    }
    match head[8] {
        TYPE_CHANGE => Ok(bytes.to_vec()),
        TYPE_DEFLATED_CHANGE => {
            let limit = MAX_CHANGE_BYTES as u64 + 1;
            let mut inflated = Vec::new();
            flate2::read::DeflateDecoder::new(body)
                .take(limit)
                .read_to_end(&mut inflated)
                .map_err(|_| ChunkError::Bad("it cannot be inflated"))?;
            if inflated.len() > MAX_CHANGE_BYTES {
                return Err(ChunkError::TooLarge);
            }
            let mut plain = head[..8].to_vec();
            plain.push(TYPE_CHANGE);
            write_leb128(&mut plain, inflated.len() as u64);
            plain.extend_from_slice(&inflated);
            Ok(plain)
        }
        _ => Err(ChunkError::Bad("it is another kind of chunk")),
    }
}

fn leb128(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (index, byte) in bytes.iter().enumerate().take(9) {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[index + 1..]));
        }
    }
    None
}

fn write_leb128(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let low = u8::try_from(value & 0x7f).expect("seven bits fit in a byte");
        value >>= 7;
        if value == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::{Document, genesis_bytes, tests_support::author};

    fn sample() -> Chunk {
        let mut doc = Document::new(Collection::Clients);
        doc.edit(&author(1), 1_700_000_000, "client.create", |w| {
            w.put_str("name", Some("Анна"));
            w.put_text("notes", "Любит кофе");
        })
        .expect("an edit was made")
    }

    #[test]
    fn an_honest_change_passes_in_both_forms() {
        let chunk = sample();
        assert!(Chunk::check(Collection::Clients, chunk.hash(), chunk.bytes()).is_ok());

        let mut deflated = chunk.bytes()[..8].to_vec();
        deflated.push(TYPE_DEFLATED_CHANGE);
        let (_, body) = leb128(&chunk.bytes()[9..]).unwrap();
        let mut encoder = flate2::read::DeflateEncoder::new(body, flate2::Compression::best());
        let mut packed = Vec::new();
        encoder.read_to_end(&mut packed).unwrap();
        write_leb128(&mut deflated, packed.len() as u64);
        deflated.extend_from_slice(&packed);
        let again = Chunk::check(Collection::Clients, chunk.hash(), &deflated).unwrap();
        assert_eq!(again.bytes(), chunk.bytes());
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_refused() {
        let chunk = sample();
        for position in 0..chunk.bytes().len() * 8 {
            let mut bytes = chunk.bytes().to_vec();
            bytes[position / 8] ^= 1 << (position % 8);
            assert!(Chunk::check(Collection::Clients, chunk.hash(), &bytes).is_err(), "bit {position}");
            let declared = Hash::of(&bytes[8..]);
            assert!(
                Chunk::check(Collection::Clients, declared, &bytes).is_err(),
                "bit {position}, declared so"
            );
        }
        for length in 0..chunk.bytes().len() {
            assert!(Chunk::check(Collection::Clients, chunk.hash(), &chunk.bytes()[..length]).is_err());
        }
    }

    #[test]
    fn a_change_of_another_collection_is_rootless_only_when_it_is_a_genesis() {
        let other = genesis_bytes(Collection::Notes);
        let hash = genesis_hash(Collection::Notes);
        assert_eq!(Chunk::check(Collection::Clients, hash, other).unwrap_err(), ChunkError::Rootless);
        assert!(Chunk::check(Collection::Notes, hash, other).is_ok());
    }

    #[test]
    fn a_bomb_is_too_large() {
        let zeros = vec![0_u8; MAX_CHANGE_BYTES + 1];
        let mut packed = Vec::new();
        flate2::read::DeflateEncoder::new(&zeros[..], flate2::Compression::best())
            .read_to_end(&mut packed)
            .unwrap();
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&[0, 0, 0, 0, TYPE_DEFLATED_CHANGE]);
        write_leb128(&mut bytes, packed.len() as u64);
        bytes.extend_from_slice(&packed);
        assert_eq!(
            Chunk::check(Collection::Clients, Hash([0; 32]), &bytes).unwrap_err(),
            ChunkError::TooLarge
        );
        assert_eq!(
            Chunk::check(Collection::Clients, Hash([0; 32]), &zeros).unwrap_err(),
            ChunkError::TooLarge
        );
    }
}
