use std::collections::{BTreeSet, HashMap};

use tabella_board::hash::Hash;
use tabella_board::tile::{
    AuthenticatedTiles, BundleFault, EntryTooLarge, Layer, MAX_ENTRY_LENGTH, Tile, TileFault, TileReader,
    decode_bundle, decode_hashes, encode_bundle, encode_hashes,
};
use tabella_board::tree::{ConsistencyProof, InclusionProof, MemoryNodes, Node, NodeReader, ReadFault, Tree, TreeHead};

use crate::samples::{bit_flips, truncations};

fn leaf(index: u64) -> Hash {
    Hash::of_entry(&index.to_be_bytes())
}

fn nodes(size: u64) -> MemoryNodes {
    let mut nodes = MemoryNodes::new();
    (0..size).for_each(|index| nodes.append(leaf(index)));
    nodes
}

fn head(size: u64) -> TreeHead {
    (0..size).map(leaf).collect::<Tree>().head()
}

fn paths(tiles: impl Iterator<Item = Tile>) -> Vec<String> {
    tiles.map(|tile| tile.path()).collect()
}

#[test]
fn a_log_of_70000_entries_has_the_tiles_of_the_tlog_tiles_example() {
    let tiles: Vec<Tile> = Tile::of_log(70_000).collect();
    let count = |layer, full| tiles.iter().filter(|tile| tile.layer() == layer && tile.is_full() == full).count();
    assert_eq!(count(Layer::Hashes(0), true), 273);
    assert_eq!(count(Layer::Hashes(1), true), 1);
    assert_eq!(count(Layer::Hashes(2), true), 0);
    assert_eq!(count(Layer::Entries, true), 273);
    assert_eq!(
        paths(tiles.iter().copied().filter(|tile| !tile.is_full())),
        ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112"]
    );
}

