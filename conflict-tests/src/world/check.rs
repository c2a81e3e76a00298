//! Small sums: the hash of a trace.

/// FNV-1a of a text.
pub(super) fn fingerprint(text: &str) -> u64 {
    continued(0xcbf2_9ce4_8422_2325, text)
}

/// FNV-1a, going on from an earlier one.
pub(super) fn continued(sum: u64, text: &str) -> u64 {
    text.bytes().fold(sum, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
