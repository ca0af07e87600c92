//! The election that a manifest makes. Implements specs/election.md#manifest.

mod checks;
mod group;

use std::ops::Range;

use tabella_crypto::group::ENCODED;
use tabella_crypto::shape::{Shape, ShapeFault};

pub use self::group::Group;
use crate::bytes::{ElectionId, SignerKey};
use crate::code::{Code, Rejection};
use crate::contest::{Largest, Size};
use crate::kind::Role;
use crate::log::Log;
use crate::message::{Authored, Contest, Manifest, Signed, Style};
use crate::text::Fingerprint;

/// A manifest that keeps all its rules, and what follows from it alone.
///
/// Indexes of contests and styles count from 0, those of trustees and the numbers of slots from 1, as in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Election {
    id: ElectionId,
    manifest: Manifest,
    slots: Vec<Range<usize>>,
    groups: Vec<Group>,
}

impl Election {
    /// Makes all checks of specs/election.md#manifest in their order, the signature last. `origin` is the header's.
    ///
    /// # Errors
    /// The first `manifest_…` code that applies, or `signature_invalid`.
    pub fn judge(signed: &Signed<Manifest>, origin: &str, log: &impl Log) -> Result<Self, Rejection> {
        let manifest = signed.body();
        checks::judge(manifest, origin, log)?;
        signed.judge_signature(&manifest.authority)?;
        Ok(Self {
            id: ElectionId(signed.body_hash().0),
            manifest: manifest.clone(),
            slots: number_slots(&manifest.contests),
            groups: group::groups(manifest),
        })
    }

    /// The manifest hash.
    pub fn id(&self) -> ElectionId {
        self.id
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What voters' letters say of the election and its log.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new(&self.id, &self.manifest.log)
    }

    /// The contest of an index.
    pub fn contest(&self, index: u64) -> Option<&Contest> {
        at(&self.manifest.contests, index)
    }

    /// The style of an index.
    pub fn style(&self, index: u64) -> Option<&Style> {
        at(&self.manifest.styles, index)
    }

    /// The key of the trustee of an index.
    ///
    /// # Errors
    /// `trustee_unknown`.
    pub fn trustee_key(&self, index: u64) -> Result<SignerKey, Rejection> {
        let trustee = index.checked_sub(1).and_then(|position| at(&self.manifest.trustees, position));
        trustee.map(|trustee| trustee.key).ok_or_else(|| {
            Rejection::new(Code::TrusteeUnknown, format!("The manifest has no trustee with index {index}."))
        })
    }

    /// Whether a signed payload is for this election and of its author. Step 4 of specs/election.md#rules.
    ///
    /// # Errors
    /// `election_mismatch`, `trustee_unknown` or `signature_invalid`.
    pub fn judge_author<T: Authored>(&self, signed: &Signed<T>) -> Result<(), Rejection> {
        let body = signed.body();
        if body.election().is_some_and(|election| election != self.id) {
            return Rejection::refuse(Code::ElectionMismatch, "The message was written for another election.");
        }
        let key = match (body.trustee(), T::AUTHOR) {
            (Some(index), _) => self.trustee_key(index)?,
            (None, Role::Registrar) => self.manifest.registrar,
            (None, _) => self.manifest.authority,
        };
        signed.judge_signature(&key)
    }

    /// k, the number of slots over all contests.
    pub fn slots(&self) -> usize {
        self.slots.last().map_or(0, |numbers| numbers.end - 1)
    }

    /// The numbers of a contest's slots, from 1 through all contests; none for an unknown contest.
    pub fn contest_slots(&self, contest: u64) -> Range<usize> {
        at(&self.slots, contest).cloned().unwrap_or_default()
    }

    /// The numbers of the slots of a style's ballot, in its order.
    pub fn style_slots<'a>(&'a self, style: &'a Style) -> impl Iterator<Item = usize> + 'a {
        style.contests.iter().flat_map(|contest| self.contest_slots(*contest))
    }

    /// The contests of a style, with their indexes.
    pub fn style_contests<'a>(&'a self, style: &'a Style) -> impl Iterator<Item = (u64, &'a Contest)> + 'a {
        style.contests.iter().filter_map(|index| Some((*index, self.contest(*index)?)))
    }

    /// The shape of a style's ballot: its contests one after another. It is made anew at each call.
    ///
    /// # Errors
    /// None for a style of this manifest.
    pub fn shape(&self, style: &Style) -> Result<Shape, ShapeFault> {
        let shapes = self.style_contests(style).map(|(_, contest)| contest.shape());
        Shape::join(&shapes.collect::<Result<Vec<_>, _>>()?)
    }

    /// How much of a ballot all contests of a style take.
    pub fn size(&self, style: &Style) -> Size {
        self.style_contests(style).map(|(_, contest)| contest.size()).sum()
    }

    /// The bytes of a contest's ciphertexts in a ballot: one point for each slot.
    pub fn ciphertexts_length(&self, contest: u64) -> usize {
        ENCODED * self.contest_slots(contest).len()
    }

    /// The largest values that a vote can give, in any contest.
    pub fn largest(&self) -> Largest {
        let all = || self.manifest.contests.iter().map(Contest::largest);
        let slot = all().map(|largest| largest.slot).max().unwrap_or(0);
        Largest { slot, option: all().map(|largest| largest.option).max().unwrap_or(0) }
    }

    /// Groups of contests that the same styles have. Implements specs/tally.md#groups.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }
}

/// Numbers slots from 1 through all contests: for each contest the range of its numbers.
fn number_slots(contests: &[Contest]) -> Vec<Range<usize>> {
    let mut next = 1;
    let number = |contest: &Contest| {
        let first = next;
        next += contest.size().slots;
        first..next
    };
    contests.iter().map(number).collect()
}

/// The element of an index of the record.
fn at<T>(list: &[T], index: u64) -> Option<&T> {
    usize::try_from(index).ok().and_then(|index| list.get(index))
}

#[cfg(test)]
mod tests;
