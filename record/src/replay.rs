//! Reading a log and believing nothing: every entry is judged by the rules, from the first on.

use tabella_board::entry::Entry;

use crate::entries::{EntryReader, PayloadHash};
use crate::examination::is_of_voter;
use crate::ledger::{Draft, Ledger, LedgerError};

/// Entries that are read and judged together.
const PAGE: usize = 1024;

impl Ledger {
    /// Reads and judges the entries that follow those judged so far, and compares every byte of them.
    ///
    /// Fails at the first entry that is damaged or breaks a rule.
    pub fn catch_up<R: EntryReader>(&mut self, entries: &R) -> Result<(), LedgerError<R::Error>> {
        self.catch_up_until(u64::MAX, entries)
    }

    /// Reads and judges entries as [`Ledger::catch_up`] does, until `size` of them are judged or there are no more.
    pub fn catch_up_until<R: EntryReader>(&mut self, size: u64, entries: &R) -> Result<(), LedgerError<R::Error>> {
        loop {
            let first = self.chain().size();
            let limit = usize::try_from(size.saturating_sub(first)).unwrap_or(PAGE).min(PAGE);
            let page = entries.entries_from(first, limit).map_err(LedgerError::Reader)?;
            if page.is_empty() || limit == 0 {
                return Ok(());
            }
            // The proofs of neighbouring ballots are verified together; whether there is a poll may change between runs.
            for run in page.chunk_by(|entry, next| is_vote(entry) == is_vote(next)) {
                self.replay_run(run, entries)?;
            }
        }
    }

    fn replay_run<R: EntryReader>(&mut self, run: &[Vec<u8>], entries: &R) -> Result<(), LedgerError<R::Error>> {
        let first = self.chain().size();
        let draft = |(bytes, index): (&Vec<u8>, u64)| draft(bytes).ok_or(LedgerError::EntryDamaged(index));
        let drafts = run.iter().zip(first..).map(draft).collect::<Result<_, _>>()?;
        let judged = self.judge(drafts, entries)?;
        for ((found, index), judged) in run.iter().zip(first..).zip(judged) {
            // The same payload in the same place makes the same bytes, so any other byte is a damaged one.
            match judged {
                Ok(entry) if entry.bytes == *found => {}
                Ok(_) => return Err(LedgerError::EntryDamaged(index)),
                Err(rejection) => return Err(LedgerError::EntryRejected { index, rejection }),
            }
        }
        Ok(())
    }
}

/// Reads an entry back into what was once handed in.
fn draft(bytes: &[u8]) -> Option<Draft> {
    let Entry { kind, payload, .. } = Entry::parse(bytes).ok()?;
    Some(Draft { kind: kind.parse().ok()?, payload_hash: PayloadHash::of(&payload), payload, examined: None })
}

fn is_vote(bytes: &[u8]) -> bool {
    Entry::parse(bytes).is_ok_and(|entry| entry.kind.parse().is_ok_and(is_of_voter))
}
