//! The second step: dealings, in pieces. Implements specs/ceremony.md#deal.

use std::collections::{BTreeMap, BTreeSet};

use tabella_crypto::dealing::{DealRound, Dealing, PIECE};
use tabella_crypto::group::Point;
use tabella_crypto::polynomial::Index;

use super::{Commitment, Confirms, duplicate, left_out};
use crate::code::{Code, Rejection};
use crate::message;

/// The dealings accepted so far.
#[derive(Debug, Clone)]
pub struct Deals {
    round: DealRound,
    commitments: BTreeMap<Index, Commitment>,
    begun: BTreeMap<Index, Pieces>,
    complete: BTreeMap<Index, Dealing>,
}

/// The beginning of a dealing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Pieces {
    count: u64,
    bytes: Vec<u8>,
}

impl Deals {
    pub(super) fn new(round: DealRound, commitments: BTreeMap<Index, Commitment>) -> Self {
        Self { round, commitments, begun: BTreeMap::new(), complete: BTreeMap::new() }
    }

    /// Who deals to whom.
    pub fn round(&self) -> &DealRound {
        &self.round
    }

    /// The envelope keys that the others made for `dealer`.
    pub fn envelope_keys_for(&self, dealer: Index) -> BTreeMap<Index, Point> {
        let key_for = |commitment: &Commitment| commitment.envelope_keys.get(&dealer).copied();
        let keys = self.commitments.iter().map(|(recipient, commitment)| (*recipient, key_for(commitment)));
        keys.filter_map(|(recipient, key)| Some((recipient, key?))).collect()
    }

    pub(super) fn missing(&self) -> BTreeSet<Index> {
        self.round.trustees.iter().copied().filter(|index| !self.complete.contains_key(index)).collect()
    }

    pub(super) fn take(&mut self, sender: Index, message: &message::Deal) -> Result<(), Rejection> {
        let Some(commitment) = self.commitments.get(&sender) else {
            return Err(left_out(sender));
        };
        if self.complete.contains_key(&sender) {
            return Err(duplicate("dealing"));
        }
        let begun = self.begun.get(&sender);
        let number = begun.map_or(0, |pieces| pieces.count) + 1;
        self.judge_piece(sender, number, message)?;

        if number < message.chunks {
            let pieces = self.begun.entry(sender).or_default();
            pieces.count = number;
            pieces.bytes.extend_from_slice(&message.bytes);
            return Ok(());
        }
        let mut bytes = begun.map(|pieces| pieces.bytes.clone()).unwrap_or_default();
        bytes.extend_from_slice(&message.bytes);
        let dealing = Dealing::verify(&bytes, &self.round, sender, &commitment.hash.0)?;
        self.begun.remove(&sender);
        self.complete.insert(sender, dealing);
        Ok(())
    }

    /// Whether the piece is the next one, counted from 1, of so many as there must be, and has its length.
    fn judge_piece(&self, dealer: Index, number: u64, message: &message::Deal) -> Result<(), Rejection> {
        let length = self.round.dealing_length(dealer);
        let chunks = length.div_ceil(PIECE) as u64;
        let sent = usize::try_from(number - 1).unwrap_or(usize::MAX).saturating_mul(PIECE);
        let piece = length.saturating_sub(sent).min(PIECE);
        if message.chunk == number && message.chunks == chunks && message.bytes.len() == piece {
            return Ok(());
        }
        let text = format!("Expected piece {number} of {chunks} of the dealing, with {piece} bytes.");
        Rejection::refuse(Code::DealChunk, text)
    }

    /// The next step: those who dealt confirm the dealings of one another.
    pub(super) fn confirms(&self) -> Confirms {
        Confirms::new(self.commitments.clone(), self.complete.clone())
    }
}
