//! Redis: what several nodes share and may lose: how often somebody asked, wrong passwords, the word that there is news.
//! Optional; whoever asks it gets `None` when there is none, or none that answers, and goes on with what its own process
//! knows. Nothing that must not be lost is here.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, FromRedisValue, RedisResult, Script};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use crate::system::Stopwatch;

/// Nobody waits longer for an answer; tests on a busy machine do, for a count that went astray is another one.
const PATIENCE: Duration = if cfg!(test) { Duration::from_secs(2) } else { Duration::from_millis(250) };
/// After a failure Redis is left alone for so long, so that no request waits in vain.
const REST: Duration = Duration::from_secs(1);
/// Whoever listens asks so often whether anybody is still there: a line may be dead and not say so.
const ASK: Duration = Duration::from_secs(10);
/// What was heard and nobody has taken yet; more is dropped.
const MOST_HEARD: usize = 1_024;

/// The address is not one. Its text is not shown, for there may be a password in it.
#[derive(Debug, thiserror::Error)]
#[error("REDIS_URL cannot be read; it looks like redis://user:password@host:6379/0, or rediss:// with TLS")]
pub struct AddressError;

/// Redis, if there is one. Cheap to clone.
#[derive(Clone, Default)]
pub struct Redis(Option<Arc<Connected>>);

struct Connected {
    client: Client,
    manager: ConnectionManager,
    failed: Mutex<Option<Stopwatch>>,
}

impl Redis {
    /// Redis at an address. Asks nobody yet: whether it is there shows later, and again and again. Needs the async runtime.
    pub fn at(url: &SecretString) -> Result<Self, AddressError> {
        let client = Client::open(url.expose_secret()).map_err(|_| AddressError)?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(1);
        let manager =
            ConnectionManager::new_lazy_with_config(client.clone(), config).map_err(|_| AddressError)?;
        Ok(Self(Some(Arc::new(Connected { client, manager, failed: Mutex::default() }))))
    }

    /// Whether an address is set at all.
    #[must_use]
    pub const fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// What Redis answers to a command; `None` if there is nobody who answers.
    pub async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Option<T> {
        self.with(async |manager| command.query_async(manager).await).await
    }

    /// What a script answers that Redis runs as one step.
    pub async fn run<T: FromRedisValue>(
        &self,
        script: &Script,
        keys: &[&str],
        arguments: &[&str],
    ) -> Option<T> {
        let mut invocation = script.prepare_invoke();
        for key in keys {
            invocation.key(*key);
        }
        for argument in arguments {
            invocation.arg(*argument);
        }
        self.with(async |manager| invocation.invoke_async(manager).await).await
    }

    /// Whether it answers now.
    pub async fn answers(&self) -> bool {
        self.ask::<String>(&redis::cmd("PING")).await.is_some()
    }

    /// Says something to all who listen to a channel. Whether Redis took it.
    pub async fn tell(&self, channel: &str, word: &str) -> bool {
        self.ask::<u64>(redis::cmd("PUBLISH").arg(channel).arg(word)).await.is_some()
    }

    /// What is said on a channel, for as long as the receiver is there. Whenever Redis goes, it listens again once it is back;
    /// what was said in between is lost.
    #[must_use]
    pub fn hear(&self, channel: &'static str) -> mpsc::Receiver<String> {
        let (heard, receiver) = mpsc::channel(MOST_HEARD);
        if let Some(connected) = &self.0 {
            let client = connected.client.clone();
            tokio::spawn(async move {
                while !heard.is_closed() {
                    // Whoever asks Redis for something says in the log that it is gone; here it would be the same again.
                    if let Err(error) = hear_once(&client, channel, &heard).await {
                        tracing::debug!(%error, "nothing can be heard from other nodes");
                    }
                    sleep(REST).await;
                }
            });
        }
        receiver
    }

    async fn with<T, F>(&self, ask: F) -> Option<T>
    where
        F: AsyncFnOnce(&mut ConnectionManager) -> RedisResult<T>,
    {
        let connected = self.0.as_deref()?;
        if connected.rests() {
            return None;
        }
        let mut manager = connected.manager.clone();
        match timeout(PATIENCE * 2, ask(&mut manager)).await {
            Ok(Ok(answer)) => {
                connected.note(None);
                Some(answer)
            }
            Ok(Err(error)) => {
                connected.failed(&error.to_string());
                None
            }
            Err(_) => {
                connected.failed("no answer");
                None
            }
        }
    }
}

impl Connected {
    fn rests(&self) -> bool {
        let failed = *self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.is_some_and(|since| u128::from(since.micros()) < REST.as_micros())
    }

    /// Says once that Redis is gone, and once that it is back.
    fn note(&self, failed: Option<Stopwatch>) -> bool {
        let mut noted = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let was = noted.is_some();
        if was && failed.is_none() {
            tracing::info!("Redis answers again");
        }
        *noted = failed;
        was
    }

    fn failed(&self, cause: &str) {
        if !self.note(Some(Stopwatch::start())) {
            tracing::warn!(cause, "Redis does not answer; each process goes on with what it knows itself");
        }
    }
}

/// Listens until the line breaks, or nobody wants to know any more.
async fn hear_once(client: &Client, channel: &str, heard: &mpsc::Sender<String>) -> RedisResult<()> {
    // Its own clock of patience is longer than ours.
    let silence = |_| io::Error::from(io::ErrorKind::TimedOut);
    let (mut line, mut words) =
        timeout(PATIENCE * 4, client.get_async_pubsub()).await.map_err(silence)??.split();
    timeout(PATIENCE * 4, line.subscribe(channel)).await.map_err(silence)??;
    loop {
        tokio::select! {
            word = words.next() => match word {
                // With no room it is dropped.
                Some(word) => _ = heard.try_send(word.get_payload()?),
                None => return Ok(()),
            },
            () = sleep(ASK) => timeout(PATIENCE * 4, line.ping::<redis::Value>()).await.map_err(silence)?.map(drop)?,
            () = heard.closed() => return Ok(()),
        }
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Redis").field(&self.is_set()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;

    #[tokio::test]
    async fn without_an_address_or_an_answer_there_is_none_and_nobody_waits_for_it() {
        assert_eq!(Redis::default().ask::<String>(&redis::cmd("PING")).await, None);
        // Bound and never accepted: the worst kind of absence.
        let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("redis://{}", silent.local_addr().unwrap());
        let redis = Redis::at(&url.into()).unwrap();
        assert!(!redis.answers().await);
        let watch = Stopwatch::start();
        for _ in 0..1000 {
            assert!(!redis.answers().await);
        }
        assert!(watch.micros() < 500_000, "it rests after a failure: {}", watch.micros());
        assert!(Redis::at(&"postgres://x".to_owned().into()).is_err());
    }
}
