//! What the computer tells her beside the window: who comes next, that something needs her, that this device was disconnected.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use client_core::app::Span;
use client_core::local_api::SharedApp;
use client_core::{App, AppError};
use domain::ids::AppointmentId;
use domain::lang::{Lang, fill, text};
use jiff::{SignedDuration, Timestamp};
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt as _;

use crate::home::Shell;

/// How long before a visit she is told of it.
const BEFORE: SignedDuration = SignedDuration::from_mins(15);
const LOOK: Duration = Duration::from_secs(30);

/// Whoever tells. Clones tell of the same things.
#[derive(Clone)]
pub(crate) struct Told {
    app: AppHandle,
    home: SharedApp,
    shell: Arc<Shell>,
    conflicts: Arc<AtomicUsize>,
}

impl Told {
    /// Somebody who tells of a home.
    pub(crate) fn new(app: AppHandle, home: SharedApp, shell: Arc<Shell>) -> Self {
        Self { app, home, shell, conflicts: Arc::default() }
    }

    /// Tells of more conflicts than before; of those that were there at the start the window tells.
    pub(crate) async fn conflicts(&self, is_first: bool) {
        let look = |app: &mut App| {
            let lang = app.person_language();
            app.conflicts(false, lang).map(|open| (open.len(), lang))
        };
        let Ok(Ok((count, lang))) = self.home.with(look).await else { return };
        let before = self.conflicts.swap(count, Ordering::Relaxed);
        if count > before && !is_first {
            self.say(text(lang, "desktop.told.conflict"), text(lang, "desktop.told.conflict_text"));
        }
    }

    /// Tells that the server does not know this device any more.
    pub(crate) fn signed_out(&self, lang: Lang) {
        self.say(text(lang, "desktop.told.signed_out"), text(lang, "desktop.told.signed_out_text"));
    }

    /// Tells of each visit once, a while before it begins.
    pub(crate) async fn watch_the_clock(self) {
        let mut told: HashSet<AppointmentId> = HashSet::new();
        loop {
            let next = self.home.with(|app| coming(app).map(|coming| (coming, app.person_language()))).await;
            if let Ok(Ok((coming, lang))) = next {
                for visit in coming {
                    if told.insert(visit.id) {
                        let minutes = visit.minutes.to_string();
                        let title = fill(lang, "desktop.told.next", &[("minutes", &minutes)]);
                        // Whoever may not look into the window may not read here who comes.
                        let who = if self.shell.lock.is_shut() { "" } else { visit.who.as_str() };
                        self.say(&title, who);
                    }
                }
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    fn say(&self, title: &str, body: &str) {
        if let Err(error) = self.app.notification().builder().title(title).body(body).show() {
            tracing::warn!(%error, "the computer shows no notifications");
        }
    }
}

struct Coming {
    id: AppointmentId,
    who: String,
    minutes: i64,
}

/// The visits that begin soon.
fn coming(app: &App) -> Result<Vec<Coming>, AppError> {
    if !app.is_signed_in()? {
        return Ok(Vec::new());
    }
    let now = app.now();
    let span = Span { from: Some(now), until: now.checked_add(BEFORE).ok() };
    let mut coming = Vec::new();
    for visit in app.appointments(span)? {
        let start = visit.starts_at.as_deref().and_then(|start| start.parse::<Timestamp>().ok());
        let (Some(start), Some(client)) = (start, visit.client_id) else { continue };
        if !visit.status.is_busy() || start < now {
            continue;
        }
        let minutes = start.duration_since(now).as_secs().div_euclid(60) + 1;
        coming.push(Coming { id: visit.id, who: app.client(client)?.name, minutes });
    }
    Ok(coming)
}
