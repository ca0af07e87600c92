//! By what people find their ballots: written with the entries, in one transaction.

use tabella_board::entry::Entry;
use tabella_election::Kind;
use tabella_election::ballot::join;
use tabella_election::message::{Message, Prefix};
use tabella_election::rules::Poll;
use tabella_record::entries::NumberedEntry;
use tabella_record::examination::is_of_voter;

use crate::storage::StoredVote;

/// The credential and tracker of each ballot and challenge among accepted entries.
pub(super) fn of_entries(poll: &Poll, entries: &[NumberedEntry]) -> Vec<StoredVote> {
    entries.iter().filter_map(|entry| of_entry(poll, entry)).collect()
}

fn of_entry(poll: &Poll, entry: &NumberedEntry) -> Option<StoredVote> {
    let kind: Kind = entry.kind.parse().ok().filter(|kind| is_of_voter(*kind))?;
    let prefix = prefix(kind, &Entry::parse(&entry.bytes).ok()?.payload)?;
    let context = poll.context(poll.roll().voter(&prefix.credential)?.style)?;
    let tracker = context.tracker(&join(&prefix));
    Some(StoredVote { index: entry.index, kind: entry.kind.clone(), credential: prefix.credential.0, tracker })
}

fn prefix(kind: Kind, payload: &[u8]) -> Option<Prefix> {
    match Message::decode(kind, payload).ok()? {
        Message::Ballot(ballot) => Some(ballot.prefix),
        Message::Challenge(challenge) => Some(challenge.prefix),
        _ => None,
    }
}
