//! Names for things: one UUID newtype per kind of thing, and the two seams through which chance enters.
//!
//! Pure words of the shared room. New ids are UUIDv7 and come from an [`Ids`] argument; ids of imported things
//! are derived from their source with [`imported_id`], so that importing the same file twice, or on two devices
//! that have never met, names the same thing once.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where new ids come from. Production hands out UUIDv7; a simulated world hands out its own.
pub trait Ids: Send {
    /// A new id that nobody has used.
    fn uuid(&mut self) -> Uuid;
}

/// What time it is. Only for showing and for deadlines: no rule about who wins ever asks a clock.
pub trait Clock: Send + Sync {
    /// The present moment as this machine believes it.
    fn now(&self) -> Timestamp;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}({})", stringify!($name), self.0) }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { Uuid::parse_str(text).map(Self) }
        }
        impl From<Uuid> for $name { fn from(id: Uuid) -> Self { Self(id) } }
        impl From<$name> for Uuid { fn from(id: $name) -> Self { id.0 } }
    )*};
}

ids! {
    /// One master's business: the wall between what is hers and what is not.
    TenantId,
    /// A person who signs in.
    UserId,
    /// A phone or laptop with a working copy.
    DeviceId,
    /// A client of the salon.
    ClientId,
    /// A visit, or a block of personal time.
    AppointmentId,
    /// A note about a client or a visit.
    NoteId,
    /// A service in the price list.
    ServiceId,
    /// A payment or a refund.
    PaymentId,
    /// An invoice.
    InvoiceId,
    /// A payment over the internet, from the link to its end.
    OnlinePaymentId,
    /// A picture.
    MediaId,
    /// A personal access token, a device's token or a browser session.
    TokenId,
    /// Changes made by one action: they stand or fall together.
    GroupId,
    /// Something a device asked the server to do, once.
    IntentId,
}

impl DeviceId {
    /// As it stands in the history of every document: short, and without spaces.
    #[must_use]
    pub fn short(self) -> String {
        let id = self.0.to_string();
        id[id.len() - 8..].to_owned()
    }
}

/// The name space of imported things (a UUIDv8-free, fixed, arbitrary UUID; never changed).
const IMPORTS: Uuid = Uuid::from_u128(0x6f1d_2f5e_93c4_5b0e_8a37_5d1e_70c2_a9b1);

/// The id of a thing that came from another program: the same tenant, source and key name the same thing on every
/// device, for ever (UUIDv5, RFC 9562 section 5.5).
#[must_use]
pub fn imported_id(tenant: TenantId, source: &str, kind: &str, key: &str) -> Uuid {
    let space = Uuid::new_v5(&IMPORTS, tenant.0.as_bytes());
    Uuid::new_v5(&space, format!("{source}\u{1f}{kind}\u{1f}{key}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_imported_thing_has_one_name_everywhere() {
        let tenant = TenantId(Uuid::from_u128(7));
        let id = imported_id(tenant, "salon", "client", "KERT01");
        assert_eq!(id, imported_id(tenant, "salon", "client", "KERT01"));
        assert_ne!(id, imported_id(TenantId(Uuid::from_u128(8)), "salon", "client", "KERT01"));
        assert_ne!(id, imported_id(tenant, "salon", "clientK", "ERT01"));
    }
}
