//! Starts the other process, feeds it, and ends it when its time is over.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::child::Head;
use super::{COMMAND, Picture, Refusal};

/// How many work at a time; more wait, and hold nothing but their file.
const PLACES: usize = 2;
/// How long one may take, on a machine that is busy.
const LONGEST: Duration = Duration::from_secs(20);
/// The most that is read of an answer: three sizes of the largest picture.
const MOST_ANSWER: u64 = 128 * 1024 * 1024;

/// The allocator would take a gibibyte at once to divide it later, and meet the limit of the child before the picture does.
const ALLOCATOR: [(&str, &str); 2] =
    [("MIMALLOC_ARENA_RESERVE", "65536"), ("MIMALLOC_ARENA_EAGER_COMMIT", "0")];

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// The file is to blame.
    #[error("the picture is refused: {0}")]
    Refused(#[from] Refusal),
    /// We are: the program cannot be started.
    #[error("cannot start the program that reads pictures: {0}")]
    Start(#[source] io::Error),
}

/// Makes pictures, a few at a time.
#[derive(Clone, Debug)]
pub struct Painter {
    place: Place,
    places: Arc<Semaphore>,
}

#[derive(Clone, Debug)]
enum Place {
    /// In another process: this program, begun anew with [`COMMAND`].
    Child(PathBuf),
    /// Here, in tests whose program is not this one.
    #[cfg(any(test, feature = "testing"))]
    Here,
}

impl Painter {
    /// Works in another process of this program.
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self { place: Place::Child(program), places: Arc::new(Semaphore::new(PLACES)) }
    }

    /// Works here, without a guard.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn here() -> Self {
        Self { place: Place::Here, places: Arc::new(Semaphore::new(PLACES)) }
    }

    /// Our picture of a file.
    pub async fn remake(&self, file: Bytes) -> Result<Picture, GuardError> {
        let _place =
            self.places.acquire().await.map_err(|_| GuardError::Start(io::ErrorKind::Other.into()))?;
        match &self.place {
            Place::Child(program) => in_child(program, &file).await,
            #[cfg(any(test, feature = "testing"))]
            Place::Here => tokio::task::spawn_blocking(move || domain::media::picture::remake(&file))
                .await
                .map_err(|error| GuardError::Start(io::Error::other(error)))?
                .map_err(GuardError::Refused),
        }
    }
}

async fn in_child(program: &PathBuf, file: &[u8]) -> Result<Picture, GuardError> {
    let mut command = Command::new(program);
    // No variable of ours, and so no key and no password, is there to be found.
    command.arg(COMMAND).env_clear().envs(ALLOCATOR).current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().map_err(GuardError::Start)?;
    let answer = timeout(LONGEST, talk(&mut child, file)).await;
    match answer {
        Ok(Ok(answer)) => read(&answer),
        // Killed by its limits, by a fault, or by us just now: a picture that does that to its reader is not kept.
        Ok(Err(error)) => {
            tracing::warn!(cause = %error.kind(), "a picture ended its reader");
            Err(Refusal::Unreadable.into())
        }
        Err(_) => {
            // It is ended by its id, and waited for, so no dead one lies about.
            child.kill().await.map_err(GuardError::Start)?;
            tracing::warn!(cause = "time", "a picture ended its reader");
            Err(Refusal::Unreadable.into())
        }
    }
}

/// Feeds it and listens at the same time: either pipe may be full.
async fn talk(child: &mut Child, file: &[u8]) -> io::Result<Vec<u8>> {
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    let feed = async move {
        // It may stop reading early; what it answers says why.
        let _ = stdin.write_all(file).await;
    };
    let listen = async move {
        let mut answer = Vec::new();
        stdout.take(MOST_ANSWER).read_to_end(&mut answer).await.map(|_| answer)
    };
    let ((), answer) = tokio::join!(feed, listen);
    let answer = answer?;
    if child.wait().await?.success() { Ok(answer) } else { Err(io::ErrorKind::Interrupted.into()) }
}

/// An answer that is not as long as it says is none.
fn read(answer: &[u8]) -> Result<Picture, GuardError> {
    let end = answer.iter().position(|byte| *byte == b'\n').ok_or(Refusal::Unreadable)?;
    let (head, body) = (&answer[..end], &answer[end + 1..]);
    match serde_json::from_slice(head).map_err(|_| Refusal::Unreadable)? {
        Head::Refused(refusal) => Err(refusal.into()),
        Head::Done { kind, width, height, lengths: [full, large, small] } => {
            let cut = full.checked_add(large).filter(|cut| cut.checked_add(small) == Some(body.len()));
            let cut = cut.ok_or(Refusal::Unreadable)?;
            let sizes = [body[..full].to_vec(), body[full..cut].to_vec(), body[cut..].to_vec()];
            Ok(Picture { kind, width, height, sizes })
        }
    }
}
