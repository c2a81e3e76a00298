//! The icon in the tray: open, sync now, lock, start with the computer, quit. Where there is no tray, closing the window ends the program.

use std::sync::Arc;

use domain::lang::text;
use tauri::menu::{CheckMenuItem, Menu, MenuEvent, MenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager as _};
use tauri_plugin_autostart::ManagerExt as _;

use crate::home::Shell;
use crate::{settings, window};

const TRAY: &str = "tray";
const OPEN: &str = "open";
const SYNC: &str = "sync";
const LOCK: &str = "lock";
const AUTOSTART: &str = "autostart";
const QUIT: &str = "quit";

/// Puts the icon there, if the computer has a place for it.
pub(crate) fn build(app: &AppHandle) {
    if let Err(error) = try_build(app) {
        tracing::warn!(%error, "no tray");
    }
}

/// Whether the icon is there.
pub(crate) fn stands(app: &AppHandle) -> bool {
    app.tray_by_id(TRAY).is_some()
}

fn try_build(app: &AppHandle) -> tauri::Result<()> {
    let lang = settings::language();
    let item = |id: &str, key: &str| MenuItem::with_id(app, id, text(lang, key), true, None::<&str>);
    // Unknown is off: turning it on says then what is wrong.
    let starts = app.autolaunch().is_enabled().unwrap_or(false);
    let autostart = CheckMenuItem::with_id(
        app,
        AUTOSTART,
        text(lang, "desktop.tray.autostart"),
        true,
        starts,
        None::<&str>,
    )?;
    let menu = Menu::with_items(
        app,
        &[
            &item(OPEN, "desktop.tray.open")?,
            &item(SYNC, "desktop.tray.sync")?,
            &item(LOCK, "desktop.tray.lock")?,
            &autostart,
            &item(QUIT, "desktop.tray.quit")?,
        ],
    )?;
    let mut tray = TrayIconBuilder::with_id(TRAY).tooltip("VeloriaCRM").menu(&menu);
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.on_menu_event(move |app, event| chosen(app, &event, &autostart)).build(app).map(drop)
}

/// Shuts the window; without a PIN it shows where one is set.
fn lock(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        let shell = Arc::clone(app.state::<Arc<Shell>>().inner());
        if shell.shut().await {
            window::fresh(&app);
        } else {
            window::go(&app, "/settings/security");
        }
    });
}

fn chosen(app: &AppHandle, event: &MenuEvent, autostart: &CheckMenuItem<tauri::Wry>) {
    match event.id().as_ref() {
        OPEN => window::show(app),
        SYNC => app.state::<Arc<Shell>>().hurry.notify_one(),
        LOCK => lock(app.clone()),
        QUIT => app.exit(0),
        AUTOSTART => {
            let starts = app.autolaunch();
            let is_on = starts.is_enabled().unwrap_or(false);
            let turned = if is_on { starts.disable() } else { starts.enable() };
            if let Err(error) = turned {
                tracing::warn!(%error, "starting with the computer stays as it was");
            }
            let shown = autostart.set_checked(starts.is_enabled().unwrap_or(false));
            if let Err(error) = shown {
                tracing::warn!(%error, "the menu shows the state before");
            }
        }
        _ => {}
    }
}
