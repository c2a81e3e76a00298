//! A request that changes something, ready to be carried out.

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::response::{IntoResponse, Response};

use super::body::ReadBody;
use super::etag::{Tag, wanted};
use super::idempotency::{Claim, Claimed};
use super::reply::Reply;
use crate::db::TenantTx;
use crate::http::{
    JsonObject, MAX_BODY_BYTES, Principal, Problem, Read, read_body, works_despite_suspension,
};
use crate::{AppState, auth, sync};
use domain::api::Wanted;
use domain::errors::ErrorCode;

/// A request that changes something: who asks, what the body says, and the transaction for its effect. The tenant is
/// locked, so what the handler reads stays true until it has written.
#[derive(Debug)]
pub struct Write<B = JsonObject> {
    /// Who asks.
    pub principal: Principal,
    /// What the body says.
    pub body: B,
    /// The transaction of the effect. Dropped without [`Write::finish`], it leaves nothing behind.
    pub tx: TenantTx,
    condition: Wanted,
    standing: Option<Tag>,
    claim: Option<Claim>,
}

impl<B> Write<B> {
    /// Notes which version of the thing stands before the effect; [`Write::finish`] holds `If-Match` against it.
    pub fn changes(&mut self, standing: Tag) {
        self.standing = Some(standing);
    }

    /// Ends: keeps the effect and the answer together, and tells the devices of the new head, if there is one. Refuses if
    /// the caller spoke of another version; only now, because a request that is wrong in itself is told so first (RFC 9110,
    /// section 13.2.1).
    pub async fn finish(self, state: &AppState, head: Option<u64>, reply: Reply) -> Result<Reply, Problem> {
        let Self { principal, mut tx, condition, standing, claim, .. } = self;
        if standing.is_some_and(|standing| !condition.allows(&standing)) {
            return Err(Problem::new(ErrorCode::PreconditionFailed));
        }
        if let Some(claim) = claim {
            claim.keep(&mut tx, &reply, state.now()).await?;
        }
        tx.commit().await?;
        if let Some(head) = head {
            state.live.poke(principal.tenant, head);
        }
        Ok(reply)
    }
}

impl<B: ReadBody + Send> FromRequest<AppState> for Write<B> {
    type Rejection = NotNow;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, NotNow> {
        let (mut parts, body) = request.into_parts();
        // Before anything is asked of the database: who sends slowly holds no connection to it.
        let bytes = read_body(body, MAX_BODY_BYTES).await?;
        let Read { principal, tx } = Read::from_request_parts(&mut parts, state).await?;
        let condition = wanted(&parts.headers)?;
        let body = B::read(&parts.headers, &bytes)?;
        let claim = Claim::of(&parts, &principal, &bytes)?;
        let (tx, claim) = match claim {
            None => (tx, None),
            Some(claim) => {
                tx.commit().await?;
                match claim.begin(state).await? {
                    Claimed::Ours(tx, claim) => (tx, Some(claim)),
                    Claimed::Done(reply) => return Err(NotNow::Replayed(reply)),
                }
            }
        };
        let mut tx = tx.caused_by(principal.cause());
        sync::lock(&mut tx).await?;
        // She may have been suspended while this request waited for the lock.
        if !works_despite_suspension(&parts) && auth::is_suspended(&mut tx).await? {
            return Err(Problem::new(ErrorCode::TenantSuspended).into());
        }
        Ok(Self { principal, body, tx, condition, standing: None, claim })
    }
}

/// Why a handler has nothing to do.
#[derive(Debug)]
pub enum NotNow {
    /// The request cannot be carried out.
    Problem(Problem),
    /// It was carried out before; this is what was answered.
    Replayed(Reply),
}

impl IntoResponse for NotNow {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem) => problem.into_response(),
            Self::Replayed(reply) => reply.into_response(),
        }
    }
}

impl<E: Into<Problem>> From<E> for NotNow {
    fn from(error: E) -> Self {
        Self::Problem(error.into())
    }
}
