//! The key ceremony, message by message. Implements specs/ceremony.md.

use crate::attempt::{Attempt, Commit, Step};
use crate::checks::Code;
use crate::dealing::{Dealing, Terms, dealing_hash};
use crate::group::{self, Point};
use crate::keys::Keys;
use crate::message::{Content, Context};
use crate::tree::Hash;
use curve25519_dalek::RistrettoPoint;
use curve25519_dalek::traits::Identity;
use std::collections::{BTreeSet, HashSet};

/// What the manifest fixes of the ceremony.
#[derive(Clone, Debug)]
pub struct Rules {
    pub election: Hash,
    pub trustees: u64,
    pub threshold: usize,
    pub quorum: usize,
    /// k: slots over all contests.
    pub slots: usize,
}

/// The ceremony as the accepted entries tell it.
#[derive(Debug)]
pub struct Ceremony {
    rules: Rules,
    attempt: Attempt,
    /// Envelope keys of all attempts.
    used_envelope_keys: HashSet<[u8; 32]>,
    complaint_upheld: bool,
}

impl Ceremony {
    /// The first attempt, begun by the manifest whose leaf hash is `history`.
    pub fn begin(rules: Rules, history: Hash) -> Self {
        let attempt = Attempt::begin(1, history, rules.trustees);
        Self { rules, attempt, used_envelope_keys: HashSet::new(), complaint_upheld: false }
    }

    /// A ceremony in which these envelope keys were used before.
    #[cfg(test)]
    pub fn with_used(mut self, envelope_keys: impl IntoIterator<Item = [u8; 32]>) -> Self {
        self.used_envelope_keys.extend(envelope_keys);
        self
    }

    /// The keys, from the round on that ended *confirm*, even if the attempt has failed.
    pub fn keys(&self) -> Option<&Keys> {
        self.attempt.keys.as_ref()
    }

    /// The keys, once all members of Q have confirmed them.
    pub fn complete_keys(&self) -> Option<&Keys> {
        self.keys()
            .filter(|keys| !keys.failed && keys.qualified.iter().all(|member| self.attempt.keys_sent.contains(member)))
    }

    /// Whether a round of the current attempt left a trustee out.
    pub fn left_somebody_out(&self) -> bool {
        (self.attempt.present.len() as u64) < self.rules.trustees
    }

    /// Whether a trustee was found at fault, in any attempt.
    pub fn upheld_a_complaint(&self) -> bool {
        self.complaint_upheld
    }

    /// Judges a message of the ceremony that stands in an entry with this leaf hash.
    pub fn accept(&mut self, content: &Content, leaf: Hash) -> Result<(), Code> {
        match content {
            Content::Commit { context, trustee, commitment, envelope_keys } => {
                self.in_order(Step::Commit, context, *trustee)?;
                self.commit(*trustee, *commitment, envelope_keys)
            }
            Content::Deal { context, trustee, chunk, chunks, piece } => {
                self.in_order(Step::Deal, context, *trustee)?;
                self.deal(*trustee, *chunk, *chunks, piece)
            }
            Content::Confirm { context, trustee, confirmed, complaints } => {
                self.in_order(Step::Confirm, context, *trustee)?;
                self.confirm(*trustee, confirmed, complaints)
            }
            Content::Keys { context, trustee, keys_hash } => {
                self.in_order(Step::Keys, context, *trustee)?;
                self.confirm_keys(*trustee, keys_hash)
            }
            Content::Round { context, left_out } => self.round(context, left_out, leaf),
            Content::Restart { context } => self.restart(context, leaf),
            _ => Err(Code::OutOfPhase),
        }
    }

    /// What stands before all else of a trustee's message: failed, step, attempt and history, left out, duplicate.
    fn in_order(&self, step: Step, context: &Context, trustee: u64) -> Result<(), Code> {
        let attempt = &self.attempt;
        self.not_failed()?;
        if attempt.step != step {
            return Err(Code::OutOfPhase);
        }
        self.of_this_history(context)?;
        let in_q = attempt.keys.as_ref().is_none_or(|keys| keys.qualified.contains(&trustee));
        if !attempt.present.contains(&trustee) || !in_q {
            return Err(Code::TrusteeLeftOut);
        }
        let sent = if step == Step::Keys { attempt.keys_sent.contains(&trustee) } else { self.completed(trustee) };
        if sent { Err(Code::Duplicate) } else { Ok(()) }
    }

