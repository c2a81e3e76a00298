//! `stdio`: the device stays open and is spoken to over standard input and output, one JSON object a line; for shells in
//! other languages and for the peer harness. Calls come in order and are answered in order; while `live` is on, sessions
//! run between them. Parses and prints; every rule lives in the library.

use std::collections::BTreeSet;
use std::io::Write as _;

use client_core::driver::http::Http;
use client_core::driver::{Ended, RemoteError, live, session};
use client_core::sync::{Engine, HEAD, Options, Report};
use client_core::{App, AppError};
use domain::clients::Client;
use domain::ids::ClientId;
use domain::lang::Lang;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines, Stdin};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::Session;
use crate::account::signed_in;
use crate::failed::Failed;
use crate::output::Output;
use crate::sync::{block_on, enrol};

/// What `--help` says about the lines.
pub(crate) const HELP: &str = r#"A call is one line, {"id": anything, "op": ...}; its answer is one line, {"id": the same, "ok": ...} or
{"id": the same, "error": {"code", "message", "fields"}}. End of input ends the program; its last line is {"pending": what still waits}.

  {"op":"addClients","items":[{"name":"Anna"}]}             all in one transaction; ok: their ids
  {"op":"editClient","client":ID,"fields":{"email":"a@b"}}  saved when answered; ok: the client
  {"op":"clients"}                                          ok: all clients
  {"op":"getClients","clients":[ID]}                        ok: those that are here
  {"op":"pending"}                                          ok: how many changes wait to be sent
  {"op":"sync"}                                             one session; ok: what came of it
  {"op":"live","on":true}                                   stay in sync, or stop

After each session while live: {"event":"synced","pushed","pulled","changed":[ID],"inStep"} or {"event":"offline"}."#;

/// Without a word from the server, this often.
const POLL: SignedDuration = SignedDuration::from_secs(30);

#[derive(Deserialize)]
struct Call {
    #[serde(default)]
    id: Json,
    #[serde(flatten)]
    op: Op,
}

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "camelCase")]
enum Op {
    AddClients { items: Vec<Map<String, Json>> },
    EditClient { client: ClientId, fields: Map<String, Json> },
    Clients,
    GetClients { clients: Vec<ClientId> },
    Pending,
    Sync,
    Live { on: bool },
}

/// Serves until the input ends.
pub(crate) fn serve(session: &Session) -> Result<Output, Failed> {
    let mut app = session.open()?;
    block_on(async {
        enrol(&mut app, session).await?;
        let (server, token) = signed_in(&app)?;
        let http = Http::new(&server, token).map_err(RemoteError::from)?;
        let lines = BufReader::new(tokio::io::stdin()).lines();
        let engine = Engine::new(Options::default());
        let mut desk = Desk { app, engine, http, lang: session.lang, live: None };
        desk.work(lines).await?;
        let last = json!({ "pending": desk.app.pending()? });
        Ok(Output::one(&last)?.with_line(last.to_string()))
    })?
}

struct Desk {
    app: App,
    engine: Engine,
    http: Http,
    lang: Lang,
    live: Option<Live>,
}

/// The live socket, and when the next session is due.
struct Live {
    head: watch::Receiver<u64>,
    listener: JoinHandle<()>,
    due: Timestamp,
}

impl Drop for Live {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

impl Desk {
    async fn work(&mut self, mut lines: Lines<BufReader<Stdin>>) -> Result<(), Failed> {
        loop {
            // A line that is there goes first: an edit is answered before it is sent.
            tokio::select! {
                biased;
                line = lines.next_line() => match line.map_err(|error| Failed::usage(error.to_string()))? {
                    Some(line) if line.trim().is_empty() => {}
                    Some(line) => self.answer(&line).await?,
                    None => return Ok(()),
                },
                () = due(self.live.as_mut(), &self.app) => self.run_session().await?,
            }
        }
    }

    async fn answer(&mut self, line: &str) -> Result<(), Failed> {
        let call: Call = match serde_json::from_str(line) {
            Ok(call) => call,
            Err(error) => return say(&told(Json::Null, Err(Failed::usage(error.to_string())), self.lang)),
        };
        let done = self.perform(call.op).await;
        say(&told(call.id, done, self.lang))
    }

