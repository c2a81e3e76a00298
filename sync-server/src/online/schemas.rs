//! What bodies look like, for the API description alone: the bodies themselves are read by `domain::online`.
#![expect(dead_code, reason = "only their derived descriptions are used")]

use utoipa::ToSchema;

/// A shop of hers.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "shop": "100500", "secretKey": "test_Fh8hUAVVBGUGbjmlzba6TB0iyUbos_lueTHE-axOwM0" }))]
pub(super) struct ConnectionBody {
    /// The number of the shop.
    shop: String,
    /// Its secret key; the one that stands if absent.
    #[schema(format = "password")]
    secret_key: Option<String>,
    /// Whether receipts (54-FZ) go along with payments; not if absent. The self-employed give theirs elsewhere.
    receipts: Option<bool>,
    /// With receipts: her system of taxes, 1 to 6.
    tax_system: Option<u8>,
    /// With receipts: the code of the value added tax, 1 to 12; 1, without, if absent.
    vat: Option<u8>,
}

/// A link on an invoice.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({}))]
pub(super) struct PaymentLinkBody {
    /// Currency units; all that is due if absent. Less than that needs imperium.
    amount: Option<f64>,
    /// Whether the money is held and taken later; needs veloria.
    hold: Option<bool>,
    /// Where the receipt goes, if receipts go along; the client's own address if absent.
    email: Option<String>,
}

/// A deposit for a visit.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[schema(example = json!({ "amount": 500 }))]
pub(super) struct DepositBody {
    /// Currency units; what the deposit policy says if absent.
    amount: Option<f64>,
    /// Whether the money is held and taken after the visit; if absent, where a hold lasts until the visit.
    hold: Option<bool>,
    /// Where the receipt goes, if receipts go along; the client's own address if absent.
    email: Option<String>,
}

/// What is taken of a hold.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "amount": 500 }))]
pub(super) struct CaptureBody {
    /// Currency units; all that is held if absent. The rest goes back at once.
    amount: Option<f64>,
}

/// What is given back.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "amount": 500, "reason": "Отмена визита" }))]
pub(super) struct OnlineRefundBody {
    /// Currency units; all that is left if absent.
    amount: Option<f64>,
    /// Why, as the client reads it.
    reason: Option<String>,
}
