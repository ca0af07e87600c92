//! The key ceremony as the board sees it. Implements specs/ceremony.md.
//!
//! An attempt goes through four steps, each with a state of its own: commit, deal, confirm, keys. The authority ends
//! the first three; who has not done their part by then is left out. The state is a function of the accepted entries
//! and holds nothing secret: the trustees' own side is [`crate::trustee`].

mod commit;
mod confirm;
mod deal;
mod keys;
mod rehearsal;
mod trustees;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use tabella_crypto::dealing::Attempt;
use tabella_crypto::polynomial::Index;
use tabella_crypto::qualified::ElectionKeys;

pub use self::commit::{Commitment, Commits};
pub use self::confirm::{Complaint, Confirms};
pub use self::deal::Deals;
pub use self::keys::KeysStep;
pub(crate) use self::keys::judge_keys_hash;
pub use self::rehearsal::Rehearsal;
use crate::bytes::{EncodedPoint, Hash};
use crate::code::{Code, Rejection};
use crate::kind::Kind;
use crate::manifest::Election;
use crate::message;

/// The steps of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The trustees commit to their polynomials.
    Commit,
    /// They deal shares to one another.
    Deal,
    /// They confirm the dealings, or complain.
    Confirm,
    /// The qualified ones confirm the keys.
    Keys,
}

/// Where the ceremony stands.
#[derive(Debug, Clone)]
pub struct Ceremony {
    election: Arc<Election>,
    attempt: Attempt,
    /// The leaf hash of the entry that began the current round.
    history: Hash,
    stage: Stage,
    /// Who was left out of this attempt, and in which step they fell silent.
    left_out: BTreeMap<Index, Step>,
    /// The complaints of the attempts before this one.
    earlier_complaints: Vec<Complaint>,
    /// Of all attempts: a key that was used twice could open an envelope of an honest dealer.
    used_envelope_keys: BTreeSet<EncodedPoint>,
}

/// The current step and what was accepted in it.
#[derive(Debug, Clone)]
pub enum Stage {
    /// Until the first `round`.
    Commit(Commits),
    /// Until the second.
    Deal(Deals),
    /// Until the third.
    Confirm(Confirms),
    /// The attempt has succeeded so far: its members confirm the keys, then rehearse.
    Keys(KeysStep),
    /// The attempt has failed: a `restart` must follow.
    Failed(Failure),
}

/// Why an attempt has failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The qualified trustees, too few or with keys that cannot be used.
    pub qualified: BTreeSet<Index>,
    /// The complaints of the attempt.
    pub complaints: Vec<Complaint>,
}

impl Ceremony {
    /// The ceremony right after the manifest, whose leaf hash begins its history.
    /// `None` for no election that was judged.
    pub(crate) fn new(election: Arc<Election>, manifest: Hash) -> Option<Self> {
        let attempt = Attempt { election: election.id().0, number: 1, parameters: election.parameters()? };
        Some(Self {
            election,
            attempt,
            history: manifest,
            stage: Stage::Commit(Commits::default()),
            left_out: BTreeMap::new(),
            earlier_complaints: Vec::new(),
            used_envelope_keys: BTreeSet::new(),
        })
    }

    /// The attempt, from 1.
    pub fn attempt(&self) -> Attempt {
        self.attempt
    }

    /// The leaf hash of the entry that began the current round: key 2 of every message of it.
    pub fn history(&self) -> Hash {
        self.history
    }

    /// The current step, with what was accepted in it.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Who was left out of this attempt, and in which step they fell silent.
    pub fn left_out(&self) -> &BTreeMap<Index, Step> {
        &self.left_out
    }

    /// The keys, once every qualified trustee has confirmed them.
    pub fn keys(&self) -> Option<&Arc<ElectionKeys>> {
        match &self.stage {
            Stage::Keys(step) if step.is_complete() => Some(step.keys()),
            _ => None,
        }
    }