#[test]
fn small_logs_have_few_tiles() {
    assert!(Tile::of_log(0).next().is_none());
    assert_eq!(paths(Tile::of_log(1)), ["tile/0/000.p/1", "tile/entries/000.p/1"]);
    assert_eq!(paths(Tile::of_log(256)), ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
}

#[test]
fn the_tiles_of_a_strangers_size_are_counted_lazily() {
    let first: Vec<String> = paths(Tile::of_log(u64::MAX).take(2));
    assert_eq!(first, ["tile/0/000", "tile/0/001"]);
    assert!(Tile::parse("tile/7/000.p/255").unwrap().is_in_log(u64::MAX));
}

#[test]
fn what_changes_between_two_sizes_is_the_difference_of_their_tiles() {
    let sizes = [0, 1, 2, 255, 256, 257, 511, 512, 1000, 65_535, 65_536, 65_537, 131_072];
    let sets: Vec<BTreeSet<Tile>> = sizes.iter().map(|size| Tile::of_log(*size).collect()).collect();
    for (old, old_tiles) in sizes.iter().zip(&sets) {
        for (new, new_tiles) in sizes.iter().zip(&sets).filter(|(new, _)| *new >= old) {
            let added: BTreeSet<Tile> = Tile::added(*old, *new).collect();
            assert_eq!(added, new_tiles - old_tiles, "from {old} to {new}");
            let outgrown: BTreeSet<Tile> = Tile::outgrown(*old, *new).collect();
            assert_eq!(outgrown, old_tiles - new_tiles, "from {old} to {new}");
        }
        let all: BTreeSet<&Tile> = sets.iter().flatten().collect();
        assert!(all.into_iter().all(|tile| tile.is_in_log(*old) == old_tiles.contains(tile)), "size {old}");
    }
}

#[test]
fn paths_are_those_of_tlog_tiles() {
    let tile = Tile::parse("tile/0/x001/x234/067.p/12").unwrap();
    assert_eq!((tile.layer(), tile.index(), tile.width()), (Layer::Hashes(0), 1_234_067, 12));
    let bundle = Tile::parse("tile/entries/x018/x446/x744/x073/x709/x551/615").unwrap();
    assert_eq!((bundle.layer(), bundle.index(), bundle.width()), (Layer::Entries, u64::MAX, 256));
    for tile in Tile::of_log(600_000) {
        assert_eq!(Tile::parse(&tile.path()), Some(tile));
    }
}

#[test]
fn no_other_path_is_a_tiles() {
    let paths = [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/8/000",
        "tile/-1/000",
        "tile/00/000",
        "tile/+0/000",
        "tile/data/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/1000",
        "tile/0/+01",
        "tile/0/x000",
        "tile/0/x000/001",
        "tile/0/001/001",
        "tile/0/xx001/001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/65537",
        "tile/0/000.p/1/",
        "tile/0/000.p/1.p/1",
        "/tile/0/000",
        "./tile/0/000",
        "tile/0/000/",
        "tile/0/../000",
        "tile/entries/x018/x446/x744/x073/x709/x551/616",
        "tile/entries/x999/x999/x999/x999/x999/x999/x999/999",
    ];
    for path in paths {
        assert_eq!(Tile::parse(path), None, "{path}");
    }
}

#[test]
fn tiles_hold_the_roots_of_perfect_subtrees() {
    let nodes = nodes(70_000);
    let tile = |path| encode_hashes(&Tile::parse(path).unwrap(), &nodes).unwrap();
    let level_0 = decode_hashes(&tile("tile/0/273.p/112"), 112).unwrap();
    assert_eq!(level_0, (69_888..70_000).map(leaf).collect::<Vec<_>>());
    let level_1 = decode_hashes(&tile("tile/1/001.p/17"), 17).unwrap();
    let last_full_tile = decode_hashes(&tile("tile/0/272"), 256).unwrap();
    assert_eq!(level_1[16], last_full_tile.into_iter().collect::<Tree>().root());
    let level_2 = decode_hashes(&tile("tile/2/000.p/1"), 1).unwrap();
    let first_of_level_1 = decode_hashes(&tile("tile/1/000"), 256).unwrap();
    assert_eq!(level_2[0], first_of_level_1.into_iter().collect::<Tree>().root());
}

#[test]
fn tiles_outside_the_tree_and_bundles_have_no_hashes() {
    let nodes = nodes(300);
    for path in ["tile/0/001", "tile/0/001.p/45", "tile/1/000.p/2", "tile/7/000.p/1", "tile/entries/000"] {
        assert_eq!(encode_hashes(&Tile::parse(path).unwrap(), &nodes), Err(ReadFault::OutOfRange), "{path}");
    }
    assert!(encode_hashes(&Tile::parse("tile/0/001.p/44").unwrap(), &nodes).is_ok());
}

#[test]
fn a_tile_of_the_wrong_length_is_malformed() {
    assert_eq!(decode_hashes(&[0; 64], 2), Ok(vec![Hash::from([0; 32]); 2]));
    for (length, width) in [(0, 1), (63, 2), (65, 2), (64, 1), (64, 3), (8191, 256), (8193, 256)] {
        assert_eq!(decode_hashes(&vec![0; length], width), Err(TileFault));
    }
    assert_eq!(TileFault.code(), "file_malformed");
}

#[test]
fn a_bundle_is_lengths_and_entries() {
    let bundle = encode_bundle([b"ab".as_slice(), b"", b"c"]).unwrap();
    assert_eq!(bundle, b"\x00\x02ab\x00\x00\x00\x01c");
    assert_eq!(decode_bundle(&bundle, 3), Ok(vec![b"ab".as_slice(), b"", b"c"]));
    assert_eq!(decode_bundle(&bundle, 2), Err(BundleFault));
    assert_eq!(decode_bundle(&bundle, 4), Err(BundleFault));
    for truncated in truncations(&bundle) {
        assert_eq!(decode_bundle(truncated, 3), Err(BundleFault));
    }
    assert_eq!(decode_bundle(&[bundle, vec![0]].concat(), 3), Err(BundleFault));
    assert_eq!(BundleFault.code(), "file_malformed");
}

#[test]
fn the_largest_entry_of_a_bundle_has_65535_bytes() {
    let largest = vec![7; MAX_ENTRY_LENGTH];
    let bundle = encode_bundle([&largest]).unwrap();
    assert_eq!(decode_bundle(&bundle, 1), Ok(vec![largest.as_slice()]));
    let fault = encode_bundle([vec![7; MAX_ENTRY_LENGTH + 1]]).unwrap_err();
    assert_eq!((fault, fault.code()), (EntryTooLarge(65_536), "entry_too_large"));
}

/// Tiles as a mirror would serve them.
struct Mirror(HashMap<Tile, Vec<u8>>);

impl Mirror {
    fn of(size: u64) -> Self {
        let nodes = nodes(size);
        let hash_tiles = Tile::of_log(size).filter(|tile| tile.layer() != Layer::Entries);
        Self(hash_tiles.map(|tile| (tile, encode_hashes(&tile, &nodes).unwrap())).collect())
    }
}

impl TileReader for Mirror {
    type Error = Tile;

    fn read(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Tile> {
        tiles.iter().map(|tile| self.0.get(tile).cloned().ok_or(*tile)).collect()
    }
}

#[test]
fn proofs_from_tiles_are_those_from_nodes() {
    for size in [1, 2, 100, 256, 257, 1000, 66_000] {
        let (mirror, nodes) = (Mirror::of(size), nodes(size));
        let tiles = AuthenticatedTiles::new(&mirror, head(size));
        for index in [0, size / 3, size - 1] {
            let from_tiles = InclusionProof::prove(&tiles, size, index).unwrap();
            assert_eq!(from_tiles, InclusionProof::prove(&nodes, size, index).unwrap());
            let from_tiles = ConsistencyProof::prove(&tiles, index, size).unwrap();
            assert_eq!(from_tiles, ConsistencyProof::prove(&nodes, index, size).unwrap());
        }
    }
}

#[test]
fn many_proofs_are_those_of_each_leaf() {
    for size in [1, 2, 100, 257, 1000, 66_000] {
        let (mirror, nodes) = (Mirror::of(size), nodes(size));
        let indexes: Vec<u64> = (0..size).rev().step_by(97).chain([0, size - 1, 0]).collect();
        let each = indexes.iter().map(|index| InclusionProof::prove(&nodes, size, *index).unwrap());
        let each: Vec<_> = each.collect();
        assert_eq!(InclusionProof::prove_all(&AuthenticatedTiles::new(&mirror, head(size)), size, &indexes), Ok(each));
        let beyond = InclusionProof::prove_all(&nodes, size, &[0, size]);
        assert_eq!(beyond, Err(ReadFault::OutOfRange));
    }
    assert_eq!(InclusionProof::prove_all(&nodes(3), 3, &[]), Ok(vec![]));
}

#[test]
fn a_damaged_tile_is_noticed_before_it_is_used() {
    let honest = Mirror::of(700);
    let head = head(700);
    let tile = Tile::parse("tile/0/001").unwrap();
    for damaged in bit_flips(&honest.0[&tile]).step_by(1001) {
        let mut mirror = Mirror(honest.0.clone());
        mirror.0.insert(tile, damaged);
        let tiles = AuthenticatedTiles::new(&mirror, head);
        assert_eq!(InclusionProof::prove(&tiles, 700, 300), Err(ReadFault::Inconsistent));
    }
    let other_root = TreeHead { root: leaf(0), ..head };
    let tiles = AuthenticatedTiles::new(&honest, other_root);
    assert_eq!(InclusionProof::prove(&tiles, 700, 300), Err(ReadFault::Inconsistent));
}

#[test]
fn missing_and_short_tiles_are_told_apart() {
    let mut mirror = Mirror::of(700);
    let tile = Tile::parse("tile/0/001").unwrap();
    mirror.0.insert(tile, vec![0; 100]);
    let proof = InclusionProof::prove(&AuthenticatedTiles::new(&mirror, head(700)), 700, 300);
    assert_eq!(proof, Err(ReadFault::WrongLength));
    mirror.0.remove(&tile);
    let proof = InclusionProof::prove(&AuthenticatedTiles::new(&mirror, head(700)), 700, 300);
    assert_eq!(proof, Err(ReadFault::Reader(tile)));
}

#[test]
fn nodes_outside_the_tree_are_not_looked_for() {
    let mirror = Mirror::of(3);
    let tiles = AuthenticatedTiles::new(&mirror, head(3));
    assert_eq!(tiles.read(&[Node { level: 1, index: 0 }]).unwrap().len(), 1);
    for (level, index) in [(0, 3), (1, 1), (2, 0), (63, 0), (64, 0), (255, 0), (0, u64::MAX)] {
        assert_eq!(tiles.read(&[Node { level, index }]), Err(ReadFault::OutOfRange), "{level}, {index}");
    }
    let empty = AuthenticatedTiles::new(&mirror, TreeHead::empty());
    assert_eq!(empty.read(&[Node { level: 0, index: 0 }]), Err(ReadFault::OutOfRange));
    assert_eq!(empty.read(&[]), Ok(Vec::new()));
}
