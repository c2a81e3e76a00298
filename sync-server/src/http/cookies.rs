//! The cookies of a browser: its session, and the mark that it signed in before. Over https their names begin with `__Host-`, so that no neighbouring site can set them.

use axum::http::header::{InvalidHeaderValue, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum_extra::extract::CookieJar;
use secrecy::{ExposeSecret, SecretString};

/// How long a browser keeps its session; the server forgets it at the same time.
pub const SESSION_DAYS: i64 = 30;

/// How long a browser is known after it has signed in.
const MARK_DAYS: i64 = 365;

/// How the cookie travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieStyle {
    /// Only over https, under its guarded name.
    Guarded,
    /// Over plain http, for a server on this machine.
    Plain,
}

impl CookieStyle {
    /// For a request: guarded if the server says so, or if the proxy in front says that it came over https.
    #[must_use]
    pub fn of(headers: &HeaderMap, is_production: bool) -> Self {
        let is_https = headers.get("x-forwarded-proto").is_some_and(|value| value == "https");
        if is_production || is_https { Self::Guarded } else { Self::Plain }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Guarded => "__Host-veloria",
            Self::Plain => "veloria_session",
        }
    }

    const fn mark_name(self) -> &'static str {
        match self {
            Self::Guarded => "__Host-veloria-known",
            Self::Plain => "veloria_known",
        }
    }

    const fn secure(self) -> &'static str {
        match self {
            Self::Guarded => "; Secure",
            Self::Plain => "",
        }
    }
}

/// A header of an answer.
pub(crate) type Header = (HeaderName, HeaderValue);

/// The session token that a request brings.
#[must_use]
pub(super) fn session_of(headers: &HeaderMap, style: CookieStyle) -> Option<SecretString> {
    CookieJar::from_headers(headers).get(style.name()).map(|cookie| cookie.value().into())
}

/// The mark of a browser that signed in before.
#[must_use]
pub(super) fn mark_of(headers: &HeaderMap, style: CookieStyle) -> Option<SecretString> {
    CookieJar::from_headers(headers).get(style.mark_name()).map(|cookie| cookie.value().into())
}

/// Gives the browser a mark by which it is known when it signs in again.
pub fn keep_mark(style: CookieStyle, mark: &SecretString) -> Result<Header, InvalidHeaderValue> {
    header(style, style.mark_name(), mark.expose_secret(), MARK_DAYS * 86_400)
}

/// Gives the browser its session.
pub fn keep_session(style: CookieStyle, token: &SecretString) -> Result<Header, InvalidHeaderValue> {
    header(style, style.name(), token.expose_secret(), SESSION_DAYS * 86_400)
}

/// Takes it away.
pub fn clear_session(style: CookieStyle) -> Result<Header, InvalidHeaderValue> {
    header(style, style.name(), "", 0)
}

fn header(style: CookieStyle, name: &str, value: &str, seconds: i64) -> Result<Header, InvalidHeaderValue> {
    let secure = style.secure();
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    Ok((SET_COOKIE, HeaderValue::try_from(text)?))
}
