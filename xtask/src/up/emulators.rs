//! The emulators' house beside a demo: payments can be tried with no account, in a shop that the server takes for its own. Ends when
//! this is dropped, or with this program.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::first_free;
use crate::chore::{self, ChoreError};

const USUAL_PORT: u16 = 8095;

/// Where the server of the demo hears of payments.
const WEBHOOK: &str = "/api/v1/payments/yookassa/webhook";

pub(super) struct Emulators {
    child: Child,
    address: String,
}

impl Emulators {
    /// Starts the house beside the server at `server` (a port on 127.0.0.1), and says where it is.
    pub(super) fn start(binary: &Path, server: u16) -> Result<Self, ChoreError> {
        let port = first_free(USUAL_PORT)?;
        let mut command = Command::new(binary);
        command
            .args(["emulators", "--port", &port.to_string(), "--stop-on-stdin-eof"])
            .args(["--notify", &format!("http://127.0.0.1:{server}{WEBHOOK}")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let child = command.spawn().map_err(chore::not_started(&command))?;
        let mut house = Self { child, address: String::new() };
        let mut said = String::new();
        if let Some(stdout) = house.child.stdout.take() {
            let read = BufReader::new(stdout).read_line(&mut said);
            read.map_err(|error| ChoreError::Refused(format!("cannot hear the emulators: {error}")))?;
        }
        let address = said.trim().strip_prefix("ready ");
        let address = address.ok_or_else(|| ChoreError::Refused("the emulators did not start".to_owned()))?;
        println!("emulators {address}");
        address.clone_into(&mut house.address);
        Ok(house)
    }

    /// What makes a server call the house instead of the provider, in a shop of its own, and hear it.
    pub(super) fn settings(&self) -> [(&'static str, String); 4] {
        [
            ("YOOKASSA_URL", format!("{}/yookassa/v3", self.address)),
            ("YOOKASSA_SOURCES", "127.0.0.0/8,::1/128".to_owned()),
            ("YOOKASSA_SHOP_ID", "100500".to_owned()),
            ("YOOKASSA_SECRET_KEY", "test_demo".to_owned()),
        ]
    }
}

impl Drop for Emulators {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        if let Err(error) = self.child.wait() {
            println!("up: cannot see the emulators end: {error}");
        }
    }
}
