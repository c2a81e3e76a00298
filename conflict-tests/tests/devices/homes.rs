//! What the tests here share: homes with a device each, and looking at what they show.

use std::sync::Arc;

use client_core::App;
use client_core::app::Home;
use client_core::driver::account::Accounts;
use client_core::driver::http::Http;
use client_core::driver::{Ended, sync_once};
use client_core::sync::{Engine, Options};
use client_core::system::{SystemClock, SystemIds, fill_random};
use domain::ids::Clock;
use secrecy::SecretString;
use serde_json::{Map, Value as Json};
use sync_server::testing::{PASSWORD, TestServer};
use tempfile::TempDir;

/// A device in a folder of its own.
pub(crate) struct Device {
    pub(crate) app: App,
    pub(crate) folder: TempDir,
    engine: Engine,
}

/// The cryptography that HTTP clients use; whoever comes first decides for the process.
pub(crate) fn prepare() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

pub(crate) fn passphrase() -> SecretString {
    SecretString::from("long enough for a test")
}

impl Device {
    /// A new device that signs in at `email`.
    pub(crate) async fn sign_in(server: &TestServer, email: &str, name: &str) -> Self {
        Self::sign_in_with_clock(server, email, name, Arc::new(SystemClock)).await
    }

    pub(crate) async fn sign_in_with_clock(
        server: &TestServer,
        email: &str,
        name: &str,
        clock: Arc<dyn Clock>,
    ) -> Self {
        prepare();
        let folder = TempDir::new().expect("a folder");
        let app = Home::new(folder.path())
            .open_or_create(&passphrase(), &mut fill_random, clock, Box::new(SystemIds))
            .expect("the home opens");
        let mut device = Self { app, folder, engine: Engine::new(Options::default()) };
        let accounts = Accounts::new(server.url(), "en").expect("an HTTP client");
        let account = accounts.sign_in(email, &SecretString::from(PASSWORD), name).await.expect("signs in");
        device.app.sign_in(&account).expect("a new home takes an account");
        device
    }

    /// Syncs once with a server; how it ended.
    pub(crate) async fn try_sync(&mut self, url: &str) -> Ended {
        let token = self.app.token().expect("the store answers").expect("signed in");
        let http = Http::new(url, token).expect("an HTTP client");
        sync_once(&mut self.app, &mut self.engine, &http).await.expect("the store works")
    }

    /// As after a new start of the program: nothing is remembered but what is stored.
    pub(crate) fn start_again(&mut self) {
        self.engine = Engine::new(Options::default());
    }

    /// As after a new start of the program, at another time.
    pub(crate) fn reopen(&mut self, clock: Arc<dyn Clock>) {
        // The home is locked for as long as an app has it open.
        let nowhere = client_core::store::Store::in_memory().expect("a store");
        let open = App::new(nowhere, clock.clone(), Box::new(SystemIds)).expect("an app");
        drop(std::mem::replace(&mut self.app, open));
        let home = Home::new(self.folder.path());
        self.app = home.open(&passphrase(), clock, Box::new(SystemIds)).expect("the home opens");
        self.start_again();
    }

    /// Syncs and is in step.
    pub(crate) async fn sync(&mut self, server: &TestServer) {
        match self.try_sync(server.url()).await {
            Ended::Done(report) => assert_eq!(report.in_step, Some(true), "{report:?}"),
            other => panic!("the sync ended otherwise: {other:?}"),
        }
    }

    /// Everything it shows, as one text.
    pub(crate) fn export(&mut self) -> String {
        let found = self.app.verify().expect("the store works");
        assert_eq!((found.unopened, found.different), (0, 0), "{found:?}");
        serde_json::to_string(&self.app.export().expect("exports")).expect("JSON")
    }

    /// The codes of what it tells.
    pub(crate) fn told(&self) -> Vec<String> {
        let status = self.app.status().expect("the store works");
        status.notices.into_iter().map(|notice| notice.code).collect()
    }
}

pub(crate) fn fields(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(fields) => fields,
        other => panic!("{other} is no object"),
    }
}

/// Until all are equal: everybody syncs, twice around.
pub(crate) async fn settle(server: &TestServer, devices: &mut [&mut Device]) -> String {
    for _ in 0..2 {
        for device in devices.iter_mut() {
            device.sync(server).await;
        }
    }
    let exports: Vec<String> = devices.iter_mut().map(|device| device.export()).collect();
    assert!(exports.windows(2).all(|pair| pair[0] == pair[1]), "{exports:#?}");
    exports.into_iter().next().expect("there is a device")
}
