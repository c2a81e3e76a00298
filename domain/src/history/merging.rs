//! What merging one client into another did to all the documents that it touched: found again in those documents, so that
//! taking the merging back takes back all of it, however many visits and notes went over.
//!
//! Part of the history room. Pure. Nothing has to be remembered beside the changes: all of them bear one signature, and each
//! says from whom it went to whom.

use serde_json::Value as Json;
use uuid::Uuid;

use super::changes::touched;
use crate::clients::MERGED_FROM;
use crate::documents::{Collection, Document, Hash, Logged, Signature};

/// A merging, or the taking back of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merging {
    /// The client who leads to the other, or does so no more.
    pub gone: Uuid,
    /// The client who stays.
    pub into: Uuid,
    by: Signature,
}

impl Merging {
    /// The merging of which this change of the client `id` is a part, on the card of who goes or of who stays; `None` if the
    /// change is of another kind.
    #[must_use]
    pub fn of(id: Uuid, document: &mut Document, change: Hash) -> Option<Self> {
        if document.collection() != Collection::Clients {
            return None;
        }
        let logged = document.log().into_iter().find(|logged| logged.hash == change)?;
        let pair = |(field, from, to): (String, Json, Json)| match field.as_str() {
            "mergedInto" => [to, from].iter().find_map(|end| Some((id, end.as_str()?.parse().ok()?))),
            field => Some((mark(field)?, id)),
        };
        let (gone, into) = fields(document, &logged).into_iter().find_map(pair)?;
        Some(Self { gone, into, by: logged.signature })
    }

    /// The change that it made of a document: of one of the two clients, or of something of theirs.
    #[must_use]
    pub fn part(&self, document: &mut Document) -> Option<Hash> {
        let log = document.log();
        let mut same = log.iter().rev().filter(|logged| {
            let Signature { at, command, device, .. } = &logged.signature;
            (at, command, device) == (&self.by.at, &self.by.command, &self.by.device)
        });
        let found = same.find(|logged| fields(document, logged).iter().any(|field| self.is_told_by(field)));
        found.map(|logged| logged.hash)
    }

    fn is_told_by(&self, (field, from, to): &(String, Json, Json)) -> bool {
        let [from, to] = [from, to].map(|end| end.as_str().and_then(|text| text.parse::<Uuid>().ok()));
        match field.as_str() {
            "clientId" => [(from, to), (to, from)].contains(&(Some(self.gone), Some(self.into))),
            "mergedInto" => [from, to].contains(&Some(self.into)),
            field => mark(field) == Some(self.gone),
        }
    }
}

/// Who went, if this field is the mark of who stays.
fn mark(field: &str) -> Option<Uuid> {
    field.strip_prefix("meta.")?.strip_prefix(MERGED_FROM)?.parse().ok()
}

fn fields(document: &mut Document, logged: &Logged) -> Vec<(String, Json, Json)> {
    let names = document.written_in(logged.hash);
    touched(document, logged, names.as_ref())
}
