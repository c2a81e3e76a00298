//! The one window. It shows the app's own pages and goes nowhere else.

use tauri::{AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

const MAIN: &str = "main";

/// Brings the window to the front; makes it, if there is none.
pub(crate) fn show(app: &AppHandle) {
    let shown = match app.get_webview_window(MAIN) {
        Some(window) => Ok(window),
        None => build(app),
    };
    let shown = shown.and_then(|window| {
        window.show()?;
        window.unminimize()?;
        window.set_focus()
    });
    if let Err(error) = shown {
        tracing::error!(%error, "the window cannot be shown");
    }
}

/// Goes to a page of the app.
pub(crate) fn go(app: &AppHandle, path: &str) {
    show(app);
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let gone = window.url().and_then(|mut url| {
        url.set_path(path);
        url.set_query(None);
        window.navigate(url)
    });
    if let Err(error) = gone {
        tracing::error!(%error, "the window goes nowhere");
    }
}

/// Asks for the page anew: what was shown stays nowhere, and what may be shown now comes.
pub(crate) fn fresh(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN)
        && let Err(error) = window.reload()
    {
        tracing::error!(%error, "the window shows what it showed");
    }
}

fn build(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("VeloriaCRM")
        .inner_size(1280.0, 860.0)
        .min_inner_size(360.0, 560.0)
        .on_navigation(is_own)
        .build()
}

/// Nothing from elsewhere is ever shown in the window, whatever a text of hers links to.
fn is_own(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // Where the platform knows no schemes of programs.
        "http" | "https" => cfg!(windows) && url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}
