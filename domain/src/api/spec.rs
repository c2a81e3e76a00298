//! What a list can be asked for: names and types. Where they are kept is the business of whoever keeps them.

/// A list.
#[derive(Debug)]
pub struct ListSpec {
    /// Its name; a cursor is bound to it.
    pub list: &'static str,
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
    /// A line, whatever its case, as `crate::search` folds it.
    Folded,
    /// One of some words.
    Word(&'static [&'static str]),
    /// A phone number as people write it; kept as E.164.
    Phone,
    /// A mail address in any case.
    Email,
    /// An id.
    Id,
    /// A moment.
    Moment,
    /// A moment of whole seconds.
    Seconds,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// An entry that it must have among others.
    Member,
}

impl Field {
    /// A field.
    #[must_use]
    pub const fn new(name: &'static str, kind: Kind, used: Use) -> Self {
        Self { name, kind, used }
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
