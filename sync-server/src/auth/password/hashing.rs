//! Hashing of passwords: Argon2id, 19 MiB, two passes (OWASP's smallest). Two at a time, off the async threads, so that
//! a flood of sign-ins takes neither all memory nor all cores (rule D21). More than a short queue are told at once to come
//! again, and whoever registers waits in a queue of its own: newcomers keep nobody out who has an account.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use argon2::password_hash::Error as HashError;
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::http::Problem;
use crate::system::random_bytes;

/// Sign-ins and changes of passwords at once, and in the queue for that.
const USUAL: (usize, usize) = (2, 64);
/// The same of registrations.
const NEWCOMERS: (usize, usize) = (1, 16);
const PATIENCE: Duration = Duration::from_secs(10);

/// Hashes and checks passwords. Clones share the places.
#[derive(Clone, Debug)]
pub struct Passwords {
    usual: Queue,
    newcomers: Queue,
    checked: Arc<AtomicU64>,
}

/// Some places, and those who wait for one.
#[derive(Clone, Debug)]
struct Queue {
    places: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    most_waiting: usize,
}

/// Somebody in a queue; leaves it when dropped.
struct Waiting<'a>(&'a AtomicUsize);

/// What a password is, held against a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The right one.
    Right,
    /// The right one, but hashed with less work than today: to be hashed anew while it is known.
    RightButWeak,
    /// A wrong one, or nobody's.
    Wrong,
}

/// Why a password was neither hashed nor checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many others are waiting.
    #[error("all places for hashing passwords are taken")]
    Busy,
    /// A stored hash that cannot be read, or a machine without memory.
    #[error("argon2: {0}")]
    Hash(HashError),
    /// The thread was lost.
    #[error("the hashing thread ended early")]
    Lost(#[from] tokio::task::JoinError),
}

impl Default for Passwords {
    fn default() -> Self {
        let [usual, newcomers] = [USUAL, NEWCOMERS].map(Queue::new);
        Self { usual, newcomers, checked: Arc::default() }
    }
}

impl Passwords {
    /// The PHC string to keep.
    pub async fn hash(&self, password: &SecretString) -> Result<String, PasswordError> {
        let password = password.clone();
        self.usual.run(move || hash(&password)).await
    }

    /// The same, for somebody who has no account yet.
    pub async fn hash_of_newcomer(&self, password: &SecretString) -> Result<String, PasswordError> {
        let password = password.clone();
        self.newcomers.run(move || hash(&password)).await
    }

    /// Whether this is the password. Without a hash (nobody has this e-mail) it takes as long and says no.
    pub async fn check(
        &self,
        password: &SecretString,
        hash: Option<String>,
    ) -> Result<Verdict, PasswordError> {
        let password = password.clone();
        let checked = self.checked.clone();
        let work = move || {
            let known = hash.is_some();
            let hash = hash.as_deref().unwrap_or(&NOBODY);
            checked.fetch_add(1, Ordering::Relaxed);
            match argon2().verify_password(password.expose_secret().as_bytes(), hash) {
                Ok(()) if !known => Ok(Verdict::Wrong),
                Ok(()) if is_weak(hash) => Ok(Verdict::RightButWeak),
                Ok(()) => Ok(Verdict::Right),
                Err(HashError::PasswordInvalid) => Ok(Verdict::Wrong),
                Err(error) => Err(PasswordError::Hash(error)),
            }
        };
        self.usual.run(work).await
    }

    /// How many passwords were held against a hash since the start.
    #[must_use]
    pub fn checked(&self) -> u64 {
        self.checked.load(Ordering::Relaxed)
    }
}

impl Queue {
    fn new((places, most_waiting): (usize, usize)) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), waiting: Arc::default(), most_waiting }
    }

    /// A place in the queue, if it is not too long.
    fn enter(&self) -> Option<Waiting<'_>> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let waiting = Waiting(&self.waiting);
        (before < self.most_waiting).then_some(waiting)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let waiting = self.enter().ok_or(PasswordError::Busy)?;
        let place = timeout(PATIENCE, Arc::clone(&self.places).acquire_owned()).await;
        let Ok(Ok(place)) = place else { return Err(PasswordError::Busy) };
        drop(waiting);
        spawn_blocking(move || {
            let done = work();
            // Held to the end even if the caller has hung up: it is the memory that is counted.
            drop(place);
            done
        })
        .await?
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        match &error {
            PasswordError::Busy => Self::new(domain::errors::ErrorCode::Unavailable).after(PATIENCE),
            PasswordError::Hash(_) | PasswordError::Lost(_) => Self::internal(&error),
        }
    }
}

