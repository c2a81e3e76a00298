//! The first rows of a file, field by field, as a map reads them: to be looked at before anything is written.
//!
//! Part of the import room. Pure.

use serde_json::{Map, Value as Json};

use super::{Columns, Content, ImportMap};

/// How many rows are shown.
const ROWS: usize = 3;

/// The first rows.
#[must_use]
pub fn sample(content: &Content, map: &ImportMap) -> Vec<Map<String, Json>> {
    let rows = content.table.rows.iter().filter_map(|row| row.cells.as_ref().ok()).take(ROWS);
    rows.map(|cells| {
        let read = |columns: &Columns| {
            let found = columns.names().iter().filter_map(|name| cells.get(content.table.column(name)?));
            found.filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>().join(" ")
        };
        map.columns.iter().map(|(field, columns)| (field.clone(), Json::from(read(columns)))).collect()
    })
    .collect()
}
