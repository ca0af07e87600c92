//! The part of judging ballots that does not depend on their order. Implements specs/ballot.md#ballot, checks 1 to 3, 6
//! and 7, and specs/ballot.md#challenge, checks 1 and 3 to 5.
//!
//! [`Poll::inspect`] is cheap: it decodes and compares. [`Poll::examine`] is expensive, and cheaper for many ballots at
//! once. What they find is kept apart, because the code of an entry is that of the first check that fails, and the
//! checks 4 and 5 (link and R), which only the board can make, stand between the two.

use std::sync::Arc;

use tabella_crypto::ballot::{self, Context, Opening, VerifiedBallot};
use tabella_crypto::batch::{Submission, verify_batch};
use tabella_crypto::qualified::ElectionKeys;
use tabella_crypto::shape::Shape;

use crate::ballot::{LayoutFault, context, join};
use crate::bytes::Hash;
use crate::code::{Code, Rejection};
use crate::kind::Kind;
use crate::manifest::Election;
use crate::message::{Ballot, Challenge, Message, Prefix, Voter};
use crate::roll::Roll;

/// Everything that is fixed at `open`. Cheap to share between threads: ballots are examined against it in parallel.
#[derive(Debug)]
pub struct Poll {
    election: Arc<Election>,
    keys: Arc<ElectionKeys>,
    roll: Roll,
    roll_hash: Hash,
    /// One for each style.
    contexts: Vec<Context>,
}

/// Tells polls apart: the keys hash and the roll hash, which commit to the election.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PollId {
    keys: [u8; 32],
    roll: Hash,
}

/// A payload of a voter after the cheap checks.
#[derive(Debug, Clone)]
pub struct Inspected(Result<WellFormed, Early>);

/// A payload of a voter of which everything is known but whether it fits the ballots before it.
#[derive(Debug, Clone)]
pub struct Examined(pub(super) Result<Candidate, Early>);

/// What ends a judgement before the order of entries matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Early {
    /// It does not decode: found even before the phase is looked at.
    Malformed(Rejection),
    /// Checks 1 to 3.
    Refused(Rejection),
}

/// A ballot or challenge of the right contests and lengths.
#[derive(Debug, Clone)]
struct WellFormed {
    poll: PollId,
    kind: Kind,
    voter: Voter,
    context: Context,
    prefix: ballot::Prefix,
    evidence: Evidence,
}

#[derive(Debug, Clone)]
enum Evidence {
    Proof(Vec<u8>),
    Opening(Opening),
}

/// A ballot or challenge with the outcome of its proof, which counts only after link and R were compared.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// What it was examined against: it counts nowhere else.
    pub(super) poll: PollId,
    pub(super) kind: Kind,
    pub(super) voter: Voter,
    pub(super) prefix: ballot::Prefix,
    pub(super) outcome: Result<Outcome, Rejection>,
}

#[derive(Debug, Clone)]
pub(super) enum Outcome {
    Ballot(Box<VerifiedBallot>),
    Challenge,
}

impl Poll {
    /// # Errors
    /// None for an election, keys and roll that were judged.
    pub(super) fn new(election: Arc<Election>, keys: Arc<ElectionKeys>, roll: Roll) -> Result<Self, LayoutFault> {
        let styles = 0..election.manifest().styles.len() as u64;
        let contexts = styles.map(|style| context(&election, style, keys.slot_keys()));
        let contexts = contexts.collect::<Result<_, _>>()?;
        let roll_hash = roll.hash(&election.id());
        Ok(Self { election, keys, roll, roll_hash, contexts })
    }

    /// The election.
    pub fn election(&self) -> &Arc<Election> {
        &self.election
    }

    /// The keys to which ballots are encrypted.
    pub fn keys(&self) -> &Arc<ElectionKeys> {
        &self.keys
    }

    /// Who may vote.
    pub fn roll(&self) -> &Roll {
        &self.roll
    }

    /// The roll hash.
    pub fn roll_hash(&self) -> Hash {
        self.roll_hash
    }

    /// What the ballots of a style have in common.
    pub fn context(&self, style: u64) -> Option<&Context> {
        self.contexts.get(usize::try_from(style).ok()?)
    }

    /// Makes the cheap checks of a `ballot` or `challenge` payload: decoding, credential, contests, lengths.
    ///
    /// Never fails: what is wrong is told by the judgement, in its order.
    pub fn inspect(&self, kind: Kind, payload: &[u8]) -> Inspected {
        Inspected(match Message::decode(kind, payload) {
            Ok(Message::Ballot(ballot)) => self.inspect_ballot(ballot).map_err(Early::Refused),
            Ok(Message::Challenge(challenge)) => self.inspect_challenge(challenge).map_err(Early::Refused),
            Ok(_) => Err(Early::Malformed(Rejection::new(Code::PayloadMalformed, "Voters send no such entry."))),
            Err(malformed) => Err(Early::Malformed(malformed)),
        })
    }

