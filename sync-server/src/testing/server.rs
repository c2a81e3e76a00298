//! The server of a test.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use domain::plans::{Plan, Prices};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::sleep;
use tower::ServiceExt as _;

use super::answer::Answer;
use super::caller::{Caller, PASSWORD};
use super::clock::TestClock;
use super::database::TestDatabase;
use super::letters::Letters;
use super::store;
use crate::billing::Billing;
use crate::db::{Db, JobsDb};
use crate::http::Edge;
use crate::jobs::{Kinds, Worker, WorkerSettings};
use crate::mail::{Letter, Mailer};
use crate::media::Gallery;
use crate::system::{SharedIds, SystemIds};
use crate::{AppState, billing, server};

/// Somebody does the jobs of a server until this is dropped.
#[derive(Debug)]
pub struct Working {
    _stop: oneshot::Sender<()>,
}

/// A server with an empty database of its own. Dropping it ends both.
#[derive(Debug)]
pub struct TestServer {
    url: String,
    clock: TestClock,
    state: AppState,
    router: Router,
    letters: Letters,
    /// Dropped with the server, and then the listener ends.
    _stop: oneshot::Sender<()>,
    // After the above: the database goes last, with the last of its nodes.
    database: Arc<TestDatabase>,
}

impl TestServer {
    /// Starts it.
    ///
    /// # Panics
    /// If there is no Postgres, or no free port.
    pub async fn start() -> Self {
        Self::start_on(TestDatabase::create().await).await
    }

    /// Starts one that sends no letters.
    ///
    /// # Panics
    /// If there is no Postgres, or no free port.
    pub async fn start_without_mail() -> Self {
        let database = TestDatabase::create().await.into();
        Self::begin(database, Gallery::in_memory(), |_| Mailer::none(), |state| state).await
    }

    /// Starts one whose state is prepared: with Redis, with limits.
    ///
    /// # Panics
    /// If there is no Postgres, or no free port.
    pub async fn start_as(prepare: impl FnOnce(AppState) -> AppState) -> Self {
        let database = TestDatabase::create().await.into();
        Self::begin(database, Gallery::in_memory(), post, prepare).await
    }

    /// Starts another node on the database of this one.
    ///
    /// # Panics
    /// If the database does not answer, or there is no free port.
    pub async fn start_beside(&self, prepare: impl FnOnce(AppState) -> AppState) -> Self {
        Self::begin(self.database.clone(), Gallery::in_memory(), post, prepare).await
    }

    /// Starts one whose letters leave this way.
    ///
    /// # Panics
    /// If there is no Postgres, or no free port.
    pub async fn start_with_mail(mail: Mailer) -> Self {
        let database = TestDatabase::create().await.into();
        Self::begin(database, Gallery::in_memory(), |_| mail, |state| state).await
    }

    /// Starts it on a database that is there already, e.g. one of a server that was stopped.
    ///
    /// # Panics
    /// If the database does not answer, or there is no free port.
    pub async fn start_on(database: TestDatabase) -> Self {
        Self::begin(database.into(), Gallery::in_memory(), post, |state| state).await
    }

    /// Starts it with another place for pictures.
    ///
    /// # Panics
    /// If there is no Postgres, or no free port.
    pub async fn start_with(gallery: Gallery) -> Self {
        Self::begin(TestDatabase::create().await.into(), gallery, post, |state| state).await
    }

