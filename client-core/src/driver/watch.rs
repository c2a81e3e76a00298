//! Staying in sync: a session when the server has news, when she has edited, when a pause is over, and now and then.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::watch;

use super::media::{PictureError, Pictures};
use super::{Ended, Transport, live, pause, session};
use crate::app::{App, AppError};
use crate::sync::{Engine, HEAD};

/// Without a word from the server, this often.
const POLL: Duration = Duration::from_secs(30);
/// How often the outbox is looked at; another process may write into it.
const LOOK: Duration = Duration::from_secs(1);

/// Syncs for ever; `told` hears how each session ended. Pictures are sent when all else is said. Ends only when going on makes
/// no sense.
pub async fn watch(
    app: &mut App,
    engine: &mut Engine,
    transport: &impl Transport,
    server: String,
    token: SecretString,
    pictures: Option<&Pictures>,
    mut told: impl FnMut(&mut App, &Ended),
) -> Result<Ended, AppError> {
    let (sender, mut head) = watch::channel(0);
    let listener = tokio::spawn(live::listen(server, token, sender));
    let stopped = loop {
        let ended = session(app, engine, transport).await?;
        told(app, &ended);
        match ended {
            Ended::Stopped(_) => break ended,
            Ended::Later(until, _) => tokio::time::sleep(pause(app.now(), until)).await,
            Ended::Done(_) => {
                if let Some(pictures) = pictures {
                    send(app, pictures).await?;
                }
                app.open_idle(500)?;
                wait_for_news(app, &mut head).await?;
            }
        }
    };
    listener.abort();
    Ok(stopped)
}

/// What cannot be sent now waits for the next session.
async fn send(app: &mut App, pictures: &Pictures) -> Result<(), AppError> {
    match pictures.send_waiting(app, |_, _| ()).await {
        Ok(_) => Ok(()),
        Err(PictureError::Remote(error)) => {
            tracing::warn!(%error, "pictures wait");
            Ok(())
        }
        Err(PictureError::App(error)) => Err(error),
    }
}

async fn wait_for_news(app: &App, head: &mut watch::Receiver<u64>) -> Result<(), AppError> {
    let until = app.now().checked_add(POLL).unwrap_or(Timestamp::MAX);
    let waiting = app.pending()?;
    let known: u64 = app.store().read::<_, AppError>(|tx| Ok(tx.meta(HEAD)?.unwrap_or(0)))?;
    while app.now() < until && app.pending()? <= waiting && *head.borrow_and_update() <= known {
        // A word, or a second: whichever comes first. A listener that ended says nothing, and polling goes on.
        if let Ok(Err(_)) = tokio::time::timeout(LOOK, head.changed()).await {
            tokio::time::sleep(LOOK).await;
        }
    }
    Ok(())
}
