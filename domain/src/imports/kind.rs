//! What can be imported, and which fields a map may fill.
//!
//! Part of the import room. Pure data.

use serde::{Deserialize, Serialize};

/// What the rows of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The price list.
    Services,
    /// People.
    Clients,
    /// Visits; also cancellations and no-shows.
    Appointments,
    /// Lines of receipts.
    Payments,
}

impl Kind {
    /// The word of the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Services => "services",
            Self::Clients => "clients",
            Self::Appointments => "appointments",
            Self::Payments => "payments",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// All of them, in the order in which they are imported.
    pub const ALL: [Self; 4] = [Self::Services, Self::Clients, Self::Appointments, Self::Payments];

    /// The word inside of ids: never changed.
    #[must_use]
    pub(super) const fn id_word(self) -> &'static str {
        match self {
            Self::Services => "service",
            Self::Clients => "client",
            Self::Appointments => "appointment",
            Self::Payments => "payment",
        }
    }

    /// The fields that a map may fill.
    #[must_use]
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Services => &["name", "category", "price", "cost", "duration", "active"],
            Self::Clients => &[
                "name",
                "phone",
                "email",
                "contacts",
                "birthday",
                "tags",
                "allergies",
                "notes",
                "locale",
                "loyaltyLevel",
                "source",
            ],
            Self::Appointments => &[
                "client", "service", "date", "time", "starts", "duration", "price", "cost", "deposit",
                "note", "status", "recorded",
            ],
            Self::Payments => &["client", "date", "amount", "description", "receipt", "quantity", "provider"],
        }
    }

    /// The fields of which one in each line must be mapped.
    pub(super) const fn needed(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Services => &[&["price"]],
            Self::Clients => &[],
            Self::Appointments => &[&["date", "starts"]],
            Self::Payments => &[&["date"], &["amount"]],
        }
    }

    /// Whether other files name these things by their code, so that the key is that code and stands only once.
    #[must_use]
    pub(super) const fn is_known_by_its_key(self) -> bool {
        matches!(self, Self::Services | Self::Clients)
    }
}
