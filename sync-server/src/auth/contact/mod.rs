//! What changing an address and changing a phone share: the password proves who asks, a code by letter proves what is new, and
//! until that comes back nothing changes.

mod email;
mod phone;

use domain::accounts::Notice;
use domain::errors::ErrorCode;
use domain::input::{Fields, Patch};
use secrecy::SecretString;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::codes::{self, Purpose};
use super::password::{Beside, prove};
use super::views::User;
use super::{letters, store};
use crate::AppState;
use crate::db::TenantTx;
use crate::http::{Principal, Problem, Visitor};

/// The routes of this room.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(email::change_email))
        .routes(routes!(email::confirm_email))
        .routes(routes!(phone::change_phone))
        .routes(routes!(phone::confirm_phone))
}

/// The code of a letter.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "code": "vlr_one_AY9…" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
pub(super) struct LetterCode {
    /// As it stands in the letter.
    code: String,
}

/// Which contact, and where its code goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contact {
    /// The address that signs in; the new one gets the code.
    Email,
    /// The phone; as long as this server sends no messages, the code goes to the address.
    Phone,
}

impl Contact {
    const fn purpose(self) -> Purpose {
        match self {
            Self::Email => Purpose::Email,
            Self::Phone => Purpose::Phone,
        }
    }

    fn read(self, fields: &mut Fields<'_>) -> Patch<String> {
        match self {
            Self::Email => {
                let email = fields.email("email");
                fields.require("email", &email);
                email.map(|email| email.as_str().to_owned())
            }
            Self::Phone => {
                let phone = fields.phone("phone");
                fields.require("phone", &phone);
                phone.map(|phone| phone.as_str().to_owned())
            }
        }
    }
}

/// Sends a code for what a request wants to be the new contact.
pub(super) async fn ask(
    state: &AppState,
    visitor: &Visitor,
    principal: &Principal,
    contact: Contact,
    said: &Map<String, Value>,
) -> Result<(), Problem> {
    let mut fields = Fields::new(said);
    let (wanted, password) = (contact.read(&mut fields), fields.text("password"));
    fields.require("password", &password);
    fields.finish(())?;
    if !state.mail.is_configured() {
        return Err(Problem::new(ErrorCode::MailNotConfigured));
    }
    let wanted = wanted.into_option().unwrap_or_default();
    let password: SecretString = password.into_option().unwrap_or_default().into();
    let (user, mut tx) = prove(state, visitor, principal, ("password", &password), Beside::Nothing).await?;
    if let Some(code) = codes::give_out(state, &mut tx, user.id, contact.purpose(), &wanted).await? {
        let (to, notice) = match contact {
            Contact::Email => (&wanted, Notice::ConfirmEmail),
            Contact::Phone => (&user.email, Notice::ConfirmPhone),
        };
        letters::send(state, &mut tx, &user, to, notice, &code).await?;
    }
    Ok(tx.commit().await?)
}

/// The contact whose code a request shows, with the person as she was and a transaction for the change.
pub(super) async fn confirmed(
    state: &AppState,
    principal: &Principal,
    contact: Contact,
    said: &Map<String, Value>,
) -> Result<(String, User, TenantTx), Problem> {
    let mut fields = Fields::new(said);
    let key = codes::read(&mut fields);
    fields.finish(())?;
    let key = key.filter(|key| key.tenant == principal.tenant).ok_or_else(codes::refused)?;
    let mut tx = state.begin(principal).await?;
    crate::auth::hold(&mut tx, principal, state.now()).await?;
    let confirmed = codes::use_up(state, &mut tx, key, contact.purpose()).await?;
    if confirmed.user != principal.user {
        return Err(codes::refused());
    }
    let (user, _) = store::find_user(&mut tx, principal.user).await?.ok_or_else(Problem::not_found)?;
    Ok((confirmed.value, user, tx))
}
