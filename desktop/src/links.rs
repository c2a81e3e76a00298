//! `veloria://open/PATH`: another program asks for a page of the app. It can ask for nothing else.

use tauri::{AppHandle, Url};
use tauri_plugin_deep_link::DeepLinkExt as _;

use crate::window;

/// Listens for links.
pub(crate) fn listen(app: &AppHandle) {
    let handle = app.clone();
    app.deep_link().on_open_url(move |event| {
        if let Some(path) = event.urls().iter().find_map(page) {
            window::go(&handle, &path);
        }
    });
}

/// The page that a link names.
fn page(url: &Url) -> Option<String> {
    let is_plain = url.path().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_".contains(&byte));
    let names_page = url.scheme() == "veloria" && url.host_str() == Some("open") && is_plain;
    // What is asked with a query or more would be done and not shown.
    (names_page && !url.path().starts_with("/api") && !url.path().starts_with("/shell"))
        .then(|| if url.path().is_empty() { "/".to_owned() } else { url.path().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn a_link_opens_a_page_and_nothing_else() {
        let asked = |link: &str| page(&link.parse().expect("a link"));
        assert_eq!(asked("veloria://open/clients/0192f0c1").as_deref(), Some("/clients/0192f0c1"));
        assert_eq!(asked("veloria://open").as_deref(), Some("/"));
        for bad in [
            "veloria://open/api/v1/clients",
            "veloria://open/shell/again",
            "veloria://close/x",
            // What climbs is resolved before it is looked at.
            "veloria://open/clients/%2e%2e/api/v1/clients",
            "veloria://open/clients%2f1",
            "https://open/x",
        ] {
            assert_eq!(asked(bad), None, "{bad}");
        }
    }
}
