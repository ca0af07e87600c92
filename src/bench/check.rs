//! Nothing is lost: every receipt is held against the record, and every accepted ballot stands there once.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow, ensure};
use axum::body::Bytes;
use rayon::prelude::*;
use tabella_board::entry::Entry;
use tabella_board::policy::Policy;
use tabella_client::remote::Submitted;
use tabella_election::Kind;
use tabella_record::entries::EntryReader;
use tabella_record::files::Record;

use super::opening::Opened;
use super::voting::Part;

/// Entries that are read together.
const TOGETHER: usize = 4_096;

/// What was found to be in order.
#[derive(Debug)]
pub(super) struct Checked {
    /// Receipts that were verified.
    pub(super) receipts: usize,
    /// Entries that were judged.
    pub(super) entries: u64,
}

/// Verifies all receipts, judges the whole record, and looks for each ballot in it.
pub(super) fn check(opened: &mut Opened, ballots: &[Bytes], parts: &[Part]) -> Result<Checked> {
    opened.catch_up().context("the record breaks the rules")?;
    let places = places(opened)?;
    let policy = Policy::parse(&opened.board()?.election().manifest().policy)?;
    let receipts: Vec<_> = parts.iter().flat_map(|part| &part.seen.receipts).collect();
    let verify = |(voter, answer): &&(usize, Bytes)| {
        let ballot = ballots.get(*voter).context("there is no such ballot")?;
        verify(opened, &policy, &places, ballot, answer).with_context(|| format!("the receipt of voter {voter}"))
    };
    receipts.par_iter().try_for_each(verify)?;
    ensure!(receipts.len() == places.len(), "{} receipts for {} ballots in the record", receipts.len(), places.len());
    Ok(Checked { receipts: receipts.len(), entries: opened.copy().size() })
}

/// The index of each ballot of the record. Fails if one stands there twice.
fn places(opened: &Opened) -> Result<BTreeMap<Vec<u8>, u64>> {
    let record = Record::open(opened.copy().record())?;
    let mut places = BTreeMap::new();
    for first in (0..opened.copy().size()).step_by(TOGETHER) {
        for bytes in record.entries_from(first, TOGETHER)? {
            let Entry { place, kind, payload } = Entry::parse(&bytes)?;
            if kind == Kind::Ballot.as_str() && places.insert(payload, place.index).is_some() {
                return Err(anyhow!("a ballot stands twice in the record; again as entry {}", place.index));
            }
        }
    }
    Ok(places)
}

fn verify(
    opened: &Opened,
    policy: &Policy,
    places: &BTreeMap<Vec<u8>, u64>,
    ballot: &[u8],
    answer: &[u8],
) -> Result<()> {
    let Submitted { entry, receipt, .. } = Submitted::parse(answer).map_err(|reason| anyhow!(reason))?;
    receipt.verify(&entry, policy)?;
    ensure!(Entry::parse(&entry)?.payload == ballot, "it is for another ballot");
    ensure!(places.get(ballot) == Some(&receipt.index), "the record has the ballot elsewhere, or not at all");
    let head = receipt.checkpoint.unverified().head;
    ensure!(opened.copy().head_at(head.size) == Some(head), "its checkpoint is of another log than the record");
    Ok(())
}
