//! Envelopes: a dealer's share for one trustee, which nobody else can read. Implements specs/ceremony.md#deal.
//!
//! ECIES over ristretto255 in the structure of HPKE. A trustee has one key pair for each dealer, so that it can publish
//! the secret half when it complains of that dealer, and gives away nothing else.

use std::fmt;

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{ChaCha20Poly1305, Key, KeyInit, Nonce};
use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::group::{ENCODED, EncodingFault, Point, Scalar, decode_scalar, encode_point, random_scalar};
use crate::polynomial::Index;
use crate::transcript::Transcript;

/// Bytes by which an envelope's ciphertext is longer than its content: the tag of Poly1305.
pub const TAG: usize = 16;

const SALT: &[u8] = b"tabella/1/envelope";
const KEY: usize = 32;
const NONCE: usize = 12;

/// The secret half p of an envelope key pair, made for one dealer. Wiped when dropped.
#[derive(ZeroizeOnDrop)]
pub struct EnvelopeKey(Scalar);

impl EnvelopeKey {
    /// Draws a key.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        Self(random_scalar(rng))
    }

    /// Decodes a key that a complaint reveals.
    pub fn decode(bytes: &[u8; ENCODED]) -> Result<Self, EncodingFault> {
        decode_scalar(bytes).map(Self)
    }

    /// The public half P = p·G.
    pub fn public(&self) -> Point {
        Point::mul_base(&self.0)
    }

    /// Leaves secrecy: for a complaint, or for the trustee's key file.
    pub(crate) fn reveal(&self) -> Zeroizing<[u8; ENCODED]> {
        Zeroizing::new(self.0.to_bytes())
    }
}

impl fmt::Debug for EnvelopeKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EnvelopeKey(<redacted>)")
    }
}

/// Everything that an envelope is bound to besides its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnvelopeContext {
    /// The manifest hash.
    pub election: [u8; 32],
    /// The attempt at the ceremony.
    pub attempt: u64,
    /// The leaf hash of the entry that began the round of dealing.
    pub history: [u8; 32],
    /// Who sealed the envelope.
    pub dealer: Index,
    /// Who can open it.
    pub recipient: Index,
    /// The dealer's commitment, 32 bytes.
    pub commitment: [u8; 32],
}

/// A sealed envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// E = e·G, not the identity.
    pub ephemeral: Point,
    /// ChaCha20-Poly1305 of the content: [`TAG`] bytes longer than it.
    pub ciphertext: Vec<u8>,
}

/// Seals `content` for the holder of the public key `recipient`.
///
/// `content` should have room for [`TAG`] more bytes, or a copy of it stays in memory.
pub fn seal(
    context: &EnvelopeContext,
    recipient: &Point,
    mut content: Zeroizing<Vec<u8>>,
    rng: &mut impl CryptoRng,
) -> Envelope {
    let ephemeral_secret = Zeroizing::new(random_scalar(rng));
    let ephemeral = Point::mul_base(&ephemeral_secret);
    let cipher = Cipher::agree(context, &ephemeral, recipient, *ephemeral_secret * recipient);
    cipher.encrypt(&mut content);
    Envelope { ephemeral, ciphertext: std::mem::take(&mut content) }
}

/// Opens an envelope; none if it was not sealed for this key in this context, or was altered.
pub fn open(context: &EnvelopeContext, key: &EnvelopeKey, envelope: &Envelope) -> Option<Zeroizing<Vec<u8>>> {
    let shared = key.0 * envelope.ephemeral;
    Cipher::agree(context, &envelope.ephemeral, &key.public(), shared).decrypt(&envelope.ciphertext)
}

/// The cipher on which both sides agree, used once.
struct Cipher {
    cipher: ChaCha20Poly1305,
    nonce: Nonce,
}

impl Cipher {
    /// `shared` is e·P = p·E.
    fn agree(context: &EnvelopeContext, ephemeral: &Point, recipient: &Point, shared: Point) -> Self {
        let shared = Zeroizing::new(shared);
        let encoded = Zeroizing::new(encode_point(&shared));
        let mut output = Zeroizing::new([0; KEY + NONCE]);
        derive(encoded.as_ref(), &info(context, ephemeral, recipient), output.as_mut());
        let (key, nonce) = output.split_at(KEY);
        let mut cipher_key = Zeroizing::new([0; KEY]);
        cipher_key.copy_from_slice(key);
        let mut cipher_nonce = Nonce::default();
        cipher_nonce.copy_from_slice(nonce);
        Self { cipher: ChaCha20Poly1305::new(<&Key>::from(&*cipher_key)), nonce: cipher_nonce }
    }

    #[expect(clippy::expect_used, reason = "the cipher refuses only contents of more than 256 GB")]
    fn encrypt(&self, content: &mut Vec<u8>) {
        self.cipher.encrypt_in_place(&self.nonce, b"", content).expect("content of a bounded length");
    }

    fn decrypt(&self, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut content = Zeroizing::new(ciphertext.to_vec());
        self.cipher.decrypt_in_place(&self.nonce, b"", &mut *content).ok()?;
        Some(content)
    }
}

/// `info`: the hash of everything to which an envelope is bound.
fn info(context: &EnvelopeContext, ephemeral: &Point, recipient: &Point) -> [u8; 32] {
    let mut transcript = Transcript::new("tabella/1/envelope");
    transcript.absorb("election", &context.election);
    transcript.absorb_u64("attempt", context.attempt);
    transcript.absorb("history", &context.history);
    transcript.absorb_u64("dealer", context.dealer.get());
    transcript.absorb_u64("recipient", context.recipient.get());
    transcript.absorb_point("E", ephemeral);
    transcript.absorb_point("P", recipient);
    transcript.absorb("commitment", &context.commitment);
    transcript.hash()
}

#[expect(clippy::expect_used, reason = "HKDF refuses only outputs of more than 8,160 bytes")]
fn derive(shared: &[u8], info: &[u8], output: &mut [u8]) {
    Hkdf::<Sha256>::new(Some(SALT), shared).expand(info, output).expect("44 bytes of output");
}
