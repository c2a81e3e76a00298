//! The frozen beginning of every document: one fixed change per collection that makes all containers.
//!
//! Part of the documents room. The bytes live in `domain/golden/`; they are never edited. A container that is
//! needed later comes with a migration change that depends on genesis alone.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use automerge::{
    ActorId, AutoCommit, Change, ObjType, ROOT, transaction::CommitOptions, transaction::Transactable,
};
use serde::{Deserialize, Serialize};

use super::Hash;

/// The three kinds of documents. The order is the order of a first sync's digests and of tests, nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Collection {
    /// People: name, phone, allergies, preferences, consents.
    Clients,
    /// Visits and blocks of personal time.
    Appointments,
    /// Notes and formulas.
    Notes,
}

impl Collection {
    /// Every collection.
    pub const ALL: [Self; 3] = [Self::Clients, Self::Appointments, Self::Notes];

    /// The name on the wire and in tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clients => "clients",
            Self::Appointments => "appointments",
            Self::Notes => "notes",
        }
    }

    /// The containers that genesis makes, in this order. Frozen.
    pub(super) const fn containers(self) -> &'static [(&'static str, ObjType)] {
        match self {
            Self::Clients => &[
                ("allergies", ObjType::Map),
                ("consents", ObjType::Map),
                ("contacts", ObjType::Map),
                ("decisions", ObjType::Map),
                ("media", ObjType::Map),
                ("meta", ObjType::Map),
                ("notes", ObjType::Text),
                ("preferences", ObjType::Map),
                ("tags", ObjType::Map),
            ],
            Self::Appointments => &[
                ("decisions", ObjType::Map),
                ("events", ObjType::Map),
                ("items", ObjType::Map),
                ("media", ObjType::Map),
                ("meta", ObjType::Map),
                ("note", ObjType::Text),
            ],
            Self::Notes => &[
                ("body", ObjType::Text),
                ("decisions", ObjType::Map),
                ("media", ObjType::Map),
                ("meta", ObjType::Map),
            ],
        }
    }

    const fn golden(self) -> &'static str {
        match self {
            Self::Clients => include_str!("../../golden/genesis-clients.hex"),
            Self::Appointments => include_str!("../../golden/genesis-appointments.hex"),
            Self::Notes => include_str!("../../golden/genesis-notes.hex"),
        }
    }
}

impl fmt::Display for Collection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is no collection of this version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a collection")]
pub struct UnknownCollection(pub String);

impl FromStr for Collection {
    type Err = UnknownCollection;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|c| c.as_str() == text).ok_or_else(|| UnknownCollection(text.to_owned()))
    }
}

/// The actor of every genesis change: sixteen zero bytes. No device may write under it.
pub(super) fn genesis_actor() -> ActorId {
    ActorId::from([0_u8; 16])
}

/// The bytes of a collection's genesis change, the same in every document for ever.
#[must_use]
pub fn genesis_bytes(collection: Collection) -> &'static [u8] {
    &genesis(collection).0
}

/// The hash of a collection's genesis change. Implied in every document and never sent or logged.
#[must_use]
pub fn genesis_hash(collection: Collection) -> Hash {
    genesis(collection).1
}

fn genesis(collection: Collection) -> &'static (Vec<u8>, Hash) {
    static ALL: LazyLock<[(Vec<u8>, Hash); 3]> = LazyLock::new(|| {
        Collection::ALL.map(|collection| {
            let bytes = hex::decode(collection.golden().trim()).expect("the golden file is hexadecimal");
            let change = Change::from_bytes(bytes.clone()).expect("the golden genesis is a change");
            (bytes, change.hash().into())
        })
    });
    match collection {
        Collection::Clients => &ALL[0],
        Collection::Appointments => &ALL[1],
        Collection::Notes => &ALL[2],
    }
}

/// Makes the genesis anew; only for holding the golden bytes against the library of the day.
#[cfg_attr(not(test), expect(dead_code, reason = "the recipe of the golden files; tests run it"))]
pub(super) fn build(collection: Collection) -> Change {
    let mut doc = AutoCommit::new().with_actor(genesis_actor());
    for (name, kind) in collection.containers() {
        doc.put_object(ROOT, *name, *kind).expect("an empty document takes a container");
    }
    doc.commit_with(CommitOptions::default().with_time(0).with_message(format!("genesis {collection}")));
    doc.get_last_local_change().expect("the commit above made a change")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genesis_is_frozen() {
        for collection in Collection::ALL {
            let built = build(collection);
            if std::env::var_os("VELORIA_WRITE_GOLDEN").is_some() {
                let path = format!("{}/golden/genesis-{collection}.hex", env!("CARGO_MANIFEST_DIR"));
                std::fs::write(path, hex::encode(built.raw_bytes()) + "\n").unwrap();
            }
            assert_eq!(hex::encode(built.raw_bytes()), collection.golden().trim(), "{collection}");
        }
        let hashes = Collection::ALL.map(|c| format!("{c} {}", genesis_hash(c))).join("\n");
        insta::assert_snapshot!(hashes);
    }
}
