//! Keys as people and programs carry them: `vlr_pat_…`, `vlr_dev_…`, `vlr_ses_…`, `vlr_acc_…`, `vlr_ref_…`, and codes of letters,
//! `vlr_one_…`: 48 bytes in base64url, the tenant's id and 32 random ones. The prefix is for secret scanners, the id opens the right wall before the key is looked for,
//! and only the SHA-256 of the whole text is ever stored.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::accounts::MaskedAddress;
use domain::ids::{DeviceId, TenantId, TokenId, UserId};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::http::{EVERYTHING, TokenKind, Visitor};
use crate::system::random_bytes;

/// A key that was shown: whose it says it is, and what to look for behind that wall.
#[derive(Clone, Copy)]
pub struct Key {
    pub(super) tenant: TenantId,
    pub(super) hash: [u8; 32],
}

impl Key {
    /// Reads a key; `None` if the text is none. Says nothing about whether anybody has it.
    #[must_use]
    pub fn parse(text: &SecretString) -> Option<Self> {
        let kinds = [TokenKind::Pat, TokenKind::Device, TokenKind::Session, TokenKind::Access];
        kinds.into_iter().find_map(|kind| Self::read(text, prefix(kind)))
    }

    /// Reads a refresh token, which opens no door.
    pub(super) fn parse_refresh(text: &SecretString) -> Option<Self> {
        Self::read(text, prefix(TokenKind::Refresh))
    }

    /// Reads the code of a letter.
    pub(super) fn parse_code(text: &SecretString) -> Option<Self> {
        Self::read(text, CODE)
    }

    /// A new code for a letter: what is kept of it, and its text.
    pub(super) fn make_code(tenant: TenantId) -> (Self, SecretString) {
        let text = new_text(CODE, tenant);
        (Self { tenant, hash: hash(&text) }, text.into())
    }

    fn read(text: &SecretString, prefix: &str) -> Option<Self> {
        let text = text.expose_secret();
        let body = text.strip_prefix(prefix)?;
        let bytes: [u8; 48] = URL_SAFE_NO_PAD.decode(body).ok()?.try_into().ok()?;
        let tenant = Uuid::from_slice(&bytes[..16]).ok()?;
        Some(Self { tenant: TenantId(tenant), hash: hash(text) })
    }
}

/// Where a key was asked for, for the list of sign-ins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The browser or program, as it calls itself.
    pub agent: Option<String>,
    /// The beginning of its address.
    pub address: Option<String>,
}

impl Origin {
    /// Of somebody at the door.
    #[must_use]
    pub fn of(visitor: &Visitor) -> Self {
        Self { agent: visitor.agent.clone(), address: Some(MaskedAddress::from(visitor.ip).to_string()) }
    }
}

/// What is kept of a new key.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Its id.
    pub id: TokenId,
    /// Whom it speaks for.
    pub user: UserId,
    /// The device that it belongs to.
    pub device: Option<DeviceId>,
    /// What kind it is.
    pub kind: TokenKind,
    /// What the person calls it.
    pub name: String,
    /// What it may do.
    pub abilities: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
    /// Where it was asked for.
    pub origin: Origin,
    /// What it came of together with others, if it is one of a pair.
    pub family: Option<Uuid>,
    /// Whether the older keys of its device end when it is used for the first time.
    pub replaces_older: bool,
    /// Its SHA-256.
    pub(super) hash: [u8; 32],
}

impl NewKey {
    /// Makes a key that may do everything and never ends, and its text, which nobody sees again.
    #[must_use]
    pub fn make(
        tenant: TenantId,
        user: UserId,
        kind: TokenKind,
        id: TokenId,
        name: String,
        now: Timestamp,
    ) -> (Self, SecretString) {
        let text = new_text(prefix(kind), tenant);
        let abilities = vec![EVERYTHING.to_owned()];
        let hash = hash(&text);
        let key = Self {
            id,
            user,
            device: None,
            kind,
            name,
            abilities,
            created_at: now,
            expires_at: None,
            origin: Origin::default(),
            family: None,
            replaces_older: false,
            hash,
        };
        (key, text.into())
    }

    /// The same, ending after a while.
    #[must_use]
    pub fn lasting(self, span: SignedDuration) -> Self {
        Self { expires_at: self.created_at.checked_add(span).ok(), ..self }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Key").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

/// The moment as the database keeps it, so that what is shown now is shown later.
#[must_use]
pub fn to_micros(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

const fn prefix(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Pat => "vlr_pat_",
        TokenKind::Device => "vlr_dev_",
        TokenKind::Session => "vlr_ses_",
        TokenKind::Access => "vlr_acc_",
        TokenKind::Refresh => "vlr_ref_",
    }
}

/// What the code of a letter begins with.
const CODE: &str = "vlr_one_";

fn new_text(prefix: &str, tenant: TenantId) -> String {
    let secret: [u8; 32] = random_bytes();
    prefix.to_owned() + &URL_SAFE_NO_PAD.encode([&tenant.0.as_bytes()[..], &secret].concat())
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_tenant_and_is_found_by_its_hash() {
        let tenant = TenantId(Uuid::from_u128(7));
        let make = |kind| {
            let (user, id) = (UserId(Uuid::from_u128(8)), TokenId(Uuid::from_u128(9)));
            NewKey::make(tenant, user, kind, id, "phone".to_owned(), Timestamp::UNIX_EPOCH)
        };
        for (kind, start) in
            [(TokenKind::Pat, "vlr_pat_"), (TokenKind::Device, "vlr_dev_"), (TokenKind::Session, "vlr_ses_")]
        {
            let (kept, text) = make(kind);
            assert!(text.expose_secret().starts_with(start));
            let key = Key::parse(&text).unwrap();
            assert_eq!((key.tenant, key.hash), (tenant, kept.hash));
            assert!(!format!("{key:?} {text:?}").contains(&text.expose_secret()[8..]));
        }
        assert_ne!(make(TokenKind::Pat).0.hash, make(TokenKind::Pat).0.hash);
    }

    #[test]
    fn what_is_no_key_is_none() {
        let whole = format!("vlr_pat_{}", "A".repeat(64));
        assert!(Key::parse(&whole.as_str().into()).is_some());
        for text in
            ["", "vlr_pat_", "vlr_xyz_AAAA", &whole[..71], &format!("{whole}A"), &whole.replace('_', "-")]
        {
            assert!(Key::parse(&text.into()).is_none(), "{text}");
        }
    }
}
