//! Who asks: the person, tenant and rights behind the token or session of a request. Looked up each time and cached
//! nowhere, so a revoked token is dead at once.

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use domain::accounts::TenantStatus;
use domain::audit::Door;
use domain::errors::ErrorCode;
use domain::ids::{DeviceId, TenantId, TokenId, UserId};
use domain::plans::{Feature, Plan};
use secrecy::SecretString;
use serde::Serialize;
use utoipa::ToSchema;

use super::abilities;
use super::cookies::{CookieStyle, session_of};
use super::features;
use super::language::PersonsLanguage;
use super::limits::{Class, Ledger};
use super::problem::Problem;
use super::request_id::current_request_id;
use crate::AppState;
use crate::db::{Cause, TenantTx};

/// What kind of key opened the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    /// A personal access token.
    Pat,
    /// The token of a device.
    Device,
    /// A browser session.
    Session,
    /// The short key of a program that exchanges a longer one for it.
    Access,
    /// That longer one, which opens nothing itself.
    Refresh,
}

impl TokenKind {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pat => "pat",
            Self::Device => "device",
            Self::Session => "session",
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let kinds = [Self::Pat, Self::Device, Self::Session, Self::Access, Self::Refresh];
        kinds.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Who asks. A route that takes it answers 401 to everybody else, and 403 to a key that may not do this.
#[derive(Clone, Debug)]
pub struct Principal {
    /// Whose rows may be seen.
    pub tenant: TenantId,
    /// The person.
    pub user: UserId,
    /// The key that was shown.
    pub token_id: TokenId,
    /// What kind of key.
    pub kind: TokenKind,
    /// Its name.
    pub token_name: String,
    /// The device, if it is one.
    pub device: Option<DeviceId>,
    /// What it may do; `*` is everything.
    pub abilities: Vec<String>,
    /// Whether the business may change anything.
    pub status: TenantStatus,
    /// What the business pays for, as of this request.
    pub plan: Plan,
    /// The signed word about that, as devices carry it.
    pub entitlement: Option<String>,
    /// The language that the person has chosen.
    pub locale: String,
}

impl Principal {
    /// Refuses if the plan does not include a feature: for a handler that needs one for a part of what it does. What a whole
    /// route needs is in the table of `features`.
    pub fn require(&self, feature: Feature) -> Result<(), Problem> {
        features::require(self.plan, feature)
    }

    /// On whose behalf its transactions are.
    #[must_use]
    pub fn cause(&self) -> Cause {
        let (user, token) = (Some(self.user), Some(self.token_id));
        Cause { door: Door::Rest, user, token, device: self.device, request: current_request_id() }
    }

    /// Whether the business reads and changes nothing.
    #[must_use]
    pub fn is_suspended(&self) -> bool {
        self.status == TenantStatus::Suspended
    }
}

/// Somebody who reads: who asks, and a transaction that sees the tenant. Of a request that only reads, this is all that the
/// database is asked besides its own questions.
#[derive(Debug)]
pub struct Read {
    /// Who asks.
    pub principal: Principal,
    /// For the reading.
    pub tx: TenantTx,
}

impl FromRequestParts<AppState> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let Read { principal, tx } = Read::from_request_parts(parts, state).await?;
        tx.commit().await?;
        Ok(principal)
    }
}

impl FromRequestParts<AppState> for Read {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let token =
            presented(&parts.headers, state.is_production).ok_or(Problem::new(ErrorCode::Unauthorized))?;
        let (principal, mut tx) = crate::auth::authenticate(&state.db, &token, state.now()).await?;
        if let Some(language) = parts.extensions.get::<PersonsLanguage>() {
            language.note(&principal.locale);
        }
        let route = parts.extensions.get::<MatchedPath>().map_or("none", MatchedPath::as_str);
        if !abilities::may(&principal.abilities, &parts.method, route) {
            return Err(Problem::new(ErrorCode::Forbidden));
        }
        features::check(principal.plan, &parts.method, route)?;
        if principal.is_suspended() && !works_despite_suspension(parts) {
            return Err(Problem::new(ErrorCode::TenantSuspended));
        }
        if let Some(ledger) = parts.extensions.get::<Ledger>() {
            let class = Class::of(&parts.method, route);
            // Whoever waits for Redis holds no connection meanwhile.
            if state.edge.limits.asks_elsewhere(class) {
                tx.commit().await?;
                state.edge.limits.admit(&principal, class, ledger).await?;
                tx = state.db.tenant(principal.tenant).await?;
            } else {
                state.edge.limits.admit(&principal, class, ledger).await?;
            }
        }
        let span = tracing::Span::current();
        span.record("tenant", tracing::field::display(principal.tenant));
        if let Some(device) = principal.device {
            span.record("device", tracing::field::display(device));
        }
        let tx = tx.caused_by(principal.cause());
        Ok(Self { principal, tx })
    }
}

/// Whether a suspended business may send this request, too.
pub fn works_despite_suspension(parts: &Parts) -> bool {
    let route = parts.extensions.get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    parts.method.is_safe() || abilities::despite_suspension(route)
}

/// The token of the `Authorization` header; only without that header the session of the cookie.
fn presented(headers: &HeaderMap, is_production: bool) -> Option<SecretString> {
    match headers.get(AUTHORIZATION) {
        Some(value) => {
            let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().into())
        }
        None => session_of(headers, CookieStyle::of(headers, is_production)),
    }
}
