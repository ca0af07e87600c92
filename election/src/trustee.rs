//! A trustee's side, from its first message to its share. Implements specs/ceremony.md and specs/tally.md#share for
//! whoever holds a part of the keys.
//!
//! ```text
//! commit ─▶ deal ─▶ confirm ─▶ keys ─▶ rehearse, as often as asked ─▶ share
//! ```
//!
//! Each step takes the trustee by value and gives it back with what it holds next, and with the payloads to be sent. It
//! reads the board, never a request. Save [`Trustee::to_secret_bytes`] and the payloads *before* sending them: a step
//! done twice draws anew, and a share that was sent must never be forgotten. When a step is refused, the trustee goes on
//! from the bytes that it saved last.

mod key_file;

use std::collections::BTreeMap;
use std::fmt;

use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use tabella_crypto::dealing::pieces;
use tabella_crypto::decryption::ProveFault;
use tabella_crypto::polynomial::Index;
use tabella_crypto::qualified::ElectionKeys;
use tabella_crypto::trustee::{CommitSecret, ConfirmSecret, DealSecret, KeyShare, StepFault};
use thiserror::Error;

use crate::bytes::{ElectionId, Hash};
use crate::ceremony::Stage;
use crate::code::Rejection;
use crate::kind::Kind;
use crate::log::Log;
use crate::manifest::Election;
use crate::message::{Body, Commit, Confirm, Deal, Keys, Rehearsal, Share, Signed};
use crate::rules::Board;

/// A trustee of one election, with everything that it keeps secret. Wiped when dropped, never printed.
pub struct Trustee {
    election: ElectionId,
    index: Index,
    signing_key: SigningKey,
    /// The last attempt in which it has committed; 0 before the first. An old copy of the board cannot call it back.
    committed: u64,
    secret: Secret,
    /// Every share that it ever made, by keys hash. None is given up for another: whoever shows the trustee another
    /// history must not make it lose the one that counts.
    shares: BTreeMap<Hash, KeyShare>,
    /// The counted hash for which it gave its share. There is only ever one.
    answered: Option<Hash>,
}

/// What the trustee holds between the steps of an attempt.
enum Secret {
    /// Before `commit`, and after `keys`.
    Nothing,
    /// After `commit`.
    Commit(CommitSecret),
    /// After `deal`.
    Deal(DealSecret),
    /// After `confirm`.
    Confirm(ConfirmSecret),
}

