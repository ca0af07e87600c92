//! A ballot or challenge as it stands on the board, read and recomputed by whoever looks at it.

use std::collections::BTreeMap;

use tabella_board::entry::Entry;
use tabella_board::receipt::Standing;
use tabella_crypto::ballot::Context;
use tabella_election::ballot::join;
use tabella_election::contest::Selection;
use tabella_election::message::{Challenge, Message, Prefix, Voter};
use tabella_election::rules::{Examined, Poll};
use tabella_election::text::Tracker;
use tabella_election::{EncodedPoint, Kind};
use thiserror::Error;

/// The board has numbered what is no ballot and no challenge of this poll.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BoardEntryFault {
    /// An entry of another kind, or bytes that are no payload of its kind.
    #[error("entry {0} is no ballot and no challenge")]
    Kind(u64),
    /// The credential is not on the roll.
    #[error("the board has numbered a ballot of somebody who is not on the roll")]
    Credential,
    /// The roll names a style that the election does not have.
    #[error("the roll names a style that there is not")]
    Style,
    /// The opening is not that of the encryption.
    #[error("the opening is not that of the encryption")]
    Opening,
}

/// What a verified entry of a voter says.
pub struct BoardEntry {
    /// The position in the log.
    pub index: u64,
    /// `ballot` or `challenge`.
    pub kind: Kind,
    /// In whose name it came.
    pub credential: EncodedPoint,
    /// Computed from its bytes.
    pub tracker: Tracker,
    /// The ballot that it replaces.
    pub link: Option<Tracker>,
    /// How far its receipt reaches.
    pub standing: Standing,
    /// Of a challenge: what the encryption held, by contest.
    pub held: Option<BTreeMap<u64, Selection>>,
}

impl BoardEntry {
    /// Reads an entry that is in the log. The tracker is computed, and so is what an opened encryption held.
    pub fn read(poll: &Poll, entry: &Entry, standing: Standing) -> Result<Self, BoardEntryFault> {
        let index = entry.place.index;
        let no_vote = || BoardEntryFault::Kind(index);
        let kind: Kind = entry.kind.parse().map_err(|_| no_vote())?;
        let (prefix, challenge) = match Message::decode(kind, &entry.payload).map_err(|_| no_vote())? {
            Message::Ballot(ballot) => (ballot.prefix, None),
            Message::Challenge(challenge) => (challenge.prefix.clone(), Some(challenge)),
            _ => return Err(no_vote()),
        };
        let voter = voter(poll, &prefix)?;
        let tracker = Tracker(context(poll, &voter)?.tracker(&join(&prefix)));
        let held = challenge.map(|challenge| held(poll, &voter, &entry.payload, &challenge)).transpose()?;
        Ok(Self { index, kind, credential: prefix.credential, tracker, link: prefix.link, standing, held })
    }
}

fn voter(poll: &Poll, prefix: &Prefix) -> Result<Voter, BoardEntryFault> {
    poll.roll().voter(&prefix.credential).copied().ok_or(BoardEntryFault::Credential)
}

fn context<'a>(poll: &'a Poll, voter: &Voter) -> Result<&'a Context, BoardEntryFault> {
    poll.context(voter.style).ok_or(BoardEntryFault::Style)
}

/// Encrypts again with the opened randomness and compares; then reads the selections out of the values.
fn held(
    poll: &Poll,
    voter: &Voter,
    payload: &[u8],
    challenge: &Challenge,
) -> Result<BTreeMap<u64, Selection>, BoardEntryFault> {
    // One alone needs no seed.
    let examined = poll.examine(vec![poll.inspect(Kind::Challenge, payload)], [0; 32]);
    if !examined.iter().all(Examined::is_sound) {
        return Err(BoardEntryFault::Opening);
    }
    let shape = context(poll, voter)?.shape();
    let slots = shape.evaluate(&challenge.opening).ok_or(BoardEntryFault::Opening)?;
    let election = poll.election();
    let style = election.style(voter.style).ok_or(BoardEntryFault::Style)?;
    let mut slots = slots.iter();
    let contests = election.style_contests(style).map(|(index, contest)| {
        let values: Vec<u64> = slots.by_ref().take(contest.size().slots).copied().collect();
        (index, contest.read(&values))
    });
    Ok(contests.collect())
}