/// The hash of a password that nobody knows.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash(&hex::encode(random_bytes::<32>()).into()).unwrap_or_default());

/// How much work a hash is: memory in KiB, passes, lanes. May only rise; whoever signs in is then hashed anew.
const WORK: (u32, u32, u32) = (19 * 1024, 2, 1);

fn argon2() -> Argon2<'static> {
    let (memory, passes, lanes) = WORK;
    let params =
        Params::new(memory, passes, lanes, None).expect("these parameters are within Argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Whether a hash was made by another algorithm, or with less work than today.
fn is_weak(hash: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(hash) else { return true };
    let is_ours = parsed.algorithm == Algorithm::Argon2id.ident();
    let enough = Params::try_from(&parsed)
        .is_ok_and(|made| made.m_cost() >= WORK.0 && made.t_cost() >= WORK.1 && made.p_cost() >= WORK.2);
    !(is_ours && enough)
}

fn hash(password: &SecretString) -> Result<String, PasswordError> {
    let salt: [u8; 16] = random_bytes();
    argon2()
        .hash_password_with_salt(password.expose_secret().as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(PasswordError::Hash)
}

#[cfg(test)]
impl Passwords {
    /// A hash of less work than today's, as an older version may have made it.
    pub(in crate::auth) fn weak(password: &SecretString) -> String {
        let params = Params::new(8 * 1024, 1, 1, None).expect("these parameters are within Argon2's limits");
        let less = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = less.hash_password_with_salt(password.expose_secret().as_bytes(), &[7; 16]);
        hash.expect("it is short").to_string()
    }

    /// Takes all places but those of newcomers, once those who came before have had theirs.
    pub(in crate::auth) async fn take_all(&self) -> tokio::sync::OwnedSemaphorePermit {
        let all = u32::try_from(USUAL.0).expect("there are few");
        self.usual.places.clone().acquire_many_owned(all).await.expect("it is never closed")
    }

    /// Comes back once so many wait in the usual queue.
    pub(in crate::auth) async fn until_waiting(&self, many: usize) {
        while self.usual.waiting.load(Ordering::Relaxed) != many {
            tokio::task::yield_now().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_and_nobody_has_none() {
        let passwords = Passwords::default();
        let secret = |text: &str| SecretString::from(text);
        let hash = passwords.hash(&secret("корова-42")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let check =
            async |text, hash: Option<&str>| passwords.check(&secret(text), hash.map(str::to_owned)).await;
        assert_eq!(check("корова-42", Some(&hash)).await.unwrap(), Verdict::Right);
        assert_eq!(check("корова-43", Some(&hash)).await.unwrap(), Verdict::Wrong);
        assert_eq!(check("корова-42", None).await.unwrap(), Verdict::Wrong);
        assert!(check("x", Some("junk")).await.is_err());
        assert_eq!(passwords.checked(), 4);
    }

    #[tokio::test]
    async fn a_hash_of_less_work_is_still_right_and_known_as_weak() {
        let hash = Passwords::weak(&"корова-42".into());
        let verdict = Passwords::default().check(&"корова-42".into(), Some(hash)).await.unwrap();
        assert_eq!(verdict, Verdict::RightButWeak);
    }

    #[tokio::test]
    async fn a_long_queue_is_told_to_come_again_at_once_and_newcomers_have_their_own() {
        let passwords = Passwords::default();
        let all = passwords.take_all().await;
        let hash = || {
            let passwords = passwords.clone();
            tokio::spawn(async move { passwords.hash(&"корова-42".into()).await })
        };
        let waiting: Vec<_> = (0..USUAL.1).map(|_| hash()).collect();
        passwords.until_waiting(USUAL.1).await;
        assert!(matches!(hash().await.unwrap(), Err(PasswordError::Busy)), "nobody waits in vain");
        assert!(passwords.hash_of_newcomer(&"корова-42".into()).await.is_ok());
        for one in waiting {
            one.abort();
        }
        passwords.until_waiting(0).await;
        drop(all);
        assert!(hash().await.unwrap().is_ok(), "who hangs up has left the queue");
    }
}
