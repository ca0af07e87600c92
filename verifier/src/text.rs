//! What people read: short hashes in Crockford's base32, and text of others. Implements specs/conventions.md#text.

use crate::transcript::transcript;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// First 20 bytes of the hash of the manifest and the log's key.
pub fn election_fingerprint(manifest_hash: &[u8; 32], log_key: &[u8; 32]) -> String {
    let hash = transcript!("fingerprint").absorb("election", manifest_hash).absorb("log", log_key).hash();
    crockford(hash.get(..20).unwrap_or(&hash))
}

/// First 10 bytes of the hash of the election and the credential.
pub(crate) fn credential_fingerprint(manifest_hash: &[u8; 32], credential: &[u8; 32]) -> String {
    let transcript = transcript!("credential-fingerprint");
    let hash = transcript.absorb("election", manifest_hash).absorb("credential", credential).hash();
    crockford(hash.get(..10).unwrap_or(&hash))
}

/// Groups of four letters joined by `-`, most significant bits first, padded with zero bits.
pub(crate) fn crockford(bytes: &[u8]) -> String {
    let mut letters = String::new();
    let bit = |place: usize| bytes.get(place / 8).map_or(0, |byte| byte >> (7 - place % 8) & 1);
    for place in 0..(bytes.len() * 8).div_ceil(5) {
        if place > 0 && place % 4 == 0 {
            letters.push('-');
        }
        let value = (0..5).fold(0, |value, offset| value << 1 | bit(place * 5 + offset));
        letters.extend(ALPHABET.get(usize::from(value)).map(|letter| char::from(*letter)));
    }
    letters
}

/// The canonical form of a fingerprint as somebody typed it; none if it is not 32 letters of the alphabet.
pub fn read_fingerprint(typed: &str) -> Option<String> {
    let letters: String = typed
        .chars()
        .filter(|letter| *letter != '-' && *letter != ' ')
        .map(|letter| match letter.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        })
        .collect();
    let known = letters.bytes().all(|letter| ALPHABET.contains(&letter)) && letters.len() == 32;
    let groups: Vec<&str> = (0..8).filter_map(|group| letters.get(group * 4..group * 4 + 4)).collect();
    known.then(|| groups.join("-"))
}

/// Text of others, safe to print: control characters and those that reorder text are escaped.
pub fn printable(text: &str) -> String {
    let unsafe_letter = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars()
        .map(|letter| if unsafe_letter(letter) { letter.escape_unicode().to_string() } else { letter.to_string() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_crockfords() {
        assert_eq!(crockford(&[0xff; 5]), "ZZZZ-ZZZZ");
        assert_eq!(crockford(&[0x00, 0x44, 0x32, 0x14, 0xc7, 0x42]), "0123-4567-88");
        assert_eq!(crockford(&[0; 20]).len(), 39);
    }

    #[test]
    fn typed_fingerprints_are_forgiven_their_form() {
        let shown = election_fingerprint(&[1; 32], &[2; 32]);
        assert_eq!(read_fingerprint(&shown), Some(shown.clone()));
        assert_eq!(read_fingerprint(&shown.to_lowercase().replace('-', " ")), Some(shown.clone()));
        assert_eq!(read_fingerprint(&"iLoO".repeat(8)), Some(["1100"; 8].join("-")));
        assert_eq!(read_fingerprint(&"U".repeat(32)), None);
        assert_eq!(read_fingerprint(&shown[1..]), None);
        assert_eq!(read_fingerprint(&"é".repeat(16)), None);
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mé\n"), "a\\u{1b}[31mé\\u{a}");
        assert_eq!(printable("\u{202e}x"), "\\u{202e}x");
        assert_eq!(printable("\u{61c}x"), "\\u{61c}x");
    }
}
