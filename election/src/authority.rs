//! The authority's side: one function for each entry that it writes, in the order of an election's life.
//!
//! Each gives the payload that the board, as it stands, waits for. `anchor` is always the latest checkpoint of the log,
//! in full.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;
use tabella_crypto::decryption::CombineFault;
use tabella_crypto::discrete_logarithm::LogarithmTable;
use thiserror::Error;

use crate::bytes::Hash;
use crate::ceremony::{Rehearsal, Stage};
use crate::kind::{Kind, Phase};
use crate::message::{
    Close, Closing, ContestResult, Final, Manifest, Open, Rehearse, Restart, Round, Signed, TallyResult,
};
use crate::rules::{Board, GroupState, Tally};

/// Why the authority cannot write an entry now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotYet {
    /// The election is in a phase in which the entry has no place.
    #[error("`{kind}` has no place now: {phase}")]
    Phase {
        /// What was to be written.
        kind: Kind,
        /// Where the election stands.
        phase: Phase,
    },
    /// The ceremony has not given keys, or waits for no end of a round.
    #[error("the ceremony is not at a step at which `{0}` can be written")]
    Ceremony(Kind),
    /// Shares are missing.
    #[error("the votes cannot be counted yet: {0}")]
    Shares(#[from] CombineFault),
    /// A slot's sum is not a number of votes. This cannot be: only verified ballots were added up.
    #[error("slot {0} does not hold a number of votes")]
    Total(usize),
}

/// The payload of entry 0. Implements specs/election.md#manifest.
pub fn manifest(manifest: Manifest, key: &SigningKey) -> Vec<u8> {
    Signed::sign(manifest, key).payload()
}

/// Ends the current round of the ceremony and leaves out whoever has not completed the step. Implements
/// specs/ceremony.md#round.
///
/// # Errors
/// If the ceremony is past its rounds.
pub fn round(board: &Board, key: &SigningKey) -> Result<Vec<u8>, NotYet> {
    let ceremony = board.ceremony();
    if matches!(ceremony.stage(), Stage::Keys(_) | Stage::Failed(_)) {
        return Err(NotYet::Ceremony(Kind::Round));
    }
    let left_out = ceremony.awaited().iter().map(|index| index.get()).collect();
    let round = Round {
        election: board.election().id(),
        attempt: ceremony.attempt().number,
        history: ceremony.history(),
        left_out,
    };
    Ok(Signed::sign(round, key).payload())
}

/// Begins a new attempt at the ceremony; everything of the last is void. Implements specs/ceremony.md#round.
pub fn restart(board: &Board, key: &SigningKey) -> Vec<u8> {
    let ceremony = board.ceremony();
    let restart = Restart {
        election: board.election().id(),
        attempt: ceremony.attempt().number + 1,
        history: ceremony.history(),
    };
    Signed::sign(restart, key).payload()
}

/// Asks the trustees to show that their shares work. Implements specs/ceremony.md#rehearsal.
///
/// # Errors
/// As long as not every qualified trustee has confirmed the keys.
pub fn rehearse(board: &Board, key: &SigningKey) -> Result<Vec<u8>, NotYet> {
    let keys = board.ceremony().keys().ok_or(NotYet::Ceremony(Kind::Rehearse))?;
    let rehearse = Rehearse {
        election: board.election().id(),
        keys: Hash(keys.hash()),
        round: board.ceremony().rehearsal().map_or(0, Rehearsal::round) + 1,
    };
    Ok(Signed::sign(rehearse, key).payload())
}

/// Begins the voting. Implements specs/election.md#open.
///
/// # Errors
/// As long as there are no keys.
pub fn open(board: &Board, anchor: String, key: &SigningKey) -> Result<Vec<u8>, NotYet> {
    let keys = board.ceremony().keys().ok_or(NotYet::Ceremony(Kind::Open))?;
    let election = board.election().id();
    let open = Open { election, anchor, keys: Hash(keys.hash()), roll: board.roll().hash(&election) };
    Ok(Signed::sign(open, key).payload())
}

