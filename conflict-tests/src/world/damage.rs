//! Damage on purpose: bits, cuts, and changes that are whole but wrong.

use domain::documents::{Author, Bytes, Chunk, Collection, Document, Hash};
use domain::sync::{Answer, Ask, Item, Push};
use uuid::Uuid;

/// Damages bytes in one of four ways; the last leaves a chunk that agrees with its own checksum.
fn damage(bytes: &mut Vec<u8>, pick: u32) {
    let pick = pick as usize;
    let length = bytes.len();
    if length < 16 {
        bytes.clear();
        return;
    }
    match pick % 4 {
        0 => bytes[pick / 4 % length] ^= 1 << (pick % 8),
        1 => bytes.truncate(pick / 4 % length),
        2 => bytes.push(0),
        _ => {
            // Beyond the header, and sealed again with a checksum that fits.
            let at = length - 1 - pick / 4 % (length - 12);
            bytes[at] ^= 1 << (pick % 7);
            let sealed = Hash::of(&bytes[8..]);
            bytes[4..8].copy_from_slice(&sealed.0[..4]);
        }
    }
}

/// Damages one pushed change; answers which.
pub(super) fn damage_ask(ask: &mut Ask, pick: u32) -> Option<(Uuid, Hash)> {
    let count = ask.push.len();
    let push = ask.push.get_mut(pick as usize / 64 % count.max(1))?;
    damage(&mut push.bytes.0, pick);
    Some((push.doc, push.hash))
}

/// Damages one item of an answer; answers which.
pub(super) fn damage_answer(answer: &mut Answer, pick: u32) -> Option<(Uuid, Hash)> {
    let mut items: Vec<_> = answer
        .items
        .iter_mut()
        .filter_map(|item| match item {
            Item::Doc(item) if !item.bytes.0.is_empty() => Some(item),
            _ => None,
        })
        .collect();
    let count = items.len();
    let item = items.get_mut(pick as usize / 64 % count.max(1))?;
    damage(&mut item.bytes.0, pick);
    Some((item.doc, item.hash))
}

/// Damages bytes on a disk; always by one bit.
pub(super) fn damage_stored(bytes: &mut [u8], pick: u32) {
    if !bytes.is_empty() {
        let at = pick as usize / 8 % bytes.len();
        bytes[at] ^= 1 << (pick % 8);
    }
}

/// A change that is whole and of its hash, but that no honest device would make.
pub(super) fn poison(document: &Document, doc: Uuid, pick: u32) -> Option<Push> {
    let collection = document.collection();
    let mut copy = document.clone();
    let (container, scalar) = match collection {
        Collection::Clients => ("tags", "phone"),
        Collection::Appointments => ("events", "time"),
        Collection::Notes => ("body", "clientId"),
    };
    let author = Author::new([0xee; 16].map(|byte: u8| byte ^ pick.to_be_bytes()[3]), "vandal");
    let chunk = copy.edit(&author, i64::from(pick), "poison", |w| match pick % 3 {
        0 => w.put_str(container, Some("boom")),
        1 => w.put_str(scalar, Some("\u{7}")),
        _ => w.put_str("deletedAt", Some("soon")),
    })?;
    Some(push_of(&chunk, doc, if pick.is_multiple_of(7) { "ghosts" } else { collection.as_str() }))
}

fn push_of(chunk: &Chunk, doc: Uuid, collection: &str) -> Push {
    Push {
        group: None,
        doc,
        collection: collection.to_owned(),
        hash: chunk.hash(),
        bytes: Bytes(chunk.bytes().to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_bytes_are_never_the_change_that_they_were() {
        let author = Author::new([1; 16], "a");
        let mut document = Document::new(Collection::Clients);
        let chunk =
            document.edit(&author, 1, "client.create", |w| w.put_str("name", Some("Anna"))).expect("an edit");
        for pick in 0..4_000 {
            let mut bytes = chunk.bytes().to_vec();
            damage(&mut bytes, pick);
            assert!(Chunk::check(Collection::Clients, chunk.hash(), &bytes).is_err(), "pick {pick}");
        }
    }

    #[test]
    fn poison_is_whole_and_refused() {
        for collection in Collection::ALL {
            for pick in 0..6 {
                let document = Document::new(collection);
                let push = poison(&document, Uuid::from_u128(1), pick).expect("poison is an edit");
                let chunk = Chunk::check(collection, push.hash, &push.bytes.0).expect("poison is whole");
                assert!(document.receive(&[chunk]).document.is_blank(), "{collection} {pick}");
            }
        }
    }
}
