//! `admin list users` and `admin list tenants`: everybody, one business after the other, each behind its own wall.

use serde_json::{Value as Json, json};

use super::acts::Everybody;
use super::{AdminError, Shown, store};
use crate::auth::{Tenant, User};
use crate::db::JobsDb;
use crate::{AppState, auth, devices};

pub(super) async fn list(state: &AppState, everybody: &JobsDb, what: Everybody) -> Result<Shown, AdminError> {
    let mut rows = Vec::new();
    for id in store::tenants(everybody).await? {
        let mut tx = state.db.tenant(id).await?;
        // One that was removed meanwhile is not there.
        let Some(tenant) = auth::find_tenant(&mut tx).await? else { continue };
        let people = auth::people(&mut tx).await?;
        match what {
            Everybody::Users => rows.extend(people.iter().map(|user| person(user, &tenant))),
            Everybody::Tenants => {
                let devices = devices::connected(&mut tx).await?.len();
                rows.push(business(&tenant, people.len(), devices));
            }
        }
        tx.commit().await?;
    }
    Ok(Shown(json!({ "data": rows })))
}

fn person(user: &User, tenant: &Tenant) -> Json {
    json!({ "id": user.id, "email": user.email, "name": user.name, "role": user.role, "tenantId": tenant.id,
            "createdAt": user.created_at })
}

fn business(tenant: &Tenant, users: usize, devices: usize) -> Json {
    json!({ "id": tenant.id, "name": tenant.name, "plan": tenant.plan, "status": tenant.status,
            "users": users, "devices": devices, "createdAt": tenant.created_at })
}
