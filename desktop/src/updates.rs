//! New versions: signed, and only in a program that was built with the key to check them against. Without a key nothing is asked.

use std::time::Duration;

use domain::lang::{fill, text};
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt as _;
use tauri_plugin_updater::UpdaterExt as _;

use crate::settings;

/// The public key of whoever builds the packages, and where they lie; given when the program is built.
const KEY: Option<&str> = option_env!("VELORIA_UPDATE_KEY");
const PLACE: Option<&str> = option_env!("VELORIA_UPDATE_URL");
const PAUSE: Duration = Duration::from_hours(24);

/// With the updater, where there is a key.
pub(crate) fn plugged(builder: tauri::Builder<tauri::Wry>) -> tauri::Builder<tauri::Wry> {
    match KEY {
        Some(key) => builder.plugin(tauri_plugin_updater::Builder::new().pubkey(key).build()),
        None => builder,
    }
}

/// Looks for a new version once a day. It is installed when she quits the program, never under her hands.
pub(crate) fn watch(app: &AppHandle) {
    let (Some(_), Some(place)) = (KEY, PLACE) else { return };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        loop {
            if let Err(error) = look(&app, place).await {
                tracing::warn!(%error, "no word of new versions");
            }
            tokio::time::sleep(PAUSE).await;
        }
    });
}

async fn look(app: &AppHandle, place: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let updater = app.updater_builder().endpoints(vec![place.parse()?])?.build()?;
    let Some(update) = updater.check().await? else { return Ok(()) };
    let lang = settings::language();
    update.download_and_install(|_, _| (), || ()).await?;
    let title = fill(lang, "desktop.update.ready", &[("version", &update.version)]);
    app.notification().builder().title(title).body(text(lang, "desktop.update.ready_text")).show()?;
    Ok(())
}
