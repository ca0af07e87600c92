//! Whether one head continues another, by the tiles of a place that nobody vouches for.

use tabella_board::hash::Hash;
use tabella_board::tile::AuthenticatedTiles;
use tabella_board::tree::{ConsistencyProof, Node, NodeReader, ReadFault, TreeHead};

use crate::lie::Lie;
use crate::source::{RecordSource, SourceFault, Tiles};

/// Two heads that are not of one log.
pub(crate) struct Broken {
    pub(crate) lie: Lie,
    /// Shows it to anybody: from these hashes follow the root that is shown now, and another than the one that was seen.
    /// Implements specs/evidence.md#proofs.
    hashes: Vec<Hash>,
}

impl Broken {
    /// The hashes, one on each line, as C2SP has it.
    pub(crate) fn proof(&self) -> String {
        self.hashes.iter().map(|hash| format!("{hash}\n")).collect()
    }
}

/// Whether the log with the head `shown` begins with all entries of the one with the head `seen`.
pub(crate) fn compare(
    seen: TreeHead,
    shown: TreeHead,
    source: &impl RecordSource,
) -> Result<Result<(), Broken>, SourceFault> {
    let broken = |lie, hashes| Ok(Err(Broken { lie, hashes }));
    if shown.size < seen.size {
        return broken(Lie::Rollback { seen: seen.size, shown: shown.size }, Vec::new());
    }
    if shown.size == seen.size {
        return if shown == seen { Ok(Ok(())) } else { broken(Lie::Fork { seen, shown }, Vec::new()) };
    }
    let tiles = Tiles(source);
    let tiles = AuthenticatedTiles::new(&tiles, shown);
    let proof = ConsistencyProof::prove(&tiles, seen.size, shown.size);
    let hashes = match proof {
        Ok(proof) if proof.verify(seen, shown).is_ok() => return Ok(Ok(())),
        Ok(proof) => {
            first_root(&tiles, seen.size).map(|first| first.into_iter().chain(proof.hashes().to_vec()).collect())
        }
        Err(fault) => Err(fault),
    };
    match hashes {
        Ok(hashes) => broken(Lie::Fork { seen, shown }, hashes),
        Err(ReadFault::Reader(fault)) => Err(fault),
        Err(_) => broken(Lie::Entries(shown.size), Vec::new()),
    }
}

/// The root of the first `size` leaves, where a consistency proof leaves it out: whoever checks one has it, but whoever is shown
/// evidence must be shown that it is another.
fn first_root<R: NodeReader>(nodes: &R, size: u64) -> Result<Option<Hash>, ReadFault<R::Error>> {
    if !size.is_power_of_two() {
        return Ok(None);
    }
    let level = size.trailing_zeros() as u8;
    Ok(nodes.read(&[Node { level, index: 0 }])?.first().copied())
}

/// Whether the log with the head `shown` begins with the one with the head `own`, as the tiles of the place show.
pub(crate) fn begins(own: TreeHead, shown: TreeHead, source: &impl RecordSource) -> Result<bool, SourceFault> {
    Ok(compare(own, shown, source)?.is_ok())
}

/// Whether `leaf` is the leaf hash of the entry `index` in the log with this head, as the tiles of the place show.
pub(crate) fn has_leaf(
    head: TreeHead,
    index: u64,
    leaf: Hash,
    source: &impl RecordSource,
) -> Result<bool, SourceFault> {
    let tiles = Tiles(source);
    match AuthenticatedTiles::new(&tiles, head).read(&[Node { level: 0, index }]) {
        Ok(found) => Ok(found.first() == Some(&leaf)),
        Err(ReadFault::Reader(fault)) => Err(fault),
        Err(_) => Ok(false),
    }
}
