//! The roll: who may vote, with which weight and style. Implements specs/election.md#roll.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use tabella_crypto::group::decode_proper_point;
use tabella_crypto::transcript::Transcript;

use crate::bytes::{ElectionId, EncodedPoint, Hash};
use crate::code::{Code, Rejection};
use crate::contest::Largest;
use crate::manifest::Election;
use crate::message::{self, Signed, Voter};

/// Voters in a chunk as [`chunks`] cuts them: it fits an entry.
const VOTERS_IN_CHUNK: usize = 1_000;

/// The most chunks of a revision.
const CHUNKS: u64 = 100_000;

/// The largest sum that a slot may reach, so that totals can be found from their multiples of G.
const LARGEST_SLOT_TOTAL: u64 = 1 << 40;

/// The largest total of an option, so that every program reads it right.
const LARGEST_TOTAL: u64 = (1 << 53) - 1;

/// What chunk 1 names as the chunk before it.
const NO_CHUNK: Hash = Hash([0; 32]);

/// The roll as the accepted chunks made it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roll {
    place: Option<Place>,
    /// Of the current revision, by credential ascending.
    voters: Vec<Voter>,
    weight: u64,
    chunk_hashes: Vec<Hash>,
}

/// How many of some voters share a style and a weight, by both; none of 0. Totals of a small class may tell how its
/// voters voted.
pub type Classes = BTreeMap<(u64, u64), u64>;

/// Where a chunk stands: its revision, its number from 1, and how many chunks the revision has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    revision: u64,
    chunk: u64,
    chunks: u64,
}

/// A chunk that keeps the rules, to be added to the roll for which it was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedChunk {
    place: Place,
    voters: Vec<Voter>,
    /// The sum of all weights of the revision, this chunk's included.
    weight: u64,
    hash: Hash,
}

impl Roll {
    /// Makes the checks of specs/election.md#roll in their order. The author is already judged.
    ///
    /// # Errors
    /// `roll_chunk`, `roll_order`, `point_invalid`, `identity_point`, `roll_weight`, `roll_style` or `roll_total`.
    pub fn judge(&self, signed: &Signed<message::Roll>, election: &Election) -> Result<JudgedChunk, Rejection> {
        let body = signed.body();
        let place = Place { revision: body.revision, chunk: body.chunk, chunks: body.chunks };
        self.judge_place(place)?;
        let goes_on = place.chunk > 1;
        self.judge_previous(body.previous, goes_on)?;
        judge_voters(&body.voters, self.voters.last().filter(|_| goes_on), election)?;
        let before = if goes_on { self.weight } else { 0 };
        let weight = total_weight(before, &body.voters, election)?;
        Ok(JudgedChunk { place, voters: body.voters.clone(), weight, hash: signed.body_hash() })
    }

    /// Adds a chunk. Chunk 1 discards all voters before it.
    pub fn apply(&mut self, chunk: JudgedChunk) {
        if chunk.place.chunk == 1 {
            *self = Self::default();
        }
        self.place = Some(chunk.place);
        self.voters.extend(chunk.voters);
        self.weight = chunk.weight;
        self.chunk_hashes.push(chunk.hash);
    }

    fn judge_place(&self, place: Place) -> Result<(), Rejection> {
        let next_chunk = self.place.map(|last| Place { chunk: last.chunk.saturating_add(1), ..last });
        let next_revision = self.place.map_or(0, |last| last.revision).checked_add(1);
        let begins_revision = Some(place.revision) == next_revision && place.chunk == 1;
        let follows = Some(place) == next_chunk || begins_revision;
        if follows && (1..=place.chunks).contains(&place.chunk) && place.chunks <= CHUNKS {
            return Ok(());
        }
        let Place { revision, chunk, chunks } = place;
        Rejection::refuse(
            Code::RollChunk,
            format!("Chunk {chunk} of {chunks} of revision {revision} does not follow what stands on the roll."),
        )
    }

    /// A later chunk names the one that it goes on from, and the first none.
    fn judge_previous(&self, said: Hash, goes_on: bool) -> Result<(), Rejection> {
        let before = self.chunk_hashes.last().filter(|_| goes_on);
        if said == before.copied().unwrap_or(NO_CHUNK) {
            return Ok(());
        }
        let text = "The chunk goes on from another chunk than the one before it: it is of another roll.";
        Rejection::refuse(Code::RollChunk, text)
    }

    /// Whether the last chunk of the current revision is there.
    pub fn is_complete(&self) -> bool {
        self.place.is_some_and(|place| place.chunk == place.chunks)
    }

    /// The number of the current revision; 0 before the first.
    pub fn revision(&self) -> u64 {
        self.place.map_or(0, |place| place.revision)
    }

    /// The voter with a credential.
    pub fn voter(&self, credential: &EncodedPoint) -> Option<&Voter> {
        let position = self.voters.binary_search_by_key(credential, |voter| voter.credential).ok()?;
        self.voters.get(position)
    }

    /// All voters, by credential ascending.
    pub fn voters(&self) -> &[Voter] {
        &self.voters
    }

    /// The sum of all weights.
    pub fn weight(&self) -> u64 {
        self.weight
    }

