//! `POST /auth/token`: a personal access token, for e-mail and password.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::audit::{Action, Event, SubjectKind};
use domain::errors::FieldProblem;
use domain::ids::TokenId;
use domain::input::Fields;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::refresh::{Pair, SignIn, issue};
use crate::auth::credentials::Credentials;
use crate::auth::keys::{NewKey, Origin, to_micros};
use crate::auth::password::{SignedIn, sign_in};
use crate::auth::store;
use crate::http::{ABILITIES, EVERYTHING, JsonObject, Problem, SignInErrors, TokenKind, Visitor};
use crate::{AppState, audit};

/// What is asked for.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "email": "anna@example.ru", "password": "тёплый-лак-42", "name": "Бухгалтерия" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
struct NewToken {
    /// The address.
    #[schema(format = "email")]
    email: String,
    /// The password.
    #[schema(format = "password")]
    password: String,
    /// What to call the token.
    name: String,
    /// What it may do: `clients:read`, `clients:write`, the same for `appointments`, `devices`, `notes`, `services`, and
    /// `sync`; everything (`*`) if absent.
    abilities: Option<Vec<String>>,
    /// When it ends, RFC 3339; never if absent.
    #[schema(format = "date-time")]
    expires_at: Option<String>,
    /// Whether the token is to live for 15 minutes, with a refresh token beside it; `false` if absent.
    refresh: Option<bool>,
    /// The six digits of the app, once `second_factor_required` was answered.
    code: Option<String>,
    /// Or one of the recovery codes.
    recovery_code: Option<String>,
}

/// A new token. Its text is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct IssuedToken {
    /// Its id, to revoke it by.
    id: TokenId,
    /// Its name.
    name: String,
    /// Send it as `Authorization: Bearer …`.
    #[schema(example = "vlr_pat_AY9…")]
    token: String,
    /// What it may do.
    abilities: Vec<String>,
    /// RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    created_at: Timestamp,
    /// RFC 3339; `null` if it does not end.
    #[schema(value_type = Option<String>, format = "date-time")]
    expires_at: Option<Timestamp>,
    /// Only with `refresh`: exchange it at `POST /auth/token/refresh` for the next pair; it works once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "vlr_ref_AY9…")]
    refresh_token: Option<String>,
}

/// Create a personal access token
#[utoipa::path(
    post, path = "/auth/token", operation_id = "createToken", tag = "auth",
    request_body = NewToken,
    responses((status = 201, description = "Created; the token is shown this once", body = IssuedToken), SignInErrors),
    security(())
)]
pub(super) async fn create_token(
    State(state): State<AppState>,
    visitor: Visitor,
    JsonObject(object): JsonObject,
) -> Result<(StatusCode, Json<IssuedToken>), Problem> {
    let now = to_micros(state.now());
    let mut fields = Fields::new(&object);
    let credentials = Credentials::read(&mut fields);
    let refresh = fields.flag("refresh").into_option().unwrap_or_default();
    let (name, abilities, ends) = (fields.line("name"), fields.set("abilities"), fields.text("expiresAt"));
    fields.require("name", &name);
    let expires_at = ends.value().map(|ends| ends.parse::<Timestamp>().map(to_micros));
    match &expires_at {
        Some(Err(_)) => fields.mistake("expiresAt", FieldProblem::InvalidTime),
        Some(Ok(_)) if refresh => fields.mistake("expiresAt", FieldProblem::NotAllowed),
        Some(Ok(end)) if *end <= now => fields.mistake("expiresAt", FieldProblem::OutOfRange),
        Some(Ok(_)) | None => {}
    }
    if abilities
        .value()
        .is_some_and(|wanted| !wanted.iter().all(|ability| ABILITIES.contains(&ability.as_str())))
    {
        fields.mistake("abilities", FieldProblem::Unknown);
    }
    fields.finish(())?;

    let SignedIn { user, mut tx, .. } = sign_in(&state, &visitor, &credentials).await?;
    let name = name.into_option().unwrap_or_default();
    let abilities = abilities.into_option().unwrap_or_else(|| vec![EVERYTHING.to_owned()]);
    let origin = Origin::of(&visitor);
    let issued = if refresh {
        let family = state.new_id();
        let of = SignIn { user: user.id, name: name.clone(), abilities: abilities.clone(), origin, family };
        let (id, Pair { token, expires_at, refresh_token }) = issue(&state, &mut tx, of, now).await?;
        let refresh_token = Some(refresh_token);
        IssuedToken { id, name, token, abilities, created_at: now, expires_at, refresh_token }
    } else {
        let id = TokenId(state.new_id());
        let (key, text) = NewKey::make(tx.tenant(), user.id, TokenKind::Pat, id, name, now);
        let key = NewKey { expires_at: expires_at.and_then(Result::ok), abilities, origin, ..key };
        store::insert_token(&mut tx, &key).await?;
        let NewKey { id, name, abilities, created_at, expires_at, .. } = key;
        let token = text.expose_secret().to_owned();
        IssuedToken { id, name, token, abilities, created_at, expires_at, refresh_token: None }
    };
    let kind = if refresh { TokenKind::Access } else { TokenKind::Pat };
    let says = json!({ "kind": kind, "abilities": issued.abilities, "expiresAt": issued.expires_at });
    audit::record(&mut tx, Event::new(Action::TokenCreated, SubjectKind::Token, issued.id.0).saying(says));
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(issued)))
}
