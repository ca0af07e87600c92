//! Which files a record of n entries has, and how they are read. Implements specs/board.md#record.

use crate::source::{Listing, Source, SourceError};
use crate::tree::Hash;

/// Hashes of a full tile, entries of a full bundle.
pub const TILE_WIDTH: u64 = 256;
/// Bundles hold entries of at most so many bytes.
const LARGEST_ENTRY: u64 = 65_535;

/// The two series of files below `tile/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Series {
    /// Tiles of one level.
    Level(u32),
    /// Entry bundles.
    Entries,
}

impl Series {
    /// The folder below `tile/`.
    pub fn name(self) -> String {
        match self {
            Self::Level(level) => level.to_string(),
            Self::Entries => "entries".to_owned(),
        }
    }

    fn level(self) -> u32 {
        match self {
            Self::Level(level) => level,
            Self::Entries => 0,
        }
    }
}

/// One tile or bundle: the `number`-th of its series, with `width` hashes or entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    pub series: Series,
    pub number: u64,
    pub width: u64,
}

impl Tile {
    /// The path, with the number in groups of three digits.
    pub fn name(&self) -> String {
        let mut path = format!("{:03}", self.number % 1_000);
        let mut rest = self.number / 1_000;
        while rest > 0 {
            path = format!("x{:03}/{path}", rest % 1_000);
            rest /= 1_000;
        }
        let partial = if self.width < TILE_WIDTH { format!(".p/{}", self.width) } else { String::new() };
        format!("tile/{}/{path}{partial}", self.series.name())
    }

    /// The number of the first of its hashes or entries, on its level.
    pub fn first(&self) -> u64 {
        self.number.saturating_mul(TILE_WIDTH)
    }

    /// The number after its last one.
    pub fn end(&self) -> u64 {
        self.first().saturating_add(self.width)
    }

    /// The tile or bundle in the same place when the log has grown enough to fill it.
    pub fn full(&self) -> Self {
        Self { width: TILE_WIDTH, ..*self }
    }

    /// Whether a file of so many bytes can be this tile or bundle.
    pub fn length_possible(&self, length: u64) -> bool {
        match self.series {
            Series::Level(_) => length == self.longest(),
            Series::Entries => (2 * self.width..=self.longest()).contains(&length),
        }
    }

    /// The largest number of bytes that this tile or bundle can have.
    pub fn longest(&self) -> u64 {
        match self.series {
            Series::Level(_) => 32 * self.width,
            Series::Entries => (2 + LARGEST_ENTRY) * self.width,
        }
    }

    /// The bytes of this tile or bundle out of those of a wider one; none if those hold too little.
    pub fn cut_from<'a>(&self, wider: &'a [u8]) -> Option<&'a [u8]> {
        match self.series {
            Series::Level(_) => wider.get(..usize::try_from(self.longest()).ok()?),
            Series::Entries => {
                let rest = (0..self.width).try_fold(wider, |bytes, _| split_entry(bytes).map(|(_, rest)| rest))?;
                wider.get(..wider.len() - rest.len())
            }
        }
    }
}

/// How many things there are to read on a level of a log of `size` entries.
fn width_of_level(size: u64, level: u32) -> u64 {
    level.checked_mul(8).and_then(|shift| size.checked_shr(shift)).unwrap_or(0)
}

/// The tile of this number, if a record of `size` entries has it.
pub fn tile(size: u64, series: Series, number: u64) -> Option<Tile> {
    let items = width_of_level(size, series.level());
    let before = number.checked_mul(TILE_WIDTH)?;
    let width = items.checked_sub(before)?.min(TILE_WIDTH);
    (width > 0).then_some(Tile { series, number, width })
}

/// The number of the bundle in which an entry stands.
pub fn bundle_of(index: u64) -> u64 {
    index / TILE_WIDTH
}

/// How many tiles or bundles of a series a record of `size` entries has.
pub fn count(size: u64, series: Series) -> u64 {
    width_of_level(size, series.level()).div_ceil(TILE_WIDTH)
}

/// All series of a record of `size` entries.
pub fn all_series(size: u64) -> impl Iterator<Item = Series> {
    let levels = (0..8).take_while(move |level| width_of_level(size, *level) > 0).map(Series::Level);
    std::iter::once(Series::Entries).chain(levels)
}

/// All tiles and bundles of a record of `size` entries, without end if the size is absurd: take only some.
pub fn tiles(size: u64) -> impl Iterator<Item = Tile> {
    all_series(size).flat_map(move |series| (0..).map_while(move |number| tile(size, series, number)))
}

/// The tile that a path names, if a record of `size` entries has it.
fn named(size: u64, name: &str) -> Option<Tile> {
    place(size, name).filter(|tile| tile.name() == name)
}

