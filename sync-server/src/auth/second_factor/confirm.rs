//! `POST /auth/second-factor/confirm`: a code of the app proves that it has the secret. From now on codes are asked for.

use axum::Json;
use axum::extract::State;
use domain::accounts::Notice;
use domain::audit::{Action, Event, SubjectKind};
use domain::errors::ErrorCode;
use domain::input::Fields;
use utoipa::ToSchema;

use super::recovery::{RecoveryCodes, make};
use super::{FactorError, store, use_code};
use crate::auth::letters;
use crate::http::{JsonObject, PasswordErrors, Principal, Problem};
use crate::{AppState, audit};

/// A code of the app.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "code": "123456" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
struct FirstCode {
    /// Six digits.
    code: String,
}

/// Confirm the second factor
///
/// Answers with ten recovery codes, each of which works once; they are shown this once.
#[utoipa::path(
    post, path = "/auth/second-factor/confirm", operation_id = "confirmSecondFactor", tag = "auth",
    request_body = FirstCode,
    responses((status = 200, description = "Codes are asked for from now on", body = RecoveryCodes),
        (status = 409, description = "`conflict`: there is nothing to confirm", body = crate::http::ProblemBody), PasswordErrors)
)]
pub(super) async fn confirm_second_factor(
    State(state): State<AppState>,
    principal: Principal,
    JsonObject(object): JsonObject,
) -> Result<Json<RecoveryCodes>, Problem> {
    let mut fields = Fields::new(&object);
    let code = fields.line("code");
    fields.require("code", &code);
    fields.finish(())?;
    let code = code.into_option().unwrap_or_default().into();
    let user = principal.user;
    let mut tx = state.begin(&principal).await?;
    let proposed = store::find(&mut tx, user).await?.filter(|factor| factor.confirmed_at.is_none());
    let proposed = proposed.ok_or(Problem::new(ErrorCode::Conflict))?;
    if !use_code(&state, &mut tx, user, &proposed.sealed, &code).await? {
        return Err(FactorError::Wrong.into());
    }
    if !store::confirm(&mut tx, user, state.now()).await? {
        return Err(Problem::new(ErrorCode::Conflict));
    }
    let codes = make(&mut tx, user).await?;
    audit::record(&mut tx, Event::new(Action::TwoFactorOn, SubjectKind::User, user.0));
    letters::tell(&state, &mut tx, user, Notice::TwoFactorOn).await?;
    tx.commit().await?;
    Ok(Json(codes))
}
