//! The checkpoint right after `close`, which every share carries. Implements the trustee's part of specs/tally.md#share.

use anyhow::{Context, Result};
use tabella_board::entry::Entry;
use tabella_client::desk::Visit;
use tabella_election::Kind;
use tabella_election::message::{Share, Signed};
use tabella_record::entries::EntryReader;
use tabella_record::files::Record;

/// The checkpoint over the first `size` entries, as the board shows it or as an accepted share carries it; `None` if neither
/// does. The trustee judges it before it decrypts.
pub fn after_close(visit: &Visit, size: u64) -> Result<Option<String>> {
    if visit.copy().size() == size {
        return Ok(Some(visit.anchor()?));
    }
    let later = Record::open(visit.copy().record())?.entries_from(size, usize::MAX);
    let later = later.context("cannot read the copy of the record")?;
    let share = later.iter().find_map(|bytes| {
        let entry = Entry::parse(bytes).ok().filter(|entry| entry.kind == Kind::Share.as_str())?;
        Signed::<Share>::decode(&entry.payload).ok()
    });
    Ok(share.map(|share| share.body().anchor.clone()))
}
