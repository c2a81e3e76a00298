//! `POST /auth/register`: a person, her business, and the first entry of its log.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::accounts::{Role, TenantStatus};
use domain::audit::{Action, Event, SubjectKind};
use domain::email::Email;
use domain::errors::{ErrorCode, FieldErrors, FieldProblem};
use domain::ids::{TenantId, UserId};
use domain::input::{Fields, Patch};
use domain::plans::Plan;
use domain::sync::RecordKind;
use secrecy::SecretString;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::password::{PasswordError, chosen, email_hash};
use super::views::{Account, Tenant, User};
use super::{store, store_identities};
use crate::db::{Cause, StoreError};
use crate::http::{AnonymousErrors, JsonObject, Problem, Visitor};
use crate::{AppState, audit, sync};

/// What a registration says.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({
    "name": "Анна", "email": "anna@example.ru", "password": "тёплый-лак-42", "tenantName": "Студия Анны",
    "timezone": "Europe/Moscow", "locale": "ru",
}))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
struct NewAccount {
    /// How the person is called.
    name: String,
    /// The address that signs in.
    #[schema(format = "email")]
    email: String,
    /// At least 8 characters.
    #[schema(format = "password", min_length = 8, max_length = 1024)]
    password: String,
    /// E.164, or as people write it.
    phone: Option<String>,
    /// How the business is called; the person's name if absent.
    tenant_name: Option<String>,
    /// IANA name; `Europe/Moscow` if absent.
    timezone: Option<String>,
    /// `ru` (if absent) or `en`.
    locale: Option<String>,
}

/// Register a person and a business
#[utoipa::path(
    post, path = "/auth/register", operation_id = "register", tag = "auth",
    request_body = NewAccount,
    responses((status = 201, description = "Registered", body = Account), (status = 409, description = "`email_taken`", body = crate::http::ProblemBody), AnonymousErrors),
    security(())
)]
pub(super) async fn register(
    State(state): State<AppState>,
    visitor: Visitor,
    JsonObject(object): JsonObject,
) -> Result<(StatusCode, Json<Account>), Problem> {
    let account = open_account(&state, &object, |user| visitor.cause(user)).await?;
    Ok((StatusCode::CREATED, Json(account)))
}

/// Makes a person and her business of what a registration says, whoever says it; `cause` knows on whose behalf.
pub(crate) async fn open_account(
    state: &AppState,
    said: &Map<String, Value>,
    cause: impl FnOnce(UserId) -> Cause,
) -> Result<Account, RegisterError> {
    let form = Form::read(said)?;
    let password_hash = state.passwords.hash_of_newcomer(&form.password).await?;
    let email_hash = email_hash(&form.email);
    let account = form.account(TenantId(state.new_id()), UserId(state.new_id()), state.now());
    keep(state, cause(account.user.id), &account, email_hash, &password_hash).await?;
    Ok(account)
}

async fn keep(
    state: &AppState,
    cause: Cause,
    account: &Account,
    email_hash: [u8; 32],
    password_hash: &str,
) -> Result<(), RegisterError> {
    let tenant = &account.tenant;
    let mut tx = state.db.tenant(tenant.id).await?.caused_by(cause);
    store::insert_tenant(&mut tx, tenant, state.new_id()).await?;
    store::insert_user(&mut tx, &account.user, password_hash).await?;
    if !store_identities::insert_identity(&mut tx, email_hash, account.user.id).await? {
        return Err(RegisterError::EmailTaken);
    }
    Box::pin(sync::write_record(&mut tx, RecordKind::Tenant, tenant.id.0, Some(&tenant.record()))).await?;
    audit::record(&mut tx, Event::new(Action::Registered, SubjectKind::Tenant, tenant.id.0));
    Ok(tx.commit().await?)
}

/// The fields of a registration, each checked.
struct Form {
    name: String,
    email: Email,
    password: SecretString,
    phone: Option<String>,
    tenant_name: Option<String>,
    timezone: String,
    locale: &'static str,
}

impl Form {
    fn read(object: &Map<String, Value>) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let name = fields.line("name");
        let email = fields.email("email");
        let password = chosen(&mut fields, "password");
        let phone = fields.phone("phone");
        let tenant_name = fields.line("tenantName");
        let timezone = fields.line("timezone");
        let locale = fields.word("locale", &["ru", "en"]);
        fields.require("name", &name);
        fields.require("email", &email);
        if timezone.value().is_some_and(|zone| domain::dates::check_zone(zone).is_err()) {
            fields.mistake("timezone", FieldProblem::UnknownZone);
        }
        let (Patch::Set(name), Patch::Set(email)) = (name, email) else {
            fields.finish(())?;
            return Err(FieldErrors::new());
        };
        fields.finish(Self {
            name,
            email,
            password,
            phone: phone.into_option().map(|phone| phone.as_str().to_owned()),
            tenant_name: tenant_name.into_option(),
            timezone: timezone.into_option().unwrap_or_else(|| "Europe/Moscow".to_owned()),
            locale: locale.into_option().unwrap_or("ru"),
        })
    }

    fn account(self, tenant: TenantId, user: UserId, now: jiff::Timestamp) -> Account {
        let now = super::keys::to_micros(now);
        let tenant = Tenant {
            id: tenant,
            name: self.tenant_name.unwrap_or_else(|| self.name.clone()),
            plan: Plan::default().to_string(),
            status: TenantStatus::Active.to_string(),
            timezone: self.timezone.clone(),
            locale: self.locale.to_owned(),
            currency: domain::money::Currency::RUB.to_string(),
            created_at: now,
            entitlement: None,
        };
        let user = User {
            id: user,
            name: self.name,
            email: self.email.as_str().to_owned(),
            phone: self.phone,
            role: Role::Owner.to_string(),
            timezone: self.timezone,
            locale: self.locale.to_owned(),
            created_at: now,
        };
        Account { user, tenant }
    }
}

/// Why there is no account.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RegisterError {
    /// Somebody signs in with this address already.
    #[error("the e-mail has an account")]
    EmailTaken,
    /// Fields that cannot be accepted.
    #[error("some fields cannot be accepted")]
    Fields(FieldErrors),
    /// The password could not be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<FieldErrors> for RegisterError {
    fn from(fields: FieldErrors) -> Self {
        Self::Fields(fields)
    }
}

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::EmailTaken => Self::new(ErrorCode::EmailTaken).field("email", FieldProblem::Taken),
            RegisterError::Fields(fields) => fields.into(),
            RegisterError::Password(cause) => cause.into(),
            RegisterError::Store(cause) => cause.into(),
        }
    }
}
