//! What the text formats have in common.

/// The text of a file, without a byte-order mark. If it is not UTF-8, the line of the first wrong byte.
pub fn utf8(bytes: &[u8]) -> Result<&str, u64> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        1 + before.iter().filter(|byte| **byte == b'\n').count() as u64
    })
}

/// Whether a text is digits and nothing else.
pub fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A whole number without a sign; `None` too if it does not fit.
pub fn whole(text: &str) -> Option<u64> {
    if is_digits(text) { text.parse().ok() } else { None }
}
