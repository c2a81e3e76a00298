//! The address of a payment as a square that a telephone reads.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use qrcodegen::{QrCode, QrCodeEcc};

/// How many modules stay empty around it, as the standard wants.
const BORDER: i32 = 4;

/// A `data:` URL with an SVG; none of a text that is too long for a square.
pub(super) fn picture(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let side = code.size() + 2 * BORDER;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            // Writing into a string does not fail.
            let _ = write!(path, "M{},{}h1v1h-1z", x + BORDER, y + BORDER);
        }
    }
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0,0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    );
    Some(format!("data:image/svg+xml;base64,{}", BASE64.encode(svg)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_a_picture_and_a_book_does_not() {
        let picture = picture("https://yoomoney.ru/checkout/payments/v2/contract?orderId=1").unwrap();
        let svg = BASE64.decode(picture.strip_prefix("data:image/svg+xml;base64,").unwrap()).unwrap();
        let svg = String::from_utf8(svg).unwrap();
        assert!(svg.starts_with("<svg ") && svg.contains("M4,4h1v1h-1z") && svg.ends_with("</svg>"));
        assert_eq!(super::picture(&"a".repeat(5_000)), None);
    }
}
