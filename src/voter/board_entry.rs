//! A ballot or challenge as it stands on the board, read and recomputed by this program.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use tabella_board::entry::Entry;
use tabella_board::receipt::Standing;
use tabella_election::ballot::join;
use tabella_election::contest::Selection;
use tabella_election::message::{Challenge, Message, Prefix, Voter};
use tabella_election::rules::Poll;
use tabella_election::text::Tracker;
use tabella_election::{EncodedPoint, Kind};

/// What a verified entry of a voter says.
pub(super) struct BoardEntry {
    pub(super) index: u64,
    pub(super) kind: Kind,
    pub(super) credential: EncodedPoint,
    pub(super) tracker: Tracker,
    /// The ballot that it replaces.
    pub(super) link: Option<Tracker>,
    pub(super) standing: Standing,
    /// Of a challenge: what the encryption held, by contest.
    pub(super) held: Option<BTreeMap<u64, Selection>>,
}

impl BoardEntry {
    /// Reads an entry that is in the log. The tracker is computed, and so is what an opened encryption held.
    pub(super) fn read(poll: &Poll, entry: &Entry, standing: Standing) -> Result<Self> {
        let index = entry.place.index;
        let kind: Kind = entry.kind.parse()?;
        let (prefix, challenge) = match Message::decode(kind, &entry.payload)? {
            Message::Ballot(ballot) => (ballot.prefix, None),
            Message::Challenge(challenge) => (challenge.prefix.clone(), Some(challenge)),
            _ => bail!("entry {index} is a `{kind}`, no ballot and no challenge"),
        };
        let voter = voter(poll, &prefix)?;
        let tracker = Tracker(context(poll, &voter)?.tracker(&join(&prefix)));
        let held = challenge.map(|challenge| held(poll, &voter, &entry.payload, &challenge)).transpose()?;
        Ok(Self { index, kind, credential: prefix.credential, tracker, link: prefix.link, standing, held })
    }
}

fn voter(poll: &Poll, prefix: &Prefix) -> Result<Voter> {
    poll.roll()
        .voter(&prefix.credential)
        .copied()
        .context("the board has numbered a ballot of somebody who is not on the roll")
}

fn context<'a>(poll: &'a Poll, voter: &Voter) -> Result<&'a tabella_crypto::ballot::Context> {
    poll.context(voter.style).context("the roll names a style that there is not")
}

/// Encrypts again with the opened randomness and compares; then reads the selections out of the values.
fn held(poll: &Poll, voter: &Voter, payload: &[u8], challenge: &Challenge) -> Result<BTreeMap<u64, Selection>> {
    // One alone needs no seed.
    let examined = poll.examine(vec![poll.inspect(Kind::Challenge, payload)], [0; 32]);
    ensure!(
        examined.iter().all(tabella_election::rules::Examined::is_sound),
        "the opening is not that of the encryption"
    );
    let slots = context(poll, voter)?.shape().evaluate(&challenge.opening).context("the opened values are no vote")?;
    let election = poll.election();
    let style = election.style(voter.style).context("the roll names a style that there is not")?;
    let mut slots = slots.iter();
    let contests = election.style_contests(style).map(|(index, contest)| {
        let values: Vec<u64> = slots.by_ref().take(contest.size().slots).copied().collect();
        (index, contest.read(&values))
    });
    Ok(contests.collect())
}
