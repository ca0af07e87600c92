//! Signed notes, by `signed_note`.

use signed_note::{NoteError, VerificationError, Verifier, Verifiers};

/// A key whose signature lines are known to a reader of notes.
pub(crate) trait NoteKey {
    fn name(&self) -> &str;
    fn id(&self) -> u32;
    /// Whether the signature, without key ID, is this key's for the text.
    fn verifies(&self, text: &[u8], signature: &[u8]) -> bool;
}

/// The key ID of signed-note: SHA-256(name ‖ 0x0A ‖ type ‖ public key)[..4].
pub(crate) fn key_id(name: &str, typed_key: &[u8]) -> u32 {
    signed_note::key_id(name, typed_key)
}

/// Whether a key may have this name: not empty, no Unicode space, no `+`.
pub(crate) fn is_key_name(name: &str) -> bool {
    // Control characters cannot stand in a note.
    signed_note::is_key_name_valid(name) && !name.chars().any(char::is_control)
}

/// One signature line: `— name base64(key ID ‖ signature)\n`.
pub(crate) fn signature_line(key: &impl NoteKey, signature: &[u8]) -> String {
    let typed = [&key.id().to_be_bytes(), signature].concat();
    format!("\u{2014} {} {}\n", key.name(), crate::text::encode_base64(&typed))
}

/// A well-formed note, not verified.
#[derive(Debug, PartialEq)]
pub(crate) struct Note(signed_note::Note);

/// A signature of a known key does not verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvalidSignature {
    pub(crate) key_name: String,
}

/// A valid signature of a known key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ValidSignature {
    pub(crate) key_name: String,
    pub(crate) key_id: u32,
    /// Without the key ID.
    pub(crate) bytes: Vec<u8>,
}

impl Note {
    /// Reads a note; `None` if it is malformed.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        signed_note::Note::from_bytes(bytes).ok().map(Self)
    }

    /// The signed text.
    pub(crate) fn text(&self) -> &[u8] {
        self.0.text()
    }

    /// The signatures by these keys. Lines of other keys are ignored; of several lines of one key, the first counts.
    pub(crate) fn verify<K: NoteKey>(&self, known: &[&K]) -> Result<Vec<ValidSignature>, InvalidSignature> {
        let known = KnownKeys(known.iter().map(|key| Adapter(*key)).collect());
        match self.0.verify(&known) {
            Ok((verified, _)) => Ok(verified.iter().map(ValidSignature::from).collect()),
            Err(NoteError::InvalidSignature { name, .. }) => Err(InvalidSignature { key_name: name }),
            // The other errors say that no line is by a known key.
            Err(_) => Ok(Vec::new()),
        }
    }
}

impl ValidSignature {
    /// Whether it stands under this key's name and ID.
    pub(crate) fn is_by(&self, key: &impl NoteKey) -> bool {
        self.key_name == key.name() && self.key_id == key.id()
    }
}

impl From<&signed_note::Signature> for ValidSignature {
    fn from(signature: &signed_note::Signature) -> Self {
        Self {
            key_name: signature.name().to_owned(),
            key_id: signature.id(),
            bytes: signature.signature().to_vec(),
        }
    }
}

struct Adapter<'a, K>(&'a K);

impl<K: NoteKey> Verifier for Adapter<'_, K> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn key_id(&self) -> u32 {
        self.0.id()
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        self.0.verifies(text, signature)
    }
}

struct KnownKeys<'a, K>(Vec<Adapter<'a, K>>);

impl<K: NoteKey> Verifiers for KnownKeys<'_, K> {
    fn verifier(&self, name: &str, id: u32) -> Result<&dyn Verifier, VerificationError> {
        match self.0.iter().find(|key| key.name() == name && key.key_id() == id) {
            Some(key) => Ok(key),
            None => Err(VerificationError::UnknownKey {
                name: name.to_owned(),
                id,
            }),
        }
    }
}
