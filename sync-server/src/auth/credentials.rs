//! What somebody shows to sign in, as `login` and `token` read it.

use domain::input::Fields;
use domain::pii::Pii;
use secrecy::SecretString;
use utoipa::ToSchema;

/// An e-mail and its password, and the code of the second factor if there is one.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "email": "anna@example.ru", "password": "тёплый-лак-42" }))]
#[expect(dead_code, reason = "describes the body; the body itself is read field by field")]
pub(super) struct CredentialsBody {
    /// The address.
    #[schema(format = "email")]
    email: String,
    /// The password.
    #[schema(format = "password")]
    password: String,
    /// The six digits of the app, once `second_factor_required` was answered.
    code: Option<String>,
    /// Or one of the recovery codes.
    recovery_code: Option<String>,
}

/// The same, read.
#[derive(Debug)]
pub(super) struct Credentials {
    pub(super) email: Pii<String>,
    pub(super) password: SecretString,
    pub(super) proof: Option<Proof>,
}

/// What proves the second factor.
#[derive(Clone, Debug)]
pub(super) enum Proof {
    /// Six digits of the app.
    Code(SecretString),
    /// A recovery code.
    Recovery(SecretString),
}

impl Credentials {
    /// Reads the fields. None of them says what an address or a password must look like.
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        let (email, password) = (fields.line("email"), fields.text("password"));
        fields.require("email", &email);
        fields.require("password", &password);
        Self {
            email: email.into_option().unwrap_or_default().into(),
            password: password.into_option().unwrap_or_default().into(),
            proof: Proof::read(fields),
        }
    }
}

impl Proof {
    /// Reads `code` or `recoveryCode`.
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let (code, recovery) = (fields.line("code"), fields.line("recoveryCode"));
        let code = code.into_option().map(|code| Self::Code(code.into()));
        code.or_else(|| recovery.into_option().map(|code| Self::Recovery(code.into())))
    }
}
