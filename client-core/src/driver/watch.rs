//! Staying in sync: a session when the server has news, when she has edited, when a pause is over, when somebody asks, and now and
//! then.

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::media::{PictureError, Pictures, Sent};
use super::{Ended, Steps, Transport, live, pause, session};
use crate::app::{App, AppError};
use crate::sync::{Engine, HEAD};

/// Without a word from the server, this often.
const POLL: Duration = Duration::from_secs(30);
/// How often the outbox is looked at; another process may write into it.
const LOOK: Duration = Duration::from_secs(1);

/// How long pictures wait where there is no way to the server.
const AGAIN: Duration = Duration::from_secs(10);

/// Whoever watches: hears how each session ended, and may cut a pause short.
pub trait Watcher<D> {
    /// A session ended so.
    fn ended(&mut self, device: &mut D, ended: &Ended) -> impl Future<Output = Result<(), AppError>> + Send;

    /// Comes to its end when the next session should begin at once.
    fn impatient(&mut self) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }
}

/// Syncs for ever. Ends only when going on makes no sense.
pub async fn watch<D: Steps>(
    device: &mut D,
    engine: &mut Engine,
    transport: &impl Transport,
    (server, token): (String, SecretString),
    watcher: &mut impl Watcher<D>,
) -> Result<Ended, AppError> {
    let (sender, mut head) = watch::channel(0);
    // Ends with this function, however that ends.
    let mut listener = JoinSet::new();
    listener.spawn(live::listen(server, token, sender));
    loop {
        let ended = session(device, engine, transport).await?;
        watcher.ended(device, &ended).await?;
        match ended {
            Ended::Stopped(_) => return Ok(ended),
            Ended::Later(until, _) => {
                let pause = pause(device.now().await, until);
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = watcher.impatient() => {}
                }
            }
            Ended::Done(_) => {
                device.look(|app| app.open_idle(500)).await?;
                tokio::select! {
                    waited = wait_for_news(device, &mut head) => waited?,
                    () = watcher.impatient() => {}
                }
            }
        }
    }
}

/// Sends the pictures that wait. What cannot be sent now waits for the next session.
pub async fn send_pictures(app: &mut App, pictures: &Pictures) -> Result<(), AppError> {
    match pictures.send_waiting(app, |_, _| ()).await {
        Ok(_) => Ok(()),
        Err(PictureError::Remote(error)) => {
            tracing::warn!(%error, "pictures wait");
            Ok(())
        }
        Err(PictureError::App(error)) => Err(error),
    }
}

/// Sends pictures as they come to wait, beside the sessions: a large one holds up no edit. `told` hears what became of them. Ends
/// only when the device fails.
pub async fn keep_sending_pictures<D: Steps>(
    device: &mut D,
    pictures: &Pictures,
    mut told: impl FnMut(Sent),
) -> AppError {
    loop {
        let pause = match pictures.send_waiting(device, |_, _| ()).await {
            Ok(done) => {
                if done != Sent::default() {
                    told(done);
                }
                LOOK
            }
            Err(PictureError::Remote(error)) => {
                tracing::warn!(%error, "pictures wait");
                AGAIN
            }
            Err(PictureError::App(error)) => return error,
        };
        tokio::time::sleep(pause).await;
    }
}

async fn wait_for_news(device: &mut impl Steps, head: &mut watch::Receiver<u64>) -> Result<(), AppError> {
    let until = device.now().await.checked_add(POLL).unwrap_or(Timestamp::MAX);
    let (waiting, known) = device.look(|app| Ok::<_, AppError>((app.pending()?, known_head(app)?))).await?;
    loop {
        let (now, pending) = device.look(|app| Ok::<_, AppError>((App::now(app), app.pending()?))).await?;
        if now >= until || pending > waiting || *head.borrow_and_update() > known {
            return Ok(());
        }
        // A word, or a second: whichever comes first. A listener that ended says nothing, and polling goes on.
        if let Ok(Err(_)) = tokio::time::timeout(LOOK, head.changed()).await {
            tokio::time::sleep(LOOK).await;
        }
    }
}

fn known_head(app: &App) -> Result<u64, AppError> {
    app.store().read(|tx| Ok(tx.meta(HEAD)?.unwrap_or(0)))
}
