//! Settings: when she works, what she asks for, how she is reached. Records, so only the server writes them; devices ask for
//! the same through intents.
//!
//! May use `db`, `http`, `writes`, `auth` (currency) and the door of `sync`. The rules are `domain::settings`.

mod get;
mod list;
mod put;
#[cfg(test)]
mod tests;

use domain::dates::zone_rules;
use domain::ids::TenantId;
use domain::settings::{
    BusinessHours, CancelPolicy, DepositPolicy, Profile, Section, SectionValue, Setting, VisitPolicies,
};
use domain::sync::{RecordKind, record_digest};
use jiff::Timestamp;
use jiff::tz::TimeZone;
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

/// What holds for a visit that was booked at this moment.
pub async fn policies_of(tx: &mut TenantTx, booked: Timestamp) -> Result<VisitPolicies, Problem> {
    let business = business(tx).await?.1;
    let zone = zone_rules(&business.timezone).unwrap_or(TimeZone::UTC);
    let cancel = find(tx, Section::CancelPolicy).await?.value;
    let deposit = find(tx, Section::DepositPolicy).await?.value;
    let (SectionValue::CancelPolicy(cancel), SectionValue::DepositPolicy(deposit)) = (cancel, deposit) else {
        // A section is always read as its own type.
        return Ok(VisitPolicies::of(booked, &zone, &CancelPolicy::default(), &DepositPolicy::default()));
    };
    Ok(VisitPolicies::of(booked, &zone, &cancel, &deposit))
}

/// A section as it stands.
async fn find(tx: &mut TenantTx, section: Section) -> Result<Setting, Problem> {
    let (tenant, business) = business(tx).await?;
    let body = sync::record(tx, RecordKind::Settings, section.id(tenant)).await?;
    Ok(Setting::from_record(section, body.as_ref(), &business))
}

/// The business that the transaction sees.
async fn business(tx: &mut TenantTx) -> Result<(TenantId, Profile), Problem> {
    let tenant = auth::find_tenant(tx).await?.ok_or_else(Problem::not_found)?;
    let currency = tenant.currency();
    let (business_name, timezone, locale) = (tenant.name, tenant.timezone, tenant.locale);
    Ok((tenant.id, Profile { business_name, timezone, locale, currency }))
}

/// The version of a section.
fn tag(setting: &Setting) -> Result<Tag, Problem> {
    let record = setting.to_record().map_err(|error| Problem::internal(&error))?;
    Ok(Tag::of_record(record_digest(RecordKind::Settings.as_str(), uuid::Uuid::nil(), &record)))
}
