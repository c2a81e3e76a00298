//! Maps inside maps, as only a foreign client or an attacker writes them.

use automerge::transaction::Transactable as _;
use automerge::{AutoCommit, ObjType, ROOT, ReadDoc as _};

use super::{Chunk, Collection, Document, MAX_NESTING, Verdict};
use crate::project::{Projection, project};

/// A client whose `meta` holds maps inside each other, as one change of a program that is not ours.
fn client_with(levels: usize) -> (Chunk, Document) {
    let mut ours = Document::new(Collection::Clients);
    let mut theirs = AutoCommit::load(&ours.save()).unwrap();
    let (_, mut place) = theirs.get(ROOT, "meta").unwrap().unwrap();
    for _ in 0..levels {
        place = theirs.put_object(&place, "a", ObjType::Map).unwrap();
    }
    theirs.put(&place, "x", 1).unwrap();
    theirs.put(ROOT, "name", "Анна").unwrap();
    theirs.commit();
    let chunk = Chunk::own(theirs.get_last_local_change().unwrap());
    let received = ours.receive(std::slice::from_ref(&chunk));
    assert_eq!(received.verdicts, [Verdict::Stored]);
    (chunk, received.document)
}

fn levels_of(row: &Projection) -> usize {
    let mut levels = 0;
    let mut place = row.meta().get("a");
    while let Some(inner) = place {
        levels += 1;
        place = inner.get("a");
    }
    levels
}

#[test]
fn what_lies_deeper_than_anybody_reads_is_kept_and_stands_in_no_row() {
    for (written, read) in [(3, 3), (MAX_NESTING - 2, MAX_NESTING - 2), (126, MAX_NESTING - 2)] {
        let (_, mut document) = client_with(written);
        assert_eq!(levels_of(&project(&mut document)), read, "of {written}");
        let row = project(&mut document).to_json();
        assert!(
            Projection::from_json(Collection::Clients, &row).is_ok(),
            "{written} levels make a row that reads"
        );
        assert!(document.reader().everything().contains_key("meta"));
    }
}

#[test]
fn no_depth_needs_more_stack_than_there_is() {
    let on_a_small_stack = || {
        let (chunk, mut document) = client_with(20_000);
        let mut again = Document::load(Collection::Clients, &document.save()).unwrap();
        assert_eq!(again.receive(&[chunk]).verdicts, [Verdict::Duplicate]);
        assert_eq!(levels_of(&project(&mut again)), MAX_NESTING - 2);
        assert_eq!(again.log().len(), 1);
    };
    std::thread::Builder::new().stack_size(1024 * 1024).spawn(on_a_small_stack).unwrap().join().unwrap();
}
