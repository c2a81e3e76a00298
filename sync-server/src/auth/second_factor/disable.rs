//! `POST /auth/second-factor/disable`: codes are no longer asked for. On every plan.

use axum::extract::State;
use axum::http::StatusCode;
use domain::accounts::Notice;
use domain::audit::{Action, Event, SubjectKind};
use domain::input::Fields;
use utoipa::ToSchema;

use super::store;
use crate::auth::credentials::Proof;
use crate::auth::letters;
use crate::auth::password::{Beside, prove};
use crate::http::{JsonObject, PasswordErrors, Principal, Problem, Visitor};
use crate::{AppState, audit};

/// Password and code.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "password": "тёплый-лак-42", "code": "123456" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
pub(super) struct PasswordAndCode {
    /// The password of the account.
    #[schema(format = "password")]
    password: String,
    /// Six digits of the app.
    code: Option<String>,
    /// Or a recovery code.
    recovery_code: Option<String>,
}

/// Stop using the second factor
///
/// Needs the password and a code, and no plan.
#[utoipa::path(
    post, path = "/auth/second-factor/disable", operation_id = "disableSecondFactor", tag = "auth",
    request_body = PasswordAndCode,
    responses((status = 204, description = "No code is asked for"), PasswordErrors)
)]
pub(super) async fn disable_second_factor(
    State(state): State<AppState>,
    visitor: Visitor,
    principal: Principal,
    JsonObject(object): JsonObject,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::new(&object);
    let (password, proof) = (fields.text("password"), Proof::read(&mut fields));
    fields.require("password", &password);
    fields.finish(())?;
    let password = password.into_option().unwrap_or_default().into();
    let (user, mut tx) =
        prove(&state, &visitor, &principal, ("password", &password), Beside::Factor(proof.as_ref())).await?;
    store::remove(&mut tx, user.id).await?;
    audit::record(&mut tx, Event::new(Action::TwoFactorOff, SubjectKind::User, user.id.0));
    letters::tell(&state, &mut tx, user.id, Notice::TwoFactorOff).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
