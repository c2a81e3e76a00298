//! The tools that a person brings along: Rust and Node. They are checked, never installed.

use std::env;
use std::ffi::OsString;
use std::process::Command;

use crate::chore::ChoreError;

type Version = (u32, u32);

/// Old tools fail later with errors that explain nothing, so they are refused here by name.
pub(super) fn refuse_old() -> Result<(), ChoreError> {
    refuse_older("Rust", env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()), (1, 95))?;
    refuse_older("Node", "node".into(), (20, 19))
}

fn refuse_older(tool: &str, program: OsString, oldest: Version) -> Result<(), ChoreError> {
    let output = Command::new(program).arg("--version").output();
    let said = output.ok().filter(|output| output.status.success());
    judge(tool, said.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).as_deref(), oldest)
        .map_err(ChoreError::Refused)
}

fn judge(tool: &str, said: Option<&str>, oldest: Version) -> Result<(), String> {
    let wanted = format!("{tool} {}.{} or newer is needed", oldest.0, oldest.1);
    let Some(said) = said else { return Err(format!("{wanted}, but it is not on this machine")) };
    match version(said) {
        Some(found) if found >= oldest => Ok(()),
        Some((major, minor)) => Err(format!("{wanted}, but this machine has {major}.{minor}")),
        None => Err(format!("{wanted}, but this machine's says `{}`", said.trim())),
    }
}

/// Reads `rustc 1.95.0 (...)` and `v20.19.4`.
fn version(said: &str) -> Option<Version> {
    let word = said.split_whitespace().find(|word| word.contains('.'))?;
    let mut numbers = word.trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn new_enough_tools_pass() {
        assert_eq!(judge("Rust", Some("rustc 1.95.0 (59807616e 2026-04-14)\n"), (1, 95)), Ok(()));
        assert_eq!(judge("Node", Some("v20.19.0\n"), (20, 19)), Ok(()));
        assert_eq!(judge("Node", Some("v22.1.0\n"), (20, 19)), Ok(()));
    }

    #[test]
    fn old_and_missing_tools_are_refused_in_one_line() {
        let refusals = [
            judge("Rust", Some("rustc 1.94.1 (abc 2026-03-01)"), (1, 95)),
            judge("Node", Some("v18.20.4\n"), (20, 19)),
            judge("Node", None, (20, 19)),
        ];
        assert_eq!(
            refusals,
            [
                Err("Rust 1.95 or newer is needed, but this machine has 1.94".to_owned()),
                Err("Node 20.19 or newer is needed, but this machine has 18.20".to_owned()),
                Err("Node 20.19 or newer is needed, but it is not on this machine".to_owned()),
            ]
        );
    }
}
