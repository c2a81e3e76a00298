//! Links to pictures in our own folder, for whoever holds one, for a few minutes: the path names tenant, picture and size, and
//! a signature over method, path and end says that we gave it. An object storage signs its own.

use domain::ids::{MediaId, TenantId};
use domain::media::LINKS_LIVE;
use jiff::Timestamp;

use crate::sealed::{SealingKey, SigningKeys};

/// What the key is for, so that no other use of the same `APP_KEY` gives the same signature.
const PURPOSE: &[u8] = b"veloria/media/links/1";

/// The keys of links.
#[derive(Clone, Debug)]
pub struct LinkKeys(SigningKeys);

impl LinkKeys {
    /// Keys that follow from the keys of the installation.
    #[must_use]
    pub fn new(key: &SealingKey, previous: &[SealingKey]) -> Self {
        Self(SigningKeys::new(key, previous, PURPOSE))
    }

    /// The path and query of a link.
    pub(super) fn link(&self, tenant: TenantId, id: MediaId, name: &str, now: Timestamp) -> String {
        let unsigned = format!("/files/{tenant}/{id}/{name}?expires={}", now.as_second() + LINKS_LIVE);
        let signature = self.0.sign(&message(&unsigned));
        format!("{unsigned}&signature={signature}")
    }

    /// Whether we gave this path and query, and its time is not over. Everything is compared as it was written, so another
    /// way to write the same is another link.
    pub(super) fn opens(&self, link: &str, now: Timestamp) -> bool {
        let Some((unsigned, signature)) = link.split_once("&signature=") else { return false };
        let Some((_, expires)) = unsigned.split_once("?expires=") else { return false };
        let Some(expires) = expires.parse::<i64>().ok() else { return false };
        let left = expires.saturating_sub(now.as_second());
        self.0.has_signed(&message(unsigned), signature) && (1..=LINKS_LIVE).contains(&left)
    }
}

fn message(unsigned: &str) -> Vec<u8> {
    format!("GET\n{unsigned}").into_bytes()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use jiff::SignedDuration;
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);

    fn key(byte: u8) -> SealingKey {
        SealingKey::parse(&STANDARD.encode([byte; 32]).into()).unwrap()
    }

    fn keys(first: u8) -> LinkKeys {
        LinkKeys::new(&key(first), &[])
    }

    fn link(keys: &LinkKeys) -> String {
        keys.link(TenantId(Uuid::from_u128(1)), MediaId(Uuid::from_u128(2)), "full.jpg", NOW)
    }

    #[test]
    fn a_link_opens_for_ten_minutes() {
        let keys = keys(1);
        let link = link(&keys);
        for (seconds, opens) in [(0, true), (599, true), (600, false), (86_400, false), (-1, false)] {
            assert_eq!(keys.opens(&link, NOW + SignedDuration::from_secs(seconds)), opens, "{seconds}");
        }
    }

    #[test]
    fn every_bit_of_a_link_counts() {
        let keys = keys(1);
        let link = link(&keys);
        assert!(keys.opens(&link, NOW));
        let mut tried = 0;
        for position in 0..link.len() {
            for bit in 0..8 {
                let mut bytes = link.clone().into_bytes();
                bytes[position] ^= 1 << bit;
                let Ok(changed) = String::from_utf8(bytes) else { continue };
                assert!(!keys.opens(&changed, NOW), "{changed}");
                tried += 1;
            }
        }
        for (position, apart) in
            (0..link.len()).flat_map(|position| (1..96).map(move |apart| (position, apart)))
        {
            let mut bytes = link.clone().into_bytes();
            bytes[position] ^= 1;
            bytes[(position + apart) % link.len()] ^= 2;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            assert!(!keys.opens(&changed, NOW), "{changed}");
            tried += 1;
        }
        for further in ["&x=1", "0", " ", "&signature="] {
            assert!(!keys.opens(&format!("{link}{further}"), NOW), "{further}");
        }
        assert!(tried > 10_000, "{tried}");
    }

    #[test]
    fn a_new_key_ends_no_link_before_its_time_and_a_foreign_key_opens_none() {
        let link = link(&keys(1));
        assert!(LinkKeys::new(&key(2), &[key(1)]).opens(&link, NOW));
        assert!(!keys(2).opens(&link, NOW));
    }
}
