//! The rows that are wanted, each with what tells it from all others.
//!
//! Part of the import room. Pure. Things that other files name by code (services, clients) have their code as key,
//! and it stands only once; of equal appointments and payments the second is the second one, and so on. Counted over
//! the whole file, so that `--where` never changes what a row is known by.

use std::collections::HashMap;

use super::cells::Plan;
use super::table::Table;
use super::{Kind, Problem};

/// A row that is wanted.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) line: u64,
    /// Its key and its cells, or what is wrong with it.
    pub(super) content: Result<(String, &'a [String]), Problem>,
}

/// The wanted rows, and how many were left out.
pub(super) fn entries<'a>(kind: Kind, table: &'a Table, plan: &Plan<'_>) -> (Vec<Entry<'a>>, usize) {
    let (mut seen, mut first_line) = (HashMap::<String, usize>::new(), HashMap::<String, u64>::new());
    let (mut entries, mut left_out) = (Vec::new(), 0);
    for row in &table.rows {
        let line = row.line;
        let cells = match &row.cells {
            Ok(cells) => cells,
            Err(problem) => {
                entries.push(Entry { line, content: Err(problem.clone()) });
                continue;
            }
        };
        let key = plan.key(cells);
        let count = seen.entry(key.clone().unwrap_or_default()).or_insert(0);
        *count += 1;
        if !plan.is_wanted(cells) {
            left_out += 1;
            continue;
        }
        let content = match key {
            None if kind.is_known_by_its_key() => Err(Problem::NoKey),
            Some(key) if kind.is_known_by_its_key() => {
                let first = *first_line.entry(key.clone()).or_insert(line);
                if first == line { Ok((key, cells.as_slice())) } else { Err(Problem::Repeated(first)) }
            }
            key => {
                let key = key.unwrap_or_default();
                let key = if *count > 1 { format!("{key}\u{1f}#{count}") } else { key };
                Ok((key, cells.as_slice()))
            }
        };
        entries.push(Entry { line, content });
    }
    (entries, left_out)
}
