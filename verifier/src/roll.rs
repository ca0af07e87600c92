//! The roll of credentials. Implements specs/election.md#roll.

use crate::checks::Code;
use crate::group::Point;
use crate::message::{RollChunk, RollLine};
use crate::transcript::transcript;
use crate::tree::{Hash, sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

const MOST_CHUNKS: u64 = 100_000;
/// Largest total of a slot: one that can be found again by decryption.
const LARGEST_TOTAL: u128 = 1 << 40;
/// Largest total of an option: one that every reader of JSON takes exactly.
const LARGEST_OPTION: u128 = (1 << 53) - 1;

/// What a roll must fit to, from the manifest.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Number of styles.
    pub styles: usize,
    /// The largest value of a slot on one ballot, in any contest.
    pub largest_of_a_slot: u64,
    /// The largest value of an option on one ballot, in any contest.
    pub largest_of_an_option: u64,
}

/// A voter's line of the roll.
#[derive(Clone, Copy, Debug)]
pub struct Voter {
    pub weight: u64,
    pub style: usize,
}

/// The chunks that were accepted so far, of the latest revision.
#[derive(Debug, Default)]
pub struct Roll {
    revision: u64,
    chunk: u64,
    chunks: u64,
    last: Option<[u8; 32]>,
    total: u128,
    body_hashes: Vec<u8>,
    voters: Arc<HashMap<[u8; 32], Voter>>,
}

impl Roll {
    /// Accepts the next chunk; `body` is the body that was signed.
    pub fn accept(&mut self, chunk: &RollChunk, body: &[u8], limits: &Limits) -> Result<(), Code> {
        let next = self.revision > 0
            && chunk.revision == self.revision
            && chunk.chunk == self.chunk + 1
            && chunk.chunks == self.chunks
            && self.body_hashes.last_chunk() == Some(&chunk.previous);
        let anew = chunk.revision == self.revision + 1 && chunk.chunk == 1 && chunk.previous == [0; 32];
        if !(next || anew) || chunk.chunk > chunk.chunks || chunk.chunks > MOST_CHUNKS {
            return Err(Code::RollChunk);
        }
        let (last, total) = if anew { (None, 0) } else { (self.last, self.total) };
        let total = check_lines(&chunk.voters, last, total, limits)?;
        if anew {
            *self = Self { revision: chunk.revision, chunks: chunk.chunks, ..Self::default() };
        }
        self.chunk = chunk.chunk;
        self.total = total;
        self.last = chunk.voters.last().map_or(self.last, |line| Some(line.credential));
        self.body_hashes.extend(sha256(body));
        let lines = chunk.voters.iter().filter_map(|line| {
            let style = usize::try_from(line.style).ok()?;
            Some((line.credential, Voter { weight: line.weight, style }))
        });
        Arc::make_mut(&mut self.voters).extend(lines);
        Ok(())
    }

    /// Whether the last chunk was accepted.
    pub fn is_complete(&self) -> bool {
        self.revision > 0 && self.chunk == self.chunks
    }

    /// The roll hash.
    pub fn hash(&self, election: &Hash) -> Hash {
        transcript!("roll")
            .absorb("election", election)
            .absorb_number("revision", self.revision)
            .absorb_number("count", self.voters.len() as u64)
            .absorb("chunks", &self.body_hashes)
            .hash()
    }

    /// All voters by credential.
    pub fn voters(&self) -> &Arc<HashMap<[u8; 32], Voter>> {
        &self.voters
    }
}

/// How many voters share a style and a weight, for the smallest such class of these voters.
pub fn smallest_class<'a>(voters: impl Iterator<Item = &'a Voter>) -> Option<u64> {
    let mut classes: BTreeMap<(usize, u64), u64> = BTreeMap::new();
    for voter in voters {
        *classes.entry((voter.style, voter.weight)).or_default() += 1;
    }
    classes.into_values().min()
}

/// Each line in turn, then the sum of all weights so far.
fn check_lines(lines: &[RollLine], mut last: Option<[u8; 32]>, mut total: u128, limits: &Limits) -> Result<u128, Code> {
    for line in lines {
        if last.is_some_and(|last| line.credential <= last) {
            return Err(Code::RollOrder);
        }
        Point::decode(&line.credential)?.not_identity()?;
        if line.weight == 0 {
            return Err(Code::RollWeight);
        }
        if line.style >= limits.styles as u64 {
            return Err(Code::RollStyle);
        }
        last = Some(line.credential);
        total = total.saturating_add(u128::from(line.weight));
    }
    let fits = |largest: u64, bound: u128| total.saturating_mul(u128::from(largest)) <= bound;
    let all_fit = fits(limits.largest_of_a_slot, LARGEST_TOTAL) && fits(limits.largest_of_an_option, LARGEST_OPTION);
    if all_fit { Ok(total) } else { Err(Code::RollTotal) }
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::constants::RISTRETTO_BASEPOINT_COMPRESSED;

    use super::*;

    /// The bounds of specs/election.md#roll, and more than they allow.
    #[test]
    fn totals_are_bounded_to_the_last_vote() {
        let sum = |weight, [slot, option]: [u64; 2]| {
            let line = RollLine { credential: RISTRETTO_BASEPOINT_COMPRESSED.to_bytes(), weight, style: 0 };
            let limits = Limits { styles: 1, largest_of_a_slot: slot, largest_of_an_option: option };
            check_lines(&[line], None, 0, &limits)
        };
        assert_eq!(sum(1 << 40, [1, 1]), Ok(1 << 40));
        assert_eq!(sum((1 << 40) + 1, [1, 1]), Err(Code::RollTotal));
        // 2^53 − 1 = 6361 · 1416003655831
        assert_eq!(sum(6361, [1, 1_416_003_655_831]), Ok(6361));
        assert_eq!(sum(1 << 23, [1, 1 << 30]), Err(Code::RollTotal));
    }
}
