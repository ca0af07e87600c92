//! The keys of logs and witnesses, in the text form of C2SP signed-note: `name+key ID+base64(type ‖ public key)`.

use std::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use thiserror::Error;

use crate::c2sp::note::{self, NoteKey};
use crate::cosignature;
use crate::origin::Origin;
use crate::text;

/// Bytes of the seed of a secret key.
pub const SEED_LENGTH: usize = 32;

/// Bytes of a public key.
pub const PUBLIC_KEY_LENGTH: usize = 32;

/// The signature type of the log: Ed25519 over the text of the note.
const TYPE_LOG: u8 = 0x01;

/// The signature type of witnesses: Ed25519 over the time and the text of the note.
const TYPE_WITNESS: u8 = 0x04;

/// The text is not the verifier key that it should be. Code `log_key_mismatch` for `log.vkey`, `manifest_policy` in a
/// policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyFault {
    /// Not `name+key ID+base64`, in canonical form.
    #[error("not a verifier key")]
    Malformed,
    /// The name cannot be that of such a key.
    #[error("the name of the key is not allowed")]
    Name,
    /// Not of the signature type that is asked for.
    #[error("the key is of another signature type")]
    Type,
    /// Not the canonical encoding of a point, or of one of small order.
    #[error("the key is not a canonical point of large order")]
    Point,
    /// The key ID is not that of the name and key.
    #[error("the key ID is not that of the name and key")]
    Id,
}

/// The public key of a log, named by its origin. Implements specs/board.md#checkpoint.
#[derive(Clone, PartialEq, Eq)]
pub struct LogVerifier {
    origin: Origin,
    key: NamedKey,
}

impl LogVerifier {
    /// Reads a verifier key of type 0x01 whose name is an origin.
    pub fn parse(text: &str) -> Result<Self, KeyFault> {
        let key = NamedKey::parse(text, TYPE_LOG)?;
        let origin = Origin::parse(&key.name).map_err(|_| KeyFault::Name)?;
        Ok(Self { origin, key })
    }

    /// Reads the file `log.vkey`: the verifier key and one newline.
    pub fn from_file(content: &[u8]) -> Result<Self, KeyFault> {
        let text = std::str::from_utf8(content).map_err(|_| KeyFault::Malformed)?;
        Self::parse(text.strip_suffix('\n').ok_or(KeyFault::Malformed)?)
    }

    /// The content of the file `log.vkey`.
    pub fn to_file(&self) -> String {
        format!("{self}\n")
    }

    /// The log that the key belongs to.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The Ed25519 public key.
    pub fn public_key(&self) -> [u8; PUBLIC_KEY_LENGTH] {
        self.key.public.to_bytes()
    }
}

impl NoteKey for LogVerifier {
    fn name(&self) -> &str {
        &self.key.name
    }

    fn id(&self) -> u32 {
        self.key.id
    }

    fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        self.key.verifies(text, signature)
    }
}

/// The public key of a witness. Implements specs/board.md#policy.
#[derive(Clone, PartialEq, Eq)]
pub struct WitnessVerifier {
    key: NamedKey,
}

impl WitnessVerifier {
    /// Reads a verifier key of type 0x04.
    pub fn parse(text: &str) -> Result<Self, KeyFault> {
        Ok(Self { key: NamedKey::parse(text, TYPE_WITNESS)? })
    }

    /// The name in the witness's signature lines.
    pub fn name(&self) -> &str {
        &self.key.name
    }

    /// The Ed25519 public key.
    pub fn public_key(&self) -> [u8; PUBLIC_KEY_LENGTH] {
        self.key.public.to_bytes()
    }
}

impl NoteKey for WitnessVerifier {
    fn name(&self) -> &str {
        &self.key.name
    }

    fn id(&self) -> u32 {
        self.key.id
    }

    fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        let Some((time, signature)) = cosignature::split(signature) else {
            return false;
        };
        self.key.verifies(&cosignature::message(time, text), signature)
    }
}

/// The secret key of a log. It is wiped when dropped.
pub struct LogKey {
    secret: SigningKey,
    verifier: LogVerifier,
}

impl LogKey {
    /// The key of a log, from a secret seed.
    pub fn from_seed(origin: Origin, seed: &[u8; SEED_LENGTH]) -> Self {
        let secret = SigningKey::from_bytes(seed);
        let key = NamedKey::new(origin.as_str().to_owned(), TYPE_LOG, secret.verifying_key());
        Self { secret, verifier: LogVerifier { origin, key } }
    }

