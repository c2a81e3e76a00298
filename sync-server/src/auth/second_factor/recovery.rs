//! `POST /auth/second-factor/recovery-codes`: ten new recovery codes; the old ones stop working.

use axum::Json;
use axum::extract::State;
use domain::audit::{Action, Event, SubjectKind};
use domain::errors::ErrorCode;
use domain::ids::UserId;
use domain::input::Fields;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::disable::PasswordAndCode;
use super::store;
use crate::auth::credentials::Proof;
use crate::auth::password::{Beside, prove};
use crate::db::{StoreError, TenantTx};
use crate::http::{JsonObject, PasswordErrors, Principal, Problem, Visitor};
use crate::system::random_bytes;
use crate::{AppState, audit};

/// How many there are.
const CODES: usize = 10;

/// Ten recovery codes, shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "recoveryCodes": ["3f9a1c77-0b2d4e56-91aa7c10-5e8d2f43"] }))]
pub(super) struct RecoveryCodes {
    /// Each works once.
    recovery_codes: Vec<String>,
}

/// Make new recovery codes
///
/// The old ones stop working.
#[utoipa::path(
    post, path = "/auth/second-factor/recovery-codes", operation_id = "renewRecoveryCodes", tag = "auth",
    request_body = PasswordAndCode,
    responses((status = 200, description = "The new ones, shown this once", body = RecoveryCodes),
        (status = 409, description = "`conflict`: no second factor is in use", body = crate::http::ProblemBody), PasswordErrors)
)]
pub(super) async fn renew_recovery_codes(
    State(state): State<AppState>,
    visitor: Visitor,
    principal: Principal,
    JsonObject(object): JsonObject,
) -> Result<Json<RecoveryCodes>, Problem> {
    let mut fields = Fields::new(&object);
    let (password, proof) = (fields.text("password"), Proof::read(&mut fields));
    fields.require("password", &password);
    fields.finish(())?;
    let password = password.into_option().unwrap_or_default().into();
    let (user, mut tx) =
        prove(&state, &visitor, &principal, ("password", &password), Beside::Factor(proof.as_ref())).await?;
    let factor = store::find(&mut tx, user.id).await?;
    if factor.is_none_or(|factor| factor.confirmed_at.is_none()) {
        return Err(Problem::new(ErrorCode::Conflict));
    }
    let codes = make(&mut tx, user.id).await?;
    audit::record(&mut tx, Event::new(Action::RecoveryCodesMade, SubjectKind::User, user.id.0));
    tx.commit().await?;
    Ok(Json(codes))
}

/// Makes new codes in place of all that there were.
pub(super) async fn make(tx: &mut TenantTx, user: UserId) -> Result<RecoveryCodes, StoreError> {
    let recovery_codes: Vec<String> = (0..CODES).map(|_| code(random_bytes())).collect();
    let hashes: Vec<Vec<u8>> =
        recovery_codes.iter().map(|code| hash(&code.as_str().into()).to_vec()).collect();
    store::put_recovery_codes(tx, user, &hashes).await?;
    Ok(RecoveryCodes { recovery_codes })
}

/// 128 random bits in groups that can be read aloud.
fn code(bytes: [u8; 16]) -> String {
    bytes.chunks(4).map(hex::encode).collect::<Vec<_>>().join("-")
}

/// What is kept of a code, however it was typed.
pub(super) fn hash(code: &SecretString) -> [u8; 32] {
    let digits: String =
        code.expose_secret().chars().filter(char::is_ascii_hexdigit).collect::<String>().to_ascii_lowercase();
    Sha256::digest(digits).into()
}