    fn not_failed(&self) -> Result<(), Code> {
        if self.keys().is_some_and(|keys| keys.failed) { Err(Code::CeremonyFailed) } else { Ok(()) }
    }

    fn of_this_history(&self, context: &Context) -> Result<(), Code> {
        let same = context.attempt == self.attempt.number && context.history == self.attempt.history;
        if same { Ok(()) } else { Err(Code::CeremonyHistory) }
    }

    /// Whether a trustee has sent everything of the current step, which is not *keys*.
    fn completed(&self, trustee: u64) -> bool {
        match self.attempt.step {
            Step::Commit => self.attempt.commits.contains_key(&trustee),
            Step::Deal => {
                let pieces = self.terms(trustee).pieces();
                self.attempt.dealings.get(&trustee).is_some_and(|dealing| dealing.count == pieces)
            }
            Step::Confirm => self.attempt.confirms.contains_key(&trustee),
            Step::Keys => false,
        }
    }

    fn commit(&mut self, trustee: u64, commitment: Hash, envelope_keys: &[(u64, [u8; 32])]) -> Result<(), Code> {
        let others = (1..=self.rules.trustees).filter(|other| *other != trustee);
        if !envelope_keys.iter().map(|(dealer, _)| *dealer).eq(others) {
            return Err(Code::EnvelopeKeys);
        }
        let points = envelope_keys.iter().map(|(_, key)| Point::decode(key)).collect::<Result<Vec<_>, _>>()?;
        points.iter().try_for_each(Point::not_identity)?;
        let fresh: HashSet<[u8; 32]> = points.iter().map(|point| point.bytes).collect();
        if fresh.len() != points.len() || !fresh.is_disjoint(&self.used_envelope_keys) {
            return Err(Code::EnvelopeKeyReused);
        }
        self.used_envelope_keys.extend(fresh);
        let envelope_keys = envelope_keys.iter().copied().collect();
        self.attempt.commits.insert(trustee, Commit { commitment, envelope_keys });
        Ok(())
    }

    fn round(&mut self, context: &Context, left_out: &[u64], leaf: Hash) -> Result<(), Code> {
        self.not_failed()?;
        if self.attempt.step == Step::Keys {
            return Err(Code::OutOfPhase);
        }
        self.of_this_history(context)?;
        let late: Vec<u64> = self.attempt.present.iter().copied().filter(|trustee| !self.completed(*trustee)).collect();
        if left_out != late {
            return Err(Code::RoundLeftOut);
        }
        self.attempt.present.retain(|trustee| !late.contains(trustee));
        self.attempt.history = leaf;
        self.attempt.step = match self.attempt.step {
            Step::Commit => {
                self.attempt.recipients = self.attempt.present.iter().copied().collect();
                self.attempt.deal_history = leaf;
                Step::Deal
            }
            Step::Deal => Step::Confirm,
            Step::Confirm | Step::Keys => {
                self.make_keys(leaf)?;
                Step::Keys
            }
        };
        Ok(())
    }

    fn restart(&mut self, context: &Context, leaf: Hash) -> Result<(), Code> {
        if context.attempt != self.attempt.number + 1 || context.history != self.attempt.history {
            return Err(Code::CeremonyHistory);
        }
        self.attempt = Attempt::begin(context.attempt, leaf, self.rules.trustees);
        Ok(())
    }

    fn deal(&mut self, dealer: u64, chunk: u64, chunks: u64, piece: &[u8]) -> Result<(), Code> {
        let terms = self.terms(dealer);
        let (count, received) =
            self.attempt.dealings.get(&dealer).map_or((0, &[][..]), |pieces| (pieces.count, &pieces.bytes));
        if chunk != count + 1 || chunks != terms.pieces() || piece.len() != terms.next_piece(received.len()) {
            return Err(Code::DealChunk);
        }
        if chunk == chunks {
            let commit = self.attempt.commits.get(&dealer).ok_or(Code::DealCommitment)?;
            Dealing::decode(&[received, piece].concat(), &terms)?.check(&terms, &commit.commitment)?;
        }
        let pieces = self.attempt.dealings.entry(dealer).or_default();
        pieces.count = chunk;
        pieces.bytes.extend(piece);
        Ok(())
    }
    /// What fixes the dealing of a trustee.
    fn terms(&self, dealer: u64) -> Terms {
        Terms {
            election: self.rules.election,
            context: Context { attempt: self.attempt.number, history: self.attempt.deal_history },
            dealer,
            slots: self.rules.slots,
            threshold: self.rules.threshold,
            recipients: self.attempt.recipients.iter().copied().filter(|other| *other != dealer).collect(),
        }
    }