/// Whether a path names a partial tile that a smaller log had in the place of one that this size calls for.
pub fn is_outgrown(size: u64, name: &str) -> bool {
    let width = name.rsplit_once(".p/").and_then(|(_, width)| width.parse().ok());
    let (Some(width), Some(tile)) = (width, place(size, name)) else {
        return false;
    };
    (1..tile.width).contains(&width) && Tile { width, ..tile }.name() == name
}

/// Whether a path names a tile or bundle of a log of any size.
fn is_tile(name: &str) -> bool {
    let width = name.rsplit_once(".p/").map_or(Some(TILE_WIDTH), |(_, width)| width.parse().ok());
    let (Some(width), Some(tile)) = (width, place(u64::MAX, name)) else {
        return false;
    };
    (1..=TILE_WIDTH).contains(&width) && Tile { width, ..tile }.name() == name
}

/// The tile that a record of `size` entries has in the series and with the number of a path.
fn place(size: u64, name: &str) -> Option<Tile> {
    let (series, path) = name.strip_prefix("tile/")?.split_once('/')?;
    let series = all_series(size).find(|known| known.name() == series)?;
    let digits = path.split_once(".p/").map_or(path, |(digits, _)| digits);
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    tile(size, series, digits.parse().ok()?)
}

/// The bundles that are there, ascending.
pub fn present_bundles(listing: &Listing, size: u64) -> Vec<Tile> {
    present(listing, size, |series| series == Series::Entries)
}

/// The tiles of level 1 and above that are there.
pub fn present_upper_tiles(listing: &Listing, size: u64) -> Vec<Tile> {
    present(listing, size, |series| series.level() > 0)
}

fn present(listing: &Listing, size: u64, wanted: impl Fn(Series) -> bool) -> Vec<Tile> {
    let mut tiles: Vec<Tile> =
        listing.files.keys().filter_map(|name| named(size, name)).filter(|tile| wanted(tile.series)).collect();
    tiles.sort_by_key(|tile| (tile.series.level(), tile.number));
    tiles
}

/// What is wrong with the files of a record.
#[derive(Debug, Default)]
pub struct Faults {
    /// The first of the missing files.
    pub missing: Vec<String>,
    /// How many more are missing.
    pub more_missing: u64,
    pub surplus: Vec<String>,
    pub malformed: Vec<String>,
}

/// As many missing files are named as this, the rest is counted: a checkpoint can claim any size.
const MOST_MISSING_NAMED: usize = 1_000;

/// Compares the files that are there with those of a record of `size` entries; if the log may still grow, `unfinished`,
/// there are tiles of other sizes too.
pub fn faults(listing: &Listing, size: u64, unfinished: bool) -> Faults {
    let mut faults = Faults { surplus: listing.irregular.clone(), ..Faults::default() };
    let mut present = 0u64;
    for (name, length) in &listing.files {
        match named(size, name) {
            Some(tile) => {
                present += 1;
                if !tile.length_possible(*length) {
                    faults.malformed.push(name.clone());
                }
            }
            None if name == "checkpoint" || name == "log.vkey" => {}
            None if unfinished && is_tile(name) => {}
            None => faults.surplus.push(name.clone()),
        }
    }
    let expected = all_series(size).map(|series| count(size, series)).fold(0, u64::saturating_add);
    let missing = expected.saturating_sub(present);
    let absent = |tile: &Tile| !listing.files.contains_key(&tile.name());
    let named = usize::try_from(missing).unwrap_or(usize::MAX).min(MOST_MISSING_NAMED);
    faults.missing = tiles(size).filter(absent).take(named).map(|tile| tile.name()).collect();
    faults.more_missing = missing.saturating_sub(faults.missing.len() as u64);
    if !listing.files.contains_key("log.vkey") {
        faults.missing.push("log.vkey".to_owned());
    }
    faults
}

/// Reads a tile or bundle; none if it is missing or has an impossible length, which [`faults`] has reported.
fn read(source: &dyn Source, tile: &Tile) -> Result<Option<Vec<u8>>, SourceError> {
    let name = tile.name();
    match source.listing().files.get(&name) {
        Some(length) if tile.length_possible(*length) => source.read(&name).map(Some),
        _ => Ok(None),
    }
}

/// The hashes of a tile; none if it cannot be read.
pub fn hashes(source: &dyn Source, tile: &Tile) -> Result<Option<Vec<Hash>>, SourceError> {
    let bytes = read(source, tile)?;
    Ok(bytes.map(|bytes| bytes.as_chunks().0.to_vec()))
}

/// A bundle that was read.
#[derive(Debug)]
pub enum Bundle {
    /// The entries, in order.
    Entries(Vec<Vec<u8>>),
    /// Not there, or with an impossible length: already reported.
    Unread,
    /// Its lengths do not add up.
    Malformed,
}

