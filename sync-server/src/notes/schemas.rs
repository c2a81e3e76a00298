//! What bodies look like, for the API description alone: the bodies themselves are read by `domain::notes`.
#![expect(dead_code, reason = "only their derived descriptions are used")]

use domain::ids::{AppointmentId, ClientId};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

/// The two bodies differ in whether they need a client and a text.
macro_rules! note_body {
    ($(#[$meta:meta])* $body:ident, $client:ty, $text:ty) => {
        #[derive(Debug, ToSchema)]
        $(#[$meta])*
        #[schema(rename_all = "camelCase")]
        pub(super) struct $body {
            /// Whom it is about.
            client_id: $client,
            /// The text.
            #[schema(max_length = 100_000)]
            body: $text,
            /// The visit it belongs to.
            appointment_id: Option<AppointmentId>,
            /// `general` or `formula`.
            kind: Option<String>,
            /// Further data; `null` removes an entry, others stay.
            #[schema(value_type = Option<Object>)]
            meta: Option<Map<String, Json>>,
        }
    };
}

note_body! {
    /// A new note.
    #[schema(example = json!({
        "clientId": "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1", "kind": "formula", "body": "6.0 + 6% 1:1, 35 минут",
    }))]
    NewNote, ClientId, String
}
note_body! {
    /// An edit of a note: absent fields stay untouched. The text is written as a difference, so other edits stay.
    #[schema(example = json!({ "body": "6.0 + 6% 1:1, 40 минут" }))]
    NotePatch, Option<ClientId>, Option<String>
}