    async fn perform(&mut self, op: Op) -> Result<Json, Failed> {
        match op {
            Op::AddClients { items } => {
                let ids = self.app.in_batch(|app| {
                    items
                        .iter()
                        .map(|fields| Ok(app.add_client(fields)?.id))
                        .collect::<Result<Vec<_>, AppError>>()
                })?;
                self.hurry();
                Ok(json!(ids))
            }
            Op::EditClient { client, fields } => {
                let client = self.app.edit_client(client, &fields)?;
                self.hurry();
                Ok(json!(client))
            }
            Op::Clients => Ok(json!(self.app.clients(None)?)),
            Op::GetClients { clients } => Ok(json!(self.here(&clients)?)),
            Op::Pending => Ok(json!(self.app.pending()?)),
            Op::Sync => match session(&mut self.app, &mut self.engine, &self.http).await? {
                Ended::Done(report) => Ok(shown(&report)),
                Ended::Later(_, failure) | Ended::Stopped(failure) => Err(failure.into()),
            },
            Op::Live { on: false } => {
                self.live = None;
                Ok(json!(false))
            }
            Op::Live { on: true } => {
                let (server, token) = signed_in(&self.app)?;
                let (sender, head) = watch::channel(0);
                let listener = tokio::spawn(live::listen(server, token, sender));
                self.live = Some(Live { head, listener, due: self.app.now() });
                Ok(json!(true))
            }
        }
    }

    /// Those of these clients that are here and not removed.
    fn here(&self, ids: &[ClientId]) -> Result<Vec<Client>, AppError> {
        ids.iter()
            .filter_map(|id| match self.app.client(*id) {
                Err(AppError::NotFound(_)) => None,
                found => Some(found),
            })
            .collect()
    }

    /// Something was written that the server does not have yet.
    fn hurry(&mut self) {
        if let Some(live) = &mut self.live {
            live.due = self.app.now();
        }
    }

    async fn run_session(&mut self) -> Result<(), Failed> {
        let ended = session(&mut self.app, &mut self.engine, &self.http).await?;
        let (event, due) = match ended {
            Ended::Done(report) => {
                let mut event = shown(&report);
                event["event"] = json!("synced");
                (event, self.app.now().saturating_add(POLL).unwrap_or(Timestamp::MAX))
            }
            Ended::Later(until, failure) => {
                (json!({ "event": "offline", "why": failure.to_string() }), until)
            }
            Ended::Stopped(failure) => return Err(failure.into()),
        };
        if let Some(live) = &mut self.live {
            live.due = due;
        }
        say(&event)
    }
}

/// Done when a session is due: its time has come, or the server has a number that we have not. Never while not live.
async fn due(live: Option<&mut Live>, app: &App) {
    let Some(live) = live else { return std::future::pending().await };
    let known = app.store().read::<_, AppError>(|tx| Ok(tx.meta::<u64>(HEAD)?)).ok().flatten().unwrap_or(0);
    loop {
        if *live.head.borrow_and_update() > known {
            return;
        }
        let wait = live.due.duration_since(app.now()).max(SignedDuration::ZERO);
        let pause = tokio::time::sleep(wait.unsigned_abs());
        tokio::select! {
            () = pause => return,
            changed = live.head.changed() => if changed.is_err() {
                // The listener ended: polling goes on.
                return tokio::time::sleep(wait.unsigned_abs()).await;
            },
        }
    }
}

fn shown(report: &Report) -> Json {
    let Report { pushed, pulled, refused, quarantined, in_step, changed } = report;
    let changed: &BTreeSet<_> = changed;
    json!({ "pushed": pushed, "pulled": pulled, "refused": refused, "quarantined": quarantined,
            "inStep": in_step, "changed": changed })
}

fn told(id: Json, done: Result<Json, Failed>, lang: Lang) -> Json {
    match done {
        Ok(value) => json!({ "id": id, "ok": value }),
        Err(failed) => {
            let mut told: Json = serde_json::from_str(&failed.json(lang)).unwrap_or_default();
            told["id"] = id;
            told
        }
    }
}

fn say(line: &Json) -> Result<(), Failed> {
    let mut out = std::io::stdout().lock();
    let said = writeln!(out, "{line}").and_then(|()| out.flush());
    said.map_err(|error| Failed::usage(error.to_string()))
}
