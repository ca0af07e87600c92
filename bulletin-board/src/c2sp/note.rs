//! Signed notes, by `signed_note`, which knows their form. Which signatures count is decided here: that crate skips
//! repeated lines of a key and refuses a note for any wrong line of a known one, and specs/board.md asks for neither.

use crate::text;

/// A key whose signature lines are known to a reader of notes.
pub(crate) trait NoteKey {
    /// The name in its signature lines.
    fn name(&self) -> &str;
    /// The key ID in its signature lines.
    fn id(&self) -> u32;
    /// Whether the signature, without key ID, is this key's for the text.
    fn verifies(&self, text: &[u8], signature: &[u8]) -> bool;
}

/// The key ID of signed-note: SHA-256(name ‖ 0x0A ‖ type ‖ public key)[..4].
pub(crate) fn key_id(name: &str, typed_key: &[u8]) -> u32 {
    signed_note::key_id(name, typed_key)
}

/// Whether a key may have this name: not empty, no Unicode space, no `+`, nothing that cannot stand in a note. C2SP
/// allows control characters from U+007F on.
pub(crate) fn is_key_name(name: &str) -> bool {
    signed_note::is_key_name_valid(name) && !name.chars().any(|letter| letter < ' ')
}

/// One signature line: `— name base64(key ID ‖ signature)\n`.
pub(crate) fn signature_line(key: &impl NoteKey, signature: &[u8]) -> String {
    let with_id = [&key.id().to_be_bytes(), signature].concat();
    format!("\u{2014} {} {}\n", key.name(), text::encode_base64(&with_id))
}

/// A well-formed note. Nothing is known of its signatures.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    text: Vec<u8>,
    signatures: Vec<signed_note::Signature>,
}

impl Note {
    /// Reads a note; `None` if it is malformed.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = signed_note::Note::from_bytes(bytes).ok()?.text().to_vec();
        // The blank line follows the text, then the signature lines, which `signed_note` reads but does not show.
        let lines = std::str::from_utf8(bytes.get(text.len() + 1..)?).ok()?.lines();
        let signatures = lines.map(|line| signed_note::Signature::from_bytes(line.as_bytes()).ok());
        Some(Self { text, signatures: signatures.collect::<Option<_>>()? })
    }

    /// The signed text.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// The signatures, valid or not, in the lines of this key; lines of other keys are ignored.
    pub(crate) fn signatures_of<K: NoteKey>(&self, key: &K) -> impl Iterator<Item = &[u8]> {
        let of_key = |signature: &&signed_note::Signature| signature.name() == key.name() && signature.id() == key.id();
        self.signatures.iter().filter(of_key).map(signed_note::Signature::signature)
    }
}
