//! The causal facts of a visit: what two devices said or did without knowing of each other.
//!
//! Pure; a function of the document's change graph.

use serde_json::Value as Json;

use super::status::{Event, Status, live_words};
use crate::documents::{Hash, Reader};

/// What was said by people who did not know of each other, where it cannot all be: she comes and does not come, it was
/// done and called off. Sorted; empty if all of it agrees.
pub(super) fn rival_words(reader: &mut Reader<'_>, events: &[Event]) -> Vec<String> {
    let live: Vec<(Status, &Event)> = live_words(events).collect();
    let is_off = |word: Status| matches!(word, Status::Cancelled | Status::NoShow);
    let mut words = Vec::new();
    for (index, (one, said)) in live.iter().enumerate() {
        for (other, answered) in live[index + 1..].iter().filter(|(other, _)| other != one) {
            let by = [said, answered].map(|event| reader.writers_of_entry("events", &event.id));
            let are_apart = by[0].iter().any(|one| by[1].iter().any(|other| reader.are_apart(*one, *other)));
            if (is_off(*one) || is_off(*other)) && are_apart {
                words.extend([*one, *other]);
            }
        }
    }
    sorted(words)
}

/// What was said of the visit by somebody who did not know its time, nor did who moved it know of that. Sorted.
pub(super) fn words_unaware_of_the_time(reader: &mut Reader<'_>, events: &[Event]) -> Vec<String> {
    let told = |word: Status| !matches!(word, Status::Requested | Status::Booked);
    let mut words = Vec::new();
    let mut moves: Option<Vec<Hash>> = None;
    for (word, event) in live_words(events).filter(|(word, _)| told(*word)) {
        let moves = moves.get_or_insert_with(|| reader.writers_of("time"));
        let said = reader.writers_of_entry("events", &event.id);
        if said.iter().any(|said| moves.iter().any(|moved| reader.are_apart(*said, *moved))) {
            words.push(word);
        }
    }
    sorted(words)
}

/// Whether an imported visit is no longer where its import put it.
pub(super) fn was_moved_since_import(reader: &mut Reader<'_>) -> bool {
    if reader.map("meta").get("importId").and_then(Json::as_str).is_none() {
        return false;
    }
    let kinds: Vec<Hash> = reader.writers_of("kind");
    reader.writers_of("time").iter().any(|moved| !kinds.contains(moved))
}

fn sorted(words: Vec<Status>) -> Vec<String> {
    let mut words: Vec<String> = words.into_iter().map(|word| word.as_str().to_owned()).collect();
    words.sort_unstable();
    words.dedup();
    words
}
