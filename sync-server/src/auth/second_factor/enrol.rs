//! `POST /auth/second-factor`: a secret for the app. Nothing is asked for before a code of it was shown.

use axum::Json;
use axum::extract::State;
use domain::errors::ErrorCode;
use domain::input::Fields;
use serde::Serialize;
use totp_rs::Secret;
use utoipa::ToSchema;

use super::{FactorError, place, store, totp};
use crate::AppState;
use crate::auth::password::{Beside, prove};
use crate::http::{JsonObject, PasswordErrors, Principal, Problem, Visitor};
use crate::system::random_bytes;

/// What is asked for.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "password": "тёплый-лак-42" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
struct Enrolment {
    /// The password of the account.
    #[schema(format = "password")]
    password: String,
}

/// A secret for the app, shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Enrolled {
    /// To be typed into the app.
    #[schema(example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    secret: String,
    /// The same for a link.
    #[schema(
        example = "otpauth://totp/VeloriaCRM:anna@example.ru?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=VeloriaCRM"
    )]
    uri: String,
    /// The same as a picture to be scanned: a `data:` URL with a PNG.
    #[schema(example = "data:image/png;base64,iVBORw0KGgo…")]
    qr_code: String,
}

/// Begin to use a second factor
///
/// Gives a secret for an authenticator app. It is in force once `POST /auth/second-factor/confirm` has seen a code of it.
/// Needs veloria.
#[utoipa::path(
    post, path = "/auth/second-factor", operation_id = "enrolSecondFactor", tag = "auth",
    request_body = Enrolment,
    responses((status = 200, description = "The secret, shown this once", body = Enrolled),
        (status = 409, description = "`conflict`: one is in use", body = crate::http::ProblemBody), PasswordErrors)
)]
pub(super) async fn enrol_second_factor(
    State(state): State<AppState>,
    visitor: Visitor,
    principal: Principal,
    JsonObject(object): JsonObject,
) -> Result<Json<Enrolled>, Problem> {
    let mut fields = Fields::new(&object);
    let password = fields.text("password");
    fields.require("password", &password);
    fields.finish(())?;
    let password = password.into_option().unwrap_or_default().into();
    let (user, mut tx) =
        prove(&state, &visitor, &principal, ("password", &password), Beside::Nothing).await?;
    let secret = Secret::from(random_bytes::<20>());
    let sealed = state.sealer.seal(&place(&tx, principal.user), secret.as_bytes());
    if !store::propose(&mut tx, principal.user, &sealed, state.now()).await? {
        return Err(Problem::new(ErrorCode::Conflict));
    }
    tx.commit().await?;
    let totp = totp(secret.as_bytes(), &user.email).map_err(FactorError::from)?;
    let qr_code = format!("data:image/png;base64,{}", totp.to_qr_base64().map_err(FactorError::from)?);
    let uri = totp.to_url().map_err(FactorError::from)?;
    Ok(Json(Enrolled { secret: secret.to_base32(), uri, qr_code }))
}
