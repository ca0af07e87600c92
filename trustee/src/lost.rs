//! What a key file that was restored from a backup does not hold, though the trustee has sent it to the board.

use anyhow::{Context, Result};
use tabella_board::entry::Entry;
use tabella_client::desk::Visit;
use tabella_election::Kind;
use tabella_election::message::Message;
use tabella_record::entries::EntryReader;
use tabella_record::files::Record;

use crate::journal::Journal;

/// How many entries are read together.
const TOGETHER: usize = 4_096;

/// What the board holds of the trustee `me` and the journal does not, with what follows; `None` if there is nothing.
pub fn lost(visit: &Visit, journal: &Journal, me: u64) -> Result<Option<String>> {
    let ceremony = visit.board()?.ceremony();
    let attempt = ceremony.attempt().number;
    let mut lost: Vec<(Kind, u64)> = sent(visit, me)?;
    lost.retain(|(kind, number)| journal.step(*kind, *number).is_none());
    lost.dedup();
    let has_lost = |kind: Kind, number: u64| lost.contains(&(kind, number));
    if has_lost(Kind::Keys, attempt) {
        return Ok(Some(format!(
            "This key file is older than the keys: your secret part of them is not in it, and you cannot decrypt. Look for a \
             backup that was made after `keys` of attempt {attempt}. If there is none, tell the authority now: before the \
             voting it can begin the ceremony anew (`restart`)"
        )));
    }
    let steps = [Kind::Confirm, Kind::Deal, Kind::Commit];
    if let Some(kind) = steps.into_iter().find(|kind| has_lost(*kind, attempt)) {
        return Ok(Some(format!(
            "This key file is older than your `{kind}` of attempt {attempt}, and cannot go on in that attempt. Look for a newer \
             backup. If there is none, tell the authority: it can go on without you (`round`) or begin anew (`restart`)"
        )));
    }
    Ok(None)
}

/// What the trustee has sent in the ceremony, as the copy of the record shows it: kind and attempt.
fn sent(visit: &Visit, me: u64) -> Result<Vec<(Kind, u64)>> {
    let record = Record::open(visit.copy().record())?;
    let mut found = Vec::new();
    let mut index = 0;
    while index < visit.copy().size() {
        let entries = record.entries_from(index, TOGETHER).context("cannot read the copy of the record")?;
        index += (entries.len() as u64).max(1);
        let parsed: Vec<Entry> = entries.iter().filter_map(|bytes| Entry::parse(bytes).ok()).collect();
        found.extend(parsed.iter().filter_map(|entry| sent_by(entry, me)));
        // The ceremony has ended, and millions of ballots may follow.
        if parsed.iter().any(|entry| entry.kind == Kind::Open.as_str()) {
            break;
        }
    }
    Ok(found)
}

/// Kind and attempt of a message of the ceremony by this trustee.
fn sent_by(entry: &Entry, me: u64) -> Option<(Kind, u64)> {
    let kind: Kind = entry.kind.parse().ok()?;
    let (trustee, attempt) = match Message::decode(kind, &entry.payload).ok()? {
        Message::Commit(message) => (message.body().trustee, message.body().attempt),
        Message::Deal(message) => (message.body().trustee, message.body().attempt),
        Message::Confirm(message) => (message.body().trustee, message.body().attempt),
        Message::Keys(message) => (message.body().trustee, message.body().attempt),
        _ => return None,
    };
    (trustee == me).then_some((kind, attempt))
}
