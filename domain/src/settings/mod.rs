//! Settings: what her business is, when she works, what she asks for, how she is reached, how she looks.
//!
//! A slice of the shared room. Each section is one record with a version: it is read and replaced whole, so a device that
//! edits it offline says which version it saw. Pure.

mod clock;
mod hours;
mod policies;
mod preferences;
mod profile;
mod section;

pub use clock::{ClockTime, ClockTimeError, Interval};
pub use hours::{BusinessHours, DayException, TimeOff, Travel, Week};
pub use policies::{CancelPolicy, CancelRule, DepositMode, DepositPolicy, DepositRule, VisitPolicies};
pub use preferences::{Branding, Channels, Integrations, NotificationPrefs, QuietHours};
pub use profile::{Amounts, Profile};
pub use section::{Section, SectionValue, Setting, UnknownSectionError, VersionError};
