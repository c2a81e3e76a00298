//! How a shop of hers is connected: reading what she says.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::errors::{FieldErrors, FieldProblem};
use crate::input::Fields;

/// What stands on receipts (54-FZ), where they are ours to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fiscal {
    /// Her system of taxes, 1 to 6, if the provider is to be told.
    pub tax_system: Option<u8>,
    /// The code of the value added tax, 1 to 12; 1 is without.
    pub vat: u8,
}

/// What `PUT /integrations/yookassa` says.
#[derive(Clone)]
pub struct ConnectionEdit {
    /// The number of the shop.
    pub shop: String,
    /// Its secret key; none keeps the one that stands.
    pub key: Option<String>,
    /// Receipts; none if they are not ours to give.
    pub fiscal: Option<Fiscal>,
}

crate::masked_debug!(ConnectionEdit { shop, fiscal });

/// The longest number of a shop, and the longest key: far above what the provider gives out.
const LONGEST: (usize, usize) = (32, 200);

impl ConnectionEdit {
    /// Reads a request.
    ///
    /// # Errors
    /// Every field that is missing, unknown or wrong.
    pub fn from_json(object: &Map<String, Json>) -> Result<Self, FieldErrors> {
        let mut fields = Fields::new(object);
        let shop = fields.line("shop");
        let key = fields.line("secretKey");
        let receipts = fields.flag("receipts");
        let tax_system = fields.whole("taxSystem", 1, 6);
        let vat = fields.whole("vat", 1, 12);
        fields.require("shop", &shop);
        let is_number =
            |shop: &String| shop.len() <= LONGEST.0 && shop.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if shop.value().is_some_and(|shop| !is_number(shop)) {
            fields.mistake("shop", FieldProblem::Invalid);
        }
        let is_key = |key: &String| key.len() <= LONGEST.1 && key.bytes().all(|byte| byte.is_ascii_graphic());
        if key.value().is_some_and(|key| !is_key(key)) {
            fields.mistake("secretKey", FieldProblem::Invalid);
        }
        let small = |number: Option<u32>| number.and_then(|number| u8::try_from(number).ok());
        let fiscal = Fiscal {
            tax_system: small(tax_system.into_option()),
            vat: small(vat.into_option()).unwrap_or(1),
        };
        fields.finish(Self {
            shop: shop.into_option().unwrap_or_default(),
            key: key.into_option(),
            fiscal: receipts.into_option().unwrap_or_default().then_some(fiscal),
        })
    }
}