    /// The last rehearsal that was asked for.
    pub fn rehearsal(&self) -> Option<&Rehearsal> {
        match &self.stage {
            Stage::Keys(step) => step.rehearsal(),
            _ => None,
        }
    }

    /// The complaints of this attempt, judged.
    pub fn complaints(&self) -> &[Complaint] {
        match &self.stage {
            Stage::Commit(_) | Stage::Deal(_) => &[],
            Stage::Confirm(confirms) => confirms.complaints(),
            Stage::Keys(step) => step.complaints(),
            Stage::Failed(failure) => &failure.complaints,
        }
    }

    /// The complaints of all attempts, the earliest first.
    pub fn all_complaints(&self) -> impl Iterator<Item = &Complaint> {
        self.earlier_complaints.iter().chain(self.complaints())
    }

    /// Trustees who are still to do their part in the current step, ascending.
    pub fn awaited(&self) -> BTreeSet<Index> {
        match &self.stage {
            Stage::Commit(commits) => commits.missing(&self.election),
            Stage::Deal(deals) => deals.missing(),
            Stage::Confirm(confirms) => confirms.missing(),
            Stage::Keys(step) => step.missing(),
            Stage::Failed(_) => BTreeSet::new(),
        }
    }

    /// Implements specs/ceremony.md#commit.
    pub(crate) fn take_commit(&mut self, sender: Index, message: &message::Commit) -> Result<(), Rejection> {
        let Stage::Commit(commits) = &mut self.stage else {
            return Err(self.stage.refusal(Kind::Commit));
        };
        judge_place(&self.attempt, &self.history, message.attempt, &message.history)?;
        commits.take(sender, message, &self.election, &mut self.used_envelope_keys)
    }

    /// Implements specs/ceremony.md#deal.
    pub(crate) fn take_deal(&mut self, sender: Index, message: &message::Deal) -> Result<(), Rejection> {
        let Stage::Deal(deals) = &mut self.stage else {
            return Err(self.stage.refusal(Kind::Deal));
        };
        judge_place(&self.attempt, &self.history, message.attempt, &message.history)?;
        deals.take(sender, message)
    }

    /// Implements specs/ceremony.md#confirm.
    pub(crate) fn take_confirm(&mut self, sender: Index, message: &message::Confirm) -> Result<(), Rejection> {
        let Stage::Confirm(confirms) = &mut self.stage else {
            return Err(self.stage.refusal(Kind::Confirm));
        };
        judge_place(&self.attempt, &self.history, message.attempt, &message.history)?;
        confirms.take(sender, message)
    }

    /// Implements specs/ceremony.md#keys.
    pub(crate) fn take_keys(&mut self, sender: Index, message: &message::Keys) -> Result<(), Rejection> {
        let Stage::Keys(step) = &mut self.stage else {
            return Err(self.stage.refusal(Kind::Keys));
        };
        judge_place(&self.attempt, &self.history, message.attempt, &message.history)?;
        step.take(sender, message)
    }

    /// Ends the current round; the entry's leaf hash begins the next. Implements specs/ceremony.md#round.
    pub(crate) fn end_round(&mut self, message: &message::Round, leaf_hash: Hash) -> Result<(), Rejection> {
        let step = match self.stage.step() {
            Some(step) if step != Step::Keys => step,
            _ => return Err(self.stage.refusal(Kind::Round)),
        };
        judge_place(&self.attempt, &self.history, message.attempt, &message.history)?;
        let missing = self.awaited();
        if !missing.iter().map(|index| index.get()).eq(message.left_out.iter().copied()) {
            let names = self.election.trustee_names(&missing).join(", ");
            let text = format!("The round must leave out exactly those who have not completed the step: {names}.");
            return Rejection::refuse(Code::RoundLeftOut, text);
        }

        self.left_out.extend(missing.into_iter().map(|index| (index, step)));
        self.history = leaf_hash;
        self.stage = self.stage.next(&self.election, self.attempt, leaf_hash);
        Ok(())
    }

