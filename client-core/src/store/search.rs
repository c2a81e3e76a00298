//! Table `search`: full text, folded on both sides, found by the beginnings of words and the digits of phones.

use domain::Projection;
use domain::search::{digits, fold};
use rusqlite::params;
use uuid::Uuid;

use super::sql::{self, all, first, run};
use super::{Result, Tx};

/// Something that a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// `clients`, `appointments` or `notes`.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
}

impl Tx<'_> {
    /// What a query finds: every word of it begins a word of the text, or the query's digits are part of a phone.
    pub fn search(&self, query: &str) -> Result<Vec<Found>> {
        let Some(matching) = match_expression(query) else { return Ok(Vec::new()) };
        let sql = "SELECT kind, id FROM search WHERE search MATCH ?1 ORDER BY kind, id";
        all(self.conn, sql, params![matching], |row| Ok(Found { kind: row.get(0)?, id: sql::uuid(row, 1)? }))
    }

    /// Makes a document's words findable, or no longer if it is removed. Words that are the same are left alone: to take
    /// them out and put them in again would be most of the work of an edit.
    pub(super) fn index(&self, id: Uuid, projection: &Projection) -> Result<()> {
        let Some(number) = self.document_number(id)? else { return Ok(()) };
        let (kind, text) = searched(projection);
        let sql = "SELECT text FROM search WHERE rowid = ?1";
        let before: Option<String> = first(self.conn, sql, params![number], |row| row.get(0))?;
        if before.as_deref().unwrap_or_default() == text {
            return Ok(());
        }
        if before.is_some() {
            run(self.conn, "DELETE FROM search WHERE rowid = ?1", params![number])?;
        }
        self.insert_words(number, kind, id, &text)
    }

    /// The same for a document that was put just now and was not there before.
    pub(super) fn index_new(&self, id: Uuid, projection: &Projection) -> Result<()> {
        let Some(number) = self.document_number(id)? else { return Ok(()) };
        let (kind, text) = searched(projection);
        self.insert_words(number, kind, id, &text)
    }

    fn insert_words(&self, number: i64, kind: &str, id: Uuid, text: &str) -> Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let sql = "INSERT INTO search (rowid, kind, id, text) VALUES (?1, ?2, ?3, ?4)";
        run(self.conn, sql, params![number, kind, id.as_bytes(), text]).map(drop)
    }

    pub(super) fn unindex(&self, id: Uuid) -> Result<()> {
        match self.document_number(id)? {
            Some(number) => run(self.conn, "DELETE FROM search WHERE rowid = ?1", params![number]).map(drop),
            None => Ok(()),
        }
    }
}

/// Where a document is found, and its folded words; none once it is removed.
fn searched(projection: &Projection) -> (&'static str, String) {
    let (kind, text) = match projection {
        Projection::Clients(row) => {
            let phones = row.phone.iter().chain(row.contacts.keys()).map(|phone| phone_words(phone));
            ("clients", fold(&row.search_text()) + " " + &phones.collect::<Vec<_>>().join(" "))
        }
        Projection::Appointments(row) => ("appointments", fold(&row.note)),
        Projection::Notes(row) => ("notes", fold(&row.body)),
    };
    if projection.is_deleted() { (kind, String::new()) } else { (kind, text) }
}

/// A number as people ask for it: whole, without the country, its last seven, its last four.
fn phone_words(phone: &str) -> String {
    let whole = digits(phone);
    let tails = [10, 7, 4].into_iter().filter_map(|n| whole.len().checked_sub(n).map(|at| &whole[at..]));
    std::iter::once(whole.as_str()).chain(tails).collect::<Vec<_>>().join(" ")
}

fn match_expression(query: &str) -> Option<String> {
    let folded = fold(query);
    if !folded.contains(char::is_alphabetic) && digits(&folded).len() >= 3 {
        let plain: String = folded.chars().filter(char::is_ascii_digit).collect();
        return Some(format!("\"{}\"* OR \"{plain}\"*", digits(&folded)));
    }
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let terms: Vec<String> = words.map(|word| format!("\"{word}\"*")).collect();
    (!terms.is_empty()).then(|| terms.join(" "))
}
