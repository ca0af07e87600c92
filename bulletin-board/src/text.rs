//! The two text forms that all C2SP formats share: strict base64 and strict decimals.

use base64::prelude::{BASE64_STANDARD, Engine as _};

/// Base64 of RFC 4648 §4, padded.
pub(crate) fn encode_base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// Reads base64; `None` for missing padding, surplus bits and foreign characters.
pub(crate) fn decode_base64(encoded: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(encoded).ok()
}

/// Reads an ASCII decimal; `None` for signs, leading zeros and what does not fit 64 bits.
pub(crate) fn parse_decimal(digits: &str) -> Option<u64> {
    let number: u64 = digits.parse().ok()?;
    (number.to_string() == digits).then_some(number)
}
