//! When to end: Ctrl-C, SIGTERM, or the end of stdin (the program that started us is gone).

use std::io::{self, Read as _};
use std::thread;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Knows when to end, and may be asked by many.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<&'static str>);

impl Stop {
    /// Begins to listen for reasons. Needs the async runtime.
    pub fn listen(also_stdin: bool) -> io::Result<Self> {
        let (reason, stop) = watch::channel("");
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        if also_stdin {
            let reason = reason.clone();
            // A thread of its own: the runtime would wait at its end for a read that never returns.
            thread::Builder::new().name("stdin".to_owned()).spawn(move || {
                let mut nothing = [0; 1024];
                while io::stdin().read(&mut nothing).is_ok_and(|read| read > 0) {}
                reason.send_replace("end of stdin");
            })?;
        }
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => reason.send_replace("SIGINT"),
                _ = terminate.recv() => reason.send_replace("SIGTERM"),
            }
        });
        Ok(Self(stop))
    }

    /// Waits for a reason to end, and tells it.
    pub async fn wait(mut self) -> &'static str {
        match self.0.wait_for(|reason| !reason.is_empty()).await.map(|reason| *reason) {
            Ok(reason) => reason,
            // Nobody is left who could give one, so there will be none.
            Err(_) => std::future::pending().await,
        }
    }
}