    /// Begins a new attempt; the entry's leaf hash begins its first round. Implements specs/ceremony.md#round.
    pub(crate) fn restart(&mut self, message: &message::Restart, leaf_hash: Hash) -> Result<(), Rejection> {
        let number = self.attempt.number + 1;
        judge_place(&Attempt { number, ..self.attempt }, &self.history, message.attempt, &message.history)?;
        let complaints = self.complaints().to_vec();
        self.earlier_complaints.extend(complaints);
        self.attempt.number = number;
        self.history = leaf_hash;
        self.stage = Stage::Commit(Commits::default());
        self.left_out.clear();
        Ok(())
    }

    /// The authority asks for a rehearsal. Implements specs/ceremony.md#rehearsal.
    pub(crate) fn begin_rehearsal(&mut self, message: &message::Rehearse) -> Result<(), Rejection> {
        match &mut self.stage {
            Stage::Keys(step) => step.begin_rehearsal(message),
            _ => Err(keys::nothing_to_rehearse()),
        }
    }

    /// A trustee answers. Implements specs/ceremony.md#rehearsal.
    pub(crate) fn take_rehearsal(&mut self, sender: Index, message: &message::Rehearsal) -> Result<(), Rejection> {
        match &mut self.stage {
            Stage::Keys(step) => step.take_rehearsal(sender, message),
            _ => Err(keys::nothing_to_rehearse()),
        }
    }
}

impl Stage {
    /// The step that follows a `round` with this leaf hash.
    fn next(&self, election: &Election, attempt: Attempt, leaf_hash: Hash) -> Self {
        match self {
            Self::Commit(commits) => Self::Deal(commits.deals(attempt, leaf_hash)),
            Self::Deal(deals) => Self::Confirm(deals.confirms()),
            Self::Confirm(confirms) => confirms.conclude(election, leaf_hash),
            Self::Keys(_) | Self::Failed(_) => self.clone(),
        }
    }

    /// The current step; none once the attempt has failed.
    pub fn step(&self) -> Option<Step> {
        match self {
            Self::Commit(_) => Some(Step::Commit),
            Self::Deal(_) => Some(Step::Deal),
            Self::Confirm(_) => Some(Step::Confirm),
            Self::Keys(_) => Some(Step::Keys),
            Self::Failed(_) => None,
        }
    }

    /// Why a message of another step is refused.
    fn refusal(&self, kind: Kind) -> Rejection {
        let Some(step) = self.step() else {
            let text = "The attempt at the ceremony has failed: the authority must begin another.";
            return Rejection::new(Code::CeremonyFailed, text);
        };
        Rejection::new(
            Code::OutOfPhase,
            format!("The ceremony is at the step `{step}`: a `{kind}` has no place in it."),
        )
    }
}

/// A message names the attempt and the round that it is for; an old one could otherwise be sent again to expose a share.
fn judge_place(attempt: &Attempt, history: &Hash, said_attempt: u64, said_history: &Hash) -> Result<(), Rejection> {
    if said_attempt == attempt.number && said_history == history {
        return Ok(());
    }
    Rejection::refuse(Code::CeremonyHistory, "The message is for another attempt or another round of the ceremony.")
}

fn left_out(sender: Index) -> Rejection {
    let text = format!("Trustee {} was left out of this attempt, or is not qualified.", sender.get());
    Rejection::new(Code::TrusteeLeftOut, text)
}

fn duplicate(what: &str) -> Rejection {
    Rejection::new(Code::Duplicate, format!("The trustee has sent its {what} already."))
}

impl Step {
    /// The kind of the messages that complete the step.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Commit => Kind::Commit,
            Self::Deal => Kind::Deal,
            Self::Confirm => Kind::Confirm,
            Self::Keys => Kind::Keys,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind().fmt(f)
    }
}
