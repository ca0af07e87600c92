//! The voter's side. Implements specs/ballot.md for whoever votes.
//!
//! A [`Draft`] has its tracker before the voter decides what becomes of it: it is either cast or opened for everybody
//! to check, never both.

use std::collections::BTreeMap;

use rand_core::CryptoRng;
use tabella_crypto::ballot::{self as proof, Context, DraftFault};
use tabella_crypto::credential::VotingKey;
use tabella_crypto::group::Point;
use thiserror::Error;

use crate::ballot::{self, LayoutFault};
use crate::contest::Selection;
use crate::manifest::Election;
use crate::message::{Ballot, Challenge, Contest, Style, encode};
use crate::text::Tracker;

/// Why there is no draft, or nothing became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VoteFault {
    /// What the voter chose is no ballot.
    #[error(transparent)]
    Layout(#[from] LayoutFault),
    /// The proof could not be made.
    #[error(transparent)]
    Draft(#[from] DraftFault),
}

/// Where a voter votes: the ballots of one style of one election, encrypted to its keys.
#[derive(Debug)]
pub struct Booth<'a> {
    election: &'a Election,
    style: &'a Style,
    context: Context,
}

/// A filled-in and encrypted ballot that is neither cast nor opened yet.
#[derive(Debug)]
pub struct Draft<'a> {
    booth: &'a Booth<'a>,
    draft: proof::Draft,
}

/// Whether an opened ballot held what was chosen. Two orders whose ranks earn the same points are the same vote.
pub fn is_held(election: &Election, chosen: &BTreeMap<u64, Selection>, held: &BTreeMap<u64, Selection>) -> bool {
    let opened = |(index, selection): (&u64, &Selection)| Some((*index, opened(election.contest(*index)?, selection)?));
    chosen.iter().map(opened).collect::<Option<BTreeMap<_, _>>>().as_ref() == Some(held)
}

/// How a selection reads in a ballot that is opened; `None` if it is no vote.
pub fn opened(contest: &Contest, selection: &Selection) -> Option<Selection> {
    let filled = contest.fill(selection).ok()?;
    Some(contest.read(&contest.shape().ok()?.evaluate(&filled)?))
}

impl<'a> Booth<'a> {
    /// The booth for the style with which the voter stands on the roll. `slot_keys` are the keys of all slots of the
    /// election, taken from the record and from nowhere else.
    ///
    /// # Errors
    /// If there is no such style, or the keys are not one for each slot.
    pub fn new(election: &'a Election, style: u64, slot_keys: &[Point]) -> Result<Self, LayoutFault> {
        let context = ballot::context(election, style, slot_keys)?;
        let style = election.style(style).ok_or(LayoutFault::Style)?;
        Ok(Self { election, style, context })
    }

    /// Fills in and encrypts a ballot. `link` is the tracker of the voter's last accepted ballot, if there is one.
    ///
    /// `attempt` counts the drafts of this voter, so that no two share a nonce even if `rng` repeats itself.
    ///
    /// # Errors
    /// If the selections are not a vote in each contest of the style.
    pub fn draft(
        &'a self,
        key: &VotingKey,
        link: Option<Tracker>,
        selections: &BTreeMap<u64, Selection>,
        attempt: u64,
        rng: &mut impl CryptoRng,
    ) -> Result<Draft<'a>, VoteFault> {
        let coordinates = ballot::fill(self.election, self.style, selections)?;
        let draft = self.context.encrypt(key, link.map(|tracker| tracker.0), &coordinates, attempt, rng)?;
        Ok(Draft { booth: self, draft })
    }
}

impl Draft<'_> {
    /// What the voter keeps: fixed before the choice between casting and checking.
    pub fn tracker(&self) -> Tracker {
        Tracker(self.booth.context.tracker(self.draft.prefix()))
    }

    /// Casts it: the payload of a `ballot` entry.
    ///
    /// # Errors
    /// If the finished ballot does not verify on this machine; nothing of it is released.
    pub fn cast(self, rng: &mut impl CryptoRng) -> Result<Vec<u8>, VoteFault> {
        let prefix = ballot::split(self.draft.prefix(), self.booth.election, self.booth.style);
        let proof = self.draft.cast(rng)?;
        Ok(encode(&Ballot { prefix, proof: proof.into() }))
    }

    /// Opens it for everybody to check: the payload of a `challenge` entry.
    ///
    /// # Errors
    /// As for casting.
    pub fn challenge(self, rng: &mut impl CryptoRng) -> Result<Vec<u8>, VoteFault> {
        let prefix = ballot::split(self.draft.prefix(), self.booth.election, self.booth.style);
        let opening = self.draft.challenge(rng)?;
        Ok(encode(&Challenge {
            prefix,
            opening: opening.coordinates,
            r_opened: opening.r.into(),
            signature: opening.signature.into(),
        }))
    }
}
