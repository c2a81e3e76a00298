//! A device of the world: the real app on a store in memory, with a clock and ids of its own.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use client_core::app::{Account, App, AppError, DeviceIdentity, Tenant};
use client_core::store::{OutboxEntry, Store, StoreError};
use client_core::sync::{Engine, Options};
use domain::documents::{Collection, Heads};
use domain::ids::{Clock, DeviceId, Ids, TenantId};
use domain::money::Currency;
use domain::sync::Intent;
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::history::Fault;

/// The world's time in milliseconds since 1970, shared by all clocks.
pub(super) type WorldTime = Arc<AtomicI64>;

/// A clock that goes with the world's, some way off.
#[derive(Debug)]
pub(super) struct DeviceClock {
    world: WorldTime,
    offset: AtomicI64,
}

impl DeviceClock {
    pub(super) fn jump(&self, offset: i64) {
        self.offset.store(offset, Ordering::Relaxed);
    }

    pub(super) fn is_off(&self) -> bool {
        self.offset.load(Ordering::Relaxed) != 0
    }
}

impl Clock for DeviceClock {
    fn now(&self) -> Timestamp {
        let now = self.world.load(Ordering::Relaxed) + self.offset.load(Ordering::Relaxed);
        Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// Ids from a seed.
#[derive(Debug)]
pub(super) struct WorldIds(StdRng);

impl WorldIds {
    pub(super) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }
}

impl Ids for WorldIds {
    fn uuid(&mut self) -> Uuid {
        uuid::Builder::from_random_bytes(self.0.random()).into_uuid()
    }
}

#[derive(Debug)]
pub(super) struct Device {
    pub tenant: usize,
    /// `None` while it is dead.
    pub app: Option<App>,
    /// What is left of it while it is dead.
    pub store: Option<Store>,
    pub engine: Engine,
    pub clock: Arc<DeviceClock>,
    /// Counts starts; what was meant for an earlier life does not arrive.
    pub life: u32,
    pub cut_until: i64,
    pub armed: Vec<Fault>,
    /// So many answers are still to be as small as can be.
    pub tiny: u32,
    /// An older copy of its home.
    pub backup: Option<Store>,
    pub is_copy: bool,
    /// Who it is to the server.
    pub identity: DeviceId,
    /// What its next request asks again.
    pub again: Vec<Intent>,
    /// What its next request asks for though it belongs to a neighbour.
    pub trespass: Option<Uuid>,
    pub options: Options,
    /// Edits (by their number) that the server had not been seen to have.
    pub unsettled: Vec<usize>,
    /// What it held after the last answer.
    pub seen: Contents,
}

impl Device {
    /// A device that has just signed in.
    pub(super) fn new(
        tenant: (usize, TenantId),
        time: &WorldTime,
        seed: u64,
        lazy: bool,
    ) -> Result<Self, AppError> {
        let clock = Arc::new(DeviceClock { world: time.clone(), offset: AtomicI64::new(0) });
        let options = Options { rows: lazy, ..Options::default() };
        let mut ids = WorldIds::new(seed);
        let identity = DeviceId(ids.uuid());
        let account = account(tenant.1, identity);
        let mut app = App::new(Store::in_memory()?, clock.clone(), Box::new(ids))?;
        app.sign_in(&account)?;
        app.compare_fingerprint(&account.device.name)?;
        Ok(Self {
            tenant: tenant.0,
            app: Some(app),
            store: None,
            engine: Engine::new(options),
            clock,
            life: 0,
            cut_until: 0,
            armed: Vec::new(),
            tiny: 0,
            backup: None,
            is_copy: false,
            identity,
            again: Vec::new(),
            trespass: None,
            options,
            unsettled: Vec::new(),
            seen: Contents::new(),
        })
    }

