//! Codes of letters: given out once, for one purpose, for an hour, and used once. Only their hash is kept; what they are to
//! confirm is sealed.

use domain::errors::{ErrorCode, FieldProblem};
use domain::ids::UserId;
use domain::input::Fields;
use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};

use super::keys::{Key, to_micros};
use super::store_codes::{self, NewCode};
use super::store_sessions;
use crate::AppState;
use crate::db::{StoreError, TenantTx};
use crate::http::Problem;

/// How long a code works.
const LIFE: SignedDuration = SignedDuration::from_hours(1);
/// Codes of one purpose that one person is sent within that time: more would be a way to flood a mailbox.
const MOST_AT_A_TIME: i64 = 5;

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A new password.
    Password,
    /// A new address.
    Email,
    /// A new phone.
    Phone,
}

impl Purpose {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

/// What a code was given out for.
#[derive(Debug)]
pub(super) struct Confirmed {
    pub(super) user: UserId,
    /// What was to be confirmed.
    pub(super) value: String,
}

/// A new code; `None` if enough are on their way.
pub(super) async fn give_out(
    state: &AppState,
    tx: &mut TenantTx,
    user: UserId,
    purpose: Purpose,
    value: &str,
) -> Result<Option<SecretString>, StoreError> {
    // Many at once are counted one after the other.
    store_sessions::hold(tx, user).await?;
    let now = to_micros(state.now());
    if store_codes::count_open(tx, user, purpose, now).await? >= MOST_AT_A_TIME {
        return Ok(None);
    }
    let (key, text) = Key::make_code(tx.tenant());
    let sealed = state.sealer.seal(&place(purpose, user), value.as_bytes());
    let new = NewCode { id: state.new_id(), user, purpose, hash: key.hash, sealed };
    store_codes::insert(tx, &new, now, now.checked_add(LIFE).unwrap_or(now)).await?;
    Ok(Some(text))
}

/// Reads the field `code`; what is no code of ours is told as such.
pub(super) fn read(fields: &mut Fields<'_>) -> Option<Key> {
    let code = fields.line("code");
    fields.require("code", &code);
    let code: SecretString = code.into_option()?.into();
    let key = Key::parse_code(&code);
    if key.is_none() {
        fields.mistake("code", FieldProblem::CodeInvalid);
    }
    key
}

/// Whose code this is, if it would work now.
pub(super) async fn find(
    state: &AppState,
    tx: &mut TenantTx,
    key: Key,
    purpose: Purpose,
) -> Result<Option<UserId>, StoreError> {
    store_codes::find(tx, key.hash, purpose, state.now()).await
}

/// Uses up all codes of a person: what they were sent for was asked before what has changed now.
pub(super) async fn use_up_all(state: &AppState, tx: &mut TenantTx, user: UserId) -> Result<(), StoreError> {
    store_codes::use_up_all(tx, user, to_micros(state.now())).await
}

/// Uses a code up, and all others of its person and purpose with it. Whoever calls this holds the person.
pub(super) async fn use_up(
    state: &AppState,
    tx: &mut TenantTx,
    key: Key,
    purpose: Purpose,
) -> Result<Confirmed, Problem> {
    let now = to_micros(state.now());
    let used = store_codes::use_up(tx, key.hash, purpose, now).await?.ok_or_else(refused)?;
    let value = state.sealer.open(&place(purpose, used.user), &used.sealed);
    let value = value.map_err(|error| Problem::internal(&error))?;
    let value =
        String::from_utf8(value.expose_secret().to_vec()).map_err(|error| Problem::internal(&error))?;
    Ok(Confirmed { user: used.user, value })
}

/// The answer to a code that does not work, whyever.
pub(super) fn refused() -> Problem {
    Problem::new(ErrorCode::ValidationFailed).field("code", FieldProblem::CodeInvalid)
}

fn place(purpose: Purpose, user: UserId) -> String {
    format!("{} of {user}", purpose.as_str())
}
