//! The contract of `/api/v1`, as far as both its doors speak it: how a query and a list are read, what the version of a thing
//! is, how a page and an error look. The server answers over HTTP, a device in process; what stands here, neither says twice.
//!
//! Pure: no sockets, no SQL, no clock. A header comes as its text, a table as a list of things.

mod flags;
mod listing;
mod paging;
mod pick;
mod query;
mod refusal;
mod spec;
mod versions;

pub use flags::{only_flag, says_json, take_flag};
pub use listing::{Condition, How, Listing, Sort, Value, moment_key};
pub use paging::{After, Cursor, Limit, Page};
pub use query::{QueryFields, camel_case};
pub use refusal::{ProblemBody, Refusal};
pub use spec::{Field, Kind, ListSpec, Use};
pub use versions::{Known, Tag, Wanted};
