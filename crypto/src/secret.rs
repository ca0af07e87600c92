//! Secrets in memory and in a trustee's key file.
//!
//! Each kind of secret has its own label in front, so that the file of one round cannot be read as that of another.

use std::fmt;
use std::ops::Deref;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::group::{ENCODED, EncodingFault, Scalar, decode_scalar};
use crate::polynomial::{Index, Parameters};

/// Why bytes are not the secret that was to be read from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SecretFault {
    /// The bytes are another kind of secret, or of another version.
    #[error("not this kind of secret")]
    Label,
    /// Bytes are missing, or are left over.
    #[error("the secret has another length")]
    Length,
    /// A scalar is not canonical.
    #[error(transparent)]
    Encoding(#[from] EncodingFault),
    /// A number is outside its range, or indexes do not ascend.
    #[error("a number of the secret is out of its range")]
    Number,
}

/// Secret scalars: wiped when dropped, never printed. The vector never grows, because growing leaves copies behind.
pub(crate) struct SecretScalars(Zeroizing<Vec<Scalar>>);

impl SecretScalars {
    /// Collects the first `count` scalars.
    pub(crate) fn collect(count: usize, scalars: impl Iterator<Item = Scalar>) -> Self {
        let mut collected = Zeroizing::new(Vec::with_capacity(count));
        collected.extend(scalars.take(count));
        Self(collected)
    }

    /// Decodes canonical scalars, 32 bytes each.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, SecretFault> {
        let (encodings, rest) = bytes.as_chunks::<ENCODED>();
        if !rest.is_empty() {
            return Err(SecretFault::Length);
        }
        let mut decoded = Zeroizing::new(Vec::with_capacity(encodings.len()));
        for encoding in encodings {
            decoded.push(decode_scalar(encoding)?);
        }
        Ok(Self(decoded))
    }

    /// The encodings, one after the other, with room for `spare` more bytes behind them.
    pub(crate) fn encode(&self, spare: usize) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(ENCODED * self.len() + spare));
        for scalar in self.iter() {
            bytes.extend_from_slice(scalar.as_bytes());
        }
        bytes
    }
}

impl Deref for SecretScalars {
    type Target = [Scalar];

    fn deref(&self) -> &[Scalar] {
        &self.0
    }
}

impl fmt::Debug for SecretScalars {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("<redacted>")
    }
}

/// Writes the bytes of a secret.
pub(crate) struct SecretWriter(Zeroizing<Vec<u8>>);

impl SecretWriter {
    /// Begins with the label; `capacity` bounds the bytes that follow.
    pub(crate) fn new(label: &str, capacity: usize) -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(label.len() + capacity));
        bytes.extend_from_slice(label.as_bytes());
        Self(bytes)
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        debug_assert!(self.0.capacity() - self.0.len() >= bytes.len(), "a secret that grows leaves copies behind");
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn number(self, number: u64) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    pub(crate) fn index(self, index: Index) -> Self {
        self.number(index.get())
    }

    pub(crate) fn parameters(self, parameters: Parameters) -> Self {
        self.number(parameters.slots() as u64).number(parameters.threshold() as u64)
    }

    pub(crate) fn scalars(self, scalars: &[Scalar]) -> Self {
        scalars.iter().fold(self, |writer, scalar| writer.bytes(scalar.as_bytes()))
    }

    pub(crate) fn finish(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

/// Reads what a [`SecretWriter`] wrote. The bytes come from a file, which may hold anything.
pub(crate) struct SecretReader<'a>(&'a [u8]);

impl<'a> SecretReader<'a> {
    pub(crate) fn new(label: &str, bytes: &'a [u8]) -> Result<Self, SecretFault> {
        bytes.strip_prefix(label.as_bytes()).map(Self).ok_or(SecretFault::Label)
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Result<&'a [u8], SecretFault> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(SecretFault::Length)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], SecretFault> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(SecretFault::Length)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(crate) fn number(&mut self) -> Result<u64, SecretFault> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn index(&mut self) -> Result<Index, SecretFault> {
        Index::new(self.number()?).ok_or(SecretFault::Number)
    }

    pub(crate) fn parameters(&mut self) -> Result<Parameters, SecretFault> {
        let mut number = || usize::try_from(self.number()?).map_err(|_| SecretFault::Number);
        Parameters::new(number()?, number()?).ok_or(SecretFault::Number)
    }

    pub(crate) fn scalars(&mut self, count: usize) -> Result<SecretScalars, SecretFault> {
        let length = count.checked_mul(ENCODED).ok_or(SecretFault::Length)?;
        SecretScalars::decode(self.bytes(length)?)
    }

    /// The end: nothing may be left over.
    pub(crate) fn finish(self) -> Result<(), SecretFault> {
        if self.0.is_empty() { Ok(()) } else { Err(SecretFault::Length) }
    }
}
