//! The one path of every edit: open, change, prove, store with row, search, digest and outbox, commit (rule D1).

use std::collections::{BTreeMap, BTreeSet};

use domain::api::Tag;
use domain::documents::{Author, Chunk, Collection, Document, Hash, Verdict};
use domain::ids::{GroupId, Ids};
use domain::sync::{MOST_DOCUMENTS, in_groups};
use domain::{Projection, project};
use uuid::Uuid;

use super::{App, AppError, Result};
use crate::replica::{self, Opened};
use crate::store::{End, Tx};

/// What making a document gives: the document, and its first change.
pub type Created = (Document, Option<Chunk>);

impl App {
    /// Writes a new document under an id that nobody has used. `make` gets the author, the time in seconds, and ids.
    pub fn create_document(
        &mut self,
        id: Uuid,
        make: impl FnOnce(&Author, i64, &mut dyn Ids) -> Created,
    ) -> Result<Projection> {
        self.renew_author()?;
        let (at, group) = (self.now().as_second(), self.group);
        let (mut document, chunk) = make(&self.author, at, self.ids.as_mut());
        let blank = Document::new(document.collection());
        self.store.write(|tx| {
            if tx.document(id)?.is_some() {
                return Err(AppError::Exists(id));
            }
            let chunk = chunk.ok_or(AppError::NotFound(id))?;
            write(tx, id, group, &blank, &mut document, &chunk)
        })
    }

    /// Edits a document that is there and not removed. Answers the row, also when the edit changed nothing.
    pub fn edit_document(
        &mut self,
        collection: Collection,
        id: Uuid,
        edit: impl FnOnce(&mut Document, &Author, i64, &mut dyn Ids) -> Option<Chunk>,
    ) -> Result<Projection> {
        self.change_standing(collection, id, Removed::Refused, edit)
    }

    /// The same also for a removed document: imports bring back what their undoing removed.
    pub(crate) fn change_document(
        &mut self,
        collection: Collection,
        id: Uuid,
        edit: impl FnOnce(&mut Document, &Author, i64, &mut dyn Ids) -> Option<Chunk>,
    ) -> Result<Projection> {
        self.change_standing(collection, id, Removed::Taken, edit)
    }

    /// Who writes now. After a failed commit somebody new.
    pub(crate) fn fresh_author(&mut self) -> Result<&Author> {
        self.renew_author()?;
        Ok(&self.author)
    }

    fn change_standing(
        &mut self,
        collection: Collection,
        id: Uuid,
        removed: Removed,
        edit: impl FnOnce(&mut Document, &Author, i64, &mut dyn Ids) -> Option<Chunk>,
    ) -> Result<Projection> {
        self.renew_author()?;
        let (at, group) = (self.now().as_second(), self.group);
        let Self { store, author, ids, .. } = self;
        // The inner result is not an error of the transaction: what was learnt about a damaged document is kept.
        store.write::<_, AppError>(|tx| {
            let mut document = match replica::open(tx, id, at)? {
                Opened::Ready(document) if document.collection() == collection => document,
                Opened::Damaged => return Ok(Err(AppError::Damaged(id))),
                // Put aside as damaged a moment ago, and on its way from the server.
                Opened::Absent if tx.is_wanted(id)? => return Ok(Err(AppError::Damaged(id))),
                Opened::Ready(_) | Opened::Absent | Opened::Purged => return Ok(Err(AppError::NotFound(id))),
            };
            let standing = project(&mut document);
            if standing.is_deleted() && removed == Removed::Refused {
                return Ok(Err(AppError::NotFound(id)));
            }
            let before = document.clone();
            match edit(&mut document, author, at, ids.as_mut()) {
                Some(chunk) => write(tx, id, group, &before, &mut document, &chunk).map(Ok),
                None => Ok(Ok(standing)),
            }
        })?
    }

