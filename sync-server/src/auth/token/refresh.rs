//! `POST /auth/token/refresh`: a new pair of keys for a refresh token, which is used up by that. Shown again, it was stolen
//! from somebody, and everything that came of that sign-in ends (ASVS 7.2.4).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::audit::{Action, Event, SubjectKind};
use domain::errors::ErrorCode;
use domain::ids::{TokenId, UserId};
use domain::input::Fields;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::auth::keys::{Key, NewKey, Origin, to_micros};
use crate::auth::{store, store_sessions};
use crate::db::{StoreError, TenantTx};
use crate::http::{AnonymousErrors, JsonObject, Problem, TokenKind, Visitor};
use crate::{AppState, audit};

/// How long the short key of a pair works.
const ACCESS: SignedDuration = SignedDuration::from_mins(15);
/// How long its longer one waits to be exchanged.
const REFRESH: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What is asked for.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "refreshToken": "vlr_ref_AY9…" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
struct Exchange {
    /// The refresh token of the last pair.
    refresh_token: String,
}

/// A pair of keys, shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pair {
    /// Send it as `Authorization: Bearer …`.
    #[schema(example = "vlr_acc_AY9…")]
    pub(super) token: String,
    /// RFC 3339: 15 minutes from now.
    #[schema(value_type = String, format = "date-time")]
    pub(super) expires_at: Option<Timestamp>,
    /// Exchange it for the next pair; it works once.
    #[schema(example = "vlr_ref_AY9…")]
    pub(super) refresh_token: String,
}

/// Exchange a refresh token
///
/// Of one refresh token there is one pair. If it is shown again, every key of that sign-in ends.
#[utoipa::path(
    post, path = "/auth/token/refresh", operation_id = "refreshToken", tag = "auth",
    request_body = Exchange,
    responses((status = 201, description = "The next pair, shown this once", body = Pair), AnonymousErrors),
    security(())
)]
pub(super) async fn refresh_token(
    State(state): State<AppState>,
    visitor: Visitor,
    JsonObject(object): JsonObject,
) -> Result<(StatusCode, Json<Pair>), Problem> {
    let mut fields = Fields::new(&object);
    let text = fields.text("refreshToken");
    fields.require("refreshToken", &text);
    fields.finish(())?;
    let nobody = || Problem::new(ErrorCode::Unauthorized);
    let text: SecretString = text.into_option().unwrap_or_default().into();
    let key = Key::parse_refresh(&text).ok_or_else(nobody)?;
    let now = to_micros(state.now());
    let mut tx = state.db.tenant(key.tenant).await?;
    let refresh = store_sessions::hold_refresh(&mut tx, key.hash).await?.ok_or_else(nobody)?;
    let mut tx = tx.caused_by(visitor.cause(refresh.user));
    if refresh.was_exchanged && refresh.ended_at.is_none() {
        store_sessions::end_one(&mut tx, refresh.user, refresh.id, now).await?;
        audit::record(&mut tx, Event::new(Action::TokenReused, SubjectKind::Token, refresh.id.0));
        tx.commit().await?;
        return Err(nobody());
    }
    if refresh.ended_at.is_some() || refresh.expires_at.is_some_and(|end| end <= now) {
        return Err(nobody());
    }
    store_sessions::exchange(&mut tx, &refresh, now).await?;
    let sign_in = SignIn {
        user: refresh.user,
        name: refresh.name,
        abilities: refresh.abilities,
        origin: Origin::of(&visitor),
        family: refresh.family,
    };
    let pair = issue(&state, &mut tx, sign_in, now).await?.1;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(pair)))
}

/// What both keys of a pair are of.
#[derive(Clone, Debug)]
pub(super) struct SignIn {
    pub(super) user: UserId,
    pub(super) name: String,
    pub(super) abilities: Vec<String>,
    pub(super) origin: Origin,
    pub(super) family: Uuid,
}

/// Makes and keeps a pair; the id is that of the short key.
pub(super) async fn issue(
    state: &AppState,
    tx: &mut TenantTx,
    of: SignIn,
    now: Timestamp,
) -> Result<(TokenId, Pair), StoreError> {
    let make = |kind, span| {
        let id = TokenId(state.new_id());
        let (key, text) = NewKey::make(tx.tenant(), of.user, kind, id, of.name.clone(), now);
        let (origin, abilities) = (of.origin.clone(), of.abilities.clone());
        (NewKey { origin, abilities, family: Some(of.family), ..key }.lasting(span), text)
    };
    let [access, refresh] = [make(TokenKind::Access, ACCESS), make(TokenKind::Refresh, REFRESH)];
    for (key, _) in [&access, &refresh] {
        store::insert_token(tx, key).await?;
    }
    let pair = Pair {
        token: access.1.expose_secret().to_owned(),
        expires_at: access.0.expires_at,
        refresh_token: refresh.1.expose_secret().to_owned(),
    };
    Ok((access.0.id, pair))
}
