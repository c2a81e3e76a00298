//! What can go wrong, as closed enums: [`ErrorCode`] for a whole answer, [`FieldProblem`] for one field of it. The UI
//! and the apps branch on these, never on text. Pure data; the words for people are in [`crate::lang`].

mod fields;
mod wire_enum;

pub use fields::{FieldErrors, FieldProblem};
pub(crate) use wire_enum::wire_enum;

wire_enum! {
    /// Why a request, one change of a sync, or one intent was not carried out. Written in `snake_case` as the `code`
    /// of an error answer and of a sync result.
    pub enum ErrorCode {
        /// Understood, but some fields cannot be accepted; `fields` says which and why.
        ValidationFailed = "validation_failed",
        /// The body is not JSON, or not of the documented shape.
        BadJson = "bad_json",
        /// A header, path or query parameter cannot be understood.
        BadRequest = "bad_request",
        /// Nobody is signed in, or the token or password is wrong.
        Unauthorized = "unauthorized",
        /// The password is right, and a code of the second factor is needed beside it.
        SecondFactorRequired = "second_factor_required",
        /// The password is right, the code of the second factor is not, or was used before.
        SecondFactorWrong = "second_factor_wrong",
        /// Signed in, but this is not allowed (a foreign origin, a token without the right).
        Forbidden = "forbidden",
        /// The tenant's plan does not include it; see [`crate::plans::Feature::min_plan`].
        FeatureNotAllowed = "feature_not_allowed",
        /// The business is suspended: it reads, takes everything away and changes nothing.
        TenantSuspended = "tenant_suspended",
        /// This needs a letter, and this server sends none.
        MailNotConfigured = "mail_not_configured",
        /// The tenant's plan has no room for it; see [`crate::plans::Limits`].
        PlanLimit = "plan_limit",
        /// There is no such thing, or it belongs to another tenant: the two look the same on purpose.
        NotFound = "not_found",
        /// The path exists, the method does not.
        MethodNotAllowed = "method_not_allowed",
        /// It is in a state that forbids the action.
        Conflict = "conflict",
        /// The invoice is void, paid or refunded and takes no more of this; `details` has its `status`.
        InvoiceClosed = "invoice_closed",
        /// No shop is connected over which money could be asked for, or its key is not accepted; `details` has its `state`.
        PaymentsNotConnected = "payments_not_connected",
        /// Links are open that ask for this money already.
        PaymentPending = "payment_pending",
        /// The visit is off or over: nothing is asked for before it; `details` has its `status`.
        VisitClosed = "visit_closed",
        /// The till of that day was closed: cash is dated into it only as a correction.
        DayClosed = "day_closed",
        /// The thing changed since the caller read it (`If-Match`).
        PreconditionFailed = "precondition_failed",
        /// A request with this `Idempotency-Key` is being carried out right now; `Retry-After` says when to ask again.
        RequestRunning = "request_running",
        /// This `Idempotency-Key` has done something else before.
        IdempotencyMismatch = "idempotency_mismatch",
        /// Registration with an e-mail that has an account already.
        EmailTaken = "email_taken",
        /// The visit would overlap another one.
        SlotTaken = "slot_taken",
        /// A client with this phone or e-mail exists already.
        ClientExists = "client_exists",
        /// The body is larger than this endpoint takes.
        PayloadTooLarge = "payload_too_large",
        /// No byte of the range that was asked for exists.
        RangeNotSatisfiable = "range_not_satisfiable",
        /// The pictures of the tenant take all the room that the plan gives them.
        StorageFull = "storage_full",
        /// The content type is not one that this endpoint reads.
        UnsupportedMediaType = "unsupported_media_type",
        /// The device speaks a sync protocol that the server no longer (or not yet) speaks.
        UnsupportedProtocol = "unsupported_protocol",
        /// A rate limit; `Retry-After` says when to come back.
        TooManyRequests = "too_many_requests",
        /// Our fault; logged with the request id, no details leave the server.
        Internal = "internal",
        /// The server or something it needs is down for a while.
        Unavailable = "unavailable",
        /// Only the server can do this, and the device has no connection; said by the device itself.
        Offline = "offline",
        /// The master disconnected this device from the account.
        DeviceRevoked = "device_revoked",
        /// A paging cursor that this server did not make, or made for another list.
        BadCursor = "bad_cursor",
        /// Sync: the bytes of a change cannot be read, or fail their own checksum.
        BadChunk = "bad_chunk",
        /// Sync: the bytes are a sound change, but not the one that the envelope names.
        HashMismatch = "hash_mismatch",
        /// Sync: one change is larger than the limit.
        ChangeTooLarge = "change_too_large",
        /// Sync: the server does not keep documents of this collection.
        UnknownCollection = "unknown_collection",
        /// Sync: with this change the document would no longer have the shape of its collection.
        BadShape = "bad_shape",
        /// Sync: a change builds on others that the receiver does not have.
        MissingDeps = "missing_deps",
        /// Sync: one (document, actor, sequence number) would have two different changes.
        DuplicateSeq = "duplicate_seq",
        /// Sync: a group of changes touches more documents than a group may.
        GroupTooLarge = "group_too_large",
        /// Sync: sound itself, but another change of its group was refused, and a group stands or falls together.
        GroupRefused = "group_refused",
        /// Sync: the document was erased for good and takes no more changes.
        Purged = "purged",
        /// Intent: its deadline passed before it could run.
        IntentExpired = "intent_expired",
        /// Intent: it names something impossible and will never run.
        IntentInvalid = "intent_invalid",
        /// Intent: not run yet, the changes it talks about have not arrived.
        IntentWaiting = "intent_waiting",
    }
}

