//! A section of the settings on its way into the log, from REST and from devices alike. The profile of the business stands in the
//! tenant's record, too, which is written in the same breath.

use domain::errors::FieldErrors;
use domain::ids::TenantId;
use domain::settings::{Amounts, Profile, SectionValue, Setting};
use domain::sync::RecordKind;
use serde_json::{Map, Value as Json};

use super::session::Session;
use super::tx::Tx;
use crate::db::StoreError;

/// The business as its record says.
pub(super) async fn business<T: Tx>(session: &mut Session<'_, T>) -> Result<Profile, StoreError> {
    Ok(Profile::of_tenant(&Json::Object(tenant_record(session).await?)))
}

/// Keeps a section that was read and is not older than the one that stands; or what of it cannot be, because of what there is.
pub(super) async fn keep<T: Tx>(
    session: &mut Session<'_, T>,
    tenant: TenantId,
    setting: &Setting,
) -> Result<Result<(), FieldErrors>, StoreError> {
    if let SectionValue::Profile(profile) = &setting.value {
        let record = tenant_record(session).await?;
        let standing = Profile::of_tenant(&Json::Object(record.clone()));
        if let Err(told) = profile.follow(&standing, amounts(session).await?) {
            return Ok(Err(told));
        }
        if *profile != standing {
            let record = profile.write_into(record);
            session.keep_record(RecordKind::Tenant.as_str(), tenant.0, Some(&record)).await?;
        }
    }
    let body = setting.to_record().map_err(StoreError::damaged)?;
    let id = setting.id.id(tenant);
    session.keep_record(RecordKind::Settings.as_str(), id, Some(&body)).await?;
    Ok(Ok(()))
}

async fn tenant_record<T: Tx>(session: &mut Session<'_, T>) -> Result<Map<String, Json>, StoreError> {
    let tenant = session.tx.tenant();
    let body = session.record_body(RecordKind::Tenant.as_str(), tenant.0).await?;
    Ok(body.and_then(|body| body.as_object().cloned()).unwrap_or_default())
}

/// Whether there is a price list, or a payment, also among what this session writes.
async fn amounts<T: Tx>(session: &mut Session<'_, T>) -> Result<Amounts, StoreError> {
    for kind in [RecordKind::Service, RecordKind::Payment] {
        if session.has_records_of(kind.as_str()).await? {
            return Ok(Amounts::Some);
        }
    }
    Ok(Amounts::None)
}
