//! What the world remembers of every edit and every promise, to hold the replicas against it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::documents::Hash;
use domain::ids::{DeviceId, IntentId};
use domain::sync::IntentOutcome;
use uuid::Uuid;

use super::graph::Key;
use super::history::ActKind;

/// A change that a device said was saved.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    pub tenant: usize,
    pub kind: ActKind,
    pub token: u32,
    pub key: Key,
    /// It lived only in a home that was replaced by an older copy: its owner threw it away.
    pub thrown_away: bool,
}

/// Something that a device promised to ask the server for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub tenant: usize,
    pub device: usize,
    pub kind: ActKind,
    pub id: IntentId,
    pub target: Uuid,
    pub thrown_away: bool,
}

/// How far the log has been looked over, and what was in it up to there.
#[derive(Debug, Default)]
pub(super) struct LookedOver {
    pub head: u64,
    pub entries: usize,
    pub chain: Option<Hash>,
    pub changes: HashSet<Key>,
    /// The group of the last entry, and those that ended before it.
    pub group: Option<Uuid>,
    pub ended: HashSet<Uuid>,
}

/// Memory of one tenant.
#[derive(Debug, Default)]
pub(super) struct Promises {
    /// What is known of the log as it was at the last commit.
    pub log: LookedOver,
    /// Changes that the server said it has.
    pub acked: BTreeSet<Key>,
    /// Changes that were ever in the log.
    pub ever: HashSet<Key>,
    /// Values that were written.
    pub tokens: HashSet<u32>,
}

#[derive(Debug, Default)]
pub(super) struct Oracle {
    pub edits: Vec<Edit>,
    pub asked: Vec<Asked>,
    pub tenants: Vec<Promises>,
    /// Tags that somebody took away.
    pub untagged: HashSet<(Uuid, u32)>,
    /// Changes that no replica may ever hold.
    pub poison: HashSet<Key>,
    /// Groups that a restore of the server took away: they are offered back document by document.
    pub offered_back: HashSet<Uuid>,
    /// Acts by the record they are about.
    pub records: BTreeMap<Uuid, BTreeSet<ActKind>>,
    /// Changes that were taken back: what they wrote need not be there.
    pub undone: HashSet<Key>,
    /// Which tenant a document or record belongs to.
    pub owners: HashMap<Uuid, usize>,
    /// What a device has taken back before it was sent. A copy of the home may still ask for it.
    pub cancelled: HashSet<(usize, IntentId)>,
    /// The last word about each intent, by tenant.
    pub answered: HashMap<(usize, IntentId), IntentOutcome>,
    /// Devices that were disconnected.
    pub revoked: HashSet<DeviceId>,
}

impl Oracle {
    /// The act that asked for an intent.
    pub(super) fn act_of_intent(&self, id: IntentId) -> Option<ActKind> {
        self.asked.iter().find(|asked| asked.id == id).map(|asked| asked.kind)
    }
}

/// The letter that stands for a unique value. One letter each, so that no two values share a part.
pub(super) fn letter(token: u32) -> char {
    char::from_u32(0x4e00 + token % 20_000).unwrap_or('一')
}

/// The values that occur in a text.
pub(super) fn tokens_in(text: &str) -> impl Iterator<Item = u32> + '_ {
    text.chars()
        .map(u32::from)
        .filter(|code| (0x4e00..0x4e00 + 20_000).contains(code))
        .map(|code| code - 0x4e00)
}
