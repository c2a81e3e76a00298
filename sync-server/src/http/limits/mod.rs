//! Limits on every request (rules D21, D28): how often an address, a key and a business may ask, how many requests of one
//! business run at a time, and how long each may take.
//!
//! May use `redis`; knows routes only by the class that their path has. The headers are `RateLimit-Limit`, `RateLimit-Remaining` and
//! `RateLimit-Reset` as in draft-ietf-httpapi-ratelimit-headers-06, of whichever limit is nearest.

mod buckets;
mod gcra;
mod rates;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::errors::ErrorCode;
use domain::ids::TenantId;
use tokio::time::timeout;

use super::client_address::household;
use super::principal::Principal;
use super::problem::Problem;
use crate::AppState;
use crate::redis::Redis;
use buckets::Buckets;

pub use gcra::{Rate, Verdict};
pub use rates::{Class, Rates, RatesError, Scope};

/// The headers of the nearest limit, in the order of limit, remaining and reset.
pub const HEADERS: [HeaderName; 3] = [
    HeaderName::from_static("ratelimit-limit"),
    HeaderName::from_static("ratelimit-remaining"),
    HeaderName::from_static("ratelimit-reset"),
];

/// The limits of an installation.
#[derive(Debug)]
pub struct Limits {
    rates: Rates,
    buckets: Buckets,
    /// Requests of one business that run at a time, in this process.
    most_at_once: Option<usize>,
    running: Arc<Mutex<HashMap<TenantId, usize>>>,
}

impl Limits {
    /// These rates, and so many requests of one business at a time.
    #[must_use]
    pub fn new(rates: Rates, most_at_once: Option<usize>, redis: Redis) -> Self {
        Self { rates, buckets: Buckets::new(redis), most_at_once, running: Arc::default() }
    }

    /// No limits, for tests and measurements.
    #[must_use]
    pub fn off() -> Self {
        Self::new(Rates::off(), None, Redis::default())
    }

    /// Counts a request of somebody whose key is known: for the key, for the business, and among those that run.
    pub(super) async fn admit(
        &self,
        principal: &Principal,
        class: Class,
        ledger: &Ledger,
    ) -> Result<(), Problem> {
        self.charge(Scope::Token, class, &principal.token_id.to_string(), ledger).await?;
        self.charge(Scope::Tenant, class, &principal.tenant.to_string(), ledger).await?;
        self.enter(principal.tenant, ledger)
    }

    /// Whether counting a request of a key may wait for somebody outside this process.
    pub(super) fn asks_elsewhere(&self, class: Class) -> bool {
        let counts = |scope| self.rates.of(scope, class).is_some();
        self.buckets.are_shared() && (counts(Scope::Token) || counts(Scope::Tenant))
    }

    async fn charge(&self, scope: Scope, class: Class, who: &str, ledger: &Ledger) -> Result<(), Problem> {
        let Some(rate) = self.rates.of(scope, class) else { return Ok(()) };
        let key = format!("{}:{}:{who}", scope.as_str(), class.as_str());
        let verdict = self.buckets.take(&key, rate).await;
        ledger.note(verdict);
        match verdict.wait {
            None => Ok(()),
            Some(wait) => Err(Problem::new(ErrorCode::TooManyRequests).after(wait)),
        }
    }

    fn enter(&self, tenant: TenantId, ledger: &Ledger) -> Result<(), Problem> {
        let Some(most) = self.most_at_once else { return Ok(()) };
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let count = running.entry(tenant).or_default();
        if *count >= most {
            return Err(Problem::new(ErrorCode::Unavailable).after(Duration::from_secs(1)));
        }
        *count += 1;
        ledger.hold(Place { running: self.running.clone(), tenant });
        Ok(())
    }
}

/// A place among the running requests of a business; given back when dropped.
#[derive(Debug)]
struct Place {
    running: Arc<Mutex<HashMap<TenantId, usize>>>,
    tenant: TenantId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = running.get_mut(&self.tenant) {
            *count -= 1;
            if *count == 0 {
                running.remove(&self.tenant);
            }
        }
    }
}

/// What was counted for one request. It lies in the request's extensions, so that the layer sees what the extractor found.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger(Arc<Mutex<Counted>>);

#[derive(Debug, Default)]
struct Counted {
    nearest: Option<Verdict>,
    places: Vec<Place>,
}

impl Ledger {
    fn note(&self, verdict: Verdict) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_nearer =
            |old: Verdict| (verdict.wait.is_none(), verdict.left) < (old.wait.is_none(), old.left);
        if counted.nearest.is_none_or(is_nearer) {
            counted.nearest = Some(verdict);
        }
    }

    fn hold(&self, place: Place) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).places.push(place);
    }

    /// Writes the nearest limit into an answer.
    fn show(&self, headers: &mut HeaderMap) {
        let nearest = self.0.lock().unwrap_or_else(PoisonError::into_inner).nearest;
        let Some(nearest) = nearest else { return };
        let reset = nearest.full_in.as_secs() + u64::from(nearest.full_in.subsec_nanos() > 0);
        let values = [nearest.most.into(), nearest.left.into(), HeaderValue::from(reset)];
        for (name, value) in HEADERS.into_iter().zip(values) {
            headers.insert(name, value);
        }
    }
}

/// The layer: counts for the address, gives the request its time, and writes the nearest limit into the answer.
pub(super) async fn guard(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let class = Class::of(request.method(), &route);
    let ledger = Ledger::default();
    request.extensions_mut().insert(ledger.clone());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    // Whether we live is asked often and must always be answered.
    let is_counted = request.uri().path().starts_with("/api/");
    let counted = match peer.filter(|_| is_counted) {
        Some(peer) => state.edge.limits.charge(Scope::Ip, class, &household(peer).to_string(), &ledger).await,
        None => Ok(()),
    };
    let mut response = match counted {
        Ok(()) => match timeout(class.longest(&route), next.run(request)).await {
            Ok(response) => response,
            Err(_) => Problem::new(ErrorCode::Unavailable).after(Duration::from_secs(1)).into_response(),
        },
        Err(problem) => problem.into_response(),
    };
    ledger.show(response.headers_mut());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_a_business_are_given_back() {
        let limits = Limits::new(Rates::off(), Some(2), Redis::default());
        let [anna, olga] = [1, 2].map(|n| TenantId(uuid::Uuid::from_u128(n)));
        let ledgers = [Ledger::default(), Ledger::default(), Ledger::default()];
        assert!(limits.enter(anna, &ledgers[0]).is_ok() && limits.enter(anna, &ledgers[1]).is_ok());
        let refused = limits.enter(anna, &ledgers[2]).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::Unavailable);
        assert!(limits.enter(olga, &ledgers[2]).is_ok(), "a neighbour is not concerned");
        drop(ledgers);
        assert!(limits.running.lock().unwrap().is_empty());
        assert!(limits.enter(anna, &Ledger::default()).is_ok());
    }
}
