//! The rules after the voting: closing, shares, result, end. Implements specs/election.md#close and #final, and
//! specs/tally.md.

use std::collections::BTreeMap;
use std::sync::Arc;

use tabella_crypto::decryption::{CombineFault, Group, Statement, VerifiedShare};
use tabella_crypto::group::{Point, Scalar};
use tabella_crypto::polynomial::Index;
use tabella_crypto::transcript::Transcript;

use super::sums::Sums;
use super::{Board, Entry, Head, Poll, Position, Published, Stage, Voting};
use crate::bytes::{ElectionId, Hash};
use crate::ceremony::judge_keys_hash;
use crate::code::{Code, Rejection};
use crate::kind::Kind;
use crate::log::Log;
use crate::message::{Close, Contest, ContestResult, Final, Share, TallyResult};
use crate::roll::{Classes, classes};

/// What was counted, and the trustees' shares of its decryption.
#[derive(Debug, Clone)]
pub struct Tally {
    poll: Arc<Poll>,
    /// The index of the `close` entry.
    close: u64,
    counted: Counted,
    /// `C_j` for each slot j of the election.
    ciphertexts: Vec<Point>,
    /// What is to be decrypted; nothing if no group is open.
    statement: Option<Arc<Statement>>,
    shares: BTreeMap<Index, VerifiedShare>,
}

/// The counted set, in numbers. Implements specs/tally.md#counted and #groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The counted hash, for which each trustee answers once.
    pub hash: Hash,
    /// Ballots that were accepted, those that were replaced included.
    pub accepted: u64,
    /// Ballots that count.
    pub ballots: u64,
    /// Ballots that were opened instead of cast.
    pub challenged: u64,
    /// Ballots that count, of each style and weight.
    pub classes: Classes,
    /// The groups of the election, in its order.
    pub groups: Vec<CountedGroup>,
}

/// The counted ballots of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedGroup {
    /// How many.
    pub ballots: u64,
    /// The sum of their weights.
    pub weight: u64,
    /// Whether their sum is decrypted.
    pub state: GroupState,
}

/// Whether the sums of a group are decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupState {
    /// No ballots: all totals are 0 and nothing is decrypted.
    Empty,
    /// Fewer ballots than the manifest's minimum: nothing of it is decrypted.
    Withheld,
    /// To be decrypted.
    Open,
}

impl Board {
    /// Implements specs/election.md#close.
    pub(super) fn close(&mut self, close: &Close, entry: &Entry<'_>, log: &impl Log) -> Result<(), Rejection> {
        let Stage::Voting(voting) = &self.stage else {
            return Err(self.out_of_phase(Kind::Close));
        };
        if close.ballots != voting.accepted {
            let text = format!("{} ballots were accepted, not {}.", voting.accepted, close.ballots);
            return Rejection::refuse(Code::CloseCount, text);
        }
        if close.last != entry.prev {
            return Rejection::refuse(Code::CloseLast, "The entry before is another than the one that `close` names.");
        }
        log.judge_anchor(&close.anchor, entry.position.index)?;

        self.stage = Stage::Tally(Tally::new(voting, entry.position));
        Ok(())
    }

    /// Implements specs/tally.md#share.
    pub(super) fn take_share(&mut self, sender: Index, share: &Share, log: &impl Log) -> Result<(), Rejection> {
        match &mut self.stage {
            Stage::Tally(tally) => tally.take_share(sender, share, log),
            _ => Err(self.out_of_phase(Kind::Share)),
        }
    }

    /// Implements specs/tally.md#result.
    pub(super) fn publish(
        &mut self,
        result: &TallyResult,
        position: Position,
        log: &impl Log,
    ) -> Result<(), Rejection> {
        let Stage::Tally(tally) = &self.stage else {
            return Err(self.out_of_phase(Kind::Result));
        };
        tally.judge_result(result)?;
        log.judge_anchor(&result.anchor, position.index)?;

        self.stage =
            Stage::Published(Published { tally: tally.clone(), result: result.clone(), leaf_hash: position.leaf_hash });
        Ok(())
    }

    /// Implements specs/election.md#final.
    pub(super) fn finish(&mut self, last: &Final, index: u64, log: &impl Log) -> Result<(), Rejection> {
        let Stage::Published(published) = &self.stage else {
            return Err(self.out_of_phase(Kind::Final));
        };
        if last.result != published.leaf_hash {
            return Rejection::refuse(Code::FinalResult, "The entry names another result than the accepted one.");
        }
        log.judge_anchor(&last.anchor, index)?;

        self.stage = Stage::Finished(published.clone());
        Ok(())
    }
}

