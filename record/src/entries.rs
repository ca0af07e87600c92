//! Entries of a log, and where they are read again from.

use std::error::Error;
use std::fmt;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use tabella_board::entry::{Entry, EntryFault};
use tabella_board::hash::{HASH_LENGTH, Hash};

/// SHA-256 of a payload: by it a payload is the same, wherever it stands. Implements specs/conventions.md#signatures.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PayloadHash([u8; HASH_LENGTH]);

impl PayloadHash {
    /// The hash of these bytes.
    pub fn of(payload: &[u8]) -> Self {
        Self(Sha256::digest(payload).into())
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; HASH_LENGTH] {
        &self.0
    }
}

impl From<[u8; HASH_LENGTH]> for PayloadHash {
    fn from(bytes: [u8; HASH_LENGTH]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for PayloadHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PayloadHash({})", HEXLOWER.encode(&self.0))
    }
}

/// An entry that has its place in the log, with what its bytes say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedEntry {
    /// Position in the log.
    pub index: u64,
    /// Kind of the entry.
    pub kind: String,
    /// Leaf hash of `bytes`.
    pub leaf_hash: Hash,
    /// Hash of the payload.
    pub payload_hash: PayloadHash,
    /// The entry, verbatim (specs/board.md#entry).
    pub bytes: Vec<u8>,
}

impl NumberedEntry {
    /// Reads an entry's bytes. Nothing of what they say is judged.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, EntryFault> {
        let entry = Entry::parse(&bytes)?;
        Ok(Self {
            index: entry.place.index,
            kind: entry.kind,
            leaf_hash: Hash::of_entry(&bytes),
            payload_hash: PayloadHash::of(&entry.payload),
            bytes,
        })
    }
}

/// Where the entries of a log are read from, verbatim. Whoever reads judges or compares them.
pub trait EntryReader {
    /// Why entries could not be read.
    type Error: Error + Send + Sync + 'static;

    /// The entry `index`; `None` if there is none.
    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, Self::Error>;

    /// The entries from `index` on, in order: `limit` of them, or all if there are fewer.
    fn entries_from(&self, index: u64, limit: usize) -> Result<Vec<Vec<u8>>, Self::Error>;
}

/// A log with entries after it that stand nowhere yet, such as those that a mirror has just fetched.
#[derive(Debug)]
pub struct Extended<'a, R> {
    /// Where the entries before `size` are read from.
    pub entries: &'a R,
    /// The index of the first of `more`.
    pub size: u64,
    /// The entries from `size` on.
    pub more: &'a [Vec<u8>],
}

impl<R: EntryReader> EntryReader for Extended<'_, R> {
    type Error = R::Error;

    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, R::Error> {
        match index.checked_sub(self.size) {
            None => self.entries.entry(index),
            Some(offset) => Ok(usize::try_from(offset).ok().and_then(|offset| self.more.get(offset)).cloned()),
        }
    }

    fn entries_from(&self, index: u64, limit: usize) -> Result<Vec<Vec<u8>>, R::Error> {
        let before = usize::try_from(self.size.saturating_sub(index)).unwrap_or(usize::MAX).min(limit);
        let mut found = if before > 0 { self.entries.entries_from(index, before)? } else { Vec::new() };
        // Where an entry before `size` is missing, those after it would stand in its place.
        if found.len() == before {
            let offset = usize::try_from(index.saturating_sub(self.size)).unwrap_or(usize::MAX);
            found.extend(self.more.iter().skip(offset).take(limit - before).cloned());
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    struct Memory(Vec<Vec<u8>>);

    impl EntryReader for Memory {
        type Error = Infallible;

        fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, Infallible> {
            Ok(self.0.get(usize::try_from(index).unwrap()).cloned())
        }

        fn entries_from(&self, index: u64, limit: usize) -> Result<Vec<Vec<u8>>, Infallible> {
            Ok(self.0.iter().skip(usize::try_from(index).unwrap()).take(limit).cloned().collect())
        }
    }

    #[test]
    fn an_extended_log_reads_as_one() {
        let all = Memory((0..6).map(|number| vec![number]).collect());
        for size in 0..=6 {
            let (before, more) = all.0.split_at(size);
            let before = Memory(before.to_vec());
            let extended = Extended { entries: &before, size: size as u64, more };
            for index in 0..8 {
                assert_eq!(extended.entry(index), all.entry(index));
                for limit in 0..8 {
                    assert_eq!(extended.entries_from(index, limit), all.entries_from(index, limit), "{index} {limit}");
                }
            }
        }
    }

    #[test]
    fn no_entry_takes_the_place_of_a_missing_one() {
        let before = Memory(vec![vec![0]]);
        let extended = Extended { entries: &before, size: 2, more: &[vec![2]] };
        assert_eq!(extended.entries_from(0, 3), Ok(vec![vec![0]]));
    }
}
