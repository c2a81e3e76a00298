//! Where the fields of a list are kept: the table, and the column of each field.

use domain::api::{Field, ListSpec};

/// The table behind a list.
#[derive(Debug)]
pub struct Table {
    /// What may be asked of it.
    pub spec: &'static ListSpec,
    /// The table.
    pub table: &'static str,
    /// The column with the JSON of a row.
    pub json: &'static str,
    /// What holds for all rows that may be shown.
    pub living: &'static str,
    /// The columns of the fields, in the order of the fields.
    pub columns: &'static [Column],
}

/// The column of a field.
#[derive(Debug)]
pub struct Column {
    field: &'static str,
    /// The expression in SQL. One that sorts is never null.
    pub sql: &'static str,
    /// The column that must not be null for a filter to hold, where `sql` stands in for one that may be.
    pub present: Option<&'static str>,
}

impl Column {
    /// A column that speaks for itself.
    #[must_use]
    pub const fn new(field: &'static str, sql: &'static str) -> Self {
        Self { field, sql, present: None }
    }

    /// The same, but filters hold only where this column is not null.
    #[must_use]
    pub const fn present(self, column: &'static str) -> Self {
        Self { present: Some(column), ..self }
    }
}

impl Table {
    /// The same, after a look at whether each field has its column. A table that lacks one does not compile.
    #[must_use]
    pub const fn checked(self) -> Self {
        assert!(self.columns.len() == self.spec.fields.len(), "each field has a column");
        let mut at = 0;
        while at < self.columns.len() {
            assert!(
                is_same(self.columns[at].field, self.spec.fields[at].name),
                "columns stand in the order of the fields"
            );
            at += 1;
        }
        self
    }

    /// The column of a field of this list.
    pub(super) fn column(&self, field: &Field) -> &'static Column {
        let at = self.spec.fields.iter().position(|own| own.name == field.name);
        &self.columns[at.expect("a field comes from the list's own spec")]
    }
}

const fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}