impl Tally {
    fn new(voting: &Voting, close: Position) -> Self {
        let poll = Arc::clone(voting.poll());
        let election = poll.election();
        let Sums { groups, slots } = &voting.sums;
        let counted = Counted {
            hash: counted_hash(&election.id(), &close.leaf_hash, voting.heads.values()),
            accepted: voting.accepted,
            ballots: voting.heads.len() as u64,
            challenged: voting.challenged,
            classes: classes(voting.heads.keys().filter_map(|credential| poll.roll().voter(credential))),
            groups: groups
                .iter()
                .map(|group| CountedGroup {
                    ballots: group.ballots,
                    weight: group.weight,
                    state: GroupState::of(group.ballots, election.manifest().minimum),
                })
                .collect(),
        };

        let states = counted.groups.iter().zip(groups).zip(election.groups());
        let open = states.filter(|((counted, _), _)| counted.state == GroupState::Open);
        let open: Vec<Group> =
            open.map(|((_, sum), group)| Group { slots: group.slots.clone(), aggregate: sum.randomness }).collect();
        let numbers = open.iter().flat_map(|group| &group.slots);
        let ciphertexts = numbers.filter_map(|slot| slots.get(slot.checked_sub(1)?)).copied().collect();
        // A statement cannot be made of no group, and of those of an election always can.
        let statement = Statement::share(Arc::clone(poll.keys()), counted.hash.0, open, ciphertexts).ok();
        Self {
            close: close.index,
            ciphertexts: slots.clone(),
            counted,
            statement: statement.map(Arc::new),
            shares: BTreeMap::new(),
            poll,
        }
    }

    /// What was fixed at `open`.
    pub fn poll(&self) -> &Arc<Poll> {
        &self.poll
    }

    /// How many entries the checkpoint right after `close` covers: the anchor of every share.
    pub fn anchored_size(&self) -> u64 {
        self.close.saturating_add(1)
    }

    /// The counted set.
    pub fn counted(&self) -> &Counted {
        &self.counted
    }

    /// What the trustees decrypt; nothing if no group is open.
    pub fn statement(&self) -> Option<&Arc<Statement>> {
        self.statement.as_ref()
    }

    /// The accepted shares.
    pub fn shares(&self) -> &BTreeMap<Index, VerifiedShare> {
        &self.shares
    }

    /// Whether the shares suffice to know the totals.
    pub fn is_decryptable(&self) -> bool {
        self.statement.is_none() || self.shares.len() as u64 >= self.poll.election().manifest().threshold
    }

    /// v·G for each slot of the open groups, by the number of the slot, with v the slot's total.
    ///
    /// # Errors
    /// [`CombineFault::TooFew`] as long as shares are missing.
    pub fn opened(&self) -> Result<BTreeMap<usize, Point>, CombineFault> {
        let Some(statement) = &self.statement else {
            return Ok(BTreeMap::new());
        };
        let shares: Vec<VerifiedShare> = self.shares.values().cloned().collect();
        let masks = statement.combine(&shares)?;
        let groups = self.counted.groups.iter().zip(self.poll.election().groups());
        let open = groups.filter(|(counted, _)| counted.state == GroupState::Open);
        let slots = open.flat_map(|(_, group)| &group.slots).zip(masks);
        let opened = slots.filter_map(|(slot, mask)| Some((*slot, self.ciphertexts.get(slot.checked_sub(1)?)? - mask)));
        Ok(opened.collect())
    }

    /// The counted ballots of a contest's group.
    pub fn group_of(&self, contest: u64) -> Option<&CountedGroup> {
        let groups = self.poll.election().groups().iter();
        let position = groups.into_iter().position(|group| group.contests.contains(&contest))?;
        self.counted.groups.get(position)
    }

