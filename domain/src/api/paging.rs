//! Pages of a list. A cursor names the last entry that was shown, not a count, so what is added or removed meanwhile
//! neither repeats nor hides an entry. Opaque to the caller, and bound to its list and filters.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::refusal::Refusal;
use crate::errors::ErrorCode;

/// How many entries a page may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(u8);

impl Limit {
    /// What a caller gets who does not ask.
    pub const DEFAULT: Self = Self(50);
    const MOST: u8 = 200;

    /// 1 to 200.
    #[must_use]
    pub fn new(number: i64) -> Option<Self> {
        u8::try_from(number).ok().filter(|number| (1..=Self::MOST).contains(number)).map(Self)
    }

    /// What to ask the database for: one more, which says whether there is a next page.
    #[must_use]
    pub fn and_one(self) -> i64 {
        i64::from(self.0) + 1
    }
}

/// Where a list goes on. `view` names list and filters.
#[derive(Clone, Debug)]
pub struct Cursor {
    view: String,
    after: Option<After>,
}

/// The last entry that was shown: what the list is sorted by (nothing if that is unknown), and its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct After(pub Option<String>, pub Uuid);

impl Cursor {
    pub(super) fn read(view: String, text: Option<&str>) -> Result<Self, Refusal> {
        let Some(text) = text else { return Ok(Self { view, after: None }) };
        let after = decode(text).filter(|(of, _)| *of == view).map(|(_, after)| after);
        match after {
            Some(after) => Ok(Self { view, after: Some(after) }),
            None => Err(Refusal::new(ErrorCode::BadCursor)),
        }
    }

    /// The entry to go on after; none at the beginning.
    #[must_use]
    pub const fn after(&self) -> Option<&After> {
        self.after.as_ref()
    }

    /// A page of the rows that were found for [`Limit::and_one`]; `after` names a row, `show` makes it visible.
    pub fn page<R, T>(
        self,
        limit: Limit,
        mut rows: Vec<R>,
        after: impl Fn(&R) -> After,
        show: impl FnMut(R) -> T,
    ) -> Page<T> {
        let has_more = rows.len() > usize::from(limit.0);
        rows.truncate(limit.0.into());
        let next_cursor = rows.last().filter(|_| has_more).map(|last| encode(&self.view, &after(last)));
        Page { data: rows.into_iter().map(show).collect(), next_cursor }
    }
}

fn encode(view: &str, after: &After) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&(view, after)).unwrap_or_default())
}

fn decode(text: &str) -> Option<(String, After)> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// A page of a list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The entries.
    pub data: Vec<T>,
    /// What to send as `cursor` for the next page; `null` on the last one.
    pub next_cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_goes_on_where_the_page_ended_and_only_in_its_list() {
        let id = Uuid::from_u128(7);
        let start = Cursor::read("clients".to_owned(), None).unwrap();
        let after = |name: &&str| After(Some((*name).to_owned()), id);
        let page = start.page(Limit::new(2).unwrap(), vec!["a", "b", "c"], after, |name| name);
        assert_eq!(page.data, ["a", "b"]);
        let next = page.next_cursor.unwrap();
        let cursor = Cursor::read("clients".to_owned(), Some(&next)).unwrap();
        assert_eq!(cursor.after(), Some(&After(Some("b".to_owned()), id)));
        for (view, text) in [("notes", next.as_str()), ("clients", "bm9uc2Vuc2U"), ("clients", "!")] {
            assert_eq!(Cursor::read(view.to_owned(), Some(text)).unwrap_err().code, ErrorCode::BadCursor);
        }
    }

    #[test]
    fn the_last_page_has_no_cursor() {
        let start = Cursor::read("clients".to_owned(), None).unwrap();
        let page = start.page(Limit::DEFAULT, vec![1], |_| After(None, Uuid::nil()), |n| n);
        assert_eq!(page.next_cursor, None);
        assert_eq!([Limit::new(0), Limit::new(201), Limit::new(-1)], [None; 3]);
    }
}
