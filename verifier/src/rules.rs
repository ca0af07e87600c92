//! Which entry may follow which. Implements specs/election.md#rules.

use crate::ballot::{Ballot, Challenge};
use crate::ceremony::{Ceremony, Rules};
use crate::checks::Code;
use crate::entry::{Entry, Kind};
use crate::manifest::Manifest;
use crate::message::{Author, Content, Message};
use crate::note::Checkpoint;
use crate::policy::Policy;
use crate::rehearsal::{Answer, Rehearsals};
use crate::roll::Roll;
use crate::tally::{Share, Tally};
use crate::tree::{Hash, Tree, sha256};
use crate::voting::Voting;
use std::sync::Arc;

/// The phases of an election.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Setup,
    Voting,
    Tally,
    Published,
    Finished,
}

impl Phase {
    /// The word of specs/server.md#status.
    pub fn name(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Voting => "voting",
            Self::Tally => "tally",
            Self::Published => "published",
            Self::Finished => "finished",
        }
    }

    /// Step 3 of the rules, for entries after entry 0.
    fn admits(self, kind: Kind) -> Result<(), Code> {
        let allowed: &[Self] = match kind {
            Kind::Manifest => return Err(Code::OutOfPhase),
            _ if self == Self::Finished => return Err(Code::AfterFinal),
            Kind::Ballot | Kind::Challenge if self < Self::Voting => return Err(Code::ElectionNotOpen),
            Kind::Ballot | Kind::Challenge if self > Self::Voting => return Err(Code::ElectionClosed),
            Kind::Ballot | Kind::Challenge | Kind::Close => &[Self::Voting],
            Kind::Rehearse | Kind::Rehearsal => &[Self::Setup, Self::Voting],
            Kind::Share | Kind::Result => &[Self::Tally],
            Kind::Final => &[Self::Published],
            Kind::Commit | Kind::Deal | Kind::Confirm | Kind::Keys => &[Self::Setup],
            Kind::Round | Kind::Restart | Kind::Roll | Kind::Open => &[Self::Setup],
        };
        if allowed.contains(&self) { Ok(()) } else { Err(Code::OutOfPhase) }
    }
}

/// Where an entry stands, and what stands before it.
#[derive(Clone, Copy, Debug)]
pub struct Position<'a> {
    pub index: u64,
    pub leaf: Hash,
    /// The tree over the entries before; unknown if one of them could not be read.
    pub before: Option<&'a Tree>,
    /// The leaf hash of the entry before, if it could be read.
    pub prev: Option<Hash>,
}

impl Position<'_> {
    /// The log before this entry.
    fn before(&self) -> Extent {
        Extent { size: self.index, root: self.before.map(Tree::root) }
    }

    /// The log with this entry at its end.
    fn after(&self) -> Extent {
        let with_entry = |tree: &Tree| {
            let mut tree = tree.clone();
            tree.push(self.leaf);
            tree.root()
        };
        Extent { size: self.index + 1, root: self.before.map(with_entry) }
    }
}

/// The first entries of the log, as an anchor must show them.
#[derive(Clone, Copy, Debug)]
struct Extent {
    size: u64,
    /// Unknown if one of them could not be read.
    root: Option<Hash>,
}

/// The election as its accepted entries tell it.
pub struct Election {
    pub manifest: Manifest,
    /// The manifest hash.
    pub hash: Hash,
    pub policy: Policy,
    pub phase: Phase,
    pub ceremony: Ceremony,
    rehearsals: Rehearsals,
    pub roll: Roll,
    /// From `open` on.
    pub voting: Option<Voting>,
    /// From `close` on.
    pub tally: Option<Tally>,
    /// The log right after `close`: what each share's anchor must show.
    closed: Option<Extent>,
    /// The totals of the accepted result, as the entry holds them, and the leaf hash of the entry.
    pub result: Option<(Vec<Option<Vec<u64>>>, Hash)>,
}

/// Step 2 of the rules.
pub fn decode(entry: &Entry) -> Result<Option<Message>, Code> {
    match entry.kind {
        Kind::Ballot => Ballot::decode(&entry.payload).map(|_| None),
        Kind::Challenge => Challenge::decode(&entry.payload).map(|_| None),
        kind => Message::decode(kind, &entry.payload).map(Some),
    }
}