    async fn begin(
        database: Arc<TestDatabase>,
        gallery: Gallery,
        mail: impl FnOnce(&Letters) -> Mailer,
        prepare: impl FnOnce(AppState) -> AppState,
    ) -> Self {
        let letters = Letters::default();
        let db = Db::connect(&database.url(), 8).await.expect("the test database takes connections");
        let clock = TestClock::default();
        let state = AppState::new(db, Arc::new(clock.clone()), SharedIds::new(SystemIds), gallery, false);
        let state = state.with_mail(mail(&letters));
        // A signer that is the same after a restart.
        let state = prepare(state.with_billing(Billing::new(Prices::default(), &[7; 32])));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("some port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server::serve(listener, state.clone(), async {
            // Ends when the test's end drops the sender.
            let _ = stopped.await;
        }));
        let router = server::router(&state);
        Self { url, clock, state, router, letters, _stop: stop, database }
    }

    /// The same for requests of the helpers, with another edge.
    #[must_use]
    pub fn with_edge(self, edge: Edge) -> Self {
        let state = self.state.clone().with_edge(edge);
        Self { router: server::router(&state), state, ..self }
    }

    /// `http://127.0.0.1:port`, for clients that use a socket.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The server's clock.
    #[must_use]
    pub const fn clock(&self) -> &TestClock {
        &self.clock
    }

    /// What its handlers use.
    #[must_use]
    pub const fn state(&self) -> &AppState {
        &self.state
    }

    /// The database, for tests that look behind the front door.
    #[must_use]
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// Does the jobs of this server until it is dropped.
    ///
    /// # Panics
    /// If the database does not answer.
    pub async fn work(&self) -> Working {
        let settings = WorkerSettings {
            places: 2,
            grace: Duration::from_millis(300),
            dead_after: Duration::from_mins(1),
        };
        let db = JobsDb::connect(&self.database.url(), settings.connections()).await;
        let db = db.expect("the test database takes connections");
        let (stop, stopped) = oneshot::channel::<()>();
        let worker = Worker::new(self.state.clone(), db, Kinds::all(), settings);
        tokio::spawn(worker.run(async {
            // Ends when the test's end drops the sender.
            let _ = stopped.await;
        }));
        Working { _stop: stop }
    }

    /// The oldest letter to an address that was not asked for yet; somebody must do the jobs ([`TestServer::work`]).
    ///
    /// # Panics
    /// If none comes.
    pub async fn letter_to(&self, address: &str) -> Letter {
        for _ in 0..1_000 {
            if let Some(letter) = self.letters.take(address) {
                return letter;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("no letter to {address} within ten seconds")
    }

    /// Whether no letter comes any more.
    pub async fn has_no_more_letters(&self) -> bool {
        sleep(Duration::from_millis(500)).await;
        self.letters.is_empty()
    }

    /// Every row of every table, as text: to see that something is not there.
    ///
    /// # Panics
    /// If the database does not answer.
    pub async fn everything_stored(&self) -> String {
        store::everything(&self.database.url()).await
    }

    /// How many rows there are; `from` is a table and perhaps a condition.
    ///
    /// # Panics
    /// If the database does not answer.
    pub async fn count(&self, from: &str) -> i64 {
        store::count(&self.database.url(), from).await
    }

    /// Comes back once so many of this server's transactions wait for a lock: for races whose order is to be the same each
    /// time.
    ///
    /// # Panics
    /// If they never do.
    pub async fn until_waiting(&self, many: i64) {
        store::until_waiting(&self.database.url(), many).await;
    }

    /// Sends a request through all layers, as if from this machine.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 50_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        // The router never fails; it answers.
        let Ok(response) = self.router.clone().oneshot(request).await;
        Answer::read(response).await
    }

    /// Somebody without a token.
    #[must_use]
    pub fn anonymous(&self) -> Caller<'_> {
        Caller::new(self)
    }

    /// Somebody with a token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Caller<'_> {
        self.anonymous().with_token(token)
    }

    /// Registers `{name}@example.ru` with a business of her own, and gives her a personal access token.
    ///
    /// # Panics
    /// If the server refuses.
    pub async fn register(&self, name: &str) -> Caller<'_> {
        let email = format!("{name}@example.ru");
        let body = json!({ "name": name, "email": email, "password": PASSWORD });
        let account = self.anonymous().post("/auth/register", body).await.expect(201);
        let body = json!({ "email": email, "password": PASSWORD, "name": "test" });
        let token = self.anonymous().post("/auth/token", body).await.expect(201);
        let mut caller = self.with_token(token["token"].as_str().unwrap_or_default());
        caller.account = account;
        caller.email = email;
        caller
    }

    /// Puts the business of a caller on a plan.
    ///
    /// # Panics
    /// If the database refuses.
    pub async fn put_on(&self, caller: &Caller<'_>, plan: Plan) {
        let tenant = caller.account["tenant"]["id"].as_str().and_then(|id| id.parse().ok());
        let mut tx = self.state.db.tenant(tenant.expect("she has registered")).await.expect("a transaction");
        let (now, id) = (self.state.now(), self.state.new_id());
        billing::grant(&mut tx, plan, now, id).await.expect("her plan changes");
        tx.commit().await.expect("it is kept");
    }

    /// Registers a device of a caller; requests of it carry the device's token.
    ///
    /// # Panics
    /// If the server refuses.
    pub async fn device_of(&self, owner: &Caller<'_>, name: &str) -> Caller<'_> {
        let device = owner.post("/devices", json!({ "name": name })).await.expect(201);
        let mut caller = self.with_token(device["token"].as_str().unwrap_or_default());
        caller.account = device;
        caller.email.clone_from(&owner.email);
        caller
    }
}

/// Letters fall into the mailbox of the test.
fn post(letters: &Letters) -> Mailer {
    Mailer::new(letters.clone())
}
