//! Compare: where do a device and the server differ?
//!
//! The device sends its sum of every bucket; the answer lists all that the server has in the buckets that differ.

use domain::sync::{BUCKETS, Compare, CompareAnswer, ComparePart, Sum, bucket_of};

use super::tx::Tx;
use crate::db::StoreError;

/// The documents or records of every bucket whose sum differs. Missing sums count as zero.
pub async fn compare<T: Tx>(tx: &mut T, ask: &Compare) -> Result<CompareAnswer, StoreError> {
    let state = tx.state().await?;
    let mut parts: Vec<ComparePart> =
        (0..=u8::MAX).map(|bucket| ComparePart { bucket, docs: Vec::new() }).collect();
    let mut sums = vec![Sum::default(); BUCKETS];
    let (mut count, mut sum) = (0, Sum::default());
    for (doc, digest) in tx.part(&ask.part).await? {
        count += u64::from(!doc.purged);
        sum = sum.plus(digest);
        let bucket = bucket_of(doc.doc);
        sums[usize::from(bucket)] = sums[usize::from(bucket)].plus(digest);
        parts[usize::from(bucket)].docs.push(doc);
    }
    let theirs = ask.buckets.iter().copied().chain(std::iter::repeat(Sum::default()));
    let differing = parts
        .into_iter()
        .zip(sums)
        .zip(theirs)
        .filter(|((_, ours), theirs)| ours != theirs)
        .map(|((p, _), _)| p);
    Ok(CompareAnswer { head: state.head, count: Some(count), sum: Some(sum), differing: differing.collect() })
}
