//! `sync [--watch]`.

use std::future::Future;

use clap::Args;
use client_core::driver::account::{Accounts, EnrolError};
use client_core::driver::http::Http;
use client_core::driver::keys;
use client_core::driver::media::{PictureError, Pictures};
use client_core::driver::watch::{Watcher, send_pictures, watch};
use client_core::driver::{Ended, RemoteError, sync_once};
use client_core::store::WaitingPicture;
use client_core::sync::{Engine, Failure, Options, Report};
use client_core::{App, AppError};
use serde::Serialize;
use uuid::Uuid;

use crate::account::signed_in;
use crate::{Session, media};
use domain::lang::Lang;

use crate::failed::{Failed, tell};
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Sync {
    /// Stay and sync whenever there is something to say or to hear; ends with Ctrl-C.
    #[arg(long)]
    watch: bool,
    /// Leave pictures for later: they wait for a sync without this.
    #[arg(long)]
    without_pictures: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Synced {
    /// This device.
    id: Option<Uuid>,
    pushed: u64,
    pulled: u64,
    refused: u64,
    quarantined: u64,
    pending: u64,
    /// Pictures that were sent, and those that still wait.
    pictures_sent: usize,
    pictures_waiting: usize,
    /// Whether the business is suspended: what waits stays here until it works again.
    suspended: bool,
    in_step: Option<bool>,
}

impl Sync {
    pub(crate) fn run(&self, session: &Session) -> Result<Output, Failed> {
        let mut app = session.open()?;
        block_on(self.talk(&mut app, session))?
    }

    async fn talk(&self, app: &mut App, session: &Session) -> Result<Output, Failed> {
        enrol(app, session).await?;
        let (server, _) = signed_in(app)?;
        let accounts = Accounts::new(&server, session.lang.as_str())?;
        keys::renew(app, &accounts).await?;
        let ended = self.exchange(app, session).await?;
        let ended = match ended {
            Ended::Stopped(Failure::Unauthorized)
                if keys::fall_back(app, &accounts).await.is_ok_and(|former| former.is_some()) =>
            {
                self.exchange(app, session).await?
            }
            ended => ended,
        };
        let sent = match &ended {
            Ended::Done(_) if !self.without_pictures && app.waiting_pictures()? > 0 => {
                self.send_pictures(app, session).await?
            }
            _ => 0,
        };
        tell(app, session.lang)?;
        match &ended {
            Ended::Done(report) => Output::one(&synced(app, report, sent)?)
                .map(|output| output.with_line(line(&ended, session.lang))),
            Ended::Later(_, failure) | Ended::Stopped(failure) => Err(failure.clone().into()),
        }
    }

    /// Pictures go when all else is said; how many. A full storage or a busy server makes them wait and no sync fail, for the
    /// rest is there. The records of those that were sent come at once.
    async fn send_pictures(&self, app: &mut App, session: &Session) -> Result<usize, Failed> {
        let pictures = media::pictures(app, session)?;
        let before = media::unsent(app)?;
        let told = |picture: &WaitingPicture, arrived| media::progress(session.lang, picture, arrived);
        match pictures.send_waiting(app, told).await {
            Ok(_) => {}
            Err(PictureError::Remote(error)) => media::wait(session.lang, &error),
            Err(PictureError::App(error)) => return Err(error.into()),
        }
        let sent = before.saturating_sub(media::unsent(app)?);
        if sent > 0 {
            self.exchange(app, session).await?;
        }
        Ok(sent)
    }

    /// Syncs with the token that there is, once or for as long as she wants.
    async fn exchange(&self, app: &mut App, session: &Session) -> Result<Ended, Failed> {
        let (server, token) = signed_in(app)?;
        let http = Http::new(&server, token.clone()).map_err(RemoteError::from)?;
        let mut engine = Engine::new(Options::default());
        Ok(if self.watch {
            let pictures = (!self.without_pictures).then(|| media::pictures(app, session)).transpose()?;
            let mut teller = Teller { pictures, lang: session.lang };
            tokio::select! {
                ended = watch(app, &mut engine, &http, (server, token), &mut teller) => ended?,
                _ = tokio::signal::ctrl_c() => Ended::Done(Report::default()),
            }
        } else {
            sync_once(app, &mut engine, &http).await?
        })
    }
}

/// Tells on standard error how each session ended, and sends the pictures that wait when all else is said.
struct Teller {
    pictures: Option<Pictures>,
    lang: Lang,
}

impl Watcher<App> for Teller {
    async fn ended(&mut self, app: &mut App, ended: &Ended) -> Result<(), AppError> {
        // The next session says it again; a failing disk is told by the session itself.
        let _ = tell(app, self.lang);
        eprintln!("{}", line(ended, self.lang));
        match (&self.pictures, ended) {
            (Some(pictures), Ended::Done(_)) => send_pictures(app, pictures).await,
            _ => Ok(()),
        }
    }
}

/// A copied home gets an identity of its own before it speaks.
pub(crate) async fn enrol(app: &mut App, session: &Session) -> Result<(), Failed> {
    if !app.needs_enrolment()? {
        return Ok(());
    }
    let (server, _) = signed_in(app)?;
    let accounts = Accounts::new(&server, session.lang.as_str())?;
    accounts.enrol_copy(app).await.map_err(|error| match error {
        EnrolError::App(error) => error.into(),
        EnrolError::Remote(error) => Failure::from(error).into(),
    })
}

fn synced(app: &App, report: &Report, pictures_sent: usize) -> Result<Synced, Failed> {
    let Report { pushed, pulled, refused, quarantined, in_step, .. } = *report;
    let id = app.device()?.map(|device| device.id.0);
    let (pending, suspended, pictures_waiting) =
        (app.pending()?, app.is_suspended()?, app.waiting_pictures()?);
    Ok(Synced {
        id,
        pushed,
        pulled,
        refused,
        quarantined,
        pending,
        pictures_sent,
        pictures_waiting,
        suspended,
        in_step,
    })
}

fn line(ended: &Ended, lang: Lang) -> String {
    match (ended, lang) {
        (Ended::Done(report), Lang::Ru) => {
            format!("синхронизировано: отправлено {}, получено {}", report.pushed, report.pulled)
        }
        (Ended::Done(report), Lang::En) => {
            format!("synced: {} sent, {} received", report.pushed, report.pulled)
        }
        (Ended::Later(until, failure), Lang::Ru) => format!("{failure}; следующая попытка {until}"),
        (Ended::Later(until, failure), Lang::En) => format!("{failure}; next try {until}"),
        (Ended::Stopped(failure), _) => failure.to_string(),
    }
}

/// Runs a future to its end on this thread; tasks beside it run while it waits.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(|error| Failed::usage(error.to_string()))?.block_on(future))
}
