//! Everything that the server logs in this process, kept.

use std::panic::{self, PanicHookInfo};
use std::sync::{Arc, Mutex, PoisonError};
use std::{io, thread};

use sync_server::config::LogFormat;
use sync_server::logging;

use super::birds::{all_in_one, canaries_in};

/// What was logged so far.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Said>>);

/// What the program does when something panics. Put aside while nothing should, so that a test that fails says why.
static HOOK: Mutex<Option<Hook>> = Mutex::new(None);

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static>;

#[derive(Default)]
struct Said {
    bytes: Vec<u8>,
    searched: usize,
}

impl io::Write for Recorder {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Recorder {
    /// Logs as the program does, at this level, and keeps it.
    pub(crate) fn start(level: &str) -> Self {
        let recorder = Self::default();
        let writer = recorder.clone();
        let filter = level.parse().expect("a level");
        logging::start_into(LogFormat::Json, filter, move || writer.clone())
            .expect("nobody else logs in this process");
        *HOOK.lock().unwrap_or_else(PoisonError::into_inner) = Some(panic::take_hook());
        recorder
    }

    /// Something panics with the words of a person in its mouth, as it would in the program.
    pub(crate) fn panic(&self) {
        let hook = HOOK.lock().unwrap_or_else(PoisonError::into_inner).take();
        let usual = panic::take_hook();
        panic::set_hook(hook.expect("it was put aside"));
        let panicked = thread::spawn(|| panic!("{} is no date", all_in_one())).join();
        panic::set_hook(usual);
        assert!(panicked.is_err() && self.said().contains("panicked"));
    }

    /// All of it.
    pub(crate) fn said(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner).bytes).into_owned()
    }

    /// The lines with a canary in what was logged since the last question.
    pub(crate) fn canaries(&self) -> Vec<String> {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Whole lines alone: another thread may be in the middle of one.
        let end = said.bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let fresh = String::from_utf8_lossy(&said.bytes[said.searched.min(end)..end]).into_owned();
        said.searched = end;
        fresh.lines().filter(|line| !canaries_in(line).is_empty()).map(str::to_owned).collect()
    }
}