    fn take_share(&mut self, sender: Index, share: &Share, log: &impl Log) -> Result<(), Rejection> {
        let keys = self.poll.keys();
        if keys.public_shares(sender).is_none() {
            return Rejection::refuse(Code::TrusteeLeftOut, "The trustee is not qualified: it holds no share.");
        }
        judge_keys_hash(keys, &share.keys)?;
        self.judge_counted(&share.counted)?;
        if self.shares.contains_key(&sender) {
            return Rejection::refuse(Code::Duplicate, "The trustee has sent its share already.");
        }
        let Some(statement) = &self.statement else {
            return Rejection::refuse(Code::ShareNotNeeded, "No group is open: there is nothing to decrypt.");
        };
        let verified = statement.verify(sender, &share.decryption, &share.proof)?;
        log.judge_anchor(&share.anchor, self.anchored_size())?;
        self.shares.insert(sender, verified);
        Ok(())
    }

    fn judge_counted(&self, said: &Hash) -> Result<(), Rejection> {
        if *said == self.counted.hash {
            return Ok(());
        }
        Rejection::refuse(Code::CountedMismatch, "The message is about another set of counted ballots.")
    }

    /// Checks 1 to 4 of specs/tally.md#result.
    fn judge_result(&self, result: &TallyResult) -> Result<(), Rejection> {
        self.judge_counted(&result.counted)?;
        if !self.is_decryptable() {
            return Rejection::refuse(Code::SharesMissing, "Fewer shares were accepted than are needed to decrypt.");
        }
        let contests = &self.poll.election().manifest().contests;
        let fits = |(index, (contest, said)): (u64, (&Contest, &ContestResult))| self.has_shape(index, contest, said);
        if result.contests.len() != contests.len() || !(0..).zip(contests.iter().zip(&result.contests)).all(fits) {
            let text = "The result has not one total for each slot of every contest that is not withheld.";
            return Rejection::refuse(Code::ResultShape, text);
        }
        let opened = self.opened().map_err(|fault| Rejection::new(Code::SharesMissing, fault.to_string()))?;
        (0..)
            .zip(contests.iter().zip(&result.contests))
            .try_for_each(|(index, pair)| self.judge_totals(index, pair, &opened))
    }

    /// Check 3, for one contest.
    fn has_shape(&self, index: u64, contest: &Contest, said: &ContestResult) -> bool {
        let withheld = self.group_of(index).is_some_and(|group| group.state == GroupState::Withheld);
        match said {
            ContestResult::Withheld => withheld,
            ContestResult::Totals(totals) => !withheld && totals.len() == contest.size().slots,
        }
    }

    /// Check 4, for one contest whose result has the right shape.
    fn judge_totals(
        &self,
        index: u64,
        (contest, said): (&Contest, &ContestResult),
        opened: &BTreeMap<usize, Point>,
    ) -> Result<(), Rejection> {
        let ContestResult::Totals(totals) = said else {
            return Ok(());
        };
        let largest = self.group_of(index).map(|group| group.largest_total(contest));
        let right = |(slot, total): (usize, &u64)| match (largest, opened.get(&slot)) {
            (Some(largest), Some(point)) => *total <= largest && Point::mul_base(&Scalar::from(*total)) == *point,
            // Nobody voted.
            _ => *total == 0,
        };
        if self.poll.election().contest_slots(index).zip(totals).all(right) {
            return Ok(());
        }
        Rejection::refuse(Code::ResultTotal, format!("A total of contest {index} is not what was counted."))
    }
}

impl CountedGroup {
    /// No total of a slot of this contest can be larger. The roll was bounded so that this does not overflow.
    pub fn largest_total(&self, contest: &Contest) -> u64 {
        self.weight.saturating_mul(contest.largest().slot)
    }
}

impl GroupState {
    /// Implements specs/tally.md#groups.
    fn of(ballots: u64, minimum: u64) -> Self {
        match ballots {
            0 => Self::Empty,
            few if few < minimum => Self::Withheld,
            _ => Self::Open,
        }
    }
}

/// Implements specs/tally.md#counted.
fn counted_hash<'a>(election: &ElectionId, close: &Hash, heads: impl Iterator<Item = &'a Head>) -> Hash {
    let by_index: BTreeMap<u64, Hash> = heads.map(|head| (head.position.index, head.position.leaf_hash)).collect();
    let ballots: Vec<u8> = by_index.values().flat_map(|leaf_hash| leaf_hash.0).collect();
    let mut transcript = Transcript::new("tabella/1/counted");
    transcript.absorb("election", &election.0);
    transcript.absorb("close", &close.0);
    transcript.absorb_u64("count", by_index.len() as u64);
    transcript.absorb("ballots", &ballots);
    Hash(transcript.hash())
}
