//! The thin part that touches the network: it performs what the engine says, and nothing else.
//!
//! HTTP, the live socket and the signing in live here. What is decided, is decided in `sync`.

pub mod account;
pub mod http;
pub mod keys;
pub mod live;
pub mod media;
mod problem;
pub mod proof;
#[cfg(test)]
mod tests;
pub mod watch;

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;

pub use problem::{Problem, RemoteError};

use crate::app::App;
use crate::store::StoreError;
use crate::sync::{Effect, Engine, Event, Failure, Reply, Report, Request};

/// The way to the server. The real one is [`http::Http`]; tests bring their own.
pub trait Transport {
    /// Sends a request and waits for its reply.
    fn perform(&self, request: &Request) -> impl Future<Output = Result<Reply, Failure>> + Send;
}

/// How a session ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// All is said.
    Done(Report),
    /// It did not work; the engine wishes to try again then.
    Later(Timestamp, Failure),
    /// It makes no sense to try again before a person has done something.
    Stopped(Failure),
}

/// A device whose engine a session drives: the app itself, or a share of it that is let go between two steps.
pub trait Steps {
    /// Lets the engine handle an event.
    fn step(
        &mut self,
        engine: &mut Engine,
        event: Event,
    ) -> impl Future<Output = Result<Effect, StoreError>> + Send;

    /// The present moment as the device believes it.
    fn now(&mut self) -> impl Future<Output = Timestamp> + Send;

    /// Does something with the app that waits for no network.
    fn look<T: Send + 'static>(
        &mut self,
        act: impl FnOnce(&mut App) -> T + Send + 'static,
    ) -> impl Future<Output = T> + Send;
}

impl Steps for App {
    async fn step(&mut self, engine: &mut Engine, event: Event) -> Result<Effect, StoreError> {
        self.sync_step(engine, event)
    }

    async fn now(&mut self) -> Timestamp {
        Self::now(self)
    }

    async fn look<T: Send + 'static>(&mut self, act: impl FnOnce(&mut App) -> T + Send + 'static) -> T {
        act(self)
    }
}

/// Runs one session: from waking until the engine rests.
pub async fn session(
    device: &mut impl Steps,
    engine: &mut Engine,
    transport: &impl Transport,
) -> Result<Ended, StoreError> {
    // A session that was cancelled in the middle left its request behind.
    engine.abandon();
    let mut event = Event::Wake;
    let mut last = Failure::Timeout;
    loop {
        event = match device.step(engine, event).await? {
            Effect::Send(ticket, request) => match transport.perform(&request).await {
                Ok(reply) => Event::Answered(ticket, reply),
                Err(failure) => {
                    last = failure.clone();
                    Event::Failed(ticket, failure)
                }
            },
            Effect::Sleep(until) => return Ok(Ended::Later(until, last)),
            Effect::Stopped(failure) => return Ok(Ended::Stopped(failure)),
            Effect::Idle(report) => return Ok(Ended::Done(report)),
            // Only one event is ever under way here, so nothing can come late; rest all the same.
            Effect::Ignored => return Ok(Ended::Done(Report::default())),
        };
    }
}

/// How often a person's own `sync` tries again when the server was reached but the talk broke off.
const PATIENCE: u32 = 4;

/// Syncs once, as a person asks for it: an absent server is said at once, a broken talk is taken up again.
pub async fn sync_once(
    device: &mut impl Steps,
    engine: &mut Engine,
    transport: &impl Transport,
) -> Result<Ended, StoreError> {
    for _ in 1..PATIENCE {
        match session(device, engine, transport).await? {
            Ended::Later(until, failure) if !matches!(failure, Failure::Offline(_) | Failure::Refused(_)) => {
                let now = device.now().await;
                tokio::time::sleep(pause(now, until).min(Duration::from_secs(10))).await;
            }
            ended => return Ok(ended),
        }
    }
    session(device, engine, transport).await
}

fn pause(now: Timestamp, until: Timestamp) -> Duration {
    Duration::try_from(until.duration_since(now)).unwrap_or_default()
}
