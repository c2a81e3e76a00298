//! The other process: takes its limits first, then the file from stdin, and puts the picture on stdout: a line of JSON that says
//! how long each size is, and then the sizes. Knows no network, no database, no setting; its environment is empty.

use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use domain::media::MAX_FILE_BYTES;
use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

use super::{Kind, Picture, Refusal};
use domain::media::picture::remake;

/// What it may hold at a time.
const MOST_MEMORY: u64 = 448 * 1024 * 1024;
/// Seconds of a processor.
const MOST_CPU: u64 = 10;
/// Open files: the three that it begins with, and a few for the runtime.
const MOST_FILES: u64 = 16;

/// The first line of its answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Head {
    /// The picture's bytes follow.
    Done {
        /// What they are.
        kind: Kind,
        /// Points of the largest.
        width: u32,
        /// Points of the largest.
        height: u32,
        /// Bytes of each size.
        lengths: [usize; 3],
    },
    /// Nothing follows.
    Refused(Refusal),
}

/// Does the work of one picture, and ends.
#[must_use]
pub fn run() -> ExitCode {
    match work() {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever started us looks at the code and at nothing else; there is nobody to tell.
        Err(_) => ExitCode::FAILURE,
    }
}

fn work() -> io::Result<()> {
    for (resource, most) in [
        (Resource::Data, MOST_MEMORY),
        (Resource::Cpu, MOST_CPU),
        (Resource::Nofile, MOST_FILES),
        // Not one byte of any file, and no picture of its memory.
        (Resource::Fsize, 0),
        (Resource::Core, 0),
    ] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    let mut file = Vec::new();
    io::stdin().lock().take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut file)?;
    let mut out = io::stdout().lock();
    match remake(&file) {
        Ok(Picture { kind, width, height, sizes }) => {
            let lengths = sizes.each_ref().map(Vec::len);
            head(&mut out, &Head::Done { kind, width, height, lengths })?;
            sizes.iter().try_for_each(|size| out.write_all(size))?;
        }
        Err(refusal) => head(&mut out, &Head::Refused(refusal))?,
    }
    out.flush()
}

fn head(out: &mut impl io::Write, head: &Head) -> io::Result<()> {
    serde_json::to_writer(&mut *out, head)?;
    out.write_all(b"\n")
}
