//! Table `digests`: one sum per part, moved in the very transaction that moves a document or record, in memory first.

use std::collections::BTreeMap;

use domain::documents::Hash;
use domain::sync::{BUCKETS, Digest, Sum, bucket_of, purged_digest};
use rusqlite::params;
use uuid::Uuid;

use super::sql::{all, run};
use super::{Result, Tx};

pub use domain::sync::PARTS;

impl Tx<'_> {
    /// The sums as they were kept, one per part.
    pub fn digest(&self) -> Result<Digest> {
        if let Some(digest) = &*self.digest.borrow() {
            return Ok(digest.clone());
        }
        let rows: Vec<(String, [u8; 32])> =
            all(self.conn, "SELECT part, sum FROM digests", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut digest: Digest = PARTS.into_iter().map(|part| (part.to_owned(), Sum::default())).collect();
        digest.extend(rows.into_iter().map(|(part, sum)| (part, Sum(sum))));
        Ok(digest)
    }

    /// The sums computed anew from what is stored.
    pub fn recomputed_digest(&self) -> Result<Digest> {
        PARTS
            .into_iter()
            .map(|part| {
                let sum =
                    self.part_digests(part)?.into_iter().fold(Sum::default(), |sum, (_, d)| sum.plus(d));
                Ok((part.to_owned(), sum))
            })
            .collect()
    }

    /// The sums of the 256 buckets of a part.
    pub fn buckets(&self, part: &str) -> Result<Vec<Sum>> {
        let mut buckets = vec![Sum::default(); BUCKETS];
        for (id, digest) in self.part_digests(part)? {
            let bucket = &mut buckets[usize::from(bucket_of(id))];
            *bucket = bucket.plus(digest);
        }
        Ok(buckets)
    }

    /// How many documents or records of a part the server is believed to have, erased ones left out, and their sum, both
    /// counted anew from what is stored.
    pub fn count_part(&self, part: &str) -> Result<(u64, Sum)> {
        let all = self.part_digests(part)?;
        let erased = |id: Uuid, digest: Hash| part != "records" && digest == purged_digest(id);
        let count = all.iter().filter(|(id, digest)| !erased(*id, *digest)).count() as u64;
        Ok((count, all.into_iter().fold(Sum::default(), |sum, (_, digest)| sum.plus(digest))))
    }

    /// The documents or records of one bucket that count, by id.
    pub fn bucket_ids(&self, part: &str, bucket: u8) -> Result<Vec<Uuid>> {
        let ids = self.part_digests(part)?.into_iter().map(|(id, _)| id);
        Ok(ids.filter(|id| bucket_of(*id) == bucket).collect())
    }

    pub(super) fn move_digest(&self, part: &str, before: Option<Hash>, after: Option<Hash>) -> Result<()> {
        if before == after {
            return Ok(());
        }
        let known = self.digest.take();
        let mut digest = match known {
            Some(digest) => digest,
            None => self.digest()?,
        };
        let sum = digest.entry(part.to_owned()).or_default();
        if let Some(before) = before {
            *sum = sum.minus(before);
        }
        if let Some(after) = after {
            *sum = sum.plus(after);
        }
        self.digest.replace(Some(digest));
        Ok(())
    }

    /// Writes the sums that have moved. A page of a thousand documents moves them a thousand times and writes them once.
    pub(super) fn write_digest(&self) -> Result<()> {
        let Some(digest) = self.digest.take() else { return Ok(()) };
        let sql = "INSERT INTO digests (part, sum) VALUES (?1, ?2) ON CONFLICT (part) DO UPDATE SET sum = excluded.sum";
        digest.iter().try_for_each(|(part, sum)| run(self.conn, sql, params![part, sum.0]).map(drop))
    }

    /// Puts recomputed sums in place of the kept ones.
    pub fn set_digest(&self, digest: &BTreeMap<String, Sum>) -> Result<()> {
        self.digest.replace(None);
        run(self.conn, "DELETE FROM digests", [])?;
        let sql = "INSERT INTO digests (part, sum) VALUES (?1, ?2)";
        digest.iter().try_for_each(|(part, sum)| run(self.conn, sql, params![part, sum.0]).map(drop))
    }

    fn part_digests(&self, part: &str) -> Result<Vec<(Uuid, Hash)>> {
        if part == "records" { self.record_digests() } else { self.document_digests(part) }
    }
}
