//! Who is at the door before anybody knows who it is: from where, with what, under which name of the request.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use domain::audit::Door;
use domain::ids::UserId;
use secrecy::SecretString;

use super::cookies::{CookieStyle, mark_of};
use super::problem::Problem;
use super::request_id::current_request_id;
use crate::AppState;
use crate::db::Cause;

/// The longest name of a browser or program that is kept.
const LONGEST_AGENT: usize = 200;

/// Somebody at the door.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// From where.
    pub ip: IpAddr,
    /// The browser or program, as it calls itself.
    pub agent: Option<String>,
    /// What a browser that signed in before is known by, unproved.
    pub mark: Option<SecretString>,
}

impl Visitor {
    /// On whose behalf a transaction is, once it is known whom this is about.
    #[must_use]
    pub fn cause(&self, user: UserId) -> Cause {
        Cause { user: Some(user), request: current_request_id(), ..Cause::at(Door::Rest) }
    }
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let ConnectInfo(peer) = ConnectInfo::<SocketAddr>::from_request_parts(parts, state)
            .await
            .map_err(|error| Problem::internal(&error))?;
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        let agent = agent.map(|agent| agent.chars().take(LONGEST_AGENT).collect());
        let mark = mark_of(&parts.headers, CookieStyle::of(&parts.headers, state.is_production));
        Ok(Self { ip: peer.ip(), agent, mark })
    }
}
