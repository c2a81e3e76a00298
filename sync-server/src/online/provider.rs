//! What this installation knows of the provider: where it is, who may notify us, and the shop of an installation with one owner.

use std::net::IpAddr;
use std::sync::Arc;

use domain::ids::TenantId;
use tokio::sync::Semaphore;

use crate::AppState;
use crate::auth;
use crate::db::StoreError;
use crate::http::Networks;
use crate::yookassa::{CallError, Credentials, Yookassa};

/// The provider, as this installation reaches it. Clones share it.
#[derive(Clone, Debug)]
pub struct Online(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    client: Option<Yookassa>,
    installation: Option<Installation>,
    sources: Networks,
    lines: Arc<Semaphore>,
}

/// How many jobs of one process speak with the provider at a time.
const LINES: usize = 2;

/// The shop of an installation that has one owner.
#[derive(Clone, Debug)]
pub struct Installation {
    /// The shop.
    pub credentials: Credentials,
    /// Whose it is, by the e-mail that signs in; without a name, of the only business that there is.
    pub owner: Option<String>,
}

impl Online {
    /// The provider behind this client.
    #[must_use]
    pub fn new(client: Yookassa, installation: Option<Installation>, sources: Networks) -> Self {
        let lines = Arc::new(Semaphore::new(LINES));
        Self(Arc::new(Inner { client: Some(client), installation, sources, lines }))
    }

    /// Nobody: every call fails before it is made, and nobody may notify us.
    #[must_use]
    pub fn none() -> Self {
        let (sources, lines) = (Networks::none(), Arc::new(Semaphore::new(LINES)));
        Self(Arc::new(Inner { client: None, installation: None, sources, lines }))
    }

    /// Whether the installation has a shop of its own.
    #[must_use]
    pub fn has_installation(&self) -> bool {
        self.0.installation.is_some()
    }

    pub(super) fn client(&self) -> Result<&Yookassa, CallError> {
        self.0.client.as_ref().ok_or(CallError::Unreached)
    }

    /// The lines to it that jobs share.
    pub(super) fn lines(&self) -> Arc<Semaphore> {
        self.0.lines.clone()
    }

    /// Whether notifications may come from here.
    pub(super) fn may_notify(&self, from: IpAddr) -> bool {
        self.0.sources.have(from)
    }

    /// The installation's shop, whoever it serves.
    pub(super) fn installation(&self) -> Option<&Credentials> {
        self.0.installation.as_ref().map(|installation| &installation.credentials)
    }

    /// The one business that the installation's shop serves, if there is one: the owner's, or the only one. With a second business
    /// and no owner named it serves nobody, so that nobody is paid into another's account.
    pub(super) async fn served(&self, state: &AppState) -> Result<Option<TenantId>, StoreError> {
        let Some(installation) = &self.0.installation else { return Ok(None) };
        match &installation.owner {
            Some(owner) => Ok(auth::find_person(state, owner).await?.map(|(tenant, _)| tenant)),
            None => auth::only_business(state).await,
        }
    }
}
