//! Two devices of one business and a server in memory, for imports.

use std::path::PathBuf;
use std::sync::Arc;

use client_core::app::{Account, DeviceIdentity, Tenant};
use client_core::driver::{Ended, Transport, session};
use client_core::import::{Duplicates, Filter, ImportMap, Job, Kind, Mode, Report};
use client_core::sync::{Engine, Failure, Options, Reply, Request};
use client_core::system::SystemIds;
use client_core::{App, Store};
use domain::ids::{Clock, DeviceId, TenantId};
use domain::money::Currency;
use futures::executor::block_on;
use jiff::Timestamp;
use sync_server::sync::memory::MemoryServer;
use sync_server::sync::{Context, answer, compare};
use uuid::Uuid;

pub(crate) const TENANT: TenantId = TenantId(Uuid::from_u128(2));

struct StillClock(i64);

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0).unwrap()
    }
}

/// A device that is signed in; its clock stands at a time of its own.
pub(crate) fn device(number: u8) -> App {
    let clock = Arc::new(StillClock(1_795_341_600 + i64::from(number) * 86_400));
    let mut app = App::new(Store::in_memory().unwrap(), clock, Box::new(SystemIds)).unwrap();
    app.sign_in(&account(number)).unwrap();
    app
}

/// How that device is signed in.
pub(crate) fn account(number: u8) -> Account {
    Account {
        server: "http://127.0.0.1:9".to_owned(),
        user: serde_json::json!({}),
        tenant: Tenant {
            id: TENANT,
            name: "Salon".to_owned(),
            timezone: "Europe/Moscow".to_owned(),
            locale: "ru".to_owned(),
            currency: Currency::RUB,
            plan: "ivory".to_owned(),
            entitlement: None,
        },
        device: DeviceIdentity {
            id: DeviceId(Uuid::from_u128(number.into())),
            name: format!("device {number}"),
        },
        token: "token".to_owned().into(),
        entitlement_key: None,
    }
}

/// A server of that business.
pub(crate) fn server() -> MemoryServer {
    let server = MemoryServer::new();
    server.add_tenant(TENANT, Uuid::from_u128(3));
    server
}

struct Direct<'a>(&'a MemoryServer);

impl Transport for Direct<'_> {
    async fn perform(&self, request: &Request) -> Result<Reply, Failure> {
        let mut tx = self.0.begin(TENANT);
        let reply = match request {
            Request::Sync(ask) => {
                let now = Timestamp::from_second(1_795_400_000).unwrap();
                let mut context = Context { now, ids: &mut SystemIds, device: None };
                Reply::Sync(answer(&mut tx, ask.clone(), &mut context).await.unwrap())
            }
            Request::Compare(ask) => Reply::Compare(compare(&mut tx, ask).await.unwrap()),
        };
        tx.commit();
        Ok(reply)
    }
}

/// Syncs until all is said; nothing may be refused or put aside.
pub(crate) fn sync(app: &mut App, server: &MemoryServer) {
    let mut engine = Engine::new(Options::default());
    match block_on(session(app, &mut engine, &Direct(server))).unwrap() {
        Ended::Done(report) => assert_eq!((report.refused, report.quarantined), (0, 0), "{report:?}"),
        other => panic!("{other:?}"),
    }
}

/// A file of `conflict-tests`.
pub(crate) fn file(path: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn map(name: &str) -> ImportMap {
    ImportMap::parse(&String::from_utf8(file(&format!("maps/{name}.toml"))).unwrap()).unwrap()
}

/// Imports a file of the invented salon: the lines of the master Vera, and all services.
pub(crate) fn import(app: &mut App, kind: Kind, name: &str, map_name: &str, mode: Mode) -> Report {
    let filters: Vec<Filter> =
        if kind == Kind::Services { Vec::new() } else { vec!["Staff=VERA".parse().unwrap()] };
    let bytes = file(&format!("tests/fixtures/salon/{name}.csv"));
    let map = map(map_name);
    let job = Job { kind, bytes: &bytes, map: &map, filters: &filters, duplicates: Duplicates::Ask, mode };
    app.import(&job, &mut |_, _| {}).unwrap()
}

/// All five files, in the order that the documentation says.
pub(crate) fn import_all(app: &mut App, mode: Mode) -> [Report; 5] {
    [
        import(app, Kind::Services, "service-listing", "services", mode),
        import(app, Kind::Appointments, "future-bookings", "bookings", mode),
        import(app, Kind::Appointments, "client-cancellations", "cancellations", mode),
        import(app, Kind::Appointments, "no-show-report", "no-shows", mode),
        import(app, Kind::Payments, "receipt-transactions", "receipts", mode),
    ]
}

/// Imports a file that a test writes itself.
pub(crate) fn import_text(app: &mut App, kind: Kind, map: &str, bytes: &[u8]) -> Report {
    let map = ImportMap::parse(map).unwrap();
    let job = Job { kind, bytes, map: &map, filters: &[], duplicates: Duplicates::Ask, mode: Mode::Write };
    app.import(&job, &mut |_, _| {}).unwrap()
}

/// Everything that the device shows, as bytes.
pub(crate) fn export(app: &App) -> String {
    serde_json::to_string_pretty(&app.export().unwrap()).unwrap()
}

/// What waits to be sent: changes, intents.
pub(crate) fn waiting(app: &App) -> (u64, u64) {
    app.store()
        .read::<_, client_core::StoreError>(|tx| Ok((tx.outbox_len()?, tx.open_intents_len()?)))
        .unwrap()
}