    fn confirm(&mut self, trustee: u64, confirmed: &[(u64, Hash)], complaints: &[(u64, [u8; 32])]) -> Result<(), Code> {
        let mut answered: Vec<u64> =
            confirmed.iter().map(|(dealer, _)| *dealer).chain(complaints.iter().map(|(dealer, _)| *dealer)).collect();
        answered.sort_unstable();
        if !answered.iter().eq(self.attempt.present.iter().filter(|other| **other != trustee)) {
            return Err(Code::ConfirmDealers);
        }
        for (dealer, hash) in confirmed {
            let pieces = self.attempt.dealings.get(dealer).ok_or(Code::ConfirmDealers)?;
            if dealing_hash(&self.rules.election, self.attempt.number, *dealer, &pieces.bytes) != *hash {
                return Err(Code::ConfirmHash);
            }
        }
        let mut at_fault = BTreeSet::new();
        for (dealer, secret) in complaints {
            at_fault.insert(self.judge(trustee, *dealer, secret)?);
        }
        self.attempt.confirms.insert(trustee, at_fault);
        Ok(())
    }

    /// Opens the envelope that a complaint is about: who is at fault.
    fn judge(&self, complainer: u64, dealer: u64, secret: &[u8; 32]) -> Result<u64, Code> {
        let secret = group::scalar(secret)?;
        let published = self.attempt.commits.get(&complainer).and_then(|commit| commit.envelope_keys.get(&dealer));
        let public = Point::from(RistrettoPoint::mul_base(&secret));
        if published != Some(&public.bytes) {
            return Err(Code::ComplaintKey);
        }
        let (Some(commit), Some(dealing)) = (self.attempt.commits.get(&dealer), self.dealing(dealer)?) else {
            return Err(Code::ConfirmDealers);
        };
        let good = dealing.share_is_good(&self.terms(dealer), &commit.commitment, complainer, &secret);
        Ok(if good { complainer } else { dealer })
    }

    /// The complete dealing of a trustee, decoded again from its accepted bytes.
    fn dealing(&self, dealer: u64) -> Result<Option<Dealing>, Code> {
        let terms = self.terms(dealer);
        let pieces = self.attempt.dealings.get(&dealer).filter(|pieces| pieces.count == terms.pieces());
        pieces.map(|pieces| Dealing::decode(&pieces.bytes, &terms)).transpose()
    }

    /// The qualified set and its keys, after the round that ends *confirm*.
    fn make_keys(&mut self, history: Hash) -> Result<(), Code> {
        let at_fault: BTreeSet<u64> = self.attempt.confirms.values().flatten().copied().collect();
        let qualified: BTreeSet<u64> = self.attempt.present.difference(&at_fault).copied().collect();
        let mut sums = vec![RistrettoPoint::identity(); self.rules.slots * self.rules.threshold];
        for dealer in &qualified {
            let commitments = self.dealing(*dealer)?.map(|dealing| dealing.commitments).unwrap_or_default();
            sums.iter_mut().zip(&commitments).for_each(|(sum, commitment)| *sum += commitment.point);
        }
        let context = Context { attempt: self.attempt.number, history };
        self.complaint_upheld |= !at_fault.is_empty();
        self.attempt.keys = Some(Keys::make(&self.rules, context, qualified, &sums));
        Ok(())
    }

    fn confirm_keys(&mut self, trustee: u64, keys_hash: &Hash) -> Result<(), Code> {
        if self.keys().map(|keys| &keys.hash) != Some(keys_hash) {
            return Err(Code::KeysMismatch);
        }
        self.attempt.keys_sent.insert(trustee);
        Ok(())
    }
}
