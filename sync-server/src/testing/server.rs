//! The server of a test.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use domain::plans::{Plan, Prices};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower::ServiceExt as _;

use super::answer::Answer;
use super::caller::{Caller, PASSWORD};
use super::clock::TestClock;
use super::database::TestDatabase;
use crate::billing::Billing;
use crate::db::Db;
use crate::http::Edge;
use crate::system::{SharedIds, SystemIds};
use crate::{AppState, billing, server};

/// A server with an empty database of its own. Dropping it ends both.
#[derive(Debug)]
pub struct TestServer {
    url: String,
    clock: TestClock,
    state: AppState,
    router: Router,
    /// Dropped with the server, and then the listener ends.
    _stop: oneshot::Sender<()>,
    // After the above: the database goes last.
    database: TestDatabase,
}

impl TestServer {
    /// Starts it.
    ///
    /// # Panics
    /// If there is no Postgres, or no free port.
    pub async fn start() -> Self {
        Self::start_on(TestDatabase::create().await).await
    }

    /// Starts it on a database that is there already, e.g. one of a server that was stopped.
    ///
    /// # Panics
    /// If the database does not answer, or there is no free port.
    pub async fn start_on(database: TestDatabase) -> Self {
        let db = Db::connect(&database.url(), 8).await.expect("the test database takes connections");
        let clock = TestClock::default();
        let state = AppState::new(db, Arc::new(clock.clone()), SharedIds::new(SystemIds), false);
        // A signer that is the same after a restart.
        let state = state.with_billing(Billing::new(Prices::default(), &[7; 32]));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("some port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server::serve(listener, state.clone(), async {
            // Ends when the test's end drops the sender.
            let _ = stopped.await;
        }));
        let router = server::router(&state);
        Self { url, clock, state, router, _stop: stop, database }
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
    pub const fn database(&self) -> &TestDatabase {
        &self.database
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