impl Election {
    /// Judges entry 0, decoded by [`decode`].
    pub fn begin(message: &Option<Message>, origin: &str, leaf: Hash) -> Result<Self, Code> {
        let Some(message) = message else {
            return Err(Code::OutOfPhase);
        };
        let Content::Manifest(manifest) = &message.content else {
            return Err(Code::OutOfPhase);
        };
        let policy = manifest.check(origin)?;
        if !message.is_signed_by(&manifest.authority) {
            return Err(Code::SignatureInvalid);
        }
        let hash = sha256(&message.body);
        let limit = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let rules = Rules {
            election: hash,
            trustees: manifest.trustees.len() as u64,
            threshold: limit(manifest.threshold),
            quorum: limit(manifest.quorum),
            slots: manifest.slots(),
        };
        Ok(Self {
            manifest: manifest.as_ref().clone(),
            hash,
            policy,
            phase: Phase::Setup,
            ceremony: Ceremony::begin(rules, leaf),
            rehearsals: Rehearsals::default(),
            roll: Roll::default(),
            voting: None,
            tally: None,
            closed: None,
            result: None,
        })
    }

    /// The voting, while ballots and challenges are to be handed to it instead of [`Election::accept`].
    pub fn open_voting(&mut self) -> Option<&mut Voting> {
        if self.phase == Phase::Voting { self.voting.as_mut() } else { None }
    }

    /// Judges an entry after entry 0.
    pub fn accept(&mut self, entry: &Entry, position: &Position<'_>) -> Result<(), Code> {
        let message = decode(entry)?;
        self.phase.admits(entry.kind)?;
        match message {
            Some(message) => {
                self.check_author(&message)?;
                self.accept_content(&message, position)
            }
            // Ballots and challenges that the phase admits go to the voting.
            None => Ok(()),
        }
    }

    /// Steps 2 and 4 of the rules: what of an entry after entry 0 does not depend on those between.
    pub fn judge_alone(&self, entry: &Entry) -> Result<(), Code> {
        decode(entry)?.map_or(Ok(()), |message| self.check_author(&message))
    }

    /// Step 4 of the rules.
    fn check_author(&self, message: &Message) -> Result<(), Code> {
        if message.election != Some(self.hash) {
            return Err(Code::ElectionMismatch);
        }
        let key = match message.content.author() {
            Author::Authority => &self.manifest.authority,
            Author::Registrar => &self.manifest.registrar,
            Author::Trustee(index) => &self.manifest.trustee(index).ok_or(Code::TrusteeUnknown)?.key,
        };
        if message.is_signed_by(key) { Ok(()) } else { Err(Code::SignatureInvalid) }
    }

    /// Step 5 of the rules.
    fn accept_content(&mut self, message: &Message, position: &Position<'_>) -> Result<(), Code> {
        match &message.content {
            Content::Restart { .. } => {
                self.ceremony.accept(&message.content, position.leaf)?;
                self.rehearsals = Rehearsals::default();
                Ok(())
            }
            Content::Rehearse { keys_hash, round } => self.rehearsals.request(&self.ceremony, keys_hash, *round),
            Content::Rehearsal { keys_hash, round, trustee, decryption, proof } => {
                let answer = Answer { keys_hash, round: *round, trustee: *trustee, decryption, proof };
                self.rehearsals.answer(&self.ceremony, &self.hash, &answer)
            }
            Content::Roll(chunk) => self.roll.accept(chunk, &message.body, &self.manifest.limits()),
            Content::Open { anchor, keys_hash, roll_hash } => self.open(anchor, keys_hash, roll_hash, position),
            Content::Close { anchor, ballots, last } => self.close(anchor, *ballots, last, position),
            Content::Share { keys_hash, counted_hash, trustee, decryption, proof, anchor } => {
                let share = Share { keys_hash, counted_hash, trustee: *trustee, decryption, proof };
                self.share(&share, anchor)
            }
            Content::Result { anchor, counted_hash, contests } => {
                self.publish(anchor, counted_hash, contests, position)
            }
            Content::Final { anchor, result } => self.finish(anchor, result, position),
            _ => self.ceremony.accept(&message.content, position.leaf),
        }
    }

