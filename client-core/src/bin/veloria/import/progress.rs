//! How far an import is, on standard error: a bar for somebody who watches, a line now and then for a log.

use std::io::{IsTerminal as _, Write as _};
use std::thread;
use std::time::Duration;

use domain::lang::Lang;

/// Between two batches others get their turn: SQLite lets whoever waits try again every tenth of a second at most.
const PAUSE: Duration = Duration::from_millis(25);

/// Smaller imports are over before anybody could read it.
const WORTH_TELLING: usize = 1_000;

const WIDTH: usize = 30;

/// Shows `done / of`, and gives way.
pub(super) fn shown(lang: Lang) -> impl FnMut(usize, usize) {
    let is_watched = std::io::stderr().is_terminal();
    let mut told = 0;
    move |done, of| {
        if done < of && done > 0 {
            thread::sleep(PAUSE);
        }
        if of < WORTH_TELLING {
            return;
        }
        // Nobody is hurt by a count that is not seen.
        if is_watched {
            let filled = done * WIDTH / of;
            let end = if done == of { "\n" } else { "" };
            let bar = "#".repeat(filled) + &".".repeat(WIDTH - filled);
            let _ = write!(std::io::stderr(), "\r[{bar}] {done} / {of}{end}");
        } else if done * 10 / of > told || done == of {
            told = done * 10 / of;
            let rows = if lang == Lang::Ru { "строк" } else { "rows" };
            let _ = writeln!(std::io::stderr(), "{rows}: {done} / {of}");
        }
    }
}
