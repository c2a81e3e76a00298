//! The cursor: how far a device has read. Opaque to it; this file alone knows what is inside.
//!
//! It carries the epoch, its position with the log's chain hash there, and a few older positions, so that after a
//! restore the device goes back to the last common point and not to the beginning.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::documents::Hash;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How far a device has read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// A cursor of another tenant is no cursor.
    #[serde(rename = "t")]
    pub tenant: Uuid,
    #[serde(rename = "e")]
    pub epoch: Uuid,
    /// The newest first, never empty.
    #[serde(rename = "p")]
    pub points: Vec<Point>,
    /// Set during a first sync.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub first: Option<First>,
}

/// A position and the chain hash there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Point {
    #[serde(rename = "s")]
    pub seq: u64,
    #[serde(rename = "c")]
    pub chain: Hash,
}

/// How far a first sync has come. The position of the cursor is the head at its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct First {
    /// Index into the phases.
    #[serde(rename = "p")]
    pub phase: u8,
    /// The last item sent in it.
    #[serde(rename = "a")]
    pub after: Uuid,
    /// The first second of the day it began.
    #[serde(rename = "s")]
    pub since: i64,
}

const MAX_LENGTH: usize = 4096;
/// Enough for a restore that loses 16 million numbers.
const KEPT_POINTS: usize = 13;

impl Cursor {
    /// Reads a cursor; `None` for anything that this server did not write for this tenant.
    pub(super) fn read(text: &str, tenant: Uuid) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
        if Hash::of(body).0[..4] != *sum {
            return None;
        }
        let cursor: Self = ciborium::from_reader(body).ok()?;
        (cursor.tenant == tenant && !cursor.points.is_empty()).then_some(cursor)
    }

    pub(super) fn write(&self) -> String {
        let mut body = Vec::new();
        ciborium::into_writer(self, &mut body).expect("writing to memory does not fail");
        let sum = Hash::of(&body);
        body.extend_from_slice(&sum.0[..4]);
        URL_SAFE_NO_PAD.encode(body)
    }

    /// Up to which number of a log's life whoever shows this cursor has everything: none in another life, or within a first sync.
    pub(super) fn read_to(text: Option<&str>, tenant: Uuid, epoch: Uuid) -> u64 {
        let cursor = text.and_then(|text| Self::read(text, tenant));
        cursor
            .filter(|cursor| cursor.epoch == epoch && cursor.first.is_none())
            .map_or(0, |c| c.position().seq)
    }

    pub(super) fn position(&self) -> Point {
        self.points[0]
    }

    /// Moves on. Of the points about 4, 16, 64... numbers back the oldest of each stretch is kept, so there are few
    /// of them and one is never much further back than it needs to be.
    pub(super) fn advance(&mut self, to: Point) {
        let mut kept = vec![to];
        let mut by_stretch: BTreeMap<u32, Point> = BTreeMap::new();
        for point in self.points.iter().filter(|point| point.seq < to.seq) {
            let stretch = (to.seq - point.seq).ilog(4);
            let oldest = by_stretch.entry(stretch).or_insert(*point);
            if point.seq < oldest.seq {
                *oldest = *point;
            }
        }
        kept.extend(by_stretch.into_values().take(KEPT_POINTS - 1));
        self.points = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seq: u64) -> Point {
        Point { seq, chain: Hash::of(&seq.to_be_bytes()) }
    }

    #[test]
    fn a_cursor_is_read_back_and_a_damaged_or_foreign_one_is_not() {
        let tenant = Uuid::from_u128(3);
        let first = Some(First { phase: 2, after: Uuid::from_u128(9), since: 5 });
        let cursor = Cursor { tenant, epoch: Uuid::from_u128(4), points: vec![at(7), at(3)], first };
        let text = cursor.write();
        assert_eq!(Cursor::read(&text, tenant), Some(cursor));
        assert_eq!(Cursor::read(&text, Uuid::from_u128(5)), None);
        assert_eq!(Cursor::read(&text[1..], tenant), None);
        assert_eq!(Cursor::read("", tenant), None);
        assert_eq!(Cursor::read("%%%", tenant), None);
    }

    #[test]
    fn older_points_are_thinned_and_stay_few() {
        let mut cursor = Cursor { tenant: Uuid::nil(), epoch: Uuid::nil(), points: vec![at(0)], first: None };
        for seq in 1..10_000 {
            cursor.advance(at(seq));
        }
        assert_eq!(cursor.position(), at(9_999));
        assert!(cursor.points.len() <= KEPT_POINTS);
        assert!(cursor.points.windows(2).all(|pair| pair[0].seq > pair[1].seq));
        assert!(cursor.points.last().unwrap().seq < 9_900, "{:?}", cursor.points);
    }
}
