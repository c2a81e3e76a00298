//! `PATCH /auth/me`: how she is called, where she is, and in which language she is answered and written to.

use axum::Json;
use axum::extract::State;
use domain::audit::{Action, Event, SubjectKind};
use domain::errors::{FieldErrors, FieldProblem};
use domain::input::{Fields, Patch};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::store;
use super::views::User;
use crate::http::{JsonObject, PasswordErrors, Principal, Problem};
use crate::{AppState, audit};

/// What changes; what is absent stays.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "name": "Анна", "timezone": "Europe/Moscow", "locale": "en" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
struct EditMe {
    /// How the person is called.
    name: Option<String>,
    /// IANA name.
    timezone: Option<String>,
    /// `ru` or `en`: the language of answers to requests without `Accept-Language`, and of letters.
    locale: Option<String>,
}

/// Change how I am called and in which language I am answered
///
/// Address, phone and password have routes of their own, which ask for proof.
#[utoipa::path(
    patch, path = "/auth/me", operation_id = "editMe", tag = "auth",
    request_body = EditMe,
    responses((status = 200, description = "As it is now", body = User), PasswordErrors)
)]
pub(super) async fn edit_me(
    State(state): State<AppState>,
    principal: Principal,
    JsonObject(object): JsonObject,
) -> Result<Json<User>, Problem> {
    let edit = Edit::read(&object)?;
    let mut tx = state.begin(&principal).await?;
    let (before, _) = store::find_user(&mut tx, principal.user).await?.ok_or_else(Problem::not_found)?;
    let user = edit.apply(before.clone());
    let fields = [
        ("name", user.name != before.name),
        ("timezone", user.timezone != before.timezone),
        ("locale", user.locale != before.locale),
    ];
    let changed: Vec<&str> = fields.into_iter().filter_map(|(name, is)| is.then_some(name)).collect();
    if !changed.is_empty() {
        store::put_person(&mut tx, &user).await?;
        let event = Event::new(Action::PersonChanged, SubjectKind::User, user.id.0);
        audit::record(&mut tx, event.saying(json!({ "fields": changed })));
    }
    tx.commit().await?;
    Ok(Json(user))
}

struct Edit {
    name: Patch<String>,
    timezone: Patch<String>,
    locale: Patch<&'static str>,
}

impl Edit {
    fn read(object: &Map<String, Value>) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let (name, timezone) = (fields.line("name"), fields.line("timezone"));
        let locale = fields.word("locale", &["ru", "en"]);
        fields.refuse_null("name", &name);
        fields.refuse_null("timezone", &timezone);
        fields.refuse_null("locale", &locale);
        if timezone.value().is_some_and(|zone| domain::dates::check_zone(zone).is_err()) {
            fields.mistake("timezone", FieldProblem::UnknownZone);
        }
        fields.finish(Self { name, timezone, locale })
    }

    fn apply(self, user: User) -> User {
        User {
            name: self.name.into_option().unwrap_or(user.name),
            timezone: self.timezone.into_option().unwrap_or(user.timezone),
            locale: self.locale.into_option().map_or(user.locale, str::to_owned),
            ..user
        }
    }
}
