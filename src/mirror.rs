//! `tabella mirror`: a copy of the record in a folder of one's own, judged before it is kept. Observers keep one, and so does whoever carries the
//! record to a machine without network.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use data_encoding::{BASE64, HEXLOWER};
use serde_json::json;
use tabella_client::copy::CopyError;
use tabella_client::desk::{BoardArguments, Desk, DeskArguments, DeskError, Visit};
use tabella_client::memory::MemoryError;
use tabella_client::printable::printable;
use tabella_client::remote::GivenAddress;
use tabella_election::kind::Phase;
use tabella_election::text::Fingerprint;

use crate::outcome::Outcome;

/// Keep a copy of an election's record, and watch the board
///
/// Every entry is judged by the rules before it is kept. The copy lies in FOLDER/record, so that `tabella-verify FOLDER/record` verifies it; what the
/// board showed last is remembered, and if it ever shows anything else, the evidence is saved in FOLDER/evidence.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella mirror https://vote.example.org/city-2026 city --expect 4K7Q-…
  tabella mirror https://vote.example.org/city-2026 city --watch
  tabella mirror https://vote.example.org/city-2026 city --tar city.tar
Then:
  tabella-verify --expect 4K7Q-… city/record")]
pub struct Arguments {
    /// The election's address
    #[arg(value_name = "ADDRESS")]
    address: GivenAddress,
    /// Where to keep the copy
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The election's fingerprint, as it was given to you on paper; remembered
    #[arg(long, value_name = "FINGERPRINT")]
    expect: Option<Fingerprint>,
    /// Also write the record into a tar, for a machine without network
    #[arg(long, value_name = "FILE", conflicts_with = "watch")]
    tar: Option<PathBuf>,
    /// Go on until the election has ended
    #[arg(long)]
    watch: bool,
    /// How many seconds to wait between two looks
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    every: u64,
    /// How many seconds to try again when no answer comes
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    patience: u64,
    /// Print JSON, and nothing else, on standard output
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Brings the copy up to date.
    pub fn run(self) -> Result<Outcome> {
        let address = self.address.address()?;
        let desk = Desk::create(&DeskArguments { dir: self.folder.clone() })?;
        let board = BoardArguments {
            board: Some(self.address.clone()),
            expect: self.expect,
            record: None,
            patience: self.patience,
        };
        let expected = match desk.election(&board) {
            Ok((_, fingerprint)) => Some(fingerprint),
            Err(DeskError::NoFingerprint) => None,
            Err(error) => return Err(error.into()),
        };
        let mut visit = desk.begin(&board, Some(address.clone()), expected)?;
        visit.catch_up()?;
        let mut told = String::new();
        while self.watch && !is_finished(&visit) {
            let line = look(&visit);
            if line != told {
                writeln!(std::io::stderr(), "{line}")?;
                told = line;
            }
            sleep(Duration::from_secs(self.every));
            match visit.catch_up() {
                Err(error) if is_unreachable(&error) => {
                    writeln!(std::io::stderr(), "{}", printable(&format!("{error}; going on")))?;
                }
                outcome => outcome?,
            }
        }
        let fingerprint = visit.board()?.election().fingerprint();
        visit.desk().pin(Some(&address), fingerprint)?;
        if let Some(tar) = &self.tar {
            write_tar(visit.copy().record(), tar)?;
        }
        Ok(Outcome::done(if self.json { to_json(&visit)? } else { self.to_text(&visit, expected.is_some())? }))
    }

    fn to_text(&self, visit: &Visit, is_expected: bool) -> Result<String> {
        let board = visit.board()?;
        let manifest = board.election().manifest();
        let mut text = format!(
            "{}\n  entries      {}\n  phase        {}\n  root         {}\n  fingerprint  {}\n  record       {}\n",
            manifest.title,
            visit.copy().size(),
            board.phase().as_str(),
            root(visit)?,
            board.election().fingerprint(),
            visit.copy().record().display()
        );
        if let Some(tar) = &self.tar {
            let _ = writeln!(text, "  tar          {}", tar.display());
        }
        if !is_expected {
            text.push_str("Compare the fingerprint with the one on the letters: nothing else says that this is the right election.\n");
        }
        text.push_str(
            "Compare number and root of the entries with other observers: only so two histories come to light.\n",
        );
        Ok(printable(&text))
    }
}

/// What a look has shown, for whoever watches.
fn look(visit: &Visit) -> String {
    let phase = visit.copy().board().map_or("empty", |board| board.phase().as_str());
    format!("{} entries, {phase}", visit.copy().size())
}

fn is_finished(visit: &Visit) -> bool {
    visit.copy().board().is_some_and(|board| board.phase() == Phase::Finished)
}

/// Whether the board may be read again a little later.
fn is_unreachable(error: &DeskError) -> bool {
    matches!(
        error,
        DeskError::Copy(CopyError::Source(_) | CopyError::Memory(MemoryError::Source(_) | MemoryError::Quorum(_)))
    )
}

/// The root as `tabella-verify` and the server's status show it: in hexadecimal.
fn root(visit: &Visit) -> Result<String> {
    let checkpoint = visit.anchor()?;
    // The text of a checkpoint: origin, size, root.
    let root = checkpoint.lines().nth(2).context("the checkpoint has no root")?;
    Ok(HEXLOWER.encode(&BASE64.decode(root.as_bytes())?))
}

fn to_json(visit: &Visit) -> Result<String> {
    let board = visit.board()?;
    let view = json!({
        "title": board.election().manifest().title,
        "manifest_hash": HEXLOWER.encode(&board.election().id().0),
        "fingerprint": board.election().fingerprint().to_string(),
        "phase": board.phase().as_str(),
        "size": visit.copy().size(),
        "root": root(visit)?,
        "record": visit.copy().record().display().to_string(),
    });
    Ok(format!("{view}\n"))
}

/// Writes the files of a record into a tar, in the order of their names and without times or owners: the same record makes the same
/// bytes. Implements specs/board.md#record.
fn write_tar(record: &Path, tar: &Path) -> Result<()> {
    let mut incoming = tar.as_os_str().to_owned();
    incoming.push(".incoming");
    let incoming = PathBuf::from(incoming);
    let write = || -> std::io::Result<()> {
        let mut builder = tar::Builder::new(BufWriter::new(File::create(&incoming)?));
        for name in names(record, Path::new(""))? {
            let file = File::open(record.join(&name))?;
            let mut header = tar::Header::new_ustar();
            header.set_entry_type(tar::EntryType::Regular);
            header.set_mode(0o644);
            header.set_size(file.metadata()?.len());
            builder.append_data(&mut header, &name, file)?;
        }
        let file = builder.into_inner()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        fs::rename(&incoming, tar)
    };
    write().with_context(|| format!("could not write {}", tar.display()))
}

/// The files below a folder, by their names from the record's.
fn names(record: &Path, folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found: Vec<_> = fs::read_dir(record.join(folder))?.collect::<std::io::Result<_>>()?;
    found.sort_by_key(fs::DirEntry::file_name);
    let mut all = Vec::new();
    for entry in found {
        let name = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            all.extend(names(record, &name)?);
        } else {
            all.push(name);
        }
    }
    Ok(all)
}
