//! What all routes share: who asks ([`Principal`]), what a body, path or query may be, how a list is paged, how an error
//! looks ([`Problem`]), and the layers around everything. Knows tokens through `auth`, and no slice.

mod abilities;
mod access_log;
mod body;
mod client_address;
mod cookies;
mod csrf;
mod edge;
#[cfg(test)]
mod edge_tests;
mod errors_doc;
pub mod features;
mod finish;
mod html;
mod input;
mod language;
mod layers;
pub mod limits;
mod output;
mod paging;
mod principal;
mod problem;
mod query;
mod request_id;
mod security;
pub mod sunset;
#[cfg(test)]
mod tests;
mod visitor;

pub use abilities::{ABILITIES, EVERYTHING};
pub use body::read_body;
pub use client_address::{Networks, NetworksError, TrustedProxies, household};
pub use cookies::{CookieStyle, SESSION_DAYS, clear_session, keep_mark, keep_session};
pub use domain::api::{After, Page, QueryFields};
pub use edge::{Edge, Origins, OriginsError};
pub use errors_doc::{
    AnonymousErrors, BookErrors, ContactErrors, ItemErrors, ItemListErrors, LimitErrors, ListErrors,
    MoneyErrors, PasswordErrors, QuestionErrors, RemoveErrors, SignInErrors, UploadErrors, WebhookErrors,
    WriteErrors,
};
pub(crate) use html::escape;
pub use input::{JsonObject, PathId};
pub use language::Language;
pub use layers::around;
pub use output::now_text;
pub use paging::PageQuery;
pub use principal::{Principal, Read, TokenKind, works_despite_suspension};
pub use problem::{Problem, ProblemBody};
pub use query::Asked;
pub use request_id::{current_request_id, with_request_id};
pub use visitor::Visitor;

/// The largest body of all routes but `/sync`, after decompression: 1 MiB.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;
