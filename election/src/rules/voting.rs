//! The rules of the voting: which ballot may follow which. Implements specs/ballot.md#ballot and #challenge.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tabella_crypto::ballot::{Prefix, VerifiedBallot};
use tabella_crypto::group::decode_point;

use super::poll::{Candidate, Early, Inspected, Outcome};
use super::sums::{Replaced, Sums};
use super::{Board, Entry, Examined, Fault, Poll, Position, Stage};
use crate::ballot::join;
use crate::bytes::EncodedPoint;
use crate::code::{Code, Rejection};
use crate::kind::Kind;
use crate::log::Log;
use crate::message::{self, Ballot, Message, Voter};
use crate::text::Tracker;

/// What the accepted ballots and challenges say. For each voter it holds a [`Head`], for each entry 32 bytes.
#[derive(Debug, Clone)]
pub struct Voting {
    poll: Arc<Poll>,
    pub(super) heads: BTreeMap<EncodedPoint, Head>,
    /// Every R of an accepted ballot or challenge.
    used: BTreeSet<[u8; 32]>,
    pub(super) sums: Sums,
    pub(super) accepted: u64,
    pub(super) challenged: u64,
}

/// The last accepted ballot of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// What the next ballot of this credential must link to.
    pub tracker: Tracker,
    /// Where the ballot stands.
    pub position: Position,
}

impl Board {
    /// Admits a ballot or challenge that was examined, or refuses it and changes nothing: the checks that depend on
    /// the entries before it. Together with [`Poll::inspect`] and [`Poll::examine`] it judges as [`Board::judge`] does.
    ///
    /// # Errors
    /// As [`Board::judge`].
    pub fn admit<L: Log>(&mut self, position: Position, examined: Examined, log: &L) -> Result<(), Fault<L::Error>> {
        if let Examined(Err(Early::Malformed(malformed))) = examined {
            return Err(malformed.into());
        }
        Kind::Ballot.judge_phase(Some(self.phase()))?;
        match &mut self.stage {
            Stage::Voting(voting) => voting.admit(position, examined, log),
            _ => Err(self.out_of_phase(Kind::Ballot).into()),
        }
    }

    /// A single ballot or challenge.
    pub(super) fn judge_vote<L: Log>(&mut self, entry: &Entry<'_>, log: &L) -> Result<(), Fault<L::Error>> {
        let Stage::Voting(voting) = &mut self.stage else {
            Message::decode(entry.kind, entry.payload)?;
            entry.kind.judge_phase(Some(self.phase()))?;
            return Err(self.out_of_phase(entry.kind).into());
        };
        let inspected = voting.poll.inspect(entry.kind, entry.payload);
        voting.judge_order(&inspected)?;
        // A ballot alone is judged by its equations, in which a seed has no part.
        let examined = voting.poll.examine(vec![inspected], [0; 32]);
        examined.into_iter().try_for_each(|examined| voting.admit(entry.position, examined, log))
    }
}

impl Voting {
    pub(super) fn new(poll: Arc<Poll>) -> Self {
        let sums = Sums::new(poll.election());
        Self { poll, heads: BTreeMap::new(), used: BTreeSet::new(), sums, accepted: 0, challenged: 0 }
    }

    /// What is fixed since `open`.
    pub fn poll(&self) -> &Arc<Poll> {
        &self.poll
    }

    /// The last accepted ballot of a credential.
    pub fn head(&self, credential: &EncodedPoint) -> Option<&Head> {
        self.heads.get(credential)
    }

    /// Refuses early what cannot be admitted to the board as it stands: nobody need pay for its proof.
    ///
    /// # Errors
    /// `link_stale` or `r_reused`.
    pub fn judge_order(&self, inspected: &Inspected) -> Result<(), Rejection> {
        match inspected.prefix() {
            Some((kind, prefix)) => self.judge_prefix(kind, prefix),
            None => Ok(()),
        }
    }

    /// Checks 4 and 5 of a ballot, check 2 of a challenge, whose link nobody compares.
    fn judge_prefix(&self, kind: Kind, prefix: &Prefix) -> Result<(), Rejection> {
        let head = self.heads.get(&EncodedPoint(prefix.credential)).map(|head| head.tracker.0);
        if kind == Kind::Ballot && prefix.link != head {
            let text = "The ballot replaces another than the last accepted one of this voter.";
            return Rejection::refuse(Code::LinkStale, text);
        }
        if self.used.contains(&prefix.r) {
            let text = "An accepted ballot or challenge holds the same R: this one is a copy.";
            return Rejection::refuse(Code::RReused, text);
        }
        Ok(())
    }

    fn admit<L: Log>(&mut self, position: Position, examined: Examined, log: &L) -> Result<(), Fault<L::Error>> {
        let candidate = match examined.0 {
            Ok(candidate) => candidate,
            Err(Early::Malformed(rejection) | Early::Refused(rejection)) => return Err(rejection.into()),
        };
        let Candidate { poll, kind, voter, prefix, outcome } = candidate;
        if poll != self.poll.id() {
            let text = "The ballot was examined against other keys or another roll than this election's.";
            return Err(Rejection::new(Code::ProofInvalid, text).into());
        }
        self.judge_prefix(kind, &prefix)?;
        match outcome? {
            Outcome::Ballot(ballot) => self.accept(position, &voter, &ballot, log)?,
            Outcome::Challenge => self.challenged += 1,
        }
        self.used.insert(prefix.r);
        Ok(())
    }

    /// The ballot becomes its voter's head, and stands in the sums in place of the one before.
    fn accept<L: Log>(
        &mut self,
        position: Position,
        voter: &Voter,
        ballot: &VerifiedBallot,
        log: &L,
    ) -> Result<(), Fault<L::Error>> {
        let replaced = match self.heads.get(&voter.credential) {
            Some(head) => Some(self.read_again(head, voter, log)?),
            None => None,
        };
        if let Some(replaced) = replaced {
            self.sums.subtract(self.poll.election(), voter, &replaced);
        }
        self.sums.add(self.poll.election(), voter, ballot);
        self.heads.insert(voter.credential, Head { tracker: Tracker(ballot.tracker()), position });
        self.accepted += 1;
        Ok(())
    }

    /// Reads a head again. Its tracker shows that its ciphertexts are those that were verified.
    fn read_again<L: Log>(&self, head: &Head, voter: &Voter, log: &L) -> Result<Replaced, Fault<L::Error>> {
        let index = head.position.index;
        let payload = log.payload(index).map_err(Fault::Log)?;
        let ballot: Ballot = message::decode(&payload).map_err(|_| Fault::Damaged(index))?;
        let prefix = join(&ballot.prefix);
        let context = self.poll.context(voter.style).filter(|context| context.tracker(&prefix) == head.tracker.0);
        let points = |_| {
            let ciphertexts = prefix.ciphertexts.iter().map(decode_point).collect::<Result<_, _>>();
            Some(Replaced { r: decode_point(&prefix.r).ok()?, ciphertexts: ciphertexts.ok()? })
        };
        context.and_then(points).ok_or(Fault::Damaged(index))
    }
}
