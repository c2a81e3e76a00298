//! `veloria-desktop`: a window with the pages of `desktop/ui`, answered on this machine.
//!
//! The shell is thin: it opens the home, hands requests to `client_core::local_api`, keeps the sync going while the window or the
//! tray is there, and says what a computer says (tray, notifications, keychain). No business rule, no SQL, no HTTP of its own.

#![cfg_attr(windows, windows_subsystem = "windows")]

mod door;
mod home;
mod keychain;
mod links;
mod lock;
mod locked;
mod log;
mod pages;
mod settings;
mod sync;
mod told;
mod tray;
mod updates;
mod window;

use std::process::ExitCode;
use std::sync::Arc;

use tauri::{Manager as _, RunEvent, WindowEvent};

use home::Shell;

/// Automerge makes and drops many small things; with glibc's allocator a third of a sync goes into that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Started so by the computer itself, when somebody signs in to it: without a window.
const IN_TRAY: &str = "--in-tray";

fn main() -> ExitCode {
    // The updater brings a second provider along, so one of them is named before anybody asks. There is nobody else yet.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let app = builder().build(tauri::generate_context!());
    let app = match app {
        Ok(app) => app,
        Err(error) => {
            eprintln!("VeloriaCRM: {error}");
            return ExitCode::FAILURE;
        }
    };
    app.run(|app, event| match event {
        // The tray keeps it, and the sync goes on; "quit" there carries a code.
        RunEvent::ExitRequested { code: None, api, .. } if tray::stands(app) => api.prevent_exit(),
        // A second start on macOS comes as this.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::show(app),
        _ => {}
    });
    ExitCode::SUCCESS
}

fn builder() -> tauri::Builder<tauri::Wry> {
    let autostart = tauri_plugin_autostart::Builder::new().args([IN_TRAY]).build();
    let builder = tauri::Builder::default()
        // First of all: a second copy shows the window of the first, and ends.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| window::show(app)))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .plugin(autostart)
        .register_asynchronous_uri_scheme_protocol("tauri", |context, request, responder| {
            pages::serve(&context, request, responder);
        })
        .on_window_event(|window, event| {
            if let WindowEvent::CloseRequested { api, .. } = event
                && tray::stands(window.app_handle())
                && window.hide().is_ok()
            {
                api.prevent_close();
            }
        })
        .setup(|app| {
            let folder = settings::folder(app.handle())?;
            log::start(&app.path().app_log_dir()?)?;
            let shell = Arc::new(Shell::new(folder, app.handle().clone())?);
            app.manage(Arc::clone(&shell));
            tray::build(app.handle());
            links::listen(app.handle());
            shell.open();
            if !std::env::args().any(|argument| argument == IN_TRAY) || !tray::stands(app.handle()) {
                window::show(app.handle());
            }
            updates::watch(app.handle());
            Ok(())
        });
    updates::plugged(builder)
}
