//! Whom an act is about: the e-mail of a person, or the id of a business.

use domain::ids::{TenantId, UserId};

use super::{AdminError, cause};
use crate::AppState;
use crate::auth::{self, User};
use crate::db::{StoreError, TenantTx};

/// Somebody who was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Who {
    pub(super) tenant: TenantId,
    /// The person, if one was named and not the whole business.
    pub(super) person: Option<UserId>,
}

impl Who {
    /// Whoever is meant by what was typed.
    pub(super) async fn find(state: &AppState, typed: &str) -> Result<Self, AdminError> {
        if typed.contains('@') {
            let (tenant, person) = auth::find_person(state, typed).await?.ok_or(AdminError::NoSuchPerson)?;
            return Ok(Self { tenant, person: Some(person) });
        }
        let tenant: TenantId = typed.parse().map_err(|_| AdminError::NotAName)?;
        let mut tx = state.db.tenant(tenant).await?;
        auth::find_tenant(&mut tx).await?.ok_or(AdminError::NoSuchTenant)?;
        Ok(Self { tenant, person: None })
    }

    /// A transaction of the business, on behalf of an operator.
    pub(super) async fn begin(self, state: &AppState) -> Result<TenantTx, StoreError> {
        Ok(state.db.tenant(self.tenant).await?.caused_by(cause(None)))
    }

    /// The people who are meant.
    pub(super) async fn people(self, tx: &mut TenantTx) -> Result<Vec<User>, StoreError> {
        let everybody = auth::people(tx).await?;
        let is_meant = |user: &User| self.person.is_none_or(|person| person == user.id);
        Ok(everybody.into_iter().filter(is_meant).collect())
    }
}
