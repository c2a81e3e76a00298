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

use super::keys::{NewKey, to_micros};
use super::login::read_credentials;
use super::password::sign_in;
use super::store;
use crate::http::{ABILITIES, AnonymousErrors, JsonObject, Problem, TokenKind, Visitor};
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
}

/// Create a personal access token
#[utoipa::path(
    post, path = "/auth/token", operation_id = "createToken", tag = "auth",
    request_body = NewToken,
    responses((status = 201, description = "Created; the token is shown this once", body = IssuedToken), AnonymousErrors),
    security(())
)]
pub(super) async fn create_token(
    State(state): State<AppState>,
    visitor: Visitor,
    JsonObject(object): JsonObject,
) -> Result<(StatusCode, Json<IssuedToken>), Problem> {
    let now = to_micros(state.now());
    let mut fields = Fields::new(&object);
    let (email, password) = read_credentials(&mut fields);
    let (name, abilities, ends) = (fields.line("name"), fields.set("abilities"), fields.text("expiresAt"));
    fields.require("name", &name);
    let expires_at = ends.value().map(|ends| ends.parse::<Timestamp>().map(to_micros));
    match &expires_at {
        Some(Err(_)) => fields.mistake("expiresAt", FieldProblem::InvalidTime),
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

    let (user, mut tx) = sign_in(&state, &visitor, &email, &password).await?;
    let name = name.into_option().unwrap_or_default();
    let id = TokenId(state.new_id());
    let (mut key, text) = NewKey::make(tx.tenant(), user.id, TokenKind::Pat, id, name, now);
    key.expires_at = expires_at.and_then(Result::ok);
    if let Some(abilities) = abilities.into_option() {
        key.abilities = abilities;
    }
    store::insert_token(&mut tx, &key).await?;
    let says = json!({ "kind": key.kind, "abilities": key.abilities, "expiresAt": key.expires_at });
    audit::record(&mut tx, Event::new(Action::TokenCreated, SubjectKind::Token, key.id.0).saying(says));
    tx.commit().await?;
    let NewKey { id, name, abilities, created_at, expires_at, .. } = key;
    let token = text.expose_secret().to_owned();
    Ok((StatusCode::CREATED, Json(IssuedToken { id, name, token, abilities, created_at, expires_at })))
}