/// Reads a bundle.
pub fn bundle(source: &dyn Source, tile: &Tile) -> Result<Bundle, SourceError> {
    let Some(bytes) = read(source, tile)? else {
        return Ok(Bundle::Unread);
    };
    Ok(split_bundle(&bytes, tile.width).map_or(Bundle::Malformed, Bundle::Entries))
}

/// The entries of a bundle; none if its lengths do not add up.
pub(crate) fn split_bundle(mut bytes: &[u8], width: u64) -> Option<Vec<Vec<u8>>> {
    let mut entries = Vec::new();
    for _ in 0..width {
        let (entry, rest) = split_entry(bytes)?;
        entries.push(entry.to_vec());
        bytes = rest;
    }
    bytes.is_empty().then_some(entries)
}

/// The first entry of what is left of a bundle, and what follows it.
fn split_entry(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_70000_entries_are_those_of_tlog_tiles() {
        let names: Vec<String> = tiles(70_000).map(|tile| tile.name()).collect();
        assert_eq!(names.len(), 274 + 274 + 2 + 1);
        for name in
            ["tile/entries/000", "tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]
        {
            assert!(names.iter().any(|known| known == name), "{name}");
            assert_eq!(named(70_000, name).map(|tile| tile.name()).as_deref(), Some(name));
        }
        let far = Tile { series: Series::Level(0), number: 1_234_067, width: 256 };
        assert_eq!(far.name(), "tile/0/x001/x234/067");
        for name in ["tile/0/273", "tile/0/0", "tile/0/x000/001", "tile/3/000.p/1", "tile/00/000", "tile/0/000.p/256"] {
            assert_eq!(named(70_000, name), None, "{name}");
        }
    }

    #[test]
    fn lengths_are_those_of_hashes_and_of_entries_from_empty_to_the_largest() {
        let hashes = Tile { series: Series::Level(1), number: 0, width: 3 };
        assert!(hashes.length_possible(96));
        assert!(!hashes.length_possible(95) && !hashes.length_possible(97));
        let bundle = Tile { series: Series::Entries, ..hashes };
        assert!(bundle.length_possible(6) && bundle.length_possible(3 * (2 + 65_535)));
        assert!(!bundle.length_possible(5) && !bundle.length_possible(3 * (2 + 65_535) + 1));
    }

    #[test]
    fn a_partial_bundle_is_asked_for_in_full_too() {
        let partial = Tile { series: Series::Entries, number: 3, width: 7 };
        assert_eq!((partial.name(), partial.full().name()), ("tile/entries/003.p/7".into(), "tile/entries/003".into()));
    }

    #[test]
    fn what_a_smaller_log_had_is_outgrown() {
        for name in ["tile/0/000.p/7", "tile/entries/273.p/111", "tile/2/000.p/0"] {
            assert_eq!(is_outgrown(70_000, name), !name.ends_with("/0"), "{name}");
        }
        for name in
            ["tile/0/273.p/112", "tile/0/273.p/113", "tile/0/0.p/7", "tile/0/000", "tile/2/000.p/1", "checkpoint"]
        {
            assert!(!is_outgrown(70_000, name), "{name}");
        }
    }

    #[test]
    fn links_are_surplus() {
        let listing = Listing { irregular: vec!["link".to_owned()], ..Listing::default() };
        assert_eq!(faults(&listing, 1, false).surplus, ["link"]);
    }

    #[test]
    fn absurd_sizes_end() {
        let found = faults(&Listing::default(), u64::MAX, false);
        assert_eq!(found.missing.len(), MOST_MISSING_NAMED + 1);
        assert!(found.more_missing > 1 << 50);
    }

    #[test]
    fn bundles_add_up() {
        assert_eq!(split_bundle(&[0, 1, 7, 0, 0], 2), Some(vec![vec![7], vec![]]));
        for (bytes, width) in [(&[0, 1, 7][..], 2), (&[0, 1, 7, 0], 1), (&[0, 2, 7], 1), (&[0], 1)] {
            assert_eq!(split_bundle(bytes, width), None);
        }
    }

    #[test]
    fn tiles_and_bundles_are_cut_after_whole_elements() {
        let bundle = Tile { series: Series::Entries, number: 0, width: 2 };
        assert_eq!(bundle.cut_from(&[0, 1, 7, 0, 0, 0, 1, 8]), Some(&[0, 1, 7, 0, 0][..]));
        assert_eq!(bundle.cut_from(&[0, 1, 7, 0]), None);
        let hashes = Tile { series: Series::Level(0), ..bundle };
        assert_eq!(hashes.cut_from(&[9; 96]), Some(&[9; 64][..]));
        assert_eq!(hashes.cut_from(&[9; 63]), None);
    }
}
