//! Opening everything and comparing it: documents with their checksums and heads, rows with documents, sums with
//! what they sum. What differs is put right from the documents, which are the truth.

use domain::documents::Collection;
use domain::project;
use serde::Serialize;

use super::{App, Result};
use crate::replica::{self, Opened};
use crate::store::StoreError;

/// What a look at everything found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Documents that could not be opened; the server is asked for them.
    pub unopened: u64,
    /// Rows and sums that differed; they are right now.
    pub different: u64,
    /// Documents that were looked at.
    pub documents: u64,
}

impl App {
    /// Opens every document and compares rows and digests.
    pub fn verify(&mut self) -> Result<Verified> {
        let at = self.now().as_second();
        let mut found = Verified::default();
        for collection in Collection::ALL {
            for id in self.store.read::<_, StoreError>(|tx| tx.document_ids(collection))? {
                found.documents += 1;
                self.store.write::<_, StoreError>(|tx| {
                    let shown = tx.row(collection, id)?;
                    match replica::open(tx, id, at)? {
                        Opened::Ready(mut document) => {
                            if shown != Some(project(&mut document).to_json()) {
                                found.different += 1;
                                replica::keep(tx, id, &mut document)?;
                            }
                        }
                        Opened::Damaged => found.unopened += 1,
                        Opened::Absent | Opened::Purged => {}
                    }
                    Ok(())
                })?;
            }
        }
        self.store.write::<_, StoreError>(|tx| {
            let recomputed = tx.recomputed_digest()?;
            if recomputed != tx.digest()? {
                found.different += 1;
                tx.set_digest(&recomputed)?;
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Opens a few of the documents that came with only a row; for idle moments. Answers how many are left at least.
    pub fn open_idle(&mut self, most: usize) -> Result<usize> {
        let at = self.now().as_second();
        self.store.write(|tx| {
            for id in tx.unopened(most)? {
                replica::open(tx, id, at)?;
            }
            Ok(tx.unopened(most)?.len())
        })
    }
}
