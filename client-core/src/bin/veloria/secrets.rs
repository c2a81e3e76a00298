//! Passwords and passphrases: from the environment, a file or a prompt, never from the command line, which other
//! users of the machine can read.

use std::fs;
use std::io::IsTerminal as _;
use std::path::Path;

use secrecy::SecretString;

use crate::failed::Failed;

/// Whether a new secret is typed twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Once,
    Twice,
}

/// The passphrase of the home.
pub(crate) fn passphrase(file: Option<&Path>, ask: Ask) -> Result<SecretString, Failed> {
    find("VELORIA_PASSPHRASE", file, "Passphrase: ", ask)?.ok_or_else(|| {
        Failed::locked("the passphrase is missing: set VELORIA_PASSPHRASE or give --passphrase-file FILE")
    })
}

/// The password of the account.
pub(crate) fn password(file: Option<&Path>, ask: Ask) -> Result<SecretString, Failed> {
    find("VELORIA_PASSWORD", file, "Password: ", ask)?.ok_or_else(|| {
        Failed::usage("the password is missing: set VELORIA_PASSWORD or give --password-file FILE")
    })
}

fn find(variable: &str, file: Option<&Path>, prompt: &str, ask: Ask) -> Result<Option<SecretString>, Failed> {
    if let Some(path) = file {
        let text = fs::read_to_string(path)
            .map_err(|error| Failed::usage(format!("{}: {error}", path.display())))?;
        return Ok(Some(text.trim_end_matches(['\r', '\n']).into()));
    }
    if let Ok(value) = std::env::var(variable) {
        return Ok(Some(value.into()));
    }
    if !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    let read = || rpassword::prompt_password(prompt).map_err(|error| Failed::usage(error.to_string()));
    let typed = read()?;
    if ask == Ask::Twice && read()? != typed {
        return Err(Failed::usage("the two are not the same"));
    }
    Ok(Some(typed.into()))
}
