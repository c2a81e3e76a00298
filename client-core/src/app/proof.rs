//! "Nothing is lost", shown: what is here held against what is on the server, part by part, without moving either.
//!
//! Both sides count and add up what they hold; nothing is believed that was kept from an earlier talk. What was not sent yet is no part of
//! the sums, and is named beside them.

use domain::sync::{Compare, CompareAnswer, PARTS, PROTOCOL, Sum};
use serde::Serialize;

use super::{App, AppError, Result};
use crate::sync::{self, Failure};

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Everything that is here is on the server, and the other way round.
    Safe,
    /// The same, but for what was written here and waits to be sent.
    Waiting,
    /// The server has news that this device has not fetched: first sync, then look again.
    Behind,
    /// Device and server differ.
    Different,
    /// The server did not answer, so nothing can be said.
    Unreachable,
    /// The server answers, but not to this device any more.
    Disconnected,
}

impl Verdict {
    /// The word in JSON, and in the files of the languages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Waiting => "waiting",
            Self::Behind => "behind",
            Self::Different => "different",
            Self::Unreachable => "unreachable",
            Self::Disconnected => "disconnected",
        }
    }
}

/// A part of what there is, on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProvenPart {
    /// `clients`, `appointments`, `notes`, `records`.
    pub part: &'static str,
    /// How many are here, those left out of which the server knows nothing.
    pub here: u64,
    /// How many the server has; `null` if it did not say.
    pub there: Option<u64>,
    /// The sum of those that are here.
    pub digest_here: Sum,
    /// The sum on the server.
    pub digest_there: Option<Sum>,
    /// Whether they are the same; `null` if the server did not say.
    pub equal: Option<bool>,
}

/// The receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    /// What was found.
    pub verdict: Verdict,
    /// Part by part.
    pub parts: Vec<ProvenPart>,
    /// Edits that wait here to be sent.
    pub unsent_changes: u64,
    /// What the server is asked to do and has not answered.
    pub unsent_intents: u64,
    /// Pictures that wait here to be sent.
    pub waiting_pictures: usize,
    /// Things that were put aside and need her.
    pub put_aside: usize,
    /// When this was looked at, RFC 3339 by this device's clock.
    pub at: String,
    /// Why the server did not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl App {
    /// What to ask the server, part by part.
    pub fn proof_asks(&self) -> Result<Vec<Compare>> {
        self.store.read(|tx| {
            let ask = |part: &str| {
                Ok(Compare { protocol: PROTOCOL, part: part.to_owned(), buckets: tx.buckets(part)? })
            };
            PARTS.into_iter().map(ask).collect()
        })
    }

    /// Holds the server's answers, in the order of the asks, against what is here; or says why there are none.
    pub fn prove(&self, answers: std::result::Result<Vec<CompareAnswer>, Failure>) -> Result<Proof> {
        let waiting_pictures = self.waiting_pictures()?;
        let (answers, why) = match answers {
            Ok(answers) => (answers, None),
            Err(failure) => (Vec::new(), Some(failure)),
        };
        self.store.read::<_, AppError>(|tx| {
            let mut parts = Vec::new();
            for (index, part) in PARTS.into_iter().enumerate() {
                let (here, digest_here) = tx.count_part(part)?;
                let there = answers.get(index);
                parts.push(ProvenPart {
                    part,
                    here,
                    digest_here,
                    there: there.and_then(|there| there.count),
                    digest_there: there.and_then(|there| there.sum),
                    equal: there.map(|there| there.differing.is_empty()),
                });
            }
            let (unsent_changes, unsent_intents) = (tx.outbox_len()?, tx.open_intents_len()?);
            let head: u64 = tx.meta(sync::HEAD)?.unwrap_or_default();
            let is_silent = parts.iter().any(|part| part.equal.is_none());
            let verdict = if matches!(why, Some(Failure::Revoked | Failure::Unauthorized)) {
                Verdict::Disconnected
            } else if is_silent {
                Verdict::Unreachable
            } else if answers.iter().any(|answer| answer.head > head) {
                Verdict::Behind
            } else if parts.iter().any(|part| part.equal == Some(false)) {
                Verdict::Different
            } else if unsent_changes + unsent_intents + waiting_pictures as u64 > 0 {
                Verdict::Waiting
            } else {
                Verdict::Safe
            };
            Ok(Proof {
                verdict,
                parts,
                unsent_changes,
                unsent_intents,
                waiting_pictures,
                put_aside: tx.quarantined()?.len(),
                at: self.now().to_string(),
                why: why.map(|failure| failure.to_string()),
            })
        })
    }
}
