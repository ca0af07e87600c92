//! Text forms: hashes and codes as people read, type and compare them. Implements specs/conventions.md#text.

use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use tabella_crypto::credential::{CredentialFault, VotingKey};
use tabella_crypto::transcript::Transcript;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::bytes::{ElectionId, EncodedPoint, SignerKey, fixed_bytes};

/// Crockford's base32.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters in a group.
const GROUP: usize = 4;

/// What is wrong with a text that should be a fingerprint, a tracker or a voter code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TextFault {
    /// A character outside the alphabet and its aliases.
    #[error("“{0}” does not occur in codes: compare it with the original")]
    Character(char),
    /// Too short or too long.
    #[error("it has {found} letters and digits instead of {expected}")]
    Length {
        /// Characters needed, without `-` and spaces.
        expected: usize,
        /// Characters found.
        found: usize,
    },
    /// The check bytes or the unused bits differ: a slip of the pen.
    #[error("there is a mistake in it: compare it with the original, letter by letter")]
    Mistyped,
}

/// Bytes in groups of four characters joined by `-`.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(encoded_length(bytes.len()) * 5 / 4);
    for position in 0..encoded_length(bytes.len()) {
        if position > 0 && position % GROUP == 0 {
            text.push('-');
        }
        let value = (0..5).fold(0, |value, bit| value << 1 | bit_at(bytes, position * 5 + bit));
        text.push(char::from(ALPHABET[usize::from(value)]));
    }
    text
}

/// Reads what [`encode`] wrote, in upper or lower case, with any `-` and spaces; I and L are 1, O is 0.
pub fn decode<const N: usize>(text: &str) -> Result<Zeroizing<[u8; N]>, TextFault> {
    let mut bytes = Zeroizing::new([0; N]);
    let mut found = 0;
    for character in text.chars().filter(|character| !matches!(character, '-' | ' ')) {
        let value = value_of(character).ok_or(TextFault::Character(character))?;
        for bit in 0..5 {
            let position = found * 5 + bit;
            let set = value >> (4 - bit) & 1;
            match bytes.get_mut(position / 8) {
                Some(byte) => *byte |= set << (7 - position % 8),
                None if set == 1 && found < encoded_length(N) => return Err(TextFault::Mistyped),
                None => {}
            }
        }
        found += 1;
    }
    let expected = encoded_length(N);
    if found != expected {
        return Err(TextFault::Length { expected, found });
    }
    Ok(bytes)
}

/// Characters of so many bytes, without `-`.
const fn encoded_length(bytes: usize) -> usize {
    (bytes * 8).div_ceil(5)
}

/// A bit of the bytes, most significant first; zeros follow the last.
fn bit_at(bytes: &[u8], position: usize) -> u8 {
    bytes.get(position / 8).map_or(0, |byte| byte >> (7 - position % 8) & 1)
}

/// The five bits that a character stands for.
fn value_of(character: char) -> Option<u8> {
    let upper = match character.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    };
    let position = ALPHABET.iter().position(|letter| char::from(*letter) == upper)?;
    u8::try_from(position).ok()
}

/// Makes a newtype of fixed size that is shown to people in the text form.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $length:expr) => {
        fixed_bytes! { $(#[$doc])* $name, $length }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&encode(&self.0))
            }
        }

        impl std::str::FromStr for $name {
            type Err = TextFault;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                decode(text).map(|bytes| Self(*bytes))
            }
        }
    };
}

text_id! {
    /// What a voter keeps of a ballot: see specs/ballot.md#tracker.
    Tracker, 20
}
text_id! {
    /// Names an election and its log, on voters' letters: whoever compares it looks at the right record.
    Fingerprint, 20
}
text_id! {
    /// Names a credential without showing it.
    CredentialFingerprint, 10
}

impl Fingerprint {
    /// The fingerprint of an election on a log.
    pub fn new(election: &ElectionId, log: &SignerKey) -> Self {
        let mut transcript = Transcript::new("tabella/1/fingerprint");
        transcript.absorb("election", &election.0);
        transcript.absorb("log", &log.0);
        Self(first(&transcript.hash()))
    }
}

impl CredentialFingerprint {
    /// The fingerprint of the credential K in an election.
    pub fn new(election: &ElectionId, credential: &EncodedPoint) -> Self {
        let mut transcript = Transcript::new("tabella/1/credential-fingerprint");
        transcript.absorb("election", &election.0);
        transcript.absorb("credential", &credential.0);
        Self(first(&transcript.hash()))
    }
}

/// The secret of a voter, as it stands on the voter's letter: whoever knows it votes.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct VoterCode([u8; Self::SECRET]);

impl VoterCode {
    const SECRET: usize = 16;
    const CHECK: usize = 2;
    const LENGTH: usize = Self::SECRET + Self::CHECK;

    /// A fresh code.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut code = Self([0; Self::SECRET]);
        rng.fill_bytes(&mut code.0);
        code
    }

    /// Reads what [`VoterCode::to_text`] wrote, as a voter types it.
    ///
    /// # Errors
    /// A [`TextFault`] for the voter; the check bytes find nearly every slip.
    pub fn from_text(text: &str) -> Result<Self, TextFault> {
        let bytes = decode::<{ Self::LENGTH }>(text)?;
        let mut code = Self([0; Self::SECRET]);
        let (secret, check) = bytes.split_at(Self::SECRET);
        code.0.copy_from_slice(secret);
        if bool::from(code.check_bytes().ct_eq(check)) { Ok(code) } else { Err(TextFault::Mistyped) }
    }

    /// The text for the voter's letter. Leaves secrecy: only for printing it.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0; Self::LENGTH]);
        let (secret, check) = bytes.split_at_mut(Self::SECRET);
        secret.copy_from_slice(&self.0);
        check.copy_from_slice(&self.check_bytes());
        Zeroizing::new(encode(bytes.as_ref()))
    }

    /// What the code becomes in an election: the secret κ of the credential, and a key for nonces.
    ///
    /// # Errors
    /// For the one code in 2^252 whose κ is zero.
    pub fn voting_key(&self, election: &ElectionId) -> Result<VotingKey, CredentialFault> {
        VotingKey::derive(&election.0, &self.0)
    }

    fn check_bytes(&self) -> [u8; Self::CHECK] {
        let mut transcript = Transcript::new("tabella/1/code-check");
        transcript.absorb("code", &self.0);
        first(&transcript.hash())
    }
}

impl std::fmt::Debug for VoterCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VoterCode(<redacted>)")
    }
}

/// The first bytes of a hash.
fn first<const N: usize>(hash: &[u8; 32]) -> [u8; N] {
    const { assert!(N <= 32) };
    std::array::from_fn(|index| hash[index])
}

#[cfg(test)]
mod tests;