    /// The public half.
    pub fn verifier(&self) -> &LogVerifier {
        &self.verifier
    }

    pub(crate) fn signature(&self, message: &[u8]) -> [u8; Signature::BYTE_SIZE] {
        self.secret.sign(message).to_bytes()
    }
}

/// The secret key of a witness. It is wiped when dropped.
pub struct WitnessKey {
    secret: SigningKey,
    verifier: WitnessVerifier,
}

impl WitnessKey {
    /// The key of a witness, from a secret seed. The name must not be empty nor hold spaces, control characters or `+`.
    pub fn from_seed(name: &str, seed: &[u8; SEED_LENGTH]) -> Result<Self, KeyFault> {
        if !note::is_key_name(name) {
            return Err(KeyFault::Name);
        }
        let secret = SigningKey::from_bytes(seed);
        let key = NamedKey::new(name.to_owned(), TYPE_WITNESS, secret.verifying_key());
        Ok(Self { secret, verifier: WitnessVerifier { key } })
    }

    /// The public half.
    pub fn verifier(&self) -> &WitnessVerifier {
        &self.verifier
    }

    pub(crate) fn signature(&self, message: &[u8]) -> [u8; Signature::BYTE_SIZE] {
        self.secret.sign(message).to_bytes()
    }
}

/// An Ed25519 public key with the name and type that signature lines go by.
#[derive(Clone, PartialEq, Eq)]
struct NamedKey {
    name: String,
    signature_type: u8,
    id: u32,
    public: VerifyingKey,
}

impl NamedKey {
    fn new(name: String, signature_type: u8, public: VerifyingKey) -> Self {
        let id = note::key_id(&name, &typed_key(signature_type, &public));
        Self { name, signature_type, id, public }
    }

    fn parse(text: &str, signature_type: u8) -> Result<Self, KeyFault> {
        let (name, rest) = text.split_once('+').ok_or(KeyFault::Malformed)?;
        let (id, typed_key) = rest.split_once('+').ok_or(KeyFault::Malformed)?;
        if !note::is_key_name(name) {
            return Err(KeyFault::Name);
        }
        let typed_key = text::decode_base64(typed_key).ok_or(KeyFault::Malformed)?;
        let (found_type, public) = typed_key.split_first().ok_or(KeyFault::Malformed)?;
        if *found_type != signature_type {
            return Err(KeyFault::Type);
        }
        let public = public.try_into().map_err(|_| KeyFault::Malformed)?;
        let key = Self::new(name.to_owned(), signature_type, decode_public_key(public)?);
        if format!("{:08x}", key.id) != id {
            return Err(KeyFault::Id);
        }
        Ok(key)
    }

    /// Strict verification, as specs/conventions.md#signatures asks.
    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = Signature::from_slice(signature) else {
            return false;
        };
        self.public.verify_strict(message, &signature).is_ok()
    }
}

/// Decodes a public key; `verify_strict` refuses neither what is not canonical nor, before a signature comes, weak keys.
fn decode_public_key(bytes: &[u8; PUBLIC_KEY_LENGTH]) -> Result<VerifyingKey, KeyFault> {
    let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyFault::Point)?;
    let is_canonical = key.to_edwards().compress().as_bytes() == bytes;
    if is_canonical && !key.is_weak() { Ok(key) } else { Err(KeyFault::Point) }
}

fn typed_key(signature_type: u8, public: &VerifyingKey) -> Vec<u8> {
    [&[signature_type], public.as_bytes().as_slice()].concat()
}

impl fmt::Display for NamedKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed_key = text::encode_base64(&typed_key(self.signature_type, &self.public));
        write!(formatter, "{}+{:08x}+{typed_key}", self.name, self.id)
    }
}

impl fmt::Display for LogVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.key.fmt(formatter)
    }
}

impl fmt::Display for WitnessVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.key.fmt(formatter)
    }
}

impl fmt::Debug for LogVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "LogVerifier({self})")
    }
}

impl fmt::Debug for WitnessVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "WitnessVerifier({self})")
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LogKey").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}

impl fmt::Debug for WitnessKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WitnessKey").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}
