//! What a witness has cosigned, held against what the board has. Only what the log itself has signed counts: a witness that says
//! something else can be wrong, but cannot stop the board.

use std::cmp::Ordering;

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::key::LogVerifier;
use tabella_board::tile::AuthenticatedTiles;
use tabella_board::tree::{ConsistencyProof, ReadFault, TreeHead};
use tabella_record::files::{Record, TileError};

use super::agent::Failure;

/// A witness holds a checkpoint that this log has signed, and that is not of the entries that the board has: it was started from an
/// old copy, or another one has signed with its key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the witness {witness} ({address}) has cosigned a checkpoint of {seen} entries, which this log has signed, and which {}. The store \
     is an old copy, as after restoring a backup, or another server signs with this log's key. Nothing was signed. Do not go on \
     with it: the log would contradict itself before everybody. Bring back the newest store; if it is lost, tell the authority and \
     the observers, whose copies of the record are longer than yours. The checkpoint is:\n{note}",
    if seen > own { format!("is larger than the store with its {own}") } else { "is of other entries than those in the store".to_owned() }
)]
pub struct Contradiction {
    /// The witness.
    pub witness: String,
    /// Where it is.
    pub address: String,
    /// The size of what it has cosigned.
    pub seen: u64,
    /// The size of the board's own log.
    pub own: u64,
    /// What it has cosigned: the evidence.
    pub note: String,
}

/// What of a witness's checkpoint is known.
pub(super) enum Seen {
    /// The board's log continues it.
    Continued,
    /// It is larger than the board's log.
    Larger(u64),
    /// It is of other entries.
    Other(u64),
}

/// Compares a checkpoint with the board's log, whose head is `own` and whose tiles are in the record.
///
/// Fails if the log has not signed it: then it says nothing about the log.
pub(super) fn compare(note: &[u8], log: &LogVerifier, own: TreeHead, record: &Record) -> Result<Seen, Failure> {
    let shown = SignedCheckpoint::parse(note).map_err(|_| Failure::Answer("it shows no checkpoint".to_owned()))?;
    let shown = shown
        .verify(log)
        .map_err(|_| Failure::Answer("it shows a checkpoint that the log has not signed".to_owned()))?;
    let seen = shown.head;
    let continued = |is_continued| if is_continued { Seen::Continued } else { Seen::Other(seen.size) };
    match seen.size.cmp(&own.size) {
        Ordering::Greater => Ok(Seen::Larger(seen.size)),
        Ordering::Equal => Ok(continued(seen == own)),
        Ordering::Less => is_continued(seen, own, record).map(continued),
    }
}

fn is_continued(seen: TreeHead, own: TreeHead, record: &Record) -> Result<bool, Failure> {
    let tiles = AuthenticatedTiles::new(record, own);
    let proof = ConsistencyProof::prove(&tiles, seen.size, own.size);
    let proof = proof.map_err(|fault: ReadFault<TileError>| Failure::Tiles(fault.to_string()))?;
    Ok(proof.verify(seen, own).is_ok())
}
