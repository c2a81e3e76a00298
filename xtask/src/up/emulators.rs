//! The emulators' house beside a demo: payments can be tried with no account. Ends when this is dropped, or with this program.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::first_free;
use crate::chore::{self, ChoreError};

const USUAL_PORT: u16 = 8095;

pub(super) struct Emulators(Child);

impl Emulators {
    /// Starts the house and says where it is.
    pub(super) fn start(binary: &Path) -> Result<Self, ChoreError> {
        let port = first_free(USUAL_PORT)?;
        let mut command = Command::new(binary);
        command
            .args(["emulators", "--port", &port.to_string(), "--stop-on-stdin-eof"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut house = Self(command.spawn().map_err(chore::not_started(&command))?);
        let mut said = String::new();
        if let Some(stdout) = house.0.stdout.take() {
            let read = BufReader::new(stdout).read_line(&mut said);
            read.map_err(|error| ChoreError::Refused(format!("cannot hear the emulators: {error}")))?;
        }
        let address = said.trim().strip_prefix("ready ");
        let address = address.ok_or_else(|| ChoreError::Refused("the emulators did not start".to_owned()))?;
        println!("emulators {address}");
        Ok(house)
    }
}

impl Drop for Emulators {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        if let Err(error) = self.0.wait() {
            println!("up: cannot see the emulators end: {error}");
        }
    }
}