    /// Changes several documents as one action: `act` gets them open and answers the changes it made, in order. Answers those
    /// by document and hash. What has never been here, or was erased, is left out of what `act` gets. Here it is one
    /// transaction; more than 64 documents travel in several groups.
    pub(crate) fn change_together(
        &mut self,
        ids: &BTreeSet<Uuid>,
        act: impl FnOnce(&mut BTreeMap<Uuid, Document>, &Author, i64, &mut dyn Ids) -> Result<Vec<(Uuid, Chunk)>>,
    ) -> Result<Vec<(Uuid, Hash)>> {
        self.renew_author()?;
        let at = self.now().as_second();
        let Self { store, author, ids: fresh, group: outer, .. } = self;
        // The inner result is not an error of the transaction: what was learnt about a damaged document is kept.
        store.write::<_, AppError>(|tx| {
            let mut open = BTreeMap::new();
            for id in ids {
                match replica::open(tx, *id, at)? {
                    Opened::Ready(document) => {
                        open.insert(*id, document);
                    }
                    Opened::Damaged => return Ok(Err(AppError::Damaged(*id))),
                    Opened::Absent if tx.is_wanted(*id)? => return Ok(Err(AppError::Damaged(*id))),
                    Opened::Absent | Opened::Purged => {}
                }
            }
            let mut standing = open.clone();
            let changes = act(&mut open, author, at, fresh.as_mut())?;
            let touched: BTreeSet<Uuid> = changes.iter().map(|(id, _)| *id).collect();
            if touched.len() > MOST_DOCUMENTS {
                return Err(AppError::GroupTooLarge);
            }
            let done = changes.iter().map(|(id, chunk)| (*id, chunk.hash())).collect();
            for changes in in_groups(changes) {
                let group = outer.unwrap_or_else(|| GroupId(fresh.uuid()));
                for (id, chunk) in changes {
                    let before = standing.get(&id).ok_or(AppError::NotFound(id))?;
                    let after = prove(before, &chunk)?.ok_or(AppError::Damaged(id))?;
                    let entries = replica::entries(id, after.collection(), Some(group.into()), &[chunk]);
                    tx.queue(End::Back, &entries)?;
                    standing.insert(id, after);
                }
            }
            for id in &touched {
                if let Some(document) = standing.get_mut(id) {
                    replica::keep(tx, *id, document)?;
                }
            }
            Ok(Ok(done))
        })?
    }

    /// The version of a document that is here, own unsent changes included.
    pub fn version(&self, id: Uuid) -> Result<Tag> {
        let stored = self.store.read::<_, AppError>(|tx| Ok(tx.document(id)?))?;
        Ok(Tag::of_heads(&stored.ok_or(AppError::NotFound(id))?.heads))
    }

    /// What kind of document is known under this id, removed or not.
    pub fn collection_of(&self, id: Uuid) -> Result<Option<Collection>> {
        self.store.read(|tx| Ok(tx.document(id)?.map(|stored| stored.collection)))
    }

    /// Whether a document, removed or not, is known under this id.
    pub fn knows_document(&self, id: Uuid) -> Result<bool> {
        self.store.read(|tx| Ok(tx.document(id)?.is_some()))
    }
}

/// What becomes of an edit of a removed document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Removed {
    Refused,
    Taken,
}

fn write(
    tx: &Tx<'_>,
    id: Uuid,
    group: Option<GroupId>,
    before: &Document,
    document: &mut Document,
    chunk: &Chunk,
) -> Result<Projection> {
    let mut proven = prove(before, chunk)?;
    let document = proven.as_mut().unwrap_or(document);
    let entries =
        replica::entries(id, document.collection(), group.map(Uuid::from), std::slice::from_ref(chunk));
    tx.queue(End::Back, &entries)?;
    Ok(replica::keep(tx, id, document)?)
}

/// The server's own checks, before the commit: so an honest device is never refused. Answers the document as it came
/// out of them.
fn prove(before: &Document, chunk: &Chunk) -> Result<Option<Document>> {
    let checked = Chunk::check(before.collection(), chunk.hash(), chunk.bytes())
        .map_err(|error| AppError::Impossible(error.code()))?;
    let received = before.receive(&[checked]);
    match received.verdicts.as_slice() {
        [Verdict::Refused(code)] => Err(AppError::Impossible(*code)),
        [Verdict::Stored] => Ok(Some(received.document)),
        _ => Ok(None),
    }
}
