//! `admin revoke WHO`: sign-ins, tokens and devices end, from this moment on.

use serde_json::json;

use super::acts::What;
use super::who::Who;
use super::{AdminError, Shown};
use crate::{AppState, auth, devices};

pub(super) async fn revoke(state: &AppState, typed: &str, what: &What) -> Result<Shown, AdminError> {
    let what = what.or_all();
    let who = Who::find(state, typed).await?;
    let now = auth::to_micros(state.now());
    let mut tx = who.begin(state).await?;
    let (mut sessions, mut tokens, mut disconnected) = (0, 0, 0);
    for person in who.people(&mut tx).await? {
        if what.sessions || what.tokens {
            let revoked = auth::revoke_keys(&mut tx, person.id, (what.sessions, what.tokens), now).await?;
            sessions += revoked.sessions;
            tokens += revoked.tokens;
        }
        if what.devices {
            for device in devices::connected_by(&mut tx, person.id).await? {
                disconnected += u64::from(devices::disconnect(&mut tx, device.id, now).await?);
            }
        }
    }
    tx.commit().await?;
    Ok(Shown(json!({ "id": who.tenant, "sessions": sessions, "tokens": tokens, "devices": disconnected })))
}
