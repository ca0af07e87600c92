//! Signed payloads: a body as its author wrote it, and the author's signature. Implements specs/conventions.md#signatures.

use ed25519_dalek::{Signature as Ed25519Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use super::{ByteVec, decode, encode};
use crate::bytes::{ElectionId, Hash, Signature, SignerKey};
use crate::code::{Code, Rejection};
use crate::kind::{Kind, Role};

/// A map that authority, registrar or trustees sign.
pub trait Authored: Encode<()> + for<'b> Decode<'b, ()> {
    /// The word for what it is, a part of what is signed: for the body of an entry, its kind.
    const DOMAIN: &'static str;

    /// Who signs it.
    const AUTHOR: Role;

    /// Key 0 of the body: the election that it is for; `None` for a manifest, which makes one.
    fn election(&self) -> Option<ElectionId>;

    /// The index of the trustee who wrote it; `None` for bodies of others.
    fn trustee(&self) -> Option<u64>;
}

/// A signed map that makes an entry.
pub trait Body: Authored {
    /// The kind of the entry.
    const KIND: Kind;
}

/// A body, its bytes as received, and a signature that is not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed<T> {
    body: T,
    bytes: ByteVec,
    signature: Signature,
}

/// `signed-payload` of specs/entries.cddl.
#[derive(Encode, Decode)]
struct SignedPayload {
    #[n(0)]
    body: ByteVec,
    #[n(1)]
    signature: Signature,
}

impl<T: Authored> Signed<T> {
    /// Signs a body.
    pub fn sign(body: T, key: &SigningKey) -> Self {
        let bytes = encode(&body);
        let signature = Signature(key.sign(&signed_bytes(T::DOMAIN, &bytes)).to_bytes());
        Self { body, bytes: bytes.into(), signature }
    }

    /// Decodes a payload and the body in it.
    ///
    /// # Errors
    /// `payload_malformed`, if one of the two is not the deterministic encoding of its CDDL.
    pub fn decode(payload: &[u8]) -> Result<Self, Rejection> {
        let SignedPayload { body: bytes, signature } = decode(payload)?;
        Ok(Self { body: decode(&bytes)?, bytes, signature })
    }

    /// The payload for an entry.
    pub fn payload(&self) -> Vec<u8> {
        encode(&SignedPayload { body: self.bytes.clone(), signature: self.signature })
    }

    /// Whether the signature is that of `key`'s owner over this kind and body. The verification is strict.
    ///
    /// # Errors
    /// `signature_invalid`.
    pub fn judge_signature(&self, key: &SignerKey) -> Result<(), Rejection> {
        let signature = Ed25519Signature::from_bytes(&self.signature.0);
        let message = signed_bytes(T::DOMAIN, &self.bytes);
        verifying_key(key).and_then(|key| key.verify_strict(&message, &signature).ok()).ok_or_else(|| {
            Rejection::new(
                Code::SignatureInvalid,
                format!("The signature of this `{}` is not its author's.", T::DOMAIN),
            )
        })
    }
}

impl<T> Signed<T> {
    /// What was signed.
    pub fn body(&self) -> &T {
        &self.body
    }

    /// The bytes that were signed, as received.
    pub fn body_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the body: the manifest hash if it is a manifest, the hash of a chunk if it is of the roll.
    pub fn body_hash(&self) -> Hash {
        Hash(Sha256::digest(self.body_bytes()).into())
    }
}

/// Decodes an Ed25519 public key that is canonical and not of small order.
pub fn verifying_key(key: &SignerKey) -> Option<VerifyingKey> {
    let verifying_key = VerifyingKey::from_bytes(&key.0).ok()?;
    let canonical = verifying_key.to_edwards().compress().to_bytes() == key.0;
    (canonical && !verifying_key.is_weak()).then_some(verifying_key)
}

/// `"tabella/1/" ‖ kind ‖ 0x00 ‖ body`.
fn signed_bytes(domain: &str, body: &[u8]) -> Vec<u8> {
    [b"tabella/1/", domain.as_bytes(), &[0], body].concat()
}
