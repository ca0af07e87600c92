//! The bytes of a trustee between its steps. They never leave its machine, so that their layout is no part of the
//! protocol.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;
use tabella_crypto::polynomial::Index;
use tabella_crypto::secret::SecretFault;
use tabella_crypto::trustee::{CommitSecret, ConfirmSecret, DealSecret, KeyShare};
use zeroize::Zeroizing;

use super::{Secret, Trustee};
use crate::bytes::{ElectionId, Hash};

const LABEL: &[u8] = b"tabella/1/trustee\0";

/// Bytes of a number.
const NUMBER: usize = 8;

/// Label, election, index, signing key, last attempt, whether and for what it answered, and the number of shares.
const HEAD: usize = LABEL.len() + 32 + NUMBER + 32 + NUMBER + 1 + 32 + NUMBER;

impl Trustee {
    /// Everything that the trustee must not lose, to be kept where nobody else can read it.
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let (name, secret) = self.secret.to_secret_bytes();
        let shares: Vec<_> = self.shares.values().map(KeyShare::to_secret_bytes).collect();
        let shares_length: usize = shares.iter().map(|share| NUMBER + share.len()).sum();
        let answered = self.answered.unwrap_or(Hash([0; 32]));
        // With room for all, so that growing leaves no copy behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(HEAD + shares_length + 1 + secret.len()));
        bytes.extend_from_slice(LABEL);
        bytes.extend_from_slice(&self.election.0);
        bytes.extend_from_slice(&self.index.get().to_be_bytes());
        bytes.extend_from_slice(self.signing_key.as_bytes());
        bytes.extend_from_slice(&self.committed.to_be_bytes());
        bytes.push(u8::from(self.answered.is_some()));
        bytes.extend_from_slice(&answered.0);
        bytes.extend_from_slice(&(shares.len() as u64).to_be_bytes());
        for share in &shares {
            bytes.extend_from_slice(&(share.len() as u64).to_be_bytes());
            bytes.extend_from_slice(share);
        }
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
        let index = Index::new(reader.number()?).ok_or(SecretFault::Number)?;
        let signing_key = SigningKey::from_bytes(&Zeroizing::new(reader.array()?));
        let committed = reader.number()?;
        let has_answered = reader.array()?;
        let hash = Hash(reader.array()?);
        let answered = match has_answered {
            // An answer must not be forgotten because its flag was lost.
            [0] if hash.0 == [0; 32] => None,
            [1] => Some(hash),
            _ => return Err(SecretFault::Number),
        };
        let shares = reader.shares(index)?;
        let [name] = reader.array()?;
        let secret = Secret::from_secret_bytes(name, reader.0)?;
        Ok(Self { election, index, signing_key, committed, secret, shares, answered })
    }
}

impl Secret {
    fn to_secret_bytes(&self) -> (u8, Zeroizing<Vec<u8>>) {
        match self {
            Self::Nothing => (0, Zeroizing::new(Vec::new())),
            Self::Commit(secret) => (1, secret.to_secret_bytes()),
            Self::Deal(secret) => (2, secret.to_secret_bytes()),
            Self::Confirm(secret) => (3, secret.to_secret_bytes()),
        }
    }

    fn from_secret_bytes(name: u8, bytes: &[u8]) -> Result<Self, SecretFault> {
        match name {
            0 if bytes.is_empty() => Ok(Self::Nothing),
            0 => Err(SecretFault::Length),
            1 => CommitSecret::from_secret_bytes(bytes).map(Self::Commit),
            2 => DealSecret::from_secret_bytes(bytes).map(Self::Deal),
            3 => ConfirmSecret::from_secret_bytes(bytes).map(Self::Confirm),
            _ => Err(SecretFault::Label),
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    /// A count, then so many shares of this trustee, each behind its length, by keys hash ascending.
    fn shares(&mut self, trustee: Index) -> Result<BTreeMap<Hash, KeyShare>, SecretFault> {
        let count = self.number()?;
        let mut shares = BTreeMap::new();
        for _ in 0..count {
            let length = usize::try_from(self.number()?).map_err(|_| SecretFault::Length)?;
            let (bytes, rest) = self.0.split_at_checked(length).ok_or(SecretFault::Length)?;
            self.0 = rest;
            let share = KeyShare::from_secret_bytes(bytes)?;
            let keys = Hash(share.keys_hash());
            let ascends = shares.last_key_value().is_none_or(|(last, _)| *last < keys);
            if share.trustee() != trustee || !ascends {
                return Err(SecretFault::Number);
            }
            shares.insert(keys, share);
        }
        Ok(shares)
    }

    fn number(&mut self) -> Result<u64, SecretFault> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], SecretFault> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(SecretFault::Length)?;
        self.0 = rest;
        Ok(*taken)
    }
}
