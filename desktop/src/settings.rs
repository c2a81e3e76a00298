//! Where this device lives on the disk, and which server a new home signs in at.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use domain::lang::Lang;
use tauri::{AppHandle, Manager as _};

/// What `cargo xtask up` starts.
const USUAL_SERVER: &str = "http://127.0.0.1:8080";
const SERVER: &str = "server";

/// The folder of the home: the one that is named, or the app's own among the user's data.
pub(crate) fn folder(app: &AppHandle) -> tauri::Result<PathBuf> {
    match std::env::var_os("VELORIA_HOME").filter(|named| !named.is_empty()) {
        Some(named) => Ok(named.into()),
        None => Ok(app.path().app_local_data_dir()?.join("home")),
    }
}

/// The server that was named in the environment, or at the door, or else the usual one.
pub(crate) fn server(folder: &Path) -> String {
    let named = std::env::var("VELORIA_SERVER").ok();
    let kept = || fs::read_to_string(folder.join(SERVER)).ok();
    named
        .or_else(kept)
        .map(|text| text.trim().to_owned())
        .filter(|text| is_server(text))
        .unwrap_or_else(|| USUAL_SERVER.to_owned())
}

/// Keeps the server that was named at the door.
pub(crate) fn keep_server(folder: &Path, server: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join(SERVER), server)
}

/// Whether a text is the address of a server: `https://host`, or `http://` for one on the same machine or network.
pub(crate) fn is_server(text: &str) -> bool {
    let parsed = text.parse::<tauri::Url>();
    parsed.is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some()
            && url.path() == "/"
            && url.username().is_empty()
    })
}

/// The language of the computer, for what is said before anybody is signed in.
pub(crate) fn language() -> Lang {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    named.and_then(|tag| tag.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::is_server;

    #[test]
    fn a_server_is_an_address_without_a_path_and_without_a_name_in_it() {
        for good in ["https://crm.example", "http://127.0.0.1:8080", "https://crm.example/"] {
            assert!(is_server(good), "{good}");
        }
        for bad in [
            "",
            "crm.example",
            "ftp://crm.example",
            "https://crm.example/api",
            "https://anna@crm.example",
            "javascript:1",
        ] {
            assert!(!is_server(bad), "{bad}");
        }
    }
}
