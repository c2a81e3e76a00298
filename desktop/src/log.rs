//! The log file: our own doings and the worries of others, each line without what looks like a person. One file before it is kept.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use domain::pii::mask;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

const USUAL: &str = "warn,veloria_desktop=info,client_core=info";
const FILE: &str = "veloria.log";
/// A larger file becomes the one before, at the start.
const LARGE: u64 = 4 * 1024 * 1024;

/// Begins to log into a file of this folder.
pub(crate) fn start(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let file = open(folder)?;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL));
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_env_filter(filter)
        .with_writer(Masked(Mutex::new(file)));
    // Another subscriber in this process would be a mistake of ours, and no reason not to start.
    if let Err::<_, TryInitError>(error) = subscriber.finish().try_init() {
        eprintln!("VeloriaCRM: {error}");
    }
    Ok(())
}

fn open(folder: &Path) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    let path = folder.join(FILE);
    if fs::metadata(&path).is_ok_and(|file| file.len() > LARGE) {
        fs::rename(&path, path.with_extension("log.before"))?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}

/// A writer that lets no address, number or quoted text through.
struct Masked<W>(Mutex<W>);

impl<'a, W: Write + 'a> MakeWriter<'a> for Masked<W> {
    type Writer = Line<'a, W>;

    fn make_writer(&'a self) -> Self::Writer {
        Line(&self.0)
    }
}

/// One line; it comes in one piece.
struct Line<'a, W>(&'a Mutex<W>);

impl<W: Write> Write for Line<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let (line, end) = text.strip_suffix('\n').map_or((&*text, ""), |line| (line, "\n"));
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        write!(file, "{}{end}", mask(line))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_happened_and_not_to_whom() {
        let masked = Masked(Mutex::new(Vec::new()));
        let mut line = masked.make_writer();
        line.write_all("the server refused anna@example.ru, +79161234567, \"Анна Петрова\"\n".as_bytes())
            .expect("memory");
        let written = String::from_utf8(masked.0.into_inner().expect("nobody panicked")).expect("text");
        assert!(written.starts_with("the server refused") && written.ends_with('\n'), "{written}");
        for secret in ["anna@", "9161234567", "Петрова"] {
            assert!(!written.contains(secret), "{written}");
        }
    }
}
