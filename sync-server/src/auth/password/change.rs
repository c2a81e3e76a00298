//! `POST /auth/password`: another password, for somebody who knows the old one. All other sign-ins end.

use axum::extract::State;
use axum::http::StatusCode;
use domain::accounts::Notice;
use domain::audit::{Action, Event, SubjectKind};
use domain::input::Fields;
use utoipa::ToSchema;

use super::{Beside, chosen, prove_and};
use crate::auth::keys::to_micros;
use crate::auth::store_sessions::{self, Ended};
use crate::auth::{codes, letters, store};
use crate::http::{JsonObject, PasswordErrors, Principal, Problem, Visitor};
use crate::{AppState, audit};

/// The old password and the new one.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "currentPassword": "прежний-лак-41", "newPassword": "тёплый-лак-42" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
struct PasswordChange {
    /// The one that signs in today.
    #[schema(format = "password")]
    current_password: String,
    /// The one that will; at least 8 characters.
    #[schema(format = "password", min_length = 8, max_length = 1024)]
    new_password: String,
}

/// Change the password
///
/// All other sessions and sign-ins of programs end; the one that asks goes on. Personal access tokens and devices, which
/// were given out on purpose, go on, too.
#[utoipa::path(
    post, path = "/auth/password", operation_id = "changePassword", tag = "auth",
    request_body = PasswordChange,
    responses((status = 204, description = "Changed"), PasswordErrors)
)]
pub(super) async fn change_password(
    State(state): State<AppState>,
    visitor: Visitor,
    principal: Principal,
    JsonObject(object): JsonObject,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::new(&object);
    let current = fields.text("currentPassword");
    fields.require("currentPassword", &current);
    let new = chosen(&mut fields, "newPassword");
    fields.finish(())?;
    let current = current.into_option().unwrap_or_default().into();
    let (proof, hashing) = (("currentPassword", &current), state.passwords.hash(&new));
    let (user, mut tx, hash) =
        prove_and(&state, &visitor, &principal, proof, Beside::Nothing, hashing).await?;
    store::put_password(&mut tx, user.id, &hash).await?;
    codes::use_up_all(&state, &mut tx, user.id).await?;
    let now = to_micros(state.now());
    store_sessions::end(&mut tx, user.id, Ended::SignIns { except: Some(principal.token_id) }, now).await?;
    audit::record(&mut tx, Event::new(Action::PasswordChanged, SubjectKind::User, user.id.0));
    letters::tell(&state, &mut tx, user.id, Notice::PasswordChanged).await?;
    tx.commit().await?;
    state.live.look_again(principal.tenant);
    Ok(StatusCode::NO_CONTENT)
}
