//! What all chores share: where the repository is, how programs are run, how failure is told. Decides nothing itself.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Instant;

use crate::embedded_postgres::EmbeddedPostgresError;

/// Why a chore stopped, in one line for the person who called it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChoreError {
    /// The chore itself says no.
    #[error("{0}")]
    Refused(String),
    #[error("`{command}` failed ({status})")]
    Failed { command: String, status: ExitStatus },
    #[error("`{command}` could not be started: {source}")]
    NotStarted { command: String, source: io::Error },
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Postgres(#[from] EmbeddedPostgresError),
}

impl ChoreError {
    /// Names the path, which an `io::Error` does not.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

/// The top folder. Cargo says at run time where this crate is: the binary may have been built in another clone.
pub(crate) fn root() -> PathBuf {
    let here = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let here = PathBuf::from(here);
    here.parent().map_or_else(|| here.clone(), Path::to_owned)
}

/// A cargo command in the top folder that asks no database: the committed `.sqlx` answers instead.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(args).current_dir(root()).env("SQLX_OFFLINE", "true").env_remove("DATABASE_URL");
    // What cargo told us about ourselves is wrong for whatever it builds next.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(name);
        }
    }
    // It was meant from where the person stands, not from the top folder.
    if let Some(target) = env::var_os("CARGO_TARGET_DIR")
        && let Ok(target) = std::path::absolute(target)
    {
        cargo.env("CARGO_TARGET_DIR", target);
    }
    cargo
}

/// A program built in release.
pub(crate) fn built(program: &str) -> Result<PathBuf, ChoreError> {
    built_in("release", program)
}

/// Cargo put us into `<target>/<profile>/`, and what it builds in another profile stands beside that, wherever the target is.
pub(crate) fn built_in(profile: &str, program: &str) -> Result<PathBuf, ChoreError> {
    let me = env::current_exe().map_err(ChoreError::file(Path::new("xtask")))?;
    let target = me.ancestors().nth(2).unwrap_or(&me);
    Ok(target.join(profile).join(program))
}

/// Runs to the end; its output is ours.
pub(crate) fn run(command: &mut Command) -> Result<(), ChoreError> {
    let status = command.status().map_err(not_started(command))?;
    if status.success() { Ok(()) } else { Err(ChoreError::Failed { command: words(command), status }) }
}

/// Runs to the end and gives what it printed; complaints go to the screen.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>, ChoreError> {
    let output = command.stderr(std::process::Stdio::inherit()).output().map_err(not_started(command))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(ChoreError::Failed { command: words(command), status: output.status })
    }
}

pub(crate) fn not_started(command: &Command) -> impl FnOnce(io::Error) -> ChoreError + use<> {
    let command = words(command);
    move |source| ChoreError::NotStarted { command, source }
}

/// For durations that a person waits or reads.
#[expect(clippy::disallowed_methods, reason = "a chore waits for real programs, in real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The command as one would type it.
pub(crate) fn words(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy();
    let args = command.get_args().map(|arg| arg.to_string_lossy());
    std::iter::once(program).chain(args).collect::<Vec<_>>().join(" ")
}
