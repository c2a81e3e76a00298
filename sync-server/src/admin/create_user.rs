//! `admin create-user`: the account that a registration would make, and a code for its password unless one is given.

use std::fs;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value as Json, json};

use super::acts::NewAccount;
use super::{AdminError, Shown, cause};
use crate::system::random_bytes;
use crate::{AppState, auth, billing};

pub(super) async fn create_user(state: &AppState, wanted: &NewAccount) -> Result<Shown, AdminError> {
    let given = wanted.password_file.as_deref().map(fs::read_to_string).transpose();
    let given = given.map_err(AdminError::PasswordFile)?;
    let said = said(wanted, given.as_deref());
    let account = auth::open_account(state, &said, |user| cause(Some(user))).await?;
    let (user, tenant) = (account.user, account.tenant);
    let mut shown = json!({ "id": user.id, "tenantId": tenant.id, "email": user.email, "plan": tenant.plan });
    let mut tx = state.db.tenant(tenant.id).await?.caused_by(cause(None));
    if let Some(plan) = wanted.plan.filter(|plan| plan.as_str() != tenant.plan) {
        billing::grant(&mut tx, plan, auth::to_micros(state.now()), state.new_id()).await?;
        shown["plan"] = json!(plan);
    }
    if given.is_none() {
        let code = auth::password_code(state, &mut tx, &user, false).await?;
        shown["code"] = json!(code.as_ref().map(secrecy::ExposeSecret::expose_secret));
    }
    tx.commit().await?;
    Ok(Shown(shown))
}

/// What a registration would say. Without a password it is one that nobody knows.
fn said(wanted: &NewAccount, password: Option<&str>) -> Map<String, Json> {
    let unknown = BASE64_URL_SAFE_NO_PAD.encode(random_bytes::<32>());
    let password = password.map_or(&*unknown, |text| text.trim_end_matches(['\r', '\n']));
    let mut said = Map::new();
    for (name, value) in [
        ("name", Some(&*wanted.name)),
        ("email", Some(&*wanted.email)),
        ("password", Some(password)),
        ("tenantName", wanted.tenant_name.as_deref()),
        ("phone", wanted.phone.as_deref()),
        ("timezone", wanted.timezone.as_deref()),
        ("locale", wanted.locale.as_deref()),
    ] {
        if let Some(value) = value {
            said.insert(name.to_owned(), value.into());
        }
    }
    said
}
