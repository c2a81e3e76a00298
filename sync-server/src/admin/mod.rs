//! `sync-server admin`: what whoever runs an installation does by hand: make accounts, change plans, suspend, revoke, look.
//!
//! Goes through the same doors as a request (`auth`, `billing`, `devices`), one business at a time behind its wall, and every
//! act is in the journal under the door `admin`. Knows no HTTP; what is printed is `shown`, what is typed is `acts`.

mod acts;
mod create_user;
mod error;
mod list;
mod reset_password;
mod revoke;
mod set_plan;
mod set_status;
mod shown;
mod store;
#[cfg(test)]
mod tests;
mod who;

use domain::accounts::TenantStatus;
use domain::audit::Door;
use domain::ids::UserId;

use crate::AppState;
use crate::db::{Cause, JobsDb};

pub use acts::{Act, Admin};
pub use error::AdminError;
pub use shown::Shown;

/// Does one act; gives what is to be shown.
pub async fn act(state: &AppState, everybody: &JobsDb, act: &Act) -> Result<Shown, AdminError> {
    match act {
        Act::CreateUser(account) => create_user::create_user(state, account).await,
        Act::SetPlan { who, plan } => set_plan::set_plan(state, who, *plan).await,
        Act::Suspend { who } => set_status::set_status(state, who, TenantStatus::Suspended).await,
        Act::Resume { who } => set_status::set_status(state, who, TenantStatus::Active).await,
        Act::Revoke { who, what } => revoke::revoke(state, who, what).await,
        Act::List { what } => list::list(state, everybody, *what).await,
        Act::ResetPassword { email, mail } => reset_password::reset_password(state, email, *mail).await,
    }
}

/// On whose behalf: nobody of the business, an operator.
fn cause(about: Option<UserId>) -> Cause {
    Cause { user: about, ..Cause::at(Door::Admin) }
}
