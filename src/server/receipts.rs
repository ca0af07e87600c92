//! Receipts, made together as they are asked for together: the voters of a batch all ask when it is durable. Implements
//! specs/server.md#receipt.

use std::sync::Arc;

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_record::files::Record;
use tabella_record::receipts::{ReceiptError, ReceiptFiles, published_receipt, receipt, receipts};

use crate::groups::Groups;

/// The most receipts that are made together.
const TOGETHER: usize = 256;

/// A receipt that is asked for.
pub(super) struct Wanted {
    /// The entry.
    pub(super) index: u64,
    /// Under what it is to be at least; `None`: under what is published.
    pub(super) under: Option<Arc<SignedCheckpoint>>,
}

/// Where receipts are made from the files of the record. Must be called in a Tokio runtime.
pub(super) fn desk(record: Record) -> Groups<Wanted, Result<ReceiptFiles, ReceiptError>> {
    Groups::of(TOGETHER, move |wanted| make(&record, &wanted))
}

fn make(record: &Record, wanted: &[Wanted]) -> Vec<Result<ReceiptFiles, ReceiptError>> {
    let indexes = |is_signed: bool| -> Vec<u64> {
        wanted.iter().filter(|wanted| wanted.under.is_some() == is_signed).map(|wanted| wanted.index).collect()
    };
    // What is under one signed checkpoint is under every later one.
    let latest = wanted.iter().filter_map(|wanted| wanted.under.as_ref()).max_by_key(|signed| size(signed));
    let mut signed = latest.map_or_else(Vec::new, |latest| together(record, latest, &indexes(true))).into_iter();
    let mut published = under_published(record, &indexes(false)).into_iter();
    let answer = |wanted: &Wanted| {
        let made = if wanted.under.is_some() { signed.next() } else { published.next() };
        made.unwrap_or(Err(ReceiptError::NoEntry(wanted.index)))
    };
    wanted.iter().map(answer).collect()
}

fn under_published(record: &Record, indexes: &[u64]) -> Vec<Result<ReceiptFiles, ReceiptError>> {
    match record.signed_checkpoint() {
        Ok(Some(checkpoint)) => together(record, &checkpoint, indexes),
        _ => indexes.iter().map(|index| published_receipt(record, *index)).collect(),
    }
}

/// All at once, or each by itself if that fails: then each is told what is wrong with its own.
fn together(
    record: &Record,
    checkpoint: &SignedCheckpoint,
    indexes: &[u64],
) -> Vec<Result<ReceiptFiles, ReceiptError>> {
    // Anybody can ask for an entry that is not there, and makes nobody else wait.
    let there: Vec<u64> = indexes.iter().copied().filter(|index| *index < size(checkpoint)).collect();
    let Ok(made) = receipts(record, checkpoint, &there) else {
        return indexes.iter().map(|index| receipt(record, checkpoint, *index)).collect();
    };
    let mut made = made.into_iter().peekable();
    let answer = |index: &u64| made.next_if(|made| made.receipt.index == *index).ok_or(ReceiptError::NoEntry(*index));
    indexes.iter().map(answer).collect()
}

fn size(checkpoint: &SignedCheckpoint) -> u64 {
    checkpoint.unverified().head.size
}