/// Why a trustee does not take a step.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The signing key is none of the manifest's trustees.
    #[error("this key belongs to no trustee of the election")]
    NoTrustee,
    /// The board is that of another election.
    #[error("this is another election than the one whose secrets the trustee holds")]
    OtherElection,
    /// The board does not wait for this message from this trustee.
    #[error("the board does not wait for `{0}` from this trustee")]
    NotAwaited(Kind),
    /// The board stands at an attempt that the trustee has gone through already: it is an old copy, or another history.
    #[error("the board is at attempt {now} of the ceremony, and the trustee has committed in attempt {committed}")]
    OldAttempt {
        /// The last attempt in which the trustee has committed.
        committed: u64,
        /// The attempt of the board.
        now: u64,
    },
    /// The trustee does not hold what the step needs: it was done before, or a step was left out.
    #[error("the trustee does not hold what `{0}` needs; if it did this step before, send the saved payloads again")]
    NotHeld(Kind),
    /// No group is open.
    #[error("there is nothing to decrypt")]
    NothingToDecrypt,
    /// The trustee has given its share for another set of ballots. The difference of two sets can be a single ballot.
    #[error("the trustee has already answered for another set of counted ballots")]
    Answered {
        /// The counted hash for which it has answered.
        before: Hash,
        /// The counted hash for which it is asked now.
        now: Hash,
    },
    /// The record up to `close` is not the one that the log signed and the witnesses saw. Under another history other
    /// ballots would be decrypted, and the difference of two sets can be a single ballot.
    #[error("the checkpoint after `close` is not what the policy asks for: {0}")]
    Anchor(#[source] Rejection),
    /// What stands on the board does not fit what the trustee holds.
    #[error(transparent)]
    Step(#[from] StepFault),
    /// It cannot decrypt.
    #[error(transparent)]
    Prove(#[from] ProveFault),
}

impl Trustee {
    /// The trustee of this signing key, who holds no secret yet.
    ///
    /// # Errors
    /// [`Refusal::NoTrustee`].
    pub fn new(election: &Election, signing_key: SigningKey) -> Result<Self, Refusal> {
        let public = signing_key.verifying_key().to_bytes();
        let mut trustees = election.trustees().into_iter();
        let own = |index: &Index| election.trustee(*index).is_some_and(|trustee| trustee.key.0 == public);
        let index = trustees.find(own).ok_or(Refusal::NoTrustee)?;
        Ok(Self {
            election: election.id(),
            index,
            signing_key,
            committed: 0,
            secret: Secret::Nothing,
            shares: BTreeMap::new(),
            answered: None,
        })
    }

    /// Its index in the manifest.
    pub fn index(&self) -> Index {
        self.index
    }

    /// The counted hash for which it has given its share.
    pub fn answered(&self) -> Option<Hash> {
        self.answered
    }

    /// Draws all secrets of an attempt. Implements specs/ceremony.md#commit.
    ///
    /// # Errors
    /// If the board waits for no commitment of this trustee; [`Refusal::OldAttempt`] if it has committed in this attempt
    /// or a later one.
    pub fn commit(self, board: &Board, rng: &mut impl CryptoRng) -> Result<(Self, Vec<u8>), Refusal> {
        self.judge_awaited(board, Kind::Commit)?;
        let ceremony = board.ceremony();
        let attempt = ceremony.attempt();
        if attempt.number <= self.committed {
            return Err(Refusal::OldAttempt { committed: self.committed, now: attempt.number });
        }
        let (secret, published) = CommitSecret::draw(attempt, self.index, &board.election().trustees(), rng);
        let keys = published.envelope_keys.into_iter();
        let payload = self.sign(Commit {
            election: self.election,
            attempt: attempt.number,
            history: ceremony.history(),
            trustee: self.index.get(),
            commitment: published.commitment.into(),
            envelope_keys: keys.map(|(dealer, key)| (dealer.get(), key.into())).collect(),
        });
        Ok((Self { committed: attempt.number, secret: Secret::Commit(secret), ..self }, payload))
    }

    /// Deals to the others, in as many payloads as it takes. Implements specs/ceremony.md#deal.
    ///
    /// # Errors
    /// If the board waits for no dealing of this trustee, or it has dealt.
    pub fn deal(self, board: &Board, rng: &mut impl CryptoRng) -> Result<(Self, Vec<Vec<u8>>), Refusal> {
        self.judge_awaited(board, Kind::Deal)?;
        let (Stage::Deal(deals), Secret::Commit(secret)) = (board.ceremony().stage(), self.secret) else {
            return Err(Refusal::NotHeld(Kind::Deal));
        };
        let (secret, dealing) = secret.deal(deals.round(), &deals.envelope_keys_for(self.index), rng)?;
        let next = Self { secret: Secret::Deal(secret), ..self };
        let pieces = pieces(&dealing);
        let chunks = pieces.len() as u64;
        let deal = |(chunk, bytes): (u64, &[u8])| {
            next.sign(Deal {
                election: next.election,
                attempt: board.ceremony().attempt().number,
                history: board.ceremony().history(),
                trustee: next.index.get(),
                chunk,
                chunks,
                bytes: bytes.to_vec().into(),
            })
        };
        let payloads = (1..).zip(pieces).map(deal).collect();
        Ok((next, payloads))
    }

    /// Confirms the dealings that gave it a good share, and complains of the others. Implements
    /// specs/ceremony.md#confirm.
    ///
    /// # Errors
    /// If the board waits for no confirmation of this trustee.
    pub fn confirm(self, board: &Board) -> Result<(Self, Vec<u8>), Refusal> {
        self.judge_awaited(board, Kind::Confirm)?;
        let (Stage::Confirm(confirms), Secret::Deal(secret)) = (board.ceremony().stage(), self.secret) else {
            return Err(Refusal::NotHeld(Kind::Confirm));
        };
        let (secret, confirmation) = secret.confirm(&confirms.dealings().collect::<Vec<_>>())?;
        let next = Self { secret: Secret::Confirm(secret), ..self };
        let confirmed = confirmation.confirmed.into_iter();
        let complaints = confirmation.complaints.into_iter();
        let payload = next.sign(Confirm {
            election: next.election,
            attempt: board.ceremony().attempt().number,
            history: board.ceremony().history(),
            trustee: next.index.get(),
            confirmed: confirmed.map(|(dealer, hash)| (dealer.get(), hash.into())).collect(),
            complaints: complaints.map(|(dealer, key)| (dealer.get(), key.into())).collect(),
        });
        Ok((next, payload))
    }

    /// Adds up its shares, checks them against the keys, and confirms the keys. Implements specs/ceremony.md#keys.
    ///
    /// # Errors
    /// If the board waits for no confirmation of the keys, or the shares do not match them.
    pub fn keys(mut self, board: &Board) -> Result<(Self, Vec<u8>), Refusal> {
        self.judge_awaited(board, Kind::Keys)?;
        let (Stage::Keys(step), Secret::Confirm(secret)) = (board.ceremony().stage(), self.secret) else {
            return Err(Refusal::NotHeld(Kind::Keys));
        };
        let share = secret.finish(step.keys())?;
        self.shares.insert(share.keys_hash().into(), share);
        let next = Self { secret: Secret::Nothing, ..self };
        let payload = next.sign(Keys {
            election: next.election,
            attempt: board.ceremony().attempt().number,
            history: board.ceremony().history(),
            trustee: next.index.get(),
            keys: step.keys().hash().into(),
        });
        Ok((next, payload))
    }

    /// Shows that its share works, by decrypting a point that nobody chose. It holds the same afterwards. Implements
    /// specs/ceremony.md#rehearsal.
    ///
    /// # Errors
    /// If no rehearsal waits for this trustee's answer.
    pub fn rehearse(&self, board: &Board, rng: &mut impl CryptoRng) -> Result<Vec<u8>, Refusal> {
        self.judge_election(board)?;
        let (Some(keys), Some(rehearsal)) = (board.ceremony().keys(), board.ceremony().rehearsal()) else {
            return Err(Refusal::NotAwaited(Kind::Rehearsal));
        };
        if rehearsal.answered().contains(&self.index) {
            return Err(Refusal::NotAwaited(Kind::Rehearsal));
        }
        let share = self.share_of(keys, Kind::Rehearsal)?;
        let decryption = rehearsal.statement().prove(share, rng)?;
        Ok(self.sign(Rehearsal {
            election: self.election,
            keys: keys.hash().into(),
            round: rehearsal.round(),
            trustee: self.index.get(),
            decryption: decryption.points.into(),
            proof: decryption.proof.into(),
        }))
    }

    /// Decrypts the sums of the counted ballots. For a recount of the same ballots it may be asked again; for others
    /// never. Implements specs/tally.md#share.
    ///
    /// `anchor` is the checkpoint right after `close`; the trustee judges it before it decrypts. `log` is the log whose
    /// entries, all judged, made `board`.
    ///
    /// # Errors
    /// [`Refusal::Answered`] if it has answered for other ballots, [`Refusal::Anchor`] if the checkpoint is another or
    /// lacks the policy's quorum; others if there is nothing to decrypt.
    pub fn share(
        self,
        board: &Board,
        anchor: String,
        log: &impl Log,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, Vec<u8>), Refusal> {
        self.judge_election(board)?;
        let tally = board.tally().ok_or(Refusal::NotAwaited(Kind::Share))?;
        let counted = tally.counted().hash;
        if let Some(before) = self.answered.filter(|before| *before != counted) {
            return Err(Refusal::Answered { before, now: counted });
        }
        let statement = tally.statement().ok_or(Refusal::NothingToDecrypt)?;
        let share = self.share_of(tally.poll().keys(), Kind::Share)?;
        log.judge_anchor(&anchor, tally.anchored_size()).map_err(Refusal::Anchor)?;
        let decryption = statement.prove(share, rng)?;
        let payload = self.sign(Share {
            election: self.election,
            keys: share.keys_hash().into(),
            counted,
            trustee: self.index.get(),
            decryption: decryption.points.into(),
            proof: decryption.proof.into(),
            anchor,
        });
        Ok((Self { answered: Some(counted), ..self }, payload))
    }

    /// The share of the board's keys, which `kind` needs.
    fn share_of(&self, keys: &ElectionKeys, kind: Kind) -> Result<&KeyShare, Refusal> {
        self.shares.get(&keys.hash().into()).ok_or(Refusal::NotHeld(kind))
    }

    fn judge_election(&self, board: &Board) -> Result<(), Refusal> {
        if board.election().id() == self.election { Ok(()) } else { Err(Refusal::OtherElection) }
    }

    /// Whether the board waits for this step of the ceremony from this trustee.
    fn judge_awaited(&self, board: &Board, kind: Kind) -> Result<(), Refusal> {
        self.judge_election(board)?;
        let ceremony = board.ceremony();
        let at_step = ceremony.stage().step().is_some_and(|step| step.kind() == kind);
        if at_step && ceremony.awaited().contains(&self.index) { Ok(()) } else { Err(Refusal::NotAwaited(kind)) }
    }

    fn sign<T: Body>(&self, body: T) -> Vec<u8> {
        Signed::sign(body, &self.signing_key).payload()
    }
}

impl fmt::Debug for Trustee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trustee").field("index", &self.index).field("answered", &self.answered).finish_non_exhaustive()
    }
}