    /// The same home a second time.
    pub(super) fn copy(
        &self,
        time: &WorldTime,
        seed: u64,
        is_told: bool,
        revoked: &HashSet<DeviceId>,
    ) -> Result<Option<Self>, AppError> {
        let Some(app) = &self.app else { return Ok(None) };
        let mut copy = Self {
            tenant: self.tenant,
            app: None,
            store: Some(app.store().duplicate()?),
            engine: Engine::new(self.options),
            clock: Arc::new(DeviceClock { world: time.clone(), offset: AtomicI64::new(0) }),
            life: 0,
            cut_until: 0,
            armed: Vec::new(),
            tiny: 0,
            backup: None,
            is_copy: true,
            identity: self.identity,
            again: Vec::new(),
            trespass: None,
            options: self.options,
            unsettled: self.unsettled.clone(),
            seen: Contents::new(),
        };
        copy.start(seed, is_told, revoked)?;
        Ok(Some(copy))
    }

    /// She signs in again in a home that was disconnected: another device to the server, with what the old one had not handed over.
    pub(super) fn sign_in_again(&mut self, tenant: TenantId, seed: u64) -> Result<(), AppError> {
        let Some(app) = &mut self.app else { return Ok(()) };
        let account = account(tenant, DeviceId(WorldIds::new(seed).uuid()));
        app.sign_in(&account)?;
        self.identity = account.device.id;
        self.engine = Engine::new(self.options);
        self.again.clear();
        self.life += 1;
        Ok(())
    }

    /// Ends the process at once.
    pub(super) fn kill(&mut self) {
        if let Some(app) = self.app.take() {
            self.store = Some(app.into_store());
        }
        self.engine = Engine::new(self.options);
        self.again.clear();
        self.life += 1;
    }

    /// Starts on what is in the store. A home that lies elsewhere than before may be told so, and takes a name of its own if
    /// the server still lets it in.
    pub(super) fn start(
        &mut self,
        seed: u64,
        is_elsewhere: bool,
        revoked: &HashSet<DeviceId>,
    ) -> Result<(), AppError> {
        let Some(store) = self.store.take() else { return Ok(()) };
        let mut ids = WorldIds::new(seed);
        let identity = DeviceIdentity { id: DeviceId(ids.uuid()), name: format!("copy {seed}") };
        let mut app = App::new(store, self.clock.clone(), Box::new(ids))?;
        if is_elsewhere {
            app.compare_fingerprint(&identity.name)?;
            let is_out = app.device()?.is_some_and(|device| revoked.contains(&device.id));
            if app.needs_enrolment()? && !is_out {
                app.enrol(&identity, &SecretString::from("token"))?;
            }
        }
        if let Some(device) = app.device()? {
            self.identity = device.id;
        }
        self.app = Some(app);
        Ok(())
    }
}

fn account(tenant: TenantId, id: DeviceId) -> Account {
    Account {
        server: "https://example.com".to_owned(),
        user: json!({}),
        tenant: Tenant {
            id: tenant,
            name: "Salon".to_owned(),
            timezone: "Europe/Moscow".to_owned(),
            locale: "ru".to_owned(),
            currency: Currency::default(),
            plan: "ivory".to_owned(),
            entitlement: None,
        },
        device: DeviceIdentity { id, name: format!("device {id}") },
        token: SecretString::from("token"),
        entitlement_key: None,
    }
}

/// Documents by id, with collection and heads; erased ones are left out.
pub(super) type Contents = BTreeMap<Uuid, (Collection, Heads)>;

/// What a store holds, by its own account.
pub(super) fn contents(store: &Store) -> Result<Contents, StoreError> {
    store.read(|tx| {
        let held = tx.all_heads()?.into_iter();
        Ok(held.map(|(id, collection, heads)| (id, (collection, heads))).collect())
    })
}

/// All that waits to be sent.
pub(super) fn outbox(store: &Store) -> Result<Vec<OutboxEntry>, StoreError> {
    store.read(|tx| tx.outbox_batch(usize::MAX))
}
