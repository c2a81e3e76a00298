//! Settings: when she works, what she asks for, how she is reached. Records, so only the server writes them; devices ask for
//! the same through intents.
//!
//! May use `db`, `http`, `writes`, `auth` (currency) and the door of `sync`. The rules are `domain::settings`.

mod get;
mod list;
mod put;
#[cfg(test)]
mod tests;

use domain::settings::{BusinessHours, Section, SectionValue, Setting};
use domain::sync::{RecordKind, record_digest};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::db::TenantTx;
use crate::http::Problem;
use crate::writes::Tag;
use crate::{AppState, auth, sync};

/// The routes of this slice.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list_settings))
        .routes(routes!(get::get_setting, put::put_setting))
}

/// When she works.
pub async fn business_hours(tx: &mut TenantTx) -> Result<BusinessHours, Problem> {
    match find(tx, Section::BusinessHours).await?.value {
        SectionValue::BusinessHours(hours) => Ok(hours),
        // A section is always read as its own type.
        _ => Ok(BusinessHours::default()),
    }
}

/// A section as it stands.
async fn find(tx: &mut TenantTx, section: Section) -> Result<Setting, Problem> {
    let tenant = auth::find_tenant(tx).await?.ok_or_else(Problem::not_found)?;
    let body = sync::record(tx, RecordKind::Settings, section.id(tenant.id)).await?;
    Ok(Setting::from_record(section, body.as_ref(), tenant.currency()))
}

/// The version of a section.
fn tag(setting: &Setting) -> Result<Tag, Problem> {
    let record = setting.to_record().map_err(|error| Problem::internal(&error))?;
    Ok(Tag::of_record(record_digest(RecordKind::Settings.as_str(), uuid::Uuid::nil(), &record)))
}