/// Asks the server to take no more ballots, so that a `close` can count them; or, with `is_closing` false, to take them again.
/// No entry. `number` is greater than that of every such request before, and at least 1. Implements
/// specs/server.md#closing.
///
/// # Errors
/// Outside the voting.
pub fn closing(board: &Board, number: u64, is_closing: bool, key: &SigningKey) -> Result<Vec<u8>, NotYet> {
    match board.voting() {
        Some(_) => Ok(Signed::sign(Closing { election: board.election().id(), number, is_closing }, key).payload()),
        None => Err(not_now(Kind::Close, board)),
    }
}

/// Ends the voting. `last` is the leaf hash of the log's last entry, after which no more ballots are taken. Implements
/// specs/election.md#close.
///
/// # Errors
/// Outside the voting.
pub fn close(board: &Board, anchor: String, last: Hash, key: &SigningKey) -> Result<Vec<u8>, NotYet> {
    if board.voting().is_none() {
        return Err(not_now(Kind::Close, board));
    }
    let close = Close { election: board.election().id(), anchor, ballots: board.counts().accepted, last };
    Ok(Signed::sign(close, key).payload())
}

/// Combines the shares and publishes the totals. Implements specs/tally.md#result.
///
/// # Errors
/// Before `close`, and as long as shares are missing.
pub fn result(board: &Board, anchor: String, key: &SigningKey) -> Result<Vec<u8>, NotYet> {
    let tally = board.tally().ok_or_else(|| not_now(Kind::Result, board))?;
    let totals = totals(tally)?;
    let contests = (0..).zip(&board.election().manifest().contests);
    let result = TallyResult {
        election: board.election().id(),
        anchor,
        counted: tally.counted().hash,
        contests: contests.map(|(index, _)| contest_result(tally, index, &totals)).collect(),
    };
    Ok(Signed::sign(result, key).payload())
}

/// Ends the record. Implements specs/election.md#final.
///
/// # Errors
/// Before the result is published.
pub fn finish(board: &Board, anchor: String, key: &SigningKey) -> Result<Vec<u8>, NotYet> {
    let (_, result) = board.result().ok_or_else(|| not_now(Kind::Final, board))?;
    let last = Final { election: board.election().id(), anchor, result };
    Ok(Signed::sign(last, key).payload())
}

/// The totals of all slots of open groups, by the slot's number.
fn totals(tally: &Tally) -> Result<BTreeMap<usize, u64>, NotYet> {
    let opened = tally.opened()?;
    let election = tally.poll().election();
    let contests = || (0..).zip(&election.manifest().contests);
    let bound = |index, contest| tally.group_of(index).map_or(0, |group| group.largest_total(contest));
    let table = LogarithmTable::new(contests().map(|(index, contest)| bound(index, contest)).max().unwrap_or(0));
    let mut totals = BTreeMap::new();
    for (index, contest) in contests() {
        for slot in election.contest_slots(index) {
            if let Some(point) = opened.get(&slot) {
                totals.insert(slot, table.find(point, bound(index, contest)).ok_or(NotYet::Total(slot))?);
            }
        }
    }
    Ok(totals)
}

fn contest_result(tally: &Tally, index: u64, totals: &BTreeMap<usize, u64>) -> ContestResult {
    if tally.group_of(index).is_some_and(|group| group.state == GroupState::Withheld) {
        return ContestResult::Withheld;
    }
    // A slot without a total is of a group of no ballots.
    let slots = tally.poll().election().contest_slots(index);
    ContestResult::Totals(slots.map(|slot| totals.get(&slot).copied().unwrap_or(0)).collect())
}

fn not_now(kind: Kind, board: &Board) -> NotYet {
    NotYet::Phase { kind, phase: board.phase() }
}
