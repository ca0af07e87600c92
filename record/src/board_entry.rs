//! A ballot or challenge as it stands on the board, read and recomputed by whoever looks at it.

use std::collections::BTreeMap;

use tabella_board::entry::Entry;
use tabella_board::receipt::Standing;
use tabella_crypto::ballot::Opening;
use tabella_crypto::group::Point;
use tabella_election::ballot::{context, join};
use tabella_election::contest::Selection;
use tabella_election::message::{Ballot, Challenge, Prefix, Style, decode};
use tabella_election::text::Tracker;
use tabella_election::{Election, EncodedPoint, Kind};
use thiserror::Error;

/// The board has numbered what is no ballot and no challenge of this poll.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BoardEntryFault {
    /// An entry of another kind, or bytes that are no payload of its kind.
    #[error("entry {0} is no ballot and no challenge")]
    Kind(u64),
    /// The ballot is of a style that the election does not have.
    #[error("the board has numbered a ballot of contests that no ballot has together")]
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
    /// In whose name it came. Whether that is on the roll is not said.
    pub credential: EncodedPoint,
    /// The style whose contests it has.
    pub style: u64,
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
    /// Reads an entry that is in the log. The tracker is computed, and so is what an opened encryption held. `slot_keys` are the keys of
    /// all slots of the election.
    pub fn read(
        election: &Election,
        slot_keys: &[Point],
        entry: &Entry,
        standing: Standing,
    ) -> Result<Self, BoardEntryFault> {
        let index = entry.place.index;
        let no_vote = || BoardEntryFault::Kind(index);
        // Only these two kinds are decoded, so that a page need not know the others.
        let (kind, prefix, opening) = match entry.kind.parse() {
            Ok(Kind::Ballot) => {
                let Ballot { prefix, .. } = decode(&entry.payload).map_err(|_| no_vote())?;
                (Kind::Ballot, prefix, None)
            }
            Ok(Kind::Challenge) => {
                let Challenge { prefix, opening, r_opened, signature } =
                    decode(&entry.payload).map_err(|_| no_vote())?;
                let opening = Opening { coordinates: opening, r: r_opened.0, signature: signature.0 };
                (Kind::Challenge, prefix, Some(opening))
            }
            _ => return Err(no_vote()),
        };
        let (number, style) = style(election, &prefix).ok_or(BoardEntryFault::Style)?;
        let context = context(election, number, slot_keys).map_err(|_| BoardEntryFault::Style)?;
        let joined = join(&prefix);
        let tracker = Tracker(context.tracker(&joined));
        let held = opening.map(|opening| {
            let slots = context.verify_challenge(&joined, &opening).map_err(|_| BoardEntryFault::Opening)?;
            Ok(selections(election, style, &slots))
        });
        let held = held.transpose()?;
        Ok(Self {
            index,
            kind,
            credential: prefix.credential,
            style: number,
            tracker,
            link: prefix.link,
            standing,
            held,
        })
    }
}

/// No two styles have the same contests.
fn style<'a>(election: &'a Election, prefix: &Prefix) -> Option<(u64, &'a Style)> {
    let has_lengths =
        prefix.contests.iter().all(|(contest, points)| points.len() == election.ciphertexts_length(*contest));
    let is_of = |(_, style): &(u64, &Style)| has_lengths && prefix.contests.keys().eq(&style.contests);
    (0..).zip(&election.manifest().styles).find(is_of)
}

/// Reads the selections out of the values of the slots.
fn selections(election: &Election, style: &Style, slots: &[u64]) -> BTreeMap<u64, Selection> {
    let mut slots = slots.iter();
    let contests = election.style_contests(style).map(|(index, contest)| {
        let values: Vec<u64> = slots.by_ref().take(contest.size().slots).copied().collect();
        (index, contest.read(&values))
    });
    contests.collect()
}
