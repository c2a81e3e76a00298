//! The imports that have left something here, wherever they were done.
//!
//! Part of the import room. Read from the marks of what they made; file and time are known where an import was done.

use std::collections::BTreeMap;

use domain::Projection;
use domain::dates::format_seconds;
use domain::documents::Collection;
use domain::imports::{Job, Report, updated_by};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::app::{App, AppError};
use crate::store::StoreError;

/// Where this device keeps what it knows of its own imports.
const OWN: &str = "imports";

/// An import, as a list shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    /// What it is known by.
    pub id: Uuid,
    /// What its rows are; known where it was done.
    pub kind: Option<String>,
    /// The other program; known where it was done.
    pub source: Option<String>,
    /// When it was last done here, RFC 3339.
    pub imported_at: Option<String>,
    /// Things that it made and that are here.
    pub standing: usize,
    /// Things that it made and that an undo took out.
    pub undone: usize,
    /// Things that were there and that it changed.
    pub changed: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Own {
    kind: String,
    source: String,
    at: i64,
}

impl App {
    /// All imports that have left something here, the newest of this device first.
    pub fn imports(&self) -> Result<Vec<Listed>, AppError> {
        let mut all: BTreeMap<Uuid, Listed> = BTreeMap::new();
        let mut changed = Vec::new();
        let mut count = |import: &str, is_undone: bool| {
            if let Ok(id) = import.parse() {
                let listed = all.entry(id).or_insert_with(|| Listed { id, ..Listed::default() });
                if is_undone { listed.undone += 1 } else { listed.standing += 1 }
            }
        };
        for collection in [Collection::Clients, Collection::Appointments] {
            let rows =
                self.store().read::<_, AppError>(|tx| Ok(tx.rows_with(collection, "\"importId\"")?))?;
            for (_, row) in rows {
                let row = Projection::from_json(collection, &row).map_err(StoreError::from)?;
                if let Some(import) = row.meta().get("importId").and_then(Json::as_str) {
                    count(import, row.is_deleted() && row.meta().contains_key("importUndone"));
                }
                changed.extend(updated_by(row.meta()));
            }
        }
        let marks = self.services()?.into_iter().map(|service| service.meta);
        for meta in marks.chain(self.payments(None)?.into_iter().map(|payment| payment.metadata)) {
            if let Some(import) = meta.get("importId").and_then(Json::as_str) {
                count(import, false);
            }
            changed.extend(updated_by(&meta));
        }
        for id in changed {
            all.entry(id).or_insert_with(|| Listed { id, ..Listed::default() }).changed += 1;
        }
        let own: BTreeMap<Uuid, Own> = self.own_imports()?;
        for (id, own) in &own {
            let listed = all.entry(*id).or_insert_with(|| Listed { id: *id, ..Listed::default() });
            listed.kind = Some(own.kind.clone());
            listed.source = Some(own.source.clone());
            listed.imported_at = format_seconds(own.at);
        }
        let mut all: Vec<Listed> = all.into_values().collect();
        all.sort_by(|a, b| (&b.imported_at, a.id).cmp(&(&a.imported_at, b.id)));
        Ok(all)
    }

    pub(super) fn remember_import(&mut self, job: &Job<'_>, report: &Report) -> Result<(), AppError> {
        let mut own = self.own_imports()?;
        let (kind, source) = (job.kind.as_str().to_owned(), job.map.source.clone());
        own.insert(report.import, Own { kind, source, at: self.now().as_second() });
        self.store_mut().write(|tx| Ok(tx.set_meta(OWN, &own)?))
    }

    fn own_imports(&self) -> Result<BTreeMap<Uuid, Own>, AppError> {
        self.store().read(|tx| Ok(tx.meta(OWN)?.unwrap_or_default()))
    }
}
