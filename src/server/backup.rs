//! A copy of all boards of a folder, made while a server may run on it: the store, and for each board its sealed key and its settings.
//!
//! The files of the record are not copied. A server writes them anew from the store, and copied beside it they could be ahead of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::hash::Hash;
use tabella_board::key::LogVerifier;
use tabella_board::tree::{Tree, TreeHead};

use super::database::FILE;
use super::folder::{BoardFolder, FolderFault};
use crate::storage::{SqliteStore, Store, StoreError};

/// Entries that are read at a time.
const PIECE: usize = 1024;

/// No copy was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupFault {
    /// There is nothing to copy.
    #[error("there is no store in {}. A store in PostgreSQL is copied with PostgreSQL's own programs", .0.display())]
    NoStore(PathBuf),
    /// A copy is never mixed with another.
    #[error("{} is there already; give a folder that is not", .0.display())]
    Exists(PathBuf),
    /// A folder of a board cannot be read or written.
    #[error(transparent)]
    Folder(#[from] FolderFault),
    /// The store cannot be copied.
    #[error("the store cannot be copied: {0}")]
    Store(#[from] StoreError),
    /// The copied entries are not those of the copied checkpoint.
    #[error(
        "the entries of {0} in the store are not those of its signed checkpoint: the store is damaged. Keep the last copy"
    )]
    Damaged(String),
    /// The file system failed.
    #[error("{} cannot be written: {source}", path.display())]
    File {
        /// What was to be written.
        path: PathBuf,
        /// What happened.
        source: io::Error,
    },
}

/// A board in a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The election.
    pub id: String,
    /// What was signed last, for which all entries are there.
    pub head: TreeHead,
}

/// Copies the boards below `data` into the new folder `out`, compares the entries in the copy with their signed checkpoints, and says what it
/// holds.
pub async fn back_up(data: &Path, out: &Path) -> Result<Vec<Copied>, BackupFault> {
    let database = data.join(FILE);
    if !database.is_file() {
        return Err(BackupFault::NoStore(data.to_owned()));
    }
    let folders = BoardFolder::all(data)?;
    fs::create_dir(out).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => BackupFault::Exists(out.to_owned()),
        _ => BackupFault::File { path: out.to_owned(), source },
    })?;
    // The boards come after the store: a folder without it would begin them anew.
    let copy = out.join(FILE);
    SqliteStore::copy(&database, &copy).await?;
    let store = SqliteStore::open(&copy).await?;
    let mut copied = Vec::new();
    for folder in &folders {
        copied.push(Copied { id: folder.id().to_owned(), head: compared(&store, folder).await? });
    }
    store.close().await;
    for path in [&copy, out] {
        let durable = fs::File::open(path).and_then(|file| file.sync_all());
        durable.map_err(|source| BackupFault::File { path: path.to_owned(), source })?;
    }
    folders.iter().try_for_each(|folder| folder.copy(out))?;
    Ok(copied)
}

/// The head of a board in the store, after comparing it with the entries and the signature.
async fn compared(store: &SqliteStore, folder: &BoardFolder) -> Result<TreeHead, BackupFault> {
    let Some(log) = store.find_log(folder.origin().as_str()).await? else { return Ok(TreeHead::empty()) };
    let head = store.head(log).await?;
    let mut tree = Tree::new();
    loop {
        let entries = store.entries_from(log, tree.head().size, PIECE).await?;
        if entries.is_empty() {
            break;
        }
        tree.extend(entries.iter().map(|entry| Hash::of_entry(&entry.bytes)));
    }
    let is_signed = head.checkpoint.as_deref().is_none_or(|note| is_signed(note, head.tree, folder));
    match tree.head() == head.tree && is_signed {
        true => Ok(head.tree),
        false => Err(BackupFault::Damaged(folder.id().to_owned())),
    }
}

/// Whether this is a checkpoint over this head, which the log's key has signed.
fn is_signed(note: &[u8], head: TreeHead, folder: &BoardFolder) -> bool {
    let key = fs::read(folder.record().join("log.vkey")).ok().and_then(|file| LogVerifier::from_file(&file).ok());
    let signed = SignedCheckpoint::parse(note).ok().zip(key);
    signed.and_then(|(signed, key)| Some(signed.verify(&key).ok()?.head == head)).unwrap_or(false)
}
