//! What tests need: a clock that stands, ids that count, a device that is signed in.

use std::sync::Arc;

use domain::ids::{Clock, DeviceId, Ids, TenantId};
use domain::money::Currency;
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::app::{Account, App, DeviceIdentity, Tenant};
use crate::store::Store;

pub(crate) struct StillClock(pub(crate) i64);

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0).unwrap()
    }
}

pub(crate) struct CountingIds(u128);

impl CountingIds {
    pub(crate) const fn of(device: u8) -> Self {
        Self((device as u128) << 64)
    }
}

impl Ids for CountingIds {
    fn uuid(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::new_v5(&Uuid::NAMESPACE_OID, &self.0.to_be_bytes())
    }
}

pub(crate) const NOW: i64 = 1_795_341_600;

pub(crate) fn account(device: u8) -> Account {
    Account {
        server: "http://127.0.0.1:1".to_owned(),
        user: json!({ "id": Uuid::from_u128(1), "name": "Ольга" }),
        tenant: Tenant {
            id: TenantId(Uuid::from_u128(2)),
            name: "Салон".to_owned(),
            timezone: "Europe/Moscow".to_owned(),
            locale: "ru".to_owned(),
            currency: Currency::RUB,
            plan: "start".to_owned(),
            entitlement: None,
        },
        device: DeviceIdentity {
            id: DeviceId(Uuid::from_u128(device.into())),
            name: format!("device {device}"),
        },
        token: "token".to_owned().into(),
        entitlement_key: None,
    }
}

pub(crate) fn device(number: u8) -> App {
    let mut app = on(Store::in_memory().unwrap(), number);
    app.sign_in(&account(number)).unwrap();
    app
}

/// A new process on a store.
pub(crate) fn on(store: Store, number: u8) -> App {
    App::new(store, Arc::new(StillClock(NOW)), Box::new(CountingIds::of(number))).unwrap()
}

pub(crate) fn fields(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        other => panic!("{other} is not an object"),
    }
}