impl ErrorCode {
    /// The HTTP status of an answer with this code. Codes of sync results and intents normally travel inside a 200;
    /// theirs is for the endpoints that handle a single change or intent.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::BadJson | Self::BadRequest | Self::BadCursor => 400,
            Self::Unauthorized | Self::SecondFactorRequired | Self::SecondFactorWrong => 401,
            Self::Forbidden
            | Self::FeatureNotAllowed
            | Self::DeviceRevoked
            | Self::StorageFull
            | Self::TenantSuspended => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict
            | Self::InvoiceClosed
            | Self::DayClosed
            | Self::PaymentsNotConnected
            | Self::PaymentPending
            | Self::VisitClosed
            | Self::EmailTaken
            | Self::SlotTaken
            | Self::ClientExists
            | Self::PlanLimit
            | Self::MissingDeps
            | Self::DuplicateSeq
            | Self::GroupRefused
            | Self::IntentWaiting
            | Self::RequestRunning => 409,
            Self::Purged | Self::IntentExpired => 410,
            Self::PreconditionFailed => 412,
            Self::PayloadTooLarge | Self::ChangeTooLarge | Self::GroupTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::RangeNotSatisfiable => 416,
            Self::ValidationFailed
            | Self::IdempotencyMismatch
            | Self::BadChunk
            | Self::HashMismatch
            | Self::UnknownCollection
            | Self::BadShape
            | Self::IntentInvalid => 422,
            Self::UnsupportedProtocol => 426,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::Unavailable | Self::Offline | Self::MailNotConfigured => 503,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_name_in_serde_as_str_and_from_wire() {
        for &code in ErrorCode::ALL {
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(json, format!("\"{code}\""));
            assert_eq!(serde_json::from_str::<ErrorCode>(&json).unwrap(), code);
            assert_eq!(ErrorCode::from_wire(code.as_str()), Some(code));
            assert!(code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
        }
        assert_eq!(ErrorCode::from_wire("no_such_code"), None);
    }

    #[test]
    fn every_code_answers_with_an_error_status() {
        assert!(ErrorCode::ALL.iter().all(|code| (400..600).contains(&code.http_status())));
        assert_eq!(ErrorCode::ValidationFailed.http_status(), 422);
        assert_eq!(ErrorCode::SlotTaken.http_status(), 409);
        assert_eq!(ErrorCode::UnsupportedProtocol.http_status(), 426);
        assert_eq!(ErrorCode::Offline.http_status(), 503);
    }
}
