//! One worker's part of the verification.

use std::collections::BTreeMap;

use tabella_verifier::help::Help;
use tabella_verifier::judging::Judging;
use tabella_verifier::note::{Checkpoint, LOG, VerifierKey};
use tabella_verifier::record::{self, Series, TILE_WIDTH, Tile};
use tabella_verifier::report::Verdict;
use tabella_verifier::source::{Memory, Source, SourceError};
use tabella_verifier::text::read_fingerprint;
use tabella_verifier::{Options, render, verify_judged};

use crate::call::Fault;

/// Larger records are not read in a browser; the program reads them.
const MOST_BUNDLES: u64 = 250_000;

/// What a worker has of the record, and how far it has come.
#[derive(Default)]
pub struct Desk {
    files: Memory,
    /// The tiles whose names were asked for.
    named: BTreeMap<String, Tile>,
    work: Option<Work>,
}

struct Work {
    options: Options,
    size: u64,
    judging: Judging,
}

/// How much there is to do.
pub struct Begun {
    /// Entries.
    pub size: u64,
    /// Bundles of entries.
    pub bundles: u64,
}

impl Desk {
    /// Takes a file of the record.
    pub fn give(&mut self, path: String, is_full: bool, bytes: &[u8]) -> Result<(), Fault> {
        let tile = self.named.get(&path).filter(|_| is_full);
        // What holds too little is kept as it is: its length is a finding.
        let bytes = tile.and_then(|tile| tile.cut_from(bytes)).unwrap_or(bytes);
        self.files.add(path, bytes.to_vec());
        Ok(())
    }

    /// Begins to judge the record of the checkpoint that was given.
    pub fn begin(&mut self, expected: Option<&str>, unfinished: bool, seed: [u8; 32]) -> Result<Begun, Fault> {
        let read = |typed| read_fingerprint(typed).ok_or_else(|| Fault::new("fingerprint_malformed", ""));
        let expected = expected.map(read).transpose()?;
        // A checkpoint or key that is none is a finding of the report.
        let checkpoint = Checkpoint::parse(&self.files.read("checkpoint").map_err(unreadable)?).ok();
        let key = self.files.read("log.vkey").ok();
        let key =
            key.and_then(|bytes| VerifierKey::parse(std::str::from_utf8(&bytes).ok()?.strip_suffix('\n')?, LOG).ok());
        let size = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
        let bundles = record::count(size, Series::Entries);
        if bundles > MOST_BUNDLES {
            return Err(Fault::new("record_too_large", size));
        }
        let origin = key.map(|key| key.name).or_else(|| checkpoint.map(|checkpoint| checkpoint.origin));
        let judging = Judging::new(&origin.unwrap_or_default(), seed);
        self.work = Some(Work { options: Options { expected, unfinished, seed }, size, judging });
        Ok(Begun { size, bundles })
    }

    fn work(&mut self) -> Result<(&mut Work, &mut Memory), Fault> {
        let work = self.work.as_mut().ok_or_else(|| Fault::call("not begun"))?;
        Ok((work, &mut self.files))
    }

    /// The names of a bundle and of the tile of its hashes; or of all tiles above that.
    pub fn names(&mut self, bundle: Option<u64>) -> Result<Vec<String>, Fault> {
        let size = self.work()?.0.size;
        let tiles: Vec<Tile> = match bundle {
            Some(number) => [Series::Entries, Series::Level(0)]
                .iter()
                .filter_map(|series| record::tile(size, *series, number))
                .collect(),
            None => record::all_series(size)
                .filter(|series| *series != Series::Entries && *series != Series::Level(0))
                .flat_map(|series| {
                    (0..record::count(size, series)).filter_map(move |number| record::tile(size, series, number))
                })
                .collect(),
        };
        self.named.extend(tiles.iter().map(|tile| (tile.name(), *tile)));
        Ok(tiles.iter().map(Tile::name).collect())
    }

    /// Judges the entries to the end of a bundle. Tells how many were judged, and whether this worker can help from here on.
    pub fn read(&mut self, bundle: u64) -> Result<(u64, bool), Fault> {
        let (work, files) = self.work()?;
        let end = bundle.saturating_add(1).saturating_mul(TILE_WIDTH);
        work.judging.read(files, work.size, end, &|_, _| {}).map_err(unreadable)?;
        Ok((work.judging.size(), work.judging.can_help()))
    }

    /// Examines the proofs of a bundle, and forgets it.
    pub fn help(&mut self, bundle: u64) -> Result<Option<Help>, Fault> {
        let (work, files) = self.work()?;
        let Some(tile) = record::tile(work.size, Series::Entries, bundle) else {
            return Ok(None);
        };
        let help = work.judging.help(files, &tile).map_err(unreadable);
        files.remove(&tile.name());
        help
    }

    /// Takes what another worker found out.
    pub fn take(&mut self, help: Help) -> Result<(), Fault> {
        self.work()?.0.judging.take(help);
        Ok(())
    }

    /// Ends: the verdict, and the report as JSON and as text, byte for byte as the program prints them.
    pub fn report(&mut self) -> Result<(Verdict, String, String), Fault> {
        let work = self.work.take().ok_or_else(|| Fault::call("not begun"))?;
        let report = verify_judged(&self.files, &work.options, work.judging).map_err(unreadable)?;
        let json = serde_json::to_string_pretty(&report).map_err(Fault::call)? + "\n";
        Ok((report.verdict, json, render::text(&report)))
    }
}

fn unreadable(error: SourceError) -> Fault {
    Fault::new("record_unreadable", error)
}
