//! The device's file: encrypted SQLite, one table one module, everything behind transactions.
//!
//! SQL lives here and nowhere else. This room knows tables, not meanings: documents are bytes with heads, rows are
//! JSON with a few columns for lists. "Saved" may be said only after [`Store::write`] has returned (rule D1).

mod answers;
mod appointments;
mod clients;
mod conflicts;
mod digests;
mod documents;
mod error;
mod intents;
pub mod key;
mod media;
mod meta;
mod notes;
mod notices;
mod outbox;
mod place;
mod quarantine;
mod records;
mod rows;
mod search;
mod spreading;
mod sql;
mod wants;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use domain::conflicts::Changed;
use domain::sync::Digest;
use rusqlite::Connection;

pub use appointments::{AppointmentEntry, Between, Walk};
pub use clients::ClientEntry;
pub use digests::PARTS;
pub use documents::{Form, StoredDocument};
pub use error::StoreError;
pub use intents::{IntentState, StoredIntent};
pub use media::WaitingPicture;
pub use notices::Notice;
pub(crate) use outbox::End;
pub use outbox::OutboxEntry;
pub use place::Place;
pub use quarantine::{Quarantined, QuarantinedChunk};
pub use records::StoredRecord;
pub use search::Found;

/// What store functions answer.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The open file (or its stand-in in memory).
#[derive(Debug)]
pub struct Store {
    conn: Connection,
    place: Place,
    depth: u32,
    generation: u64,
}

/// One transaction: all that may be asked of the tables. The methods live beside their tables.
#[derive(Debug)]
pub struct Tx<'a> {
    conn: &'a Connection,
    /// Whether a document's own numbers were thrown away with it, so that whoever writes must take a new actor.
    renew: Cell<bool>,
    /// The sums as they are within this transaction; written with its end.
    digest: RefCell<Option<Digest>>,
    /// What has changed so far on which conflicts depend.
    changed: RefCell<BTreeSet<Changed>>,
}

impl<'a> Tx<'a> {
    const fn new(conn: &'a Connection) -> Self {
        Self {
            conn,
            renew: Cell::new(false),
            digest: RefCell::new(None),
            changed: RefCell::new(BTreeSet::new()),
        }
    }
}

impl Store {
    /// Opens a place, making or migrating its tables.
    pub fn open(place: Place) -> Result<Self> {
        let conn = place.connect()?;
        let mut store = Self { conn, place, depth: 0, generation: 0 };
        // A file of an older version has kept none; every opening but that one finds nothing to do.
        if store.read(crate::conflicts::is_stale)? {
            store.write(crate::conflicts::catch_up)?;
        }
        Ok(store)
    }

    /// A store that lives as long as this value; for simulated worlds and tests.
    pub fn in_memory() -> Result<Self> {
        Self::open(Place::Memory)
    }

    /// A second store with the same contents: a copied or restored home. Only of a store in memory; a file is
    /// copied as a file.
    pub fn duplicate(&self) -> Result<Self> {
        if self.place != Place::Memory {
            return Err(StoreError::NotInMemory);
        }
        let mut conn = Place::Memory.connect_bare()?;
        rusqlite::backup::Backup::new(&self.conn, &mut conn)?.run_to_completion(
            i32::MAX,
            std::time::Duration::ZERO,
            None,
        )?;
        Ok(Self { conn, place: Place::Memory, depth: 0, generation: 0 })
    }

    /// Where it is.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// Counts the times the file had to be opened anew after a failed commit; whoever writes documents takes a new
    /// actor when it moves (rule D4).
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// Reads; every read of one call sees the same state.
    pub fn read<T, E: From<StoreError>>(
        &self,
        look: impl FnOnce(&Tx<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        if self.depth > 0 {
            return look(&Tx::new(&self.conn));
        }
        self.batch("BEGIN")?;
        let seen = look(&Tx::new(&self.conn));
        // A read has nothing to lose: ending it either way is the same.
        self.batch("ROLLBACK")?;
        seen
    }

    /// Writes all or nothing; durable once this has returned `Ok` (unless it is part of a larger
    /// [`Store::begin`], which then says so).
    pub fn write<T, E: From<StoreError>>(
        &mut self,
        change: impl FnOnce(&Tx<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        self.begin()?;
        let tx = Tx::new(&self.conn);
        let changed = change(&tx).and_then(|value| {
            crate::conflicts::keep_up(&tx)?;
            tx.write_digest()?;
            Ok(value)
        });
        let renew = tx.renew.get();
        if renew {
            self.renew_writers();
        }
        match changed {
            Ok(value) => {
                self.commit()?;
                Ok(value)
            }
            Err(error) => {
                self.rollback();
                Err(error)
            }
        }
    }

    /// Brings the conflicts about these visits up to date although nothing has changed; for measuring what that takes.
    #[doc(hidden)]
    pub fn look_over_again(&mut self, visits: &[uuid::Uuid]) -> Result<()> {
        visits.iter().try_for_each(|id| {
            self.write(|tx| {
                tx.note_changed(Changed::Appointment(*id));
                Ok(())
            })
        })
    }

    /// Takes the tables of conflicts back to how a new schema leaves them.
    #[cfg(test)]
    pub(crate) fn forget_conflicts_for_test(&mut self) -> Result<()> {
        self.batch("DELETE FROM conflicts; DELETE FROM conflict_things; INSERT INTO meta VALUES ('conflicts_stale', 'true')")
    }

    /// Begins a transaction, or a part of the one that is open.
    pub fn begin(&mut self) -> Result<()> {
        if self.depth == 0 {
            self.batch("BEGIN IMMEDIATE")?;
        } else {
            self.batch(&format!("SAVEPOINT part{}", self.depth))?;
        }
        self.depth += 1;
        Ok(())
    }

    /// Ends what [`Store::begin`] began. A commit that fails is never tried again on the same connection: the file is
    /// opened anew and looked over, because after a failed fsync nobody knows what the cache holds.
    pub fn commit(&mut self) -> Result<()> {
        self.depth = self.depth.saturating_sub(1);
        if self.depth > 0 {
            return self.batch(&format!("RELEASE part{}", self.depth));
        }
        self.batch("COMMIT").map_err(|error| {
            // The failed COMMIT is what the caller must hear; a failed ROLLBACK adds nothing to it.
            let _ = self.batch("ROLLBACK");
            match self.reopen() {
                Ok(()) => error,
                Err(worse) => worse,
            }
        })
    }

    /// Takes back what was written since [`Store::begin`].
    pub fn rollback(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        let undone = if self.depth > 0 {
            self.batch(&format!("ROLLBACK TO part{0}; RELEASE part{0}", self.depth))
        } else {
            self.batch("ROLLBACK")
        };
        // SQLite rolls back by itself after the worst errors and then says that nothing is open.
        if undone.is_err() && self.depth == 0 {
            let _ = self.reopen();
        }
    }

    /// Makes whoever writes documents take a new actor.
    pub(crate) const fn renew_writers(&mut self) {
        self.generation += 1;
    }

    /// Whether a transaction is open.
    #[must_use]
    pub const fn is_writing(&self) -> bool {
        self.depth > 0
    }

    fn reopen(&mut self) -> Result<()> {
        self.generation += 1;
        if let Some(conn) = self.place.reconnect()? {
            self.conn = conn;
            let verdict: String = self.conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
            if verdict != "ok" {
                return Err(StoreError::Corrupt(verdict));
            }
        }
        Ok(())
    }

    fn batch(&self, sql: &str) -> Result<()> {
        Ok(self.conn.execute_batch(sql)?)
    }
}

#[cfg(test)]
mod tests;
