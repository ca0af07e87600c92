//! What columns hold: the same in every dialect.

use tabella_board::tree::TreeHead;
use tabella_record::entries::NumberedEntry;

use super::{Head, Pending, StoreError, StoredClosing, StoredVote, Voter};

/// `size, root, checkpoint`.
pub(super) fn head((size, root, checkpoint): (i64, Vec<u8>, Option<Vec<u8>>)) -> Result<Head, StoreError> {
    Ok(Head { tree: TreeHead { size: natural(size, "size")?, root: fixed(&root, "root")? }, checkpoint })
}

/// `entry_index, kind, leaf_hash, payload_hash, bytes`.
pub(super) fn entry(
    (index, kind, leaf_hash, payload_hash, bytes): (i64, String, Vec<u8>, Vec<u8>, Vec<u8>),
) -> Result<NumberedEntry, StoreError> {
    Ok(NumberedEntry {
        index: natural(index, "entry_index")?,
        kind,
        leaf_hash: fixed(&leaf_hash, "leaf_hash")?,
        payload_hash: fixed(&payload_hash, "payload_hash")?,
        bytes,
    })
}

/// `payload_hash, kind, payload, credential, nonce`.
type PendingRow = (Vec<u8>, String, Vec<u8>, Option<Vec<u8>>, Option<Vec<u8>>);

pub(super) fn pending(row: PendingRow) -> Result<Pending, StoreError> {
    let (payload_hash, kind, payload, credential, nonce) = row;
    let voter = match credential.zip(nonce) {
        None => None,
        Some((credential, nonce)) => {
            Some(Voter { credential: fixed(&credential, "credential")?, nonce: fixed(&nonce, "nonce")? })
        }
    };
    Ok(Pending { payload_hash: fixed(&payload_hash, "payload_hash")?, kind, payload, voter })
}

/// `entry_index, kind, credential, tracker`.
pub(super) fn vote(
    (index, kind, credential, tracker): (i64, String, Vec<u8>, Vec<u8>),
) -> Result<StoredVote, StoreError> {
    Ok(StoredVote {
        index: natural(index, "entry_index")?,
        kind,
        credential: fixed(&credential, "credential")?,
        tracker: fixed(&tracker, "tracker")?,
    })
}

/// `number, is_closing, payload_hash`.
pub(super) fn closing((number, is_closing, payload_hash): (i64, bool, Vec<u8>)) -> Result<StoredClosing, StoreError> {
    Ok(StoredClosing {
        number: natural(number, "number")?,
        is_closing,
        payload_hash: fixed(&payload_hash, "payload_hash")?,
    })
}

/// What bytes of a fixed length are: a hash, a credential, a nonce, a tracker.
fn fixed<T: From<[u8; N]>, const N: usize>(bytes: &[u8], column: &'static str) -> Result<T, StoreError> {
    let bytes: [u8; N] = bytes.try_into().map_err(|_| StoreError::Damaged(column))?;
    Ok(bytes.into())
}

pub(super) fn natural(value: i64, column: &'static str) -> Result<u64, StoreError> {
    value.try_into().map_err(|_| StoreError::Damaged(column))
}

pub(super) fn integer(value: u64, column: &'static str) -> Result<i64, StoreError> {
    value.try_into().map_err(|_| StoreError::Damaged(column))
}

/// A limit for SQL; a limit beyond what a database can count is none.
pub(super) fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
