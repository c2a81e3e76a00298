//! The demo's salon beside a server that runs: a program of its own that knows nothing but the public API.

use std::process::{Child, Command, Stdio};

use crate::chore::{self, ChoreError};

/// The salon while it is being made.
pub(super) struct Filling {
    child: Child,
    command: String,
}

impl Filling {
    pub(super) fn start(port: u16) -> Result<Self, ChoreError> {
        let mut command = Command::new("node");
        command
            .arg(chore::root().join("desktop/ui/demo/main.mjs"))
            .args(["--server", &format!("http://127.0.0.1:{port}")])
            .stdin(Stdio::null());
        let child = command.spawn().map_err(chore::not_started(&command))?;
        Ok(Self { child, command: chore::words(&command) })
    }

    /// Whether it is whole.
    pub(super) fn is_done(&mut self) -> Result<bool, ChoreError> {
        let ended = self.child.try_wait();
        let ended = ended.map_err(|error| ChoreError::Refused(format!("cannot watch the demo: {error}")))?;
        match ended {
            None => Ok(false),
            Some(status) if status.success() => Ok(true),
            Some(status) => Err(ChoreError::Failed { command: self.command.clone(), status }),
        }
    }
}

/// When the server is told to stop in the middle, nobody is left to fill.
impl Drop for Filling {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing to do.
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}
