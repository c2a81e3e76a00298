//! Notifications to shops: sent in the order of what happened, again with growing pauses until the shop says 200 or a day has gone by.
//! Can be held back, then let go in the wrong order, sent twice, and sent again: shops have to bear all of that.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::redirect::Policy;
use serde_json::Value;

/// The pauses after each try that failed; then the last one, until [`LONGEST`].
const PAUSES: [i64; 8] = [1, 5, 15, 60, 300, 900, 1800, 3600];
/// As long as anybody tries.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// How long a shop may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// So many notifications are remembered; the oldest that are over are forgotten.
const REMEMBERED: usize = 1000;

/// How far a notification is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    Waiting,
    Taken,
    GivenUp,
}

/// One notification.
#[derive(Clone, Debug)]
pub(super) struct Notice {
    pub(super) id: u64,
    pub(super) to: String,
    /// What it says, in a word: the event and the object.
    pub(super) about: String,
    pub(super) body: Value,
    pub(super) tries: usize,
    pub(super) delivery: Delivery,
    /// What came back last: a status, or why nothing came.
    pub(super) heard: Option<String>,
    began: Timestamp,
    next: Timestamp,
}

#[derive(Debug, Default)]
struct Pile {
    notices: VecDeque<Notice>,
    last_id: u64,
    handling: Handling,
}

/// How notifications are handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Handling {
    /// Nothing leaves.
    pub(super) is_held: bool,
    /// The newest goes first.
    pub(super) is_reversed: bool,
    /// Each is sent twice.
    pub(super) is_doubled: bool,
}

/// The notifications of one service. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Outbox {
    pile: Arc<Mutex<Pile>>,
    client: reqwest::Client,
}

impl Outbox {
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        // To shops on this machine, so no proxy; and where they send us we do not go.
        let client =
            reqwest::Client::builder().timeout(PATIENCE).redirect(Policy::none()).no_proxy().build()?;
        Ok(Self { pile: Arc::default(), client })
    }

    fn pile(&self) -> MutexGuard<'_, Pile> {
        self.pile.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, now: Timestamp, to: &str, about: &str, body: &Value) {
        let mut pile = self.pile();
        let copies = if pile.handling.is_doubled { 2 } else { 1 };
        for _ in 0..copies {
            pile.last_id += 1;
            let notice = Notice {
                id: pile.last_id,
                to: to.to_owned(),
                about: about.to_owned(),
                body: body.clone(),
                tries: 0,
                delivery: Delivery::Waiting,
                heard: None,
                began: now,
                next: now,
            };
            pile.notices.push_back(notice);
        }
        while pile.notices.len() > REMEMBERED
            && pile.notices.front().is_some_and(|oldest| oldest.delivery != Delivery::Waiting)
        {
            pile.notices.pop_front();
        }
    }

    pub(super) fn handling(&self) -> Handling {
        self.pile().handling
    }

    pub(super) fn handle(&self, handling: Handling) {
        self.pile().handling = handling;
    }

    /// The newest first.
    pub(super) fn latest(&self, count: usize) -> Vec<Notice> {
        self.pile().notices.iter().rev().take(count).cloned().collect()
    }

    /// Sends one again, whatever came of it. False if nobody remembers it.
    pub(super) fn again(&self, id: u64, now: Timestamp) -> bool {
        let mut pile = self.pile();
        let found = pile.notices.iter_mut().find(|notice| notice.id == id);
        let is_known = found.is_some();
        if let Some(notice) = found {
            (notice.delivery, notice.began, notice.next) = (Delivery::Waiting, now, now);
        }
        is_known
    }

    fn due(&self, now: Timestamp) -> Vec<Notice> {
        let pile = self.pile();
        if pile.handling.is_held {
            return Vec::new();
        }
        let is_due = |notice: &&Notice| notice.delivery == Delivery::Waiting && notice.next <= now;
        let mut due: Vec<_> = pile.notices.iter().filter(is_due).cloned().collect();
        if pile.handling.is_reversed {
            due.reverse();
        }
        due
    }

    fn note(&self, id: u64, now: Timestamp, heard: Result<u16, String>) {
        let mut pile = self.pile();
        let Some(notice) = pile.notices.iter_mut().find(|notice| notice.id == id) else { return };
        notice.tries += 1;
        let pause = PAUSES.get(notice.tries - 1).or(PAUSES.last()).copied().unwrap_or(1);
        notice.next = now.checked_add(SignedDuration::from_secs(pause)).unwrap_or(now);
        notice.delivery = match heard {
            Ok(200) => Delivery::Taken,
            _ if now.duration_since(notice.began) >= LONGEST => Delivery::GivenUp,
            _ => Delivery::Waiting,
        };
        notice.heard = Some(heard.map_or_else(|why| why, |status| status.to_string()));
    }

    /// Sends what is due, one by one.
    pub(super) async fn send(&self, now: Timestamp) {
        for notice in self.due(now) {
            let heard = self.client.post(&notice.to).json(&notice.body).send().await;
            // The reason without the address: that holds the shop's unguessable part.
            let heard =
                heard.map(|answer| answer.status().as_u16()).map_err(|error| error.without_url().to_string());
            self.note(notice.id, now, heard);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn push(outbox: &Outbox, about: &str) {
        outbox.push(at(0), "http://shop", about, &json!({}));
    }

    fn due(outbox: &Outbox, seconds: i64) -> Vec<String> {
        outbox.due(at(seconds)).into_iter().map(|notice| notice.about).collect()
    }

    #[test]
    fn what_is_not_taken_comes_again_ever_later_for_a_day() {
        let outbox = Outbox::new().unwrap();
        push(&outbox, "a");
        let (mut now, mut tries) = (0, 0);
        while outbox.latest(1)[0].delivery == Delivery::Waiting {
            if due(&outbox, now).is_empty() {
                now += 1;
                continue;
            }
            outbox.note(1, at(now), Ok(500));
            tries += 1;
        }
        assert_eq!(outbox.latest(1)[0].delivery, Delivery::GivenUp);
        assert!((24 * 3600..25 * 3600).contains(&now), "{now}");
        assert_eq!(tries, 32);
        assert!(outbox.again(1, at(now)));
        assert_eq!(due(&outbox, now), ["a"]);
        outbox.note(1, at(now), Ok(200));
        assert_eq!(due(&outbox, now + 9999), [""; 0]);
    }

    #[test]
    fn it_can_be_held_back_turned_round_and_doubled() {
        let outbox = Outbox::new().unwrap();
        outbox.handle(Handling { is_held: true, is_reversed: true, is_doubled: true });
        push(&outbox, "a");
        push(&outbox, "b");
        assert_eq!(due(&outbox, 0), [""; 0]);
        outbox.handle(Handling { is_held: false, ..outbox.handling() });
        assert_eq!(due(&outbox, 0), ["b", "b", "a", "a"]);
    }
}
