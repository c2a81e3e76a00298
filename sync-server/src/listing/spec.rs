//! What a list can be asked for. Names, types and columns together, so that they cannot drift apart.

/// A list of one table.
#[derive(Debug)]
pub struct ListSpec {
    /// Its name; a cursor is bound to it.
    pub list: &'static str,
    /// The table.
    pub table: &'static str,
    /// The column with the JSON of a row.
    pub json: &'static str,
    /// What holds for all rows that may be shown.
    pub living: &'static str,
    /// What it can be filtered and sorted by.
    pub fields: &'static [Field],
    /// The field that it is sorted by unless asked otherwise.
    pub sort: &'static str,
}

/// A field of a list.
#[derive(Debug)]
pub struct Field {
    /// As in the JSON, camelCase.
    pub name: &'static str,
    /// The expression in SQL. One that sorts is never null.
    pub column: &'static str,
    /// The column that must not be null for a filter to hold, where `column` stands in for one that may be.
    pub present: Option<&'static str>,
    /// What its values are.
    pub kind: Kind,
    /// What it may be used for.
    pub used: Use,
}

/// What a field is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// `filter[name]=`.
    Filter,
    /// `sort=name`.
    Sort,
    /// Both.
    Both,
}

/// What the values of a field are, and with that how they are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A line, letter by letter.
    Line,
    /// A line, whatever its case; the column is folded by `domain::search`.
    Folded,
    /// One of some words.
    Word(&'static [&'static str]),
    /// A phone number as people write it; the column is E.164.
    Phone,
    /// A mail address in any case; the column is in lower case.
    Email,
    /// An id.
    Id,
    /// A moment; the column is a `timestamptz`.
    Moment,
    /// A moment; the column counts seconds since 1970.
    Seconds,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// An entry that the JSON array of the column must have.
    Member,
}

impl Field {
    /// A field whose column speaks for itself.
    #[must_use]
    pub const fn new(name: &'static str, column: &'static str, kind: Kind, used: Use) -> Self {
        Self { name, column, present: None, kind, used }
    }

    /// The same, but filters hold only where this column is not null.
    #[must_use]
    pub const fn present(self, column: &'static str) -> Self {
        Self { present: Some(column), ..self }
    }
}

impl Kind {
    /// Whether more and less make sense.
    #[must_use]
    pub const fn has_range(self) -> bool {
        matches!(self, Self::Moment | Self::Seconds | Self::Number)
    }
}

impl Use {
    /// Whether it may stand in `filter[...]`.
    #[must_use]
    pub const fn filters(self) -> bool {
        matches!(self, Self::Filter | Self::Both)
    }

    /// Whether it may stand in `sort=`.
    #[must_use]
    pub const fn sorts(self) -> bool {
        matches!(self, Self::Sort | Self::Both)
    }
}

impl ListSpec {
    /// A field by its name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}
