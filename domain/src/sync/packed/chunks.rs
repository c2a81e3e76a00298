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
    let (head, parents) = front(body)?;
    let (head, after) = body.split_at_checked(head)?;
    let (parents, tail) = after.split_at_checked(parents)?;
    Some(Cut { head, parents, tail })
}

/// How long the head is, and how many bytes of hashes follow it.
fn front(body: &[u8]) -> Option<(usize, usize)> {
    let (kind, rest) = body.split_first()?;
    let length = leb128(rest)?.1;
    if *kind != TYPE_CHANGE {
        return Some((1 + length, 0));
    }
    let (count, digits) = leb128(rest.get(length..)?)?;
    Some((1 + length + digits, usize::try_from(count).ok()?.checked_mul(HASH)?))
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

    /// The next chunk, or with a negative length bytes as they are.
    pub(super) fn next(&mut self, length: i64) -> Result<Vec<u8>, PackedError> {
        if length < 0 {
            return Ok(take(&mut self.rests, -1 - length)?.to_vec());
        }
        let rest = take(&mut self.rests, length)?;
        let (head, parents) = front(rest).ok_or(PackedError::Columns)?;
        let (head, tail) = rest.split_at_checked(head).ok_or(PackedError::Columns)?;
        let parents = take(&mut self.parents, i64::try_from(parents).map_err(|_| PackedError::Columns)?)?;
        let mut bytes = [&MAGIC, &[0; 4], head, parents, tail].concat();
        let sum = Hash::of(&bytes[8..]).0;
        bytes[4..8].copy_from_slice(&sum[..4]);
        Ok(bytes)
    }

    pub(super) const fn is_at_end(&self) -> bool {
        self.parents.is_empty() && self.rests.is_empty()
    }
}

fn take<'a>(from: &mut &'a [u8], length: i64) -> Result<&'a [u8], PackedError> {
    let length = usize::try_from(length).map_err(|_| PackedError::Columns)?;
    let (taken, left) = from.split_at_checked(length).ok_or(PackedError::Columns)?;
    *from = left;
    Ok(taken)
}