    fn open(&mut self, anchor: &str, keys_hash: &Hash, roll_hash: &Hash, position: &Position<'_>) -> Result<(), Code> {
        let keys = self.ceremony.complete_keys().ok_or(Code::CeremonyIncomplete)?;
        if self.rehearsals.answers() < self.manifest.threshold {
            return Err(Code::RehearsalIncomplete);
        }
        if !self.roll.is_complete() {
            return Err(Code::RollIncomplete);
        }
        if keys.hash != *keys_hash {
            return Err(Code::KeysMismatch);
        }
        if self.roll.hash(&self.hash) != *roll_hash {
            return Err(Code::RollMismatch);
        }
        self.check_anchor(anchor, &position.before())?;
        self.voting = Some(Voting::open(&self.manifest, &self.hash, &keys.public, Arc::clone(self.roll.voters())));
        self.phase = Phase::Voting;
        Ok(())
    }

    fn close(&mut self, anchor: &str, ballots: u64, last: &Hash, position: &Position<'_>) -> Result<(), Code> {
        let voting = self.voting.as_ref().ok_or(Code::OutOfPhase)?;
        if ballots != voting.accepted {
            return Err(Code::CloseCount);
        }
        if position.prev.is_some_and(|prev| prev != *last) {
            return Err(Code::CloseLast);
        }
        self.check_anchor(anchor, &position.before())?;
        self.tally = Some(Tally::begin(&self.manifest, &self.hash, voting, &position.leaf));
        self.closed = Some(position.after());
        self.phase = Phase::Tally;
        Ok(())
    }

    fn share(&mut self, share: &Share<'_>, anchor: &str) -> Result<(), Code> {
        let keys = self.ceremony.complete_keys().ok_or(Code::TrusteeLeftOut)?;
        let tally = self.tally.as_ref().ok_or(Code::OutOfPhase)?;
        let decryption = tally.check_share(keys, &self.hash, share)?;
        self.check_anchor(anchor, &self.closed.ok_or(Code::OutOfPhase)?)?;
        let tally = self.tally.as_mut().ok_or(Code::OutOfPhase)?;
        tally.add_share(share.trustee, decryption);
        Ok(())
    }

    fn publish(
        &mut self,
        anchor: &str,
        counted_hash: &Hash,
        contests: &[Option<Vec<u64>>],
        position: &Position<'_>,
    ) -> Result<(), Code> {
        let tally = self.tally.as_ref().ok_or(Code::OutOfPhase)?;
        tally.check_result(&self.manifest, counted_hash, contests)?;
        self.check_anchor(anchor, &position.before())?;
        self.result = Some((contests.to_owned(), position.leaf));
        self.phase = Phase::Published;
        Ok(())
    }

    fn finish(&mut self, anchor: &str, result: &Hash, position: &Position<'_>) -> Result<(), Code> {
        if self.result.as_ref().map(|(_, leaf)| leaf) != Some(result) {
            return Err(Code::FinalResult);
        }
        self.check_anchor(anchor, &position.before())?;
        self.phase = Phase::Finished;
        Ok(())
    }

    /// Implements specs/board.md#anchors.
    fn check_anchor(&self, anchor: &str, extent: &Extent) -> Result<(), Code> {
        let checkpoint = Checkpoint::parse(anchor.as_bytes()).map_err(|_| Code::AnchorMalformed)?;
        if checkpoint.origin != self.manifest.origin {
            return Err(Code::AnchorMalformed);
        }
        if !checkpoint.note.is_signed_by(&self.policy.log) {
            return Err(Code::AnchorSignature);
        }
        // If an entry could not be read, no root is known: the record is not valid anyway.
        let same_root = extent.root.is_none_or(|root| root == checkpoint.root);
        if checkpoint.size != extent.size || !same_root {
            return Err(Code::AnchorMismatch);
        }
        if self.policy.is_met_by(&checkpoint.note) { Ok(()) } else { Err(Code::AnchorQuorum) }
    }
}
