//! The bytes of a trustee's secrets, for its key file. They never leave the trustee's machine, so that their layout is no
//! part of the protocol.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::{CommitSecret, ConfirmSecret, DealSecret, KeyShare};
use crate::dealing::Attempt;
use crate::envelope::EnvelopeKey;
use crate::group::ENCODED;
use crate::polynomial::{Index, Parameters, Polynomials, ShareVector};
use crate::secret::{SecretFault, SecretReader, SecretWriter};

const COMMIT: &str = "tabella/1/commit-secret\0";
const DEAL: &str = "tabella/1/deal-secret\0";
const CONFIRM: &str = "tabella/1/confirm-secret\0";
const KEY_SHARE: &str = "tabella/1/key-share\0";

const NUMBER: usize = 8;
const HASH: usize = 32;
const ATTEMPT: usize = HASH + 3 * NUMBER;

impl CommitSecret {
    /// The secret's bytes, for the trustee's key file.
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let coefficients = self.polynomials.coefficients();
        let length = ATTEMPT + NUMBER + ENCODED * coefficients.len() + envelope_keys_length(&self.envelope_keys);
        let writer =
            write_attempt(SecretWriter::new(COMMIT, length), &self.attempt).index(self.trustee).scalars(coefficients);
        write_envelope_keys(writer, &self.envelope_keys).finish()
    }

    /// Reads what [`Self::to_secret_bytes`] gave.
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, SecretFault> {
        let mut reader = SecretReader::new(COMMIT, bytes)?;
        let attempt = read_attempt(&mut reader)?;
        let trustee = reader.index()?;
        let coefficients = reader.scalars(attempt.parameters.coefficients())?;
        let polynomials =
            Polynomials::from_coefficients(attempt.parameters, coefficients).ok_or(SecretFault::Length)?;
        let envelope_keys = read_envelope_keys(&mut reader)?;
        reader.finish()?;
        Ok(Self { attempt, trustee, polynomials, envelope_keys })
    }
}

impl DealSecret {
    /// The secret's bytes, for the trustee's key file.
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let share_length = ENCODED * self.own_share.scalars().len();
        let length = ATTEMPT + HASH + NUMBER + share_length + envelope_keys_length(&self.envelope_keys);
        let writer = write_attempt(SecretWriter::new(DEAL, length), &self.attempt)
            .bytes(&self.history)
            .index(self.trustee)
            .scalars(self.own_share.scalars());
        write_envelope_keys(writer, &self.envelope_keys).finish()
    }

    /// Reads what [`Self::to_secret_bytes`] gave.
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, SecretFault> {
        let mut reader = SecretReader::new(DEAL, bytes)?;
        let attempt = read_attempt(&mut reader)?;
        let history = reader.array()?;
        let trustee = reader.index()?;
        let own_share = read_share(&mut reader, attempt.parameters)?;
        let envelope_keys = read_envelope_keys(&mut reader)?;
        reader.finish()?;
        Ok(Self { attempt, history, trustee, own_share, envelope_keys })
    }
}

impl ConfirmSecret {
    /// The secret's bytes, for the trustee's key file.
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let share_length = NUMBER + ENCODED * self.attempt.parameters.slots();
        let length = ATTEMPT + 2 * NUMBER + self.shares.len() * share_length;
        let writer = write_attempt(SecretWriter::new(CONFIRM, length), &self.attempt)
            .index(self.trustee)
            .number(self.shares.len() as u64);
        let write_share = |writer: SecretWriter, (dealer, share): (&Index, &ShareVector)| {
            writer.index(*dealer).scalars(share.scalars())
        };
        self.shares.iter().fold(writer, write_share).finish()
    }

    /// Reads what [`Self::to_secret_bytes`] gave.
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, SecretFault> {
        let mut reader = SecretReader::new(CONFIRM, bytes)?;
        let attempt = read_attempt(&mut reader)?;
        let trustee = reader.index()?;
        let shares = read_by_index(&mut reader, |reader| read_share(reader, attempt.parameters))?;
        reader.finish()?;
        Ok(Self { attempt, trustee, shares })
    }
}

impl KeyShare {
    /// The secret's bytes, for the trustee's key file.
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        SecretWriter::new(KEY_SHARE, 2 * NUMBER + HASH + ENCODED * self.scalars.len())
            .index(self.trustee)
            .bytes(&self.keys_hash)
            .number(self.scalars.len() as u64)
            .scalars(&self.scalars)
            .finish()
    }

    /// Reads what [`Self::to_secret_bytes`] gave.
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, SecretFault> {
        let mut reader = SecretReader::new(KEY_SHARE, bytes)?;
        let trustee = reader.index()?;
        let keys_hash = reader.array()?;
        let slots = usize::try_from(reader.number()?).map_err(|_| SecretFault::Number)?;
        let scalars = reader.scalars(slots)?;
        reader.finish()?;
        Ok(Self { trustee, keys_hash, scalars })
    }
}

fn write_attempt(writer: SecretWriter, attempt: &Attempt) -> SecretWriter {
    writer.bytes(&attempt.election).number(attempt.number).parameters(attempt.parameters)
}

fn read_attempt(reader: &mut SecretReader<'_>) -> Result<Attempt, SecretFault> {
    Ok(Attempt { election: reader.array()?, number: reader.number()?, parameters: reader.parameters()? })
}

fn read_share(reader: &mut SecretReader<'_>, parameters: Parameters) -> Result<ShareVector, SecretFault> {
    reader.scalars(parameters.slots()).map(ShareVector::new)
}

fn envelope_keys_length(keys: &BTreeMap<Index, EnvelopeKey>) -> usize {
    NUMBER + keys.len() * (NUMBER + ENCODED)
}

fn write_envelope_keys(writer: SecretWriter, keys: &BTreeMap<Index, EnvelopeKey>) -> SecretWriter {
    let writer = writer.number(keys.len() as u64);
    keys.iter().fold(writer, |writer, (dealer, key)| writer.index(*dealer).bytes(key.reveal().as_ref()))
}

fn read_envelope_keys(reader: &mut SecretReader<'_>) -> Result<BTreeMap<Index, EnvelopeKey>, SecretFault> {
    read_by_index(reader, |reader| {
        let bytes = Zeroizing::new(reader.array()?);
        Ok(EnvelopeKey::decode(&bytes)?)
    })
}

/// Reads a count, then so many values, each behind its index. The indexes ascend.
fn read_by_index<Value>(
    reader: &mut SecretReader<'_>,
    mut read: impl FnMut(&mut SecretReader<'_>) -> Result<Value, SecretFault>,
) -> Result<BTreeMap<Index, Value>, SecretFault> {
    let count = reader.number()?;
    let mut values = BTreeMap::new();
    for _ in 0..count {
        let index = reader.index()?;
        if values.last_key_value().is_some_and(|(last, _)| *last >= index) {
            return Err(SecretFault::Number);
        }
        values.insert(index, read(reader)?);
    }
    Ok(values)
}
