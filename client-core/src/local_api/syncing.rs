//! The sync as the API tells of it: whether there is a way to the server, how far the first sync has come, and that something
//! changed without a request.

use tokio::sync::watch;

use super::LocalApi;
use crate::app::App;
use crate::driver::Steps;
use crate::store::StoreError;
use crate::sync::{Effect, Engine, Event, Failure};

/// What happened beside the answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Counts on with every change of what the answers show, whoever made it.
    pub changes: u64,
    /// Whether the server answered when it was last tried.
    pub is_reached: Option<bool>,
    /// How many answers the first sync has had.
    pub first_answers: u32,
}

impl LocalApi {
    /// Says when something changed, whoever changed it, or when the way to the server is there or gone.
    #[must_use]
    pub fn news(&self) -> watch::Receiver<News> {
        self.news.subscribe()
    }

    /// Something changed without a request: a sync brought it.
    pub fn changed(&self) {
        self.news.send_modify(|news| news.changes += 1);
    }

    /// The server answered, or could not be reached. What only it can tell may be asked again once it is back.
    pub fn reached(&self, is_reached: bool) {
        self.news.send_if_modified(|news| {
            let was = news.is_reached.replace(is_reached);
            if is_reached && was == Some(false) {
                news.changes += 1;
            }
            was != Some(is_reached)
        });
    }

    /// An answer of the first sync is here. Today comes with the first ones; later ever more come before they are told of, so that
    /// the pages do not ask for all of it again with each.
    fn came_closer(&self) {
        self.news.send_modify(|news| {
            news.first_answers += 1;
            if news.first_answers.is_power_of_two() {
                news.changes += 1;
            }
        });
    }
}

/// A session that tells how it goes.
impl Steps for LocalApi {
    async fn step(&mut self, engine: &mut Engine, event: Event) -> Result<Effect, StoreError> {
        let is_reached = match &event {
            Event::Failed(_, Failure::Offline(_) | Failure::Timeout | Failure::Cut(_)) => Some(false),
            // Whatever it said, it is there.
            Event::Answered(..) | Event::Failed(..) => Some(true),
            Event::Wake => None,
        };
        let effect = self.app.step(engine, event).await?;
        if let Some(is_reached) = is_reached {
            self.reached(is_reached);
        }
        if is_reached == Some(true) && matches!(effect, Effect::Send(..)) {
            // What cannot be read now is read with the next answer.
            let is_first =
                self.app.look(|app| app.standing().is_ok_and(|now| now.first_sync.is_some())).await;
            if is_first {
                self.came_closer();
            }
        }
        Ok(effect)
    }

    async fn now(&mut self) -> jiff::Timestamp {
        self.app.now().await
    }

    async fn look<T: Send + 'static>(&mut self, act: impl FnOnce(&mut App) -> T + Send + 'static) -> T {
        self.app.look(act).await
    }
}
