//! A run that is stopped by Ctrl-C, and the next one, which goes on. Implements specs/checks.md#stopped.
//!
//! What is kept stands in the user's own folder, by the root of the record; nothing that comes with a record is believed.

use crate::durable::{read_at_most, write};
use crate::terminal::with_progress;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::exit;
use std::sync::atomic::{AtomicBool, Ordering};
use tabella_verifier::bookmark::Bookmark;
use tabella_verifier::note::Checkpoint;
use tabella_verifier::report::Report;
use tabella_verifier::source::Source;
use tabella_verifier::{Options, verify_resumably};

/// The exit status of programs that were interrupted.
pub const INTERRUPTED: u8 = 130;

/// More than a bookmark needs, in bytes.
const MOST_BYTES: usize = 64 << 20;

static IS_STOPPED: AtomicBool = AtomicBool::new(false);

/// Verifies a record; none if somebody stops it.
pub fn verify(source: &dyn Source, options: &Options) -> anyhow::Result<Option<Report>> {
    let file = file(source);
    let bookmark = file.as_ref().and_then(|file| read_at_most(file, MOST_BYTES).ok()?);
    let bookmark: Option<Bookmark> = bookmark.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    if let Some(bookmark) = &bookmark {
        eprintln!("Going on after entry {}: an earlier run has verified the ballots before.", bookmark.size);
    }
    // Who asks twice does not wait.
    let heard = ctrlc::set_handler(|| {
        if IS_STOPPED.swap(true, Ordering::Relaxed) {
            exit(INTERRUPTED.into());
        }
    });
    let is_stopped = || heard.is_ok() && IS_STOPPED.load(Ordering::Relaxed);
    match with_progress(|progress| verify_resumably(source, options, bookmark, progress, &is_stopped))? {
        ControlFlow::Continue(report) => {
            // If it stays, it is still of this record.
            let _ = file.map(std::fs::remove_file);
            Ok(Some(report))
        }
        ControlFlow::Break(bookmark) => leave(bookmark, file).map(|()| None),
    }
}

fn leave(bookmark: Option<Bookmark>, file: Option<PathBuf>) -> anyhow::Result<()> {
    let (Some(bookmark), Some(file)) = (bookmark, file) else {
        eprintln!("Stopped. The next run begins anew.");
        return Ok(());
    };
    write(&file, &serde_json::to_vec(&bookmark)?)?;
    eprintln!("Stopped after entry {}; the same command goes on there ({}).", bookmark.size, file.display());
    Ok(())
}

/// Where the bookmark of this record is kept; none without a home, or a checkpoint that names its root.
fn file(source: &dyn Source) -> Option<PathBuf> {
    let checkpoint = Checkpoint::parse(&source.read("checkpoint").ok()?).ok()?;
    let name = data_encoding::HEXLOWER.encode(&checkpoint.root);
    let given = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let home = std::env::var_os("HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let folder = given.or_else(|| Some(home?.join(".local/state")))?;
    // What another version found out may be what this one was mended for.
    Some(folder.join("tabella-verify").join(env!("CARGO_PKG_VERSION")).join(name + ".json"))
}
