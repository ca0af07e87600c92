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

use crate::ballot::{LayoutFault, context, join};
use crate::bytes::Hash;
use crate::code::{Code, Rejection};
use crate::kind::Kind;
use crate::manifest::Election;
use crate::message::{Ballot, Challenge, Message, Prefix, Style, Voter};
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

/// A payload of a voter after the cheap checks.
#[derive(Debug, Clone)]
pub struct Inspected(Result<Draft, Early>);

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
struct Draft {
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
        Ok(Self {
            election,
            keys,
            roll,
            roll_hash,
            contexts,
        })
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
            Ok(_) => Err(Early::Malformed(Rejection::new(
                Code::PayloadMalformed,
                "Voters send no such entry.",
            ))),
            Err(malformed) => Err(Early::Malformed(malformed)),
        })
    }

    /// Verifies encodings and proofs of all at once. `seed` must be fresh and secret where there are several: see
    /// [`verify_batch`].
    pub fn examine(&self, inspected: Vec<Inspected>, seed: [u8; 32]) -> Vec<Examined> {
        let submissions: Vec<Submission<'_>> = inspected.iter().filter_map(Inspected::submission).collect();
        let mut ballots = verify_batch(&submissions, seed).into_iter();
        let mut conclude = |draft: Draft| {
            let outcome = match &draft.evidence {
                // One outcome for each submission, in their order.
                Evidence::Proof(_) => match ballots.next() {
                    Some(verified) => verified
                        .map(|ballot| Outcome::Ballot(Box::new(ballot)))
                        .map_err(Rejection::from),
                    None => Rejection::refuse(Code::ProofInvalid, "The ballot was not verified."),
                },
                Evidence::Opening(opening) => {
                    let verified = draft.context.verify_challenge(&draft.prefix, opening);
                    verified.map(|_| Outcome::Challenge).map_err(Rejection::from)
                }
            };
            Candidate {
                kind: draft.kind,
                voter: draft.voter,
                prefix: draft.prefix,
                outcome,
            }
        };
        inspected
            .into_iter()
            .map(|Inspected(draft)| Examined(draft.map(&mut conclude)))
            .collect()
    }

    fn inspect_ballot(&self, Ballot { prefix, proof }: Ballot) -> Result<Draft, Rejection> {
        let (voter, style) = self.judge_contests(&prefix)?;
        let lengths = self.ciphertexts_fit(&prefix) && proof.len() == self.election.proof_length(style);
        self.draft(Kind::Ballot, voter, &prefix, lengths, Evidence::Proof(proof.into()))
    }

    fn inspect_challenge(&self, challenge: Challenge) -> Result<Draft, Rejection> {
        let Challenge {
            prefix,
            opening,
            r_opened,
            signature,
        } = challenge;
        let (voter, style) = self.judge_contests(&prefix)?;
        let lengths = self.ciphertexts_fit(&prefix) && opening.len() == self.election.free_bits(style);
        let opening = Opening {
            bits: opening,
            r: r_opened.0,
            signature: signature.0,
        };
        self.draft(Kind::Challenge, voter, &prefix, lengths, Evidence::Opening(opening))
    }

    /// Checks 1 and 2: the credential is on the roll, and the contests are those of its style.
    fn judge_contests(&self, prefix: &Prefix) -> Result<(Voter, &Style), Rejection> {
        let voter = self.roll.voter(&prefix.credential);
        let Some((voter, style)) = voter.and_then(|voter| Some((*voter, self.election.style(voter.style)?))) else {
            return Rejection::refuse(Code::CredentialUnknown, "The credential is not on the roll.");
        };
        if let Some(unknown) = prefix
            .contests
            .keys()
            .find(|contest| self.election.contest(**contest).is_none())
        {
            return Rejection::refuse(Code::ContestUnknown, format!("There is no contest {unknown}."));
        }
        if !prefix.contests.keys().eq(&style.contests) {
            let text = format!(
                "The ballot does not hold exactly the contests of the style “{}”.",
                style.name
            );
            return Rejection::refuse(Code::ContestSet, text);
        }
        Ok((voter, style))
    }

    fn ciphertexts_fit(&self, prefix: &Prefix) -> bool {
        let mut contests = prefix.contests.iter();
        contests.all(|(contest, ciphertexts)| ciphertexts.len() == self.election.ciphertexts_length(*contest))
    }

    /// Check 3, of lengths that were compared.
    fn draft(
        &self,
        kind: Kind,
        voter: Voter,
        prefix: &Prefix,
        lengths: bool,
        evidence: Evidence,
    ) -> Result<Draft, Rejection> {
        match self.context(voter.style) {
            Some(context) if lengths => Ok(Draft {
                kind,
                voter,
                context: context.clone(),
                prefix: join(prefix),
                evidence,
            }),
            _ => Rejection::refuse(
                Code::BallotLength,
                "The ciphertexts, the proof or the opening have another length.",
            ),
        }
    }
}

impl Inspected {
    /// Its prefix, if it has passed the cheap checks.
    pub(super) fn prefix(&self) -> Option<(Kind, &ballot::Prefix)> {
        self.0.as_ref().ok().map(|draft| (draft.kind, &draft.prefix))
    }

    fn submission(&self) -> Option<Submission<'_>> {
        let Draft {
            context,
            prefix,
            evidence: Evidence::Proof(proof),
            ..
        } = self.0.as_ref().ok()?
        else {
            return None;
        };
        Some(Submission { context, prefix, proof })
    }
}
