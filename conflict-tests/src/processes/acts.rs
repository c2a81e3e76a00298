//! What is done on a device, and how it is disturbed.

use std::time::Duration;

use rand::RngExt as _;
use serde_json::Value as Json;
use tokio::time::sleep;

use super::{Ended, Outcome, Play};

/// One in so many acts is killed on the way.
const KILL_ONE_IN: u32 = 4;
/// `veloria` says so if the server cannot be reached, and if there is no such thing.
const OFFLINE: i32 = 3;
const NOT_FOUND: i32 = 4;
/// And if a field is wrong, such as a client who is not here.
const INVALID: i32 = 5;

impl Play {
    /// Something that a master does, perhaps killed on the way.
    pub(super) async fn act(&mut self, device: usize) -> Outcome<()> {
        let patience = self.rng.random_ratio(1, KILL_ONE_IN).then(|| self.moment(self.lasts.0));
        let number = self.promises.next();
        let known = self.promises.some_client(&mut self.rng);
        let pick = self.rng.random_range(0..10_u8);
        let (what, client) = match (pick, known) {
            (0..=2, _) | (_, None) => ("client", String::new()),
            (3 | 4, Some(client)) => ("tag", client),
            (5, Some(client)) => ("note", client),
            (6 | 7, Some(client)) => ("visit", client),
            (8, Some(client)) => ("payment", client),
            (_, Some(_)) => return self.decide(device, patience).await,
        };
        let token = format!("token-{number}");
        let at =
            format!("2027-12-01T{:02}:{}", self.rng.random_range(9..18), ["00", "30"][usize::from(pick % 2)]);
        let amount = (1_000 + number).to_string();
        let args: Vec<&str> = match what {
            "client" => vec!["clients", "add", "--name", &token],
            "tag" => vec!["clients", "edit", &client, "--tag", &token],
            "note" => vec!["notes", "add", "--client", &client, "--body", &token],
            "visit" => {
                vec!["appointments", "add", "--client", &client, "--at", &at, "--min", "60", "--note", &token]
            }
            _ => vec!["payments", "add", "--client", &client, "--amount", &amount],
        };
        let word = if what == "payment" { amount.clone() } else { token.clone() };
        match self.homes[device].run(&args, patience).await? {
            Ended::Done(answer) => {
                self.report.acknowledged += 1;
                self.promises.acknowledged(what, &client, &word, &answer)
            }
            Ended::Killed => {
                self.report.killed += 1;
                self.promises.perhaps(what, &word);
                Ok(())
            }
            // A client of another device that is not here yet.
            Ended::Failed(NOT_FOUND, _) => Ok(()),
            Ended::Failed(INVALID, words) if words.contains(r#""clientId":"unknown""#) => Ok(()),
            Ended::Failed(code, words) => Err(format!("{args:?} ended with {code}: {words}").into()),
        }
    }

    /// Settles what needs her, if anything does.
    async fn decide(&mut self, device: usize, patience: Option<Duration>) -> Outcome<()> {
        let list = self.homes[device].must(&["conflicts", "list"]).await?;
        let Some(id) = list["data"].pointer("/0/id").and_then(Json::as_str) else { return Ok(()) };
        match self.homes[device].run(&["conflicts", "resolve", id, "--choose", "keepBoth"], patience).await? {
            Ended::Done(_) => self.report.acknowledged += 1,
            Ended::Killed => self.report.killed += 1,
            Ended::Failed(code, words) => return Err(format!("deciding ended with {code}: {words}").into()),
        }
        Ok(())
    }

    /// A device talks to the server, and something may come between.
    pub(super) async fn sync(&mut self, device: usize) -> Outcome<()> {
        match self.rng.random_range(0..10_u8) {
            0..=3 => self.talk(device, None).await,
            4 | 5 => {
                self.report.cut += 1;
                let bytes = self.rng.random_range(0..12_000);
                self.line.cut_after(bytes);
                let done = self.talk(device, None).await;
                self.line.heal();
                done
            }
            6 | 7 => {
                let patience = self.moment(self.lasts.1);
                self.talk(device, Some(patience)).await
            }
            _ => {
                self.report.died += 1;
                let moment = self.moment(self.lasts.1);
                let home = &self.homes[device];
                let death = async {
                    sleep(moment).await;
                    self.host.kill()
                };
                let (ended, killed) = tokio::join!(home.run(&["sync"], None), death);
                killed?;
                self.host.rise().await?;
                allowed(&ended?)
            }
        }
    }

    async fn talk(&mut self, device: usize, patience: Option<Duration>) -> Outcome<()> {
        let ended = self.homes[device].run(&["sync"], patience).await?;
        self.report.killed += u32::from(matches!(ended, Ended::Killed));
        allowed(&ended)
    }

    /// A moment somewhere in what lasts so many microseconds, or a little later.
    fn moment(&mut self, micros: u64) -> Duration {
        Duration::from_micros(self.rng.random_range(0..=micros + micros / 4))
    }
}

/// A sync may find nobody, or nobody any more; nothing else may go wrong with it.
fn allowed(ended: &Ended) -> Outcome<()> {
    match ended {
        Ended::Failed(code, words) if *code != OFFLINE => {
            Err(format!("a sync ended with {code}: {words}").into())
        }
        _ => Ok(()),
    }
}
