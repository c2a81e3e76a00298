//! `GET /settings`: every section.

use axum::Json;
use domain::settings::{Section, Setting};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::{ItemErrors, Problem, Read};

/// All sections.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Settings {
    /// One entry for each section.
    data: Vec<Setting>,
}

/// List all settings
#[utoipa::path(
    get, path = "/settings", operation_id = "listSettings", tag = "settings",
    responses((status = 200, description = "Every section", body = Settings), ItemErrors)
)]
pub(super) async fn list_settings(Read { mut tx, .. }: Read) -> Result<Json<Settings>, Problem> {
    let mut data = Vec::new();
    for section in Section::ALL {
        data.push(super::find(&mut tx, section).await?);
    }
    tx.commit().await?;
    Ok(Json(Settings { data }))
}
