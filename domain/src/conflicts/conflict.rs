//! What a conflict is made of, and the id that every replica gives it.
//!
//! Part of the conflicts room. Pure data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Choice, Decision};
use crate::documents::Hash;
use crate::errors::wire_enum;
use crate::sync::canonical_json;

/// The name space of conflicts' ids (fixed, arbitrary, never changed).
const CONFLICTS: Uuid = Uuid::from_u128(0x2b8c_71d4_0f5e_4a63_9d1a_c3e8_54f7_b206);

wire_enum! {
    /// What kind of conflict it is.
    pub enum Kind {
        /// Two visits, or a visit and a block, need her at the same time.
        Overlap = "overlap",
        /// Several clients have one phone number.
        DuplicatePhone = "duplicate_phone",
        /// Several clients have one e-mail address.
        DuplicateEmail = "duplicate_email",
        /// Two devices said of a visit what cannot both be.
        TwoStatuses = "two_statuses",
        /// A visit was moved by somebody who did not know what was said of it, or the other way round.
        StatusAndMove = "status_and_move",
        /// Something was changed after it was deleted, or by somebody who did not know that it was.
        EditedAfterDeletion = "edited_after_deletion",
        /// A visit is ahead, its client was deleted.
        VisitOfDeletedClient = "visit_of_deleted_client",
        /// A visit is ahead, its client was merged into another.
        VisitOfMergedClient = "visit_of_merged_client",
        /// A visit is ahead, its service is offered no more.
        InactiveService = "inactive_service",
        /// A visit was moved or called off after its deposit, reminder or confirmation went out.
        ChangedAfterPromise = "changed_after_promise",
        /// Two devices wrote different values into one field.
        TwoValues = "two_values",
        /// Two devices settled one conflict differently.
        DecidedTwice = "decided_twice",
        /// A warning: a visit outside of her hours.
        OutsideHours = "outside_hours",
        /// A warning: a visit in her time off.
        TimeOff = "time_off",
    }
}

impl Kind {
    /// Whether it only warns: listed when asked for, and settled by nobody.
    #[must_use]
    pub const fn is_warning(self) -> bool {
        matches!(self, Self::OutsideHours | Self::TimeOff)
    }
}

/// What there is to know of a conflict beyond what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Detail {
    /// Nothing more.
    Nothing {},
    /// How much of her time is needed twice.
    Shared {
        /// In seconds, the minutes around visits included.
        seconds: i64,
        /// Whether her hands themselves are needed twice, and not only the minutes around.
        hands: bool,
    },
    /// The number or address that several have.
    Value {
        /// As compared.
        value: String,
    },
    /// What was said of a visit.
    Words {
        /// [`crate::appointments::Status`] words, sorted.
        words: Vec<String>,
    },
    /// A field with several values.
    Field {
        /// Its name in the document.
        field: String,
        /// All values, sorted by their JSON.
        values: Vec<Json>,
    },
    /// What went out about a visit that is another by now.
    Promised {
        /// What it was, sorted: `deposit`, `reminder`, `confirmation`.
        sent: Vec<String>,
        /// The deposit that is held, as [`crate::money::Money`] stores it.
        deposit: Option<String>,
        /// The time it was promised for, if the visit was moved; `None` if it is off.
        time: Option<String>,
    },
    /// Decisions that differ.
    Choices {
        /// About which conflict.
        conflict: Uuid,
        /// The one that holds first.
        choices: Vec<String>,
    },
}

/// A conflict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// The same on every replica: it follows from the kind and from what it is about.
    pub id: Uuid,
    /// What kind.
    pub kind: Kind,
    /// Documents and records, sorted.
    pub about: Vec<Uuid>,
    /// The document in which a decision is kept.
    pub home: Uuid,
    /// The facts that a decision is made on.
    pub facts: Hash,
    /// What more there is to know.
    pub detail: Detail,
    /// Whether she said, on these very facts, that it stays as it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub kept: bool,
}

/// The choice that leaves everything as it is.
pub(super) const KEEP_BOTH: &str = "keepBoth";

impl Conflict {
    /// A conflict about some things. `facts` is all that a decision depends on; `decisions` are those of its home.
    pub(super) fn new(
        kind: Kind,
        (about, home): (&[Uuid], Uuid),
        facts: &Json,
        detail: Detail,
        decisions: &BTreeMap<Uuid, Vec<Decision>>,
    ) -> Self {
        let mut about = about.to_vec();
        about.sort_unstable();
        about.dedup();
        let mut name: Vec<u8> = kind.as_str().into();
        if let Detail::Field { field, .. } = &detail {
            name.extend([&[0x1f], field.as_bytes()].concat());
        }
        if let Detail::Choices { conflict, .. } = &detail {
            name.extend(conflict.as_bytes());
        }
        name.extend(about.iter().flat_map(|id| *id.as_bytes()));
        let id = Uuid::new_v5(&CONFLICTS, &name);
        let facts = Hash::of(canonical_json(facts).as_bytes());
        let standing = decisions.get(&id).and_then(|all| all.first());
        let kept = standing.is_some_and(|made| made.choice == KEEP_BOTH && made.facts == facts);
        Self { id, kind, about, home, facts, detail, kept }
    }

    /// What it is about, and what the decisions that it is about name.
    #[must_use]
    pub fn mentions(&self) -> Vec<Uuid> {
        let mut all = self.about.clone();
        if let Detail::Choices { choices, .. } = &self.detail {
            for choice in choices.iter().filter_map(|choice| choice.parse().ok()) {
                match choice {
                    Choice::Cancel { visit, .. } | Choice::Move { visit, .. } | Choice::Book { visit } => {
                        all.push(visit);
                    }
                    Choice::Merge { into } => all.push(into),
                    _ => {}
                }
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// As every replica stores it.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a conflict has string keys only")
    }
}
