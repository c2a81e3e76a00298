//! In which language somebody is answered: the one that the request asks for, else the one that the person behind the key has
//! chosen, else Russian.
//!
//! The person is known only once the key was looked up, deep inside; the language is needed at the very edge, where errors get
//! their words. So the request carries a place into which the inside writes.

use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use domain::lang::Lang;

/// The language that the person behind a request has chosen, once that is known.
#[derive(Clone, Debug, Default)]
pub(super) struct PersonsLanguage(Arc<OnceLock<Lang>>);

impl PersonsLanguage {
    /// Notes what a person has chosen; one that we do not speak is no choice.
    pub(super) fn note(&self, locale: &str) {
        if let Ok(lang) = locale.parse() {
            // A request has one key, so it is looked up once; the first word holds.
            let _ = self.0.set(lang);
        }
    }

    /// The language of the answer to a request with these headers.
    pub(super) fn of(&self, headers: &HeaderMap) -> Lang {
        asked(headers).or_else(|| self.0.get().copied()).unwrap_or_default()
    }
}

fn asked(headers: &HeaderMap) -> Option<Lang> {
    headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).map(Lang::from_accept_language)
}

/// For handlers that write texts themselves. Taken after whoever asks ([`super::Principal`], [`super::Read`]), it knows the
/// person's own language.
#[derive(Clone, Copy, Debug)]
pub struct Language(pub Lang);

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let person = parts.extensions.get::<PersonsLanguage>().cloned().unwrap_or_default();
        Ok(Self(person.of(&parts.headers)))
    }
}
