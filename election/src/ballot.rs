//! How the ballot of a style is laid out: contests on the outside, one list of slots and bits within the proof.
//! Implements specs/ballot.md#ballot.

use std::collections::BTreeMap;

use tabella_crypto::ballot::{self, Context};
use tabella_crypto::group::Point;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::contest::{Selection, SelectionFault};
use crate::manifest::Election;
use crate::message::{Prefix, Style};

/// Why selections make no ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LayoutFault {
    /// The election has no such style, or the keys are not those of its slots.
    #[error("there are no keys for a ballot of this style")]
    Style,
    /// The selections are not one for each contest of the style.
    #[error("a choice is needed for each contest of the ballot, and for no other")]
    Contests,
    /// What was chosen in a contest is no vote.
    #[error("in contest {contest}: {fault}")]
    Selection {
        /// The contest's index.
        contest: u64,
        /// What is wrong.
        fault: SelectionFault,
    },
}

/// What all ballots of a style have in common. `slot_keys` are the `PK_j` of all slots of the election.
///
/// # Errors
/// [`LayoutFault::Style`].
pub fn context(election: &Election, style: u64, slot_keys: &[Point]) -> Result<Context, LayoutFault> {
    let of_style = election.style(style).and_then(|listed| {
        let key = |slot: usize| slot_keys.get(slot.checked_sub(1)?).copied();
        let keys = election.style_slots(listed).map(key).collect::<Option<Vec<_>>>()?;
        Context::new(election.id().0, style, election.shape(listed).ok()?, keys).ok()
    });
    of_style.ok_or(LayoutFault::Style)
}

/// The free coordinates of a ballot: those of its contests, one after another.
///
/// # Errors
/// [`LayoutFault::Contests`] or [`LayoutFault::Selection`].
pub fn fill(
    election: &Election,
    style: &Style,
    selections: &BTreeMap<u64, Selection>,
) -> Result<Zeroizing<Vec<u64>>, LayoutFault> {
    if !selections.keys().eq(&style.contests) {
        return Err(LayoutFault::Contests);
    }
    // With room for all, so that growing leaves no copy behind.
    let mut filled = Zeroizing::new(Vec::with_capacity(election.size(style).coordinates));
    for ((index, contest), selection) in election.style_contests(style).zip(selections.values()) {
        let of_contest = contest.fill(selection);
        filled.extend_from_slice(&of_contest.map_err(|fault| LayoutFault::Selection { contest: index, fault })?);
    }
    Ok(filled)
}

/// The prefix as the proof sees it: the ciphertexts of all contests in one list.
pub fn join(prefix: &Prefix) -> ballot::Prefix {
    let ciphertexts = prefix.contests.values().flat_map(|points| points.as_chunks().0);
    ballot::Prefix {
        credential: prefix.credential.0,
        link: prefix.link.map(|tracker| tracker.0),
        r: prefix.r.0,
        ciphertexts: ciphertexts.copied().collect(),
        b: prefix.b.0,
    }
}

/// The prefix as it stands in a payload: the ciphertexts by contest.
pub fn split(prefix: &ballot::Prefix, election: &Election, style: &Style) -> Prefix {
    let mut rest = prefix.ciphertexts.as_flattened();
    let mut take = |contest: &u64| {
        let length = election.ciphertexts_length(*contest).min(rest.len());
        let (taken, left) = rest.split_at(length);
        rest = left;
        (*contest, taken.to_vec().into())
    };
    Prefix {
        credential: prefix.credential.into(),
        link: prefix.link.map(Into::into),
        r: prefix.r.into(),
        contests: style.contests.iter().map(&mut take).collect(),
        b: prefix.b.into(),
    }
}
