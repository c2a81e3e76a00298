//! Table `documents`: each document as bytes under a checksum, with its heads now and as the server knows it.

use domain::documents::{Collection, Hash, Heads, genesis_hash};
use domain::sync::{document_digest, purged_digest};
use rusqlite::{Row, params};
use uuid::Uuid;

use super::sql::{self, all, count, first, heads_blob, run};
use super::{Result, Tx};

/// What the bytes of a stored document are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A document that was opened and looked over here.
    Opened,
    /// A snapshot as the server sent it, not opened yet.
    Snapshot,
    /// The only change of a document as the server sent it, not opened yet.
    Change,
    /// Nothing: the document was erased on purpose.
    Purged,
}

impl Form {
    const ALL: [Self; 4] = [Self::Opened, Self::Snapshot, Self::Change, Self::Purged];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Snapshot => "snapshot",
            Self::Change => "change",
            Self::Purged => "purged",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.as_str() == word)
    }
}

/// A document as it lies in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its collection.
    pub collection: Collection,
    /// What the bytes are.
    pub form: Form,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The heads, own unsent changes included.
    pub heads: Heads,
    /// The heads as the server knows them: unsent changes left out; empty if it knows nothing of it.
    pub synced: Heads,
    /// Whether the bytes still have the checksum they were stored with.
    pub sound: bool,
}

/// The part of a stored document that counts in a digest; read without the bytes.
struct Counted {
    collection: Collection,
    form: Form,
    synced: Heads,
}

impl Counted {
    /// What the document adds to the digest of its collection; nothing while the server does not know it.
    fn digest(&self, id: Uuid) -> Option<Hash> {
        match self.form {
            Form::Purged => Some(purged_digest(id)),
            _ if self.synced.is_empty() || self.synced == [genesis_hash(self.collection)] => None,
            _ => Some(document_digest(id, &self.synced)),
        }
    }
}

fn counted(row: &Row<'_>) -> rusqlite::Result<Counted> {
    Ok(Counted {
        collection: sql::collection(row, 0)?,
        form: sql::parsed(row, 1, Form::parse)?,
        synced: sql::heads(row, 2)?,
    })
}

const COLUMNS: &str = "collection, form, bytes, heads, synced_heads, checksum";

fn read(row: &Row<'_>) -> rusqlite::Result<StoredDocument> {
    let bytes: Vec<u8> = row.get(2)?;
    let sound = Hash::of(&bytes) == sql::hash(row, 5)?;
    Ok(StoredDocument {
        collection: sql::collection(row, 0)?,
        form: sql::parsed(row, 1, Form::parse)?,
        bytes,
        heads: sql::heads(row, 3)?,
        synced: sql::heads(row, 4)?,
        sound,
    })
}

