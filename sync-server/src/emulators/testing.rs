//! A house for tests: on a free port, with a clock that the test moves.

use std::net::Ipv4Addr;
use std::sync::Arc;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::House;
use crate::system::{SharedIds, SystemIds};
use crate::testing::TestClock;

/// A house that runs until it is dropped.
pub(crate) struct Stage {
    pub(crate) address: String,
    pub(crate) clock: TestClock,
    pub(crate) client: reqwest::Client,
    house: JoinHandle<()>,
}

impl Stage {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let clock = TestClock::default();
        let house = House::new(Arc::new(clock.clone()), SharedIds::new(SystemIds), &address, None).unwrap();
        let house = tokio::spawn(house.serve(listener, std::future::pending()));
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { address, clock, client, house }
    }

    pub(crate) fn api(&self) -> String {
        format!("{}/yookassa/v3", self.address)
    }

    /// Steers, which has to be understood.
    pub(crate) async fn steer(&self, path: &str, told: &Value) -> Value {
        let (status, answer) = self.try_to_steer(path, told).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    pub(crate) async fn try_to_steer(&self, path: &str, told: &Value) -> (u16, Value) {
        let answer =
            self.client.post(format!("{}/control/{path}", self.address)).json(told).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.house.abort();
    }
}
