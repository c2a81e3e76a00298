//! Load on a schedule: requests leave when they are due, whether or not earlier ones have been answered, and a request's
//! time runs from when it was due. A slow server cannot slow down its own measurement.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::Value as Json;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::figure::quantile;
use super::probe::ms;
use super::{Outcome, probe};

/// A request that can be sent many times.
#[derive(Clone, Debug)]
pub struct Shot {
    /// The method.
    pub method: Method,
    /// The whole address.
    pub url: String,
    /// Who asks.
    pub token: String,
    /// The body, as JSON.
    pub body: Option<Json>,
}

/// What came of a load.
#[derive(Clone, Debug, Default)]
pub struct Volley {
    /// Milliseconds from due to answered, of those that were answered well.
    pub times: Vec<f64>,
    /// Answers that were none, or were errors.
    pub failed: usize,
    /// How long all of it took.
    pub wall: Duration,
}

impl Volley {
    /// A quantile of the times.
    #[must_use]
    pub fn at(&self, part: f64) -> f64 {
        quantile(&self.times, part)
    }
}

/// Sends `count` requests at so many a second; `make` says what the next one is.
pub async fn at_rate(
    client: &reqwest::Client,
    rate: u32,
    count: usize,
    mut make: impl FnMut(usize) -> Shot,
) -> Outcome<Volley> {
    let every = Duration::from_secs(1) / rate.max(1);
    let begun = probe::now();
    let mut flying = JoinSet::new();
    let mut volley = Volley::default();
    let mut due = Instant::from_std(begun) + Duration::from_millis(50);
    for i in 0..count {
        let request = build(client, make(i));
        sleep_until(due).await;
        flying.spawn(async move {
            let is_good = answered(request).await;
            is_good.then(|| ms(due.elapsed()))
        });
        due += every;
        while let Some(done) = flying.try_join_next() {
            volley.take(done?);
        }
    }
    while let Some(done) = flying.join_next().await {
        volley.take(done?);
    }
    volley.wall = begun.elapsed();
    Ok(volley)
}

/// Sends requests one after the other on several lines at once, for as long as told: how many a second there are at most.
pub async fn flat_out(
    client: &reqwest::Client,
    lines: usize,
    length: Duration,
    make: impl Fn(usize) -> Shot + Send + Sync + 'static,
) -> Outcome<Volley> {
    let begun = probe::now();
    let (make, next) = (Arc::new(make), Arc::new(AtomicUsize::new(0)));
    let mut all = JoinSet::new();
    for _ in 0..lines {
        let (client, make, next) = (client.clone(), Arc::clone(&make), Arc::clone(&next));
        all.spawn(async move {
            let mut own = Volley::default();
            while begun.elapsed() < length {
                let request = build(&client, make(next.fetch_add(1, Ordering::Relaxed)));
                let sent = probe::now();
                let is_good = answered(request).await;
                own.take(is_good.then(|| ms(sent.elapsed())));
            }
            own
        });
    }
    let mut volley = Volley::default();
    while let Some(own) = all.join_next().await {
        let own = own?;
        volley.times.extend(own.times);
        volley.failed += own.failed;
    }
    volley.wall = begun.elapsed();
    Ok(volley)
}

impl Volley {
    fn take(&mut self, time: Option<f64>) {
        match time {
            Some(time) => self.times.push(time),
            None => self.failed += 1,
        }
    }
}

fn build(client: &reqwest::Client, shot: Shot) -> RequestBuilder {
    let request = client.request(shot.method, shot.url).bearer_auth(shot.token);
    match shot.body {
        Some(body) => request.json(&body),
        None => request,
    }
}

async fn answered(request: RequestBuilder) -> bool {
    match request.send().await {
        Ok(answer) if answer.status().is_success() => answer.bytes().await.is_ok(),
        _ => false,
    }
}