impl Tx<'_> {
    /// A document as it is stored; its checksum is compared, the rest is the caller's.
    pub fn document(&self, id: Uuid) -> Result<Option<StoredDocument>> {
        let sql = format!("SELECT {COLUMNS} FROM documents WHERE id = ?1");
        first(self.conn, &sql, params![id.as_bytes()], read)
    }

    /// Puts a document in place of what stands there, and moves the digest of its collection along.
    pub fn put_document(&self, id: Uuid, document: &StoredDocument) -> Result<()> {
        let before = self.counted(id)?.and_then(|old| old.digest(id));
        let StoredDocument { collection, form, synced, .. } = document;
        let after = Counted { collection: *collection, form: *form, synced: synced.clone() }.digest(id);
        let sql = "INSERT INTO documents (id, collection, form, bytes, checksum, heads, synced_heads)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                   ON CONFLICT (id) DO UPDATE SET form = excluded.form, bytes = excluded.bytes,
                   checksum = excluded.checksum, heads = excluded.heads, synced_heads = excluded.synced_heads";
        let (heads, synced) = (heads_blob(&document.heads), heads_blob(synced));
        let checksum = Hash::of(&document.bytes).0;
        let (collection, form) = (collection.as_str(), form.as_str());
        run(
            self.conn,
            sql,
            params![id.as_bytes(), collection, form, document.bytes, checksum, heads, synced],
        )?;
        self.move_digest(collection, before, after)
    }

    /// Puts a document that is new here; answers whether it was. One that stands there already is left alone.
    pub fn insert_document(&self, id: Uuid, document: &StoredDocument) -> Result<bool> {
        let sql = "INSERT INTO documents (id, collection, form, bytes, checksum, heads, synced_heads)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO NOTHING";
        let StoredDocument { collection, form, bytes, heads, synced, .. } = document;
        let checksum = Hash::of(bytes).0;
        let (heads, blob) = (heads_blob(heads), heads_blob(synced));
        let values = params![id.as_bytes(), collection.as_str(), form.as_str(), bytes, checksum, heads, blob];
        if run(self.conn, sql, values)? == 0 {
            return Ok(false);
        }
        let counted = Counted { collection: *collection, form: *form, synced: synced.clone() };
        self.move_digest(collection.as_str(), None, counted.digest(id))?;
        Ok(true)
    }

    /// The heads of a document, read without its bytes.
    pub fn heads_of(&self, id: Uuid) -> Result<Option<Heads>> {
        let sql = "SELECT heads FROM documents WHERE id = ?1";
        first(self.conn, sql, params![id.as_bytes()], |row| sql::heads(row, 0))
    }

    /// The heads of all documents, erased ones left out; read without their bytes.
    pub fn all_heads(&self) -> Result<Vec<(Uuid, Collection, Heads)>> {
        let sql = "SELECT id, collection, heads FROM documents WHERE form <> 'purged'";
        all(self.conn, sql, [], |row| Ok((sql::uuid(row, 0)?, sql::collection(row, 1)?, sql::heads(row, 2)?)))
    }

    /// Moves only the heads that the server knows.
    pub fn set_synced(&self, id: Uuid, synced: &Heads) -> Result<()> {
        let Some(mut document) = self.counted(id)? else { return Ok(()) };
        let before = document.digest(id);
        document.synced.clone_from(synced);
        let sql = "UPDATE documents SET synced_heads = ?2 WHERE id = ?1";
        run(self.conn, sql, params![id.as_bytes(), heads_blob(synced)])?;
        self.move_digest(document.collection.as_str(), before, document.digest(id))
    }

    /// Takes a document out, with its part of the digest. Should it come back with less than it had, the numbers of its
    /// lost changes must not be used again: whoever writes takes a new actor.
    pub fn remove_document(&self, id: Uuid) -> Result<()> {
        if let Some(document) = self.counted(id)? {
            self.renew.set(true);
            run(self.conn, "DELETE FROM documents WHERE id = ?1", params![id.as_bytes()])?;
            self.move_digest(document.collection.as_str(), document.digest(id), None)?;
        }
        Ok(())
    }

    /// The documents of a collection, by id.
    pub fn document_ids(&self, collection: Collection) -> Result<Vec<Uuid>> {
        let sql = "SELECT id FROM documents WHERE collection = ?1 AND form <> 'purged' ORDER BY id";
        all(self.conn, sql, params![collection.as_str()], |row| sql::uuid(row, 0))
    }

    /// The next documents that nobody has opened yet.
    pub fn unopened(&self, limit: usize) -> Result<Vec<Uuid>> {
        let sql = "SELECT id FROM documents WHERE form IN ('snapshot', 'change') ORDER BY n LIMIT ?1";
        all(self.conn, sql, params![i64::try_from(limit).unwrap_or(i64::MAX)], |row| sql::uuid(row, 0))
    }

    /// How many documents there are, erased ones left out.
    pub fn count_documents(&self) -> Result<u64> {
        let sql = "SELECT count(*) FROM documents WHERE form <> 'purged'";
        count(self.conn, sql, [])
    }

    /// What each document of a collection adds to its digest, by id.
    pub(super) fn document_digests(&self, collection: &str) -> Result<Vec<(Uuid, Hash)>> {
        let sql =
            "SELECT collection, form, synced_heads, id FROM documents WHERE collection = ?1 ORDER BY id";
        let rows = all(self.conn, sql, params![collection], |row| Ok((sql::uuid(row, 3)?, counted(row)?)))?;
        Ok(rows.into_iter().filter_map(|(id, document)| Some((id, document.digest(id)?))).collect())
    }

    fn counted(&self, id: Uuid) -> Result<Option<Counted>> {
        let sql = "SELECT collection, form, synced_heads FROM documents WHERE id = ?1";
        first(self.conn, sql, params![id.as_bytes()], counted)
    }

    /// The number that the document has in the search table.
    pub(super) fn document_number(&self, id: Uuid) -> Result<Option<i64>> {
        first(self.conn, "SELECT n FROM documents WHERE id = ?1", params![id.as_bytes()], |row| row.get(0))
    }

    /// Breaks a document on purpose, as a failing disk would; for tests of healing.
    #[doc(hidden)]
    pub fn damage_document(&self, id: Uuid, bytes: &[u8]) -> Result<()> {
        run(self.conn, "UPDATE documents SET bytes = ?2 WHERE id = ?1", params![id.as_bytes(), bytes])
            .map(drop)
    }
}
