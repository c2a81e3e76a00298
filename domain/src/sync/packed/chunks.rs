//! Cutting an Automerge chunk into what is random and what repeats, and putting it together again byte for byte. Part of
//! the packed form; knows of the format only where its hashes stand.

use super::PackedError;
use crate::documents::Hash;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const TYPE_CHANGE: u8 = 1;
const HASH: usize = 32;

/// A chunk without its magic bytes and its checksum, which are the beginning of its hash.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cut<'a> {
    /// Type and length, and of a change how many hashes it builds upon.
    pub(super) head: &'a [u8],
    /// Those hashes.
    pub(super) parents: &'a [u8],
    /// Everything after them.
    pub(super) tail: &'a [u8],
}

/// Cuts a chunk; `None` for bytes that are none, or damaged: those are left whole.
pub(super) fn cut(bytes: &[u8]) -> Option<Cut<'_>> {
    let (magic, rest) = bytes.split_at_checked(4)?;
    let (sum, body) = rest.split_at_checked(4)?;
    if magic != MAGIC || Hash::of(body).0[..4] != *sum {
        return None;
    }
    let front = Front::of(body)?;
    let (head, after) = body.split_at_checked(front.head)?;
    let (parents, tail) = after.split_at_checked(front.parents)?;
    (tail.len() == front.tail).then_some(Cut { head, parents, tail })
}

/// What the first bytes of a chunk say about its parts, in bytes.
struct Front {
    head: usize,
    parents: usize,
    tail: usize,
}

impl Front {
    /// Of a chunk from its type on. `None` if it contradicts itself.
    fn of(body: &[u8]) -> Option<Self> {
        let (kind, rest) = body.split_first()?;
        let (length, digits) = leb128(rest)?;
        let length = usize::try_from(length).ok()?;
        if *kind != TYPE_CHANGE {
            return Some(Self { head: 1 + digits, parents: 0, tail: length });
        }
        let (count, more) = leb128(rest.get(digits..)?)?;
        let parents = usize::try_from(count).ok()?.checked_mul(HASH)?;
        let tail = length.checked_sub(more)?.checked_sub(parents)?;
        Some(Self { head: 1 + digits + more, parents, tail })
    }
}

/// An unsigned LEB128 number and how many bytes it takes.
fn leb128(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (at, byte) in bytes.iter().enumerate().take(9) {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
    }
    None
}

/// Puts chunks together again, one after the other.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    parents: &'a [u8],
    rests: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) const fn new(parents: &'a [u8], rests: &'a [u8]) -> Self {
        Self { parents, rests }
    }

    /// The next chunk. Its first bytes say how long it is.
    pub(super) fn chunk(&mut self) -> Result<Vec<u8>, PackedError> {
        let front = Front::of(self.rests).ok_or(PackedError::Columns)?;
        let head = take(&mut self.rests, front.head)?;
        let parents = take(&mut self.parents, front.parents)?;
        let tail = take(&mut self.rests, front.tail)?;
        let mut bytes = [&MAGIC, &[0; 4], head, parents, tail].concat();
        let sum = Hash::of(&bytes[8..]).0;
        bytes[4..8].copy_from_slice(&sum[..4]);
        Ok(bytes)
    }

    /// So many bytes as they are.
    pub(super) fn plain(&mut self, length: u64) -> Result<Vec<u8>, PackedError> {
        let length = usize::try_from(length).map_err(|_| PackedError::Columns)?;
        Ok(take(&mut self.rests, length)?.to_vec())
    }

    pub(super) const fn is_at_end(&self) -> bool {
        self.parents.is_empty() && self.rests.is_empty()
    }
}

fn take<'a>(from: &mut &'a [u8], length: usize) -> Result<&'a [u8], PackedError> {
    let (taken, left) = from.split_at_checked(length).ok_or(PackedError::Columns)?;
    *from = left;
    Ok(taken)
}
