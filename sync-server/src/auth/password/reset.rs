//! `POST /auth/password/reset`: a new password, for the code of a letter. Every sign-in and token ends.

use axum::extract::State;
use axum::http::StatusCode;
use domain::accounts::Notice;
use domain::audit::{Action, Event, SubjectKind};
use domain::input::Fields;
use utoipa::ToSchema;

use super::chosen;
use crate::auth::codes::{self, Purpose};
use crate::auth::keys::to_micros;
use crate::auth::store_sessions::{self, Ended};
use crate::auth::{letters, store};
use crate::http::{AnonymousErrors, JsonObject, Problem, Visitor};
use crate::{AppState, audit};

/// The code and the new password.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "code": "vlr_one_AY9…", "newPassword": "тихий-гель-17" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
struct PasswordReset {
    /// The code of the letter.
    code: String,
    /// At least 8 characters.
    #[schema(format = "password", min_length = 8, max_length = 1024)]
    new_password: String,
}

/// Replace a forgotten password
///
/// Ends every session and token, signs nobody in, and tells the owner by mail. Devices stay connected. A second factor is
/// still asked for.
#[utoipa::path(
    post, path = "/auth/password/reset", operation_id = "resetPassword", tag = "auth",
    request_body = PasswordReset,
    responses((status = 204, description = "Replaced; sign in with it"), AnonymousErrors),
    security(())
)]
pub(super) async fn reset_password(
    State(state): State<AppState>,
    visitor: Visitor,
    JsonObject(object): JsonObject,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::new(&object);
    let key = codes::read(&mut fields);
    let new = chosen(&mut fields, "newPassword");
    fields.finish(())?;
    let key = key.ok_or_else(codes::refused)?;
    let mut tx = state.db.tenant(key.tenant).await?;
    // Hashing is work that not everybody may ask for.
    let user = codes::find(&state, &mut tx, key, Purpose::Password).await?.ok_or_else(codes::refused)?;
    tx.commit().await?;
    let hash = state.passwords.hash(&new).await?;
    let mut tx = state.db.tenant(key.tenant).await?.caused_by(visitor.cause(user));
    store_sessions::hold(&mut tx, user).await?;
    codes::use_up(&state, &mut tx, key, Purpose::Password).await?;
    codes::use_up_all(&state, &mut tx, user).await?;
    store::put_password(&mut tx, user, &hash).await?;
    store_sessions::end(&mut tx, user, Ended::EverythingButDevices, to_micros(state.now())).await?;
    audit::record(&mut tx, Event::new(Action::PasswordReset, SubjectKind::User, user.0));
    letters::tell(&state, &mut tx, user, Notice::PasswordReset).await?;
    tx.commit().await?;
    state.live.look_again(key.tenant);
    Ok(StatusCode::NO_CONTENT)
}
