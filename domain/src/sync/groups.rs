//! How many documents travel together, and how an action that touches more of them is cut.
//!
//! Part of the sync room. Pure.

use std::collections::BTreeMap;

use uuid::Uuid;

/// The most documents that one group may touch.
pub const MAX_GROUP_DOCS: usize = 64;

/// The most documents that one action may touch: it is one transaction where it is done, and its documents are all open.
pub const MOST_DOCUMENTS: usize = 2_000;

/// Sorts the changes of one action into groups of at most [`MAX_GROUP_DOCS`] documents, in the order in which they are to be
/// sent; all changes of a document are in one group, in their order. What the action touched first goes last: who receives
/// the heart of it, the redirect of a merged client, has all that follows from it.
#[must_use]
pub fn in_groups<T>(changes: Vec<(Uuid, T)>) -> Vec<Vec<(Uuid, T)>> {
    let mut order = BTreeMap::new();
    for (id, _) in &changes {
        let next = order.len();
        order.entry(*id).or_insert(next);
    }
    let groups = order.len().div_ceil(MAX_GROUP_DOCS);
    let mut sorted: Vec<Vec<(Uuid, T)>> = Vec::new();
    sorted.resize_with(groups, Vec::new);
    for (id, change) in changes {
        let place = order.get(&id).copied().unwrap_or_default() / MAX_GROUP_DOCS;
        if let Some(group) = groups.checked_sub(place + 1).and_then(|at| sorted.get_mut(at)) {
            group.push((id, change));
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_cut_between_documents_and_its_beginning_goes_last() {
        let id = |number: usize| Uuid::from_u128(1_000 - number as u128);
        let changes: Vec<_> = (0..150).map(|number| (id(number), number)).chain([(id(0), 150)]).collect();
        let groups = in_groups(changes);
        let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
        assert_eq!(sizes, [22, 64, 65], "one document has two changes");
        let last = &groups[2];
        assert_eq!((last.first(), last.last()), (Some(&(id(0), 0)), Some(&(id(0), 150))));
        assert!(in_groups::<u8>(Vec::new()).is_empty());
    }
}