    /// Verifies encodings and proofs of all at once. `seed` must be fresh and secret where there are several: see
    /// [`verify_batch`].
    pub fn examine(&self, inspected: Vec<Inspected>, seed: [u8; 32]) -> Vec<Examined> {
        let submissions: Vec<Submission<'_>> = inspected.iter().filter_map(Inspected::submission).collect();
        let mut ballots = verify_batch(&submissions, seed).into_iter();
        let mut conclude = |vote: WellFormed| {
            let outcome = match &vote.evidence {
                // One outcome for each submission, in their order.
                Evidence::Proof(_) => match ballots.next() {
                    Some(verified) => verified.map(|ballot| Outcome::Ballot(Box::new(ballot))).map_err(Rejection::from),
                    None => Rejection::refuse(Code::ProofInvalid, "The ballot was not verified."),
                },
                Evidence::Opening(opening) => {
                    let verified = vote.context.verify_challenge(&vote.prefix, opening);
                    verified.map(|_| Outcome::Challenge).map_err(Rejection::from)
                }
            };
            Candidate { poll: vote.poll, kind: vote.kind, voter: vote.voter, prefix: vote.prefix, outcome }
        };
        inspected.into_iter().map(|Inspected(vote)| Examined(vote.map(&mut conclude))).collect()
    }

    /// Names this poll in what is examined against it.
    pub(super) fn id(&self) -> PollId {
        PollId { keys: self.keys.hash(), roll: self.roll_hash }
    }

    fn inspect_ballot(&self, Ballot { prefix, proof }: Ballot) -> Result<WellFormed, Rejection> {
        let voter = self.judge_contests(&prefix)?;
        let context = self.judge_lengths(&voter, &prefix, |shape| proof.len() == shape.proof_length())?.clone();
        let evidence = Evidence::Proof(proof.into());
        Ok(WellFormed { poll: self.id(), kind: Kind::Ballot, voter, context, prefix: join(&prefix), evidence })
    }

    fn inspect_challenge(&self, challenge: Challenge) -> Result<WellFormed, Rejection> {
        let Challenge { prefix, opening, r_opened, signature } = challenge;
        let voter = self.judge_contests(&prefix)?;
        let context = self.judge_lengths(&voter, &prefix, |shape| opening.len() == shape.free())?.clone();
        let evidence = Evidence::Opening(Opening { coordinates: opening, r: r_opened.0, signature: signature.0 });
        Ok(WellFormed { poll: self.id(), kind: Kind::Challenge, voter, context, prefix: join(&prefix), evidence })
    }

    /// Checks 1 and 2: the credential is on the roll, and the contests are those of its style.
    fn judge_contests(&self, prefix: &Prefix) -> Result<Voter, Rejection> {
        let voter = self.roll.voter(&prefix.credential);
        let Some((voter, style)) = voter.and_then(|voter| Some((*voter, self.election.style(voter.style)?))) else {
            return Rejection::refuse(Code::CredentialUnknown, "The credential is not on the roll.");
        };
        let mut said = prefix.contests.keys();
        if let Some(unknown) = said.find(|contest| self.election.contest(**contest).is_none()) {
            return Rejection::refuse(Code::ContestUnknown, format!("There is no contest {unknown}."));
        }
        if !prefix.contests.keys().eq(&style.contests) {
            let text = format!("The ballot does not hold exactly the contests of the style “{}”.", style.name);
            return Rejection::refuse(Code::ContestSet, text);
        }
        Ok(voter)
    }

    /// Check 3. `evidence_fits` tells of the proof or the opening. Gives the context to which the lengths belong.
    fn judge_lengths(
        &self,
        voter: &Voter,
        prefix: &Prefix,
        evidence_fits: impl Fn(&Shape) -> bool,
    ) -> Result<&Context, Rejection> {
        let mut contests = prefix.contests.iter();
        let fits = contests.all(|(contest, points)| points.len() == self.election.ciphertexts_length(*contest));
        let context = self.context(voter.style).filter(|context| fits && evidence_fits(context.shape()));
        let text = "The ciphertexts, the proof or the opening have another length.";
        context.ok_or_else(|| Rejection::new(Code::BallotLength, text))
    }
}

impl Examined {
    /// Whether nothing is wrong with it in itself. What is not sound is accepted after no entries.
    pub fn is_sound(&self) -> bool {
        self.0.as_ref().is_ok_and(|candidate| candidate.outcome.is_ok())
    }
}

impl Inspected {
    /// Its prefix, if it has passed the cheap checks.
    pub(super) fn prefix(&self) -> Option<(Kind, &ballot::Prefix)> {
        self.0.as_ref().ok().map(|vote| (vote.kind, &vote.prefix))
    }

    fn submission(&self) -> Option<Submission<'_>> {
        let WellFormed { context, prefix, evidence: Evidence::Proof(proof), .. } = self.0.as_ref().ok()? else {
            return None;
        };
        Some(Submission { context, prefix, proof })
    }
}
