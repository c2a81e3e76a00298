//! What bodies look like, for the API description alone: the bodies themselves are read by `domain::clients`.
#![expect(dead_code, reason = "only their derived descriptions are used")]

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

/// The two bodies differ in whether they need a name.
macro_rules! client_body {
    ($(#[$meta:meta])* $body:ident, $name:ty) => {
        #[derive(Debug, ToSchema)]
        $(#[$meta])*
        #[schema(rename_all = "camelCase")]
        pub(super) struct $body {
            /// How she calls the person.
            #[schema(max_length = 300)]
            name: $name,
            /// As people write it; stored as E.164.
            phone: Option<String>,
            /// A mail address.
            #[schema(format = "email")]
            email: Option<String>,
            /// Further contacts: number, address or `@name` to a label.
            contacts: Option<BTreeMap<String, String>>,
            /// `1990-05-01`, or `--05-01` without a year.
            birthday: Option<String>,
            /// All tags.
            tags: Option<Vec<String>>,
            /// All allergies.
            allergies: Option<Vec<String>>,
            /// Preferences to set; `null` removes one, others stay.
            #[schema(value_type = Option<Object>)]
            preferences: Option<Map<String, Json>>,
            /// Free text.
            #[schema(max_length = 100_000)]
            notes: Option<String>,
            /// `ru` or `en`.
            locale: Option<String>,
            /// Her own word.
            loyalty_level: Option<String>,
            /// Where the person came from.
            source: Option<String>,
            /// Further data; `null` removes an entry, others stay.
            #[schema(value_type = Option<Object>)]
            meta: Option<Map<String, Json>>,
            /// Whether another client may have this phone or e-mail; otherwise the answer is 409 `client_exists`.
            allow_duplicate: Option<bool>,
        }
    };
}

client_body! {
    /// A new client.
    #[schema(example = json!({
        "name": "Анна Петрова",
        "phone": "8 916 123-45-67",
        "birthday": "--05-01",
        "tags": ["vip"],
        "allergies": ["латекс"],
    }))]
    NewClient, String
}
client_body! {
    /// An edit of a client: absent fields stay untouched, `null` clears.
    #[schema(example = json!({ "phone": null, "tags": ["vip", "утро"] }))]
    ClientPatch, Option<String>
}

/// An entry of the consent ledger.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "channel": "sms", "purpose": "marketing", "given": true, "textVersion": "2026-11",
    "text": "Согласна получать сообщения об акциях." }))]
pub(super) struct NewConsent {
    /// `sms`, `email`, `telegram`, `phone`, or `any`.
    channel: String,
    /// `service`, `marketing`, `photo` or `data`.
    purpose: String,
    /// Allowed, or taken back.
    given: bool,
    /// The version of the words that the person was shown, as the business counts them.
    text_version: Option<String>,
    /// Those words; their SHA-256 is kept.
    text: Option<String>,
}
