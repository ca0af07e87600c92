//! Downloads a record from a server into a folder. The files are those of specs/board.md#record.

use crate::server::{Server, ServerError};
use anyhow::{Context, anyhow, bail, ensure};
use indicatif::ProgressBar;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use tabella_verifier::note::{Checkpoint, LONGEST_NOTE};
use tabella_verifier::record::{self, Series, Tile};
use tabella_verifier::source::{Directory, Source};

/// So many files are downloaded at once.
const WORKERS: usize = 4;
/// After so many missing files of a series, one after the other, no more of it are asked for: a checkpoint can claim any
/// size. What was not asked for is missing in the folder, and the report says so.
const MOST_MISSES: u64 = 16;
/// Series with more files are not downloaded: 64 million entries.
pub const MOST_FILES: u64 = 250_000;
/// Where files grow until they are whole.
const UNDERWAY: &str = ".download";

/// Downloads the files that the server's checkpoint calls for, but for those that are in the folder and for those that
/// the server does not have. The checkpoint comes last: a folder that has none was not finished.
pub fn fetch(server: &Server, folder: &Path, most_files: u64, bar: &ProgressBar) -> anyhow::Result<()> {
    let address = server.address();
    let note = server.file("checkpoint", LONGEST_NOTE as u64).map_err(advised)?.with_context(|| {
        format!("there is no record at {address}: it has no file named checkpoint. Check the address of the election")
    })?;
    let Ok(checkpoint) = Checkpoint::parse(&note) else {
        bail!("there is no record at {address}: its file checkpoint is none. Check the address of the election");
    };
    let folder = Folder::open(folder)?;
    folder.suits(checkpoint.size)?;
    if let Some(key) = server.file("log.vkey", LONGEST_NOTE as u64).map_err(advised)? {
        folder.add_key(&key)?;
    }
    for series in record::all_series(checkpoint.size) {
        let download = Download {
            server,
            folder: &folder,
            size: checkpoint.size,
            series,
            most_files,
            bar,
            next: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            over: AtomicBool::new(false),
        };
        download.run()?;
    }
    folder.write("checkpoint", &note)?;
    folder.tidy(checkpoint.size)
}

/// Together with what to do next.
fn advised(error: ServerError) -> anyhow::Error {
    anyhow!("{error}{}", error.advice())
}

/// The files of one series, shared by the workers.
struct Download<'a> {
    server: &'a Server,
    folder: &'a Folder,
    size: u64,
    series: Series,
    most_files: u64,
    bar: &'a ProgressBar,
    /// Number of the file that a worker takes next.
    next: AtomicU64,
    /// Files that the server did not have since it last had one.
    misses: AtomicU64,
    /// A worker failed, or there were too many misses.
    over: AtomicBool,
}

impl Download<'_> {
    fn run(&self) -> anyhow::Result<()> {
        let part = match self.series {
            Series::Entries => "entries".to_owned(),
            Series::Level(level) => format!("hashes of level {level}"),
        };
        self.bar.reset();
        self.bar.set_message(part);
        self.bar.set_length(record::count(self.size, self.series));
        thread::scope(|scope| {
            let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(|| self.work())).collect();
            let ended = workers.into_iter().map(|worker| worker.join().map_err(|_| anyhow!("a download broke off"))?);
            ended.collect::<Vec<_>>().into_iter().collect()
        })
    }

    fn work(&self) -> anyhow::Result<()> {
        while !self.over.load(Ordering::Relaxed) {
            let Some(tile) = record::tile(self.size, self.series, self.next.fetch_add(1, Ordering::Relaxed)) else {
                break;
            };
            match self.add(&tile) {
                Ok(true) => self.misses.store(0, Ordering::Relaxed),
                Ok(false) if self.misses.fetch_add(1, Ordering::Relaxed) + 1 < MOST_MISSES => {}
                Ok(false) => self.over.store(true, Ordering::Relaxed),
                Err(error) => {
                    self.over.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
            self.bar.inc(1);
        }
        Ok(())
    }

    /// Sees to it that the folder has the tile; says whether it could be had.
    fn add(&self, tile: &Tile) -> anyhow::Result<bool> {
        ensure!(
            tile.number < self.most_files,
            "the record at {} has more files than are downloaded; ask who runs the server for a tar of it",
            self.server.address()
        );
        if self.folder.has(tile) {
            return Ok(true);
        }
        let Some(bytes) = self.server.tile(tile).map_err(advised)? else {
            return Ok(false);
        };
        self.folder.write(&tile.name(), &bytes)?;
        Ok(true)
    }
}

/// A folder with a record, or with the beginning of one.
struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Makes the folder if need be. Refuses one in which other files lie.
    fn open(root: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(root).with_context(|| format!("cannot make {}", root.display()))?;
        let failed = || format!("cannot read {}", root.display());
        for item in fs::read_dir(root).with_context(failed)? {
            let name = item.with_context(failed)?.file_name();
            let known = ["checkpoint", "log.vkey", "tile", UNDERWAY].iter().any(|known| name == *known);
            ensure!(known, "{} holds other files than a record: name a new or empty folder", root.display());
        }
        Ok(Self { root: root.to_owned() })
    }

    /// A log never shrinks: the files of a longer one would be said to be too many.
    fn suits(&self, size: u64) -> anyhow::Result<()> {
        let kept = self.read("checkpoint")?.and_then(|note| Checkpoint::parse(&note).ok());
        match kept {
            Some(kept) if kept.size > size => bail!(
                "the server's record has {size} entries, but the one in {} has {}, and no log may shrink. Ask who runs the \
                 server why; to verify what it has now, name a new folder",
                self.root.display(),
                kept.size
            ),
            _ => Ok(()),
        }
    }

    fn add_key(&self, key: &[u8]) -> anyhow::Result<()> {
        match self.read("log.vkey")? {
            Some(kept) if kept != key => {
                bail!("{} holds the record of another log: name a new or empty folder", self.root.display())
            }
            Some(_) => Ok(()),
            None => self.write("log.vkey", key),
        }
    }

    /// The bytes of a note that is in the folder.
    fn read(&self, name: &str) -> anyhow::Result<Option<Vec<u8>>> {
        let path = self.root.join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    fn has(&self, tile: &Tile) -> bool {
        let found = fs::symlink_metadata(self.root.join(tile.name()));
        found.is_ok_and(|found| found.is_file() && tile.length_possible(found.len()))
    }

    /// A file is seen under its name only when it is whole.
    fn write(&self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let path = self.root.join(name);
        let underway = self.root.join(UNDERWAY).join(name.replace('/', "-"));
        let write = || {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            underway.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(&underway, bytes)?;
            fs::rename(&underway, &path)
        };
        write().with_context(|| format!("cannot write {}: name a folder with room for it with --keep", path.display()))
    }

    /// Removes what no longer belongs to the record: the partial tiles of an earlier size, and the files underway.
    fn tidy(&self, size: u64) -> anyhow::Result<()> {
        let underway = self.root.join(UNDERWAY);
        fs::remove_dir_all(&underway).with_context(|| format!("cannot remove {}", underway.display()))?;
        let listed = Directory::open(&self.root)?;
        for name in listed.listing().files.keys().filter(|name| record::is_outgrown(size, name)) {
            fs::remove_file(self.root.join(name)).with_context(|| format!("cannot remove the outgrown {name}"))?;
        }
        Ok(())
    }
}