    /// How many voters share each style and weight.
    pub fn classes(&self) -> Classes {
        classes(&self.voters)
    }

    /// What the roll hash commits to.
    pub fn claim(&self) -> RollClaim {
        RollClaim { revision: self.revision(), voters: self.voters.len() as u64, chunks: self.chunk_hashes.clone() }
    }

    /// The roll hash.
    pub fn hash(&self, election: &ElectionId) -> Hash {
        self.claim().hash(election)
    }
}

/// A roll as somebody claims it, without its voters. Whoever believes the authority compares the hash with that of `open`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollClaim {
    /// The revision.
    pub revision: u64,
    /// How many voters are on it.
    pub voters: u64,
    /// The hashes of the bodies of its chunks.
    pub chunks: Vec<Hash>,
}

impl RollClaim {
    /// The roll hash.
    pub fn hash(&self, election: &ElectionId) -> Hash {
        let chunks: Vec<u8> = self.chunks.iter().flat_map(|hash| hash.0).collect();
        let mut transcript = Transcript::new("tabella/1/roll");
        transcript.absorb("election", &election.0);
        transcript.absorb_u64("revision", self.revision);
        transcript.absorb_u64("count", self.voters);
        transcript.absorb("chunks", &chunks);
        Hash(transcript.hash())
    }

    /// Whether it has this chunk in its place.
    pub fn has(&self, chunk: &Signed<message::Roll>) -> bool {
        let body = chunk.body();
        let place = usize::try_from(body.chunk).ok().and_then(|number| number.checked_sub(1));
        let hash = place.and_then(|place| self.chunks.get(place));
        body.revision == self.revision && body.chunks == self.chunks.len() as u64 && hash == Some(&chunk.body_hash())
    }
}

/// The classes of these voters.
pub(crate) fn classes<'a>(voters: impl IntoIterator<Item = &'a Voter>) -> Classes {
    let mut classes = Classes::new();
    for voter in voters {
        *classes.entry((voter.style, voter.weight)).or_default() += 1;
    }
    classes
}

/// Check 2: every voter in turn. `before` is the last voter of the chunk before.
fn judge_voters(voters: &[Voter], before: Option<&Voter>, election: &Election) -> Result<(), Rejection> {
    let mut before = before;
    for voter in voters {
        judge_voter(voter, before, election)?;
        before = Some(voter);
    }
    Ok(())
}

fn judge_voter(voter: &Voter, before: Option<&Voter>, election: &Election) -> Result<(), Rejection> {
    let Voter { credential, weight, style } = voter;
    if before.is_some_and(|before| before.credential >= *credential) {
        return Rejection::refuse(Code::RollOrder, format!("{credential:?} is not above the credential before it."));
    }
    decode_proper_point(&credential.0).map_err(|fault| {
        Rejection::new(fault.into(), format!("{credential:?} on the roll is no credential: it is {fault}."))
    })?;
    if *weight == 0 {
        return Rejection::refuse(Code::RollWeight, format!("{credential:?} has the weight 0."));
    }
    if election.style(*style).is_none() {
        return Rejection::refuse(
            Code::RollStyle,
            format!("{credential:?} has the style {style}, which does not exist."),
        );
    }
    Ok(())
}

/// Check 3: the sum of all weights so far, if no slot and no option can exceed the largest total by it.
fn total_weight(before: u64, voters: &[Voter], election: &Election) -> Result<u64, Rejection> {
    let weight = voters.iter().try_fold(before, |sum, voter| sum.checked_add(voter.weight));
    let most = largest_weight(election);
    weight.filter(|weight| *weight <= most).ok_or_else(|| Rejection::new(Code::RollTotal, weight_text(election)))
}

/// The largest sum of all weights with which every total can be counted. Check 3 of specs/election.md#roll.
pub fn largest_weight(election: &Election) -> u64 {
    let Largest { slot, option } = election.largest();
    (LARGEST_SLOT_TOTAL / slot.max(1)).min(LARGEST_TOTAL / option.max(1))
}

fn weight_text(election: &Election) -> String {
    let (most, option) = (largest_weight(election), election.largest().option);
    format!(
        "The weights of all voters are more than {most} together, and one vote can give an option {option}: the totals \
         would be too large to count. Use smaller weights, or smaller numbers in the contests."
    )
}

/// The chunks of a revision with these voters, for the registrar to sign. No voters make one chunk of none.
///
/// The voters are put in order; whether they are right is judged when the chunks are.
pub fn chunks(election: &ElectionId, revision: u64, mut voters: Vec<Voter>) -> Vec<message::Roll> {
    voters.sort_by_key(|voter| voter.credential);
    let mut pieces: Vec<Vec<Voter>> = voters.chunks(VOTERS_IN_CHUNK).map(<[Voter]>::to_vec).collect();
    if pieces.is_empty() {
        pieces.push(Vec::new());
    }
    let chunks = pieces.len() as u64;
    let mut previous = NO_CHUNK;
    let chunk = |(chunk, voters)| {
        let body = message::Roll { election: *election, revision, chunk, chunks, voters, previous };
        previous = Hash(Sha256::digest(message::encode(&body)).into());
        body
    };
    (1..).zip(pieces).map(chunk).collect()
}

#[cfg(test)]
mod tests;
