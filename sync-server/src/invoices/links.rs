//! Links to invoices, for whoever holds one: the path names tenant, invoice and end, and a signature says that we gave it. It is not
//! the invoice's id that opens the page, and no path is in any log.

use domain::ids::{InvoiceId, TenantId};
use jiff::{SignedDuration, Timestamp};

use crate::sealed::SigningKeys;

/// What the key is for, so that no other use of the same `APP_KEY` gives the same signature.
pub const PURPOSE: &[u8] = b"veloria/invoices/links/1";
/// The addresses of the page.
pub(super) const TEMPLATE: &str = "/i/{tenant}/{invoice}/{expires}/{signature}";
/// The addresses of the same as PDF.
pub(super) const PDF_TEMPLATE: &str = "/i/{tenant}/{invoice}/{expires}/{signature}/pdf";
/// How long a link opens its invoice: half a year. Sending it again gives a new one.
const LASTS: SignedDuration = SignedDuration::from_hours(24 * 183);

/// A link, and when it ends.
pub(super) fn link(
    keys: &SigningKeys,
    tenant: TenantId,
    id: InvoiceId,
    now: Timestamp,
) -> (String, Timestamp) {
    let expires = now + LASTS;
    let signature = keys.sign(&message(tenant, id, expires.as_second()));
    (format!("/i/{tenant}/{id}/{}/{signature}", expires.as_second()), expires)
}

/// Whose invoice a link opens, if we gave it and its time is not over. Everything is compared as it was written.
pub(super) fn opened(
    keys: &SigningKeys,
    [tenant, invoice, expires, signature]: [&str; 4],
    now: Timestamp,
) -> Option<(TenantId, InvoiceId)> {
    let (tenant, id): (TenantId, InvoiceId) = (tenant.parse().ok()?, invoice.parse().ok()?);
    let until: i64 = expires.parse().ok()?;
    let is_ours = keys.has_signed(&message(tenant, id, until), signature);
    (is_ours && now.as_second() < until).then_some((tenant, id))
}

fn message(tenant: TenantId, id: InvoiceId, expires: i64) -> Vec<u8> {
    format!("{tenant}\n{id}\n{expires}").into_bytes()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);

    #[test]
    fn a_link_opens_its_invoice_until_its_end_and_no_other() {
        let (keys, tenant, id) =
            (SigningKeys::passing(), TenantId(Uuid::from_u128(1)), InvoiceId(Uuid::from_u128(2)));
        let (path, expires) = link(&keys, tenant, id, NOW);
        let parts: Vec<String> = path.split('/').skip(2).map(str::to_owned).collect();
        let open = |parts: &[String], keys: &SigningKeys, now| {
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            opened(keys, parts.try_into().unwrap(), now)
        };
        assert_eq!(open(&parts, &keys, NOW), Some((tenant, id)));
        assert_eq!(open(&parts, &keys, expires), None);
        assert_eq!(open(&parts, &SigningKeys::passing(), NOW), None);
        for part in 0..4 {
            for at in 0..parts[part].len() {
                let mut bytes = parts[part].clone().into_bytes();
                bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
                let mut changed = parts.clone();
                changed[part] = String::from_utf8(bytes).unwrap();
                assert_eq!(open(&changed, &keys, NOW), None, "{changed:?}");
            }
        }
    }
}
