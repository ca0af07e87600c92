//! The bytes of a trustee between its steps. They never leave its machine, so that their layout is no part of the
//! protocol.

use ed25519_dalek::SigningKey;
use tabella_crypto::polynomial::Index;
use tabella_crypto::secret::SecretFault;
use tabella_crypto::trustee::{CommitSecret, ConfirmSecret, DealSecret, KeyShare};
use zeroize::Zeroizing;

use super::{Secret, Trustee};
use crate::bytes::{ElectionId, Hash};

const LABEL: &[u8] = b"tabella/1/trustee\0";

/// Label, election, index, signing key, whether and for what it answered, and the name of what follows.
const HEAD: usize = LABEL.len() + 32 + 8 + 32 + 1 + 32 + 1;

impl Trustee {
    /// Everything that the trustee must not lose, to be kept where nobody else can read it.
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let (name, secret) = self.secret.to_secret_bytes();
        let answered = self.answered.unwrap_or(Hash([0; 32]));
        // With room for all, so that growing leaves no copy behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(HEAD + secret.len()));
        bytes.extend_from_slice(LABEL);
        bytes.extend_from_slice(&self.election.0);
        bytes.extend_from_slice(&self.index.get().to_be_bytes());
        bytes.extend_from_slice(self.signing_key.as_bytes());
        bytes.push(u8::from(self.answered.is_some()));
        bytes.extend_from_slice(&answered.0);
        bytes.push(name);
        bytes.extend_from_slice(&secret);
        bytes
    }

    /// Reads what [`Self::to_secret_bytes`] gave.
    ///
    /// # Errors
    /// If the bytes are anything else.
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, SecretFault> {
        let mut reader = Reader(bytes.strip_prefix(LABEL).ok_or(SecretFault::Label)?);
        let election = ElectionId(reader.array()?);
        let index = Index::new(u64::from_be_bytes(reader.array()?)).ok_or(SecretFault::Number)?;
        let signing_key = SigningKey::from_bytes(&Zeroizing::new(reader.array()?));
        let has_answered = reader.array()?;
        let hash = Hash(reader.array()?);
        let answered = match has_answered {
            [0] => None,
            [1] => Some(hash),
            _ => return Err(SecretFault::Number),
        };
        let [name] = reader.array()?;
        let secret = Secret::from_secret_bytes(name, reader.0)?;
        Ok(Self {
            election,
            index,
            signing_key,
            secret,
            answered,
        })
    }
}

impl Secret {
    fn to_secret_bytes(&self) -> (u8, Zeroizing<Vec<u8>>) {
        match self {
            Self::Nothing => (0, Zeroizing::new(Vec::new())),
            Self::Commit(secret) => (1, secret.to_secret_bytes()),
            Self::Deal(secret) => (2, secret.to_secret_bytes()),
            Self::Confirm(secret) => (3, secret.to_secret_bytes()),
            Self::Share(secret) => (4, secret.to_secret_bytes()),
        }
    }

    fn from_secret_bytes(name: u8, bytes: &[u8]) -> Result<Self, SecretFault> {
        match name {
            0 if bytes.is_empty() => Ok(Self::Nothing),
            0 => Err(SecretFault::Length),
            1 => CommitSecret::from_secret_bytes(bytes).map(Self::Commit),
            2 => DealSecret::from_secret_bytes(bytes).map(Self::Deal),
            3 => ConfirmSecret::from_secret_bytes(bytes).map(Self::Confirm),
            4 => KeyShare::from_secret_bytes(bytes).map(Self::Share),
            _ => Err(SecretFault::Label),
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], SecretFault> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(SecretFault::Length)?;
        self.0 = rest;
        Ok(*taken)
    }
}
