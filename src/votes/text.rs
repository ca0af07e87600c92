//! What the text formats have in common.

use std::borrow::Cow;

/// How many characters of a file a message repeats.
const SHOWN: usize = 60;

/// The text of a file, without a byte-order mark, its lines ending in LF or CRLF. If it is not UTF-8, the line of the first wrong byte.
pub fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, u64> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        // Lines that end in CR alone, as on very old computers.
        Ok(text) if text.contains('\r') && !text.contains('\n') => Ok(text.replace('\r', "\n").into()),
        Ok(text) => Ok(text.into()),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            Err(1 + before.iter().filter(|byte| **byte == b'\n').count() as u64)
        }
    }
}

/// Whether a text is digits and nothing else.
pub fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A whole number without a sign; `None` too if it does not fit. Zeros after a point, as in `3.0`, change nothing.
pub fn whole(text: &str) -> Option<u64> {
    let (number, zeros) = text.split_once('.').unwrap_or((text, "0"));
    let is_whole = is_digits(number) && !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0');
    if is_whole { number.parse().ok() } else { None }
}

/// What a message repeats of a text from a file: not too much of it, and no control characters.
pub fn shown(text: &str) -> String {
    let mut letters = text.chars();
    let mut shown: String =
        letters.by_ref().take(SHOWN).map(|letter| if is_control(letter) { '�' } else { letter }).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// Whether a letter would move the cursor of a terminal, or turn the direction of the text.
fn is_control(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
