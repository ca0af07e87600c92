//! The objects of a bucket that are the record of one election, by the names of its files.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{
    Attribute, AttributeValue, Attributes, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, UpdateVersion,
};
use tabella_board::checkpoint::{CheckpointFault, SignedCheckpoint};
use tabella_board::tile::Tile;
use tabella_board::tree::ReadFault;
use tabella_record::files::TileError;
use tabella_record::publication::ShowError;

use crate::server::headers::{BYTES, IMMUTABLE, NO_CACHE, TEXT};

const CHECKPOINT: &str = "checkpoint";
const LOG_KEY: &str = "log.vkey";

/// Why the bucket does not hold what is published. Nothing in it was overwritten.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// An object does not have the bytes that it should have.
    #[error(
        "{0} is in the bucket with other bytes than in the record, and was not overwritten. Published files never change: find out \
         whether the prefix belongs to another board, or who wrote there, and keep both versions as evidence"
    )]
    Conflict(Path),

    /// The checkpoint in the bucket is none, or none of this log.
    #[error("the checkpoint in the bucket is not this log's ({0}); does the prefix belong to another board?")]
    Foreign(#[source] CheckpointFault),

    /// The checkpoint in the bucket cannot be followed by the published one.
    #[error("the bucket shows what this board has not published. Keep both checkpoints as evidence")]
    Show(#[source] ShowError),

    /// The record cannot be read.
    #[error(transparent)]
    Record(#[from] TileError),

    /// The tiles of the record are not those of its checkpoint.
    #[error("the record cannot be compared with the bucket")]
    Tiles(#[from] ReadFault<TileError>),

    /// The bucket cannot be reached, or refuses.
    #[error("the bucket cannot be read or written")]
    Store(#[from] object_store::Error),

    /// The program ends.
    #[error("the copy was interrupted")]
    Interrupted,
}

/// A bucket, or the part of it below a prefix.
#[derive(Debug, Clone)]
pub struct Bucket {
    store: Arc<dyn ObjectStore>,
    folder: Path,
}

/// The checkpoint in a bucket, and what must still be there when it is replaced.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) checkpoint: SignedCheckpoint,
    version: UpdateVersion,
}

impl Bucket {
    /// What stands below `folder`.
    pub fn new(store: Arc<dyn ObjectStore>, folder: Path) -> Self {
        Self { store, folder }
    }

    /// Where the record of an election stands.
    pub fn of_election(&self, id: &str) -> Self {
        Self { store: Arc::clone(&self.store), folder: self.folder.clone().join(id) }
    }

    /// The tiles that are there, of whatever bytes.
    pub(super) async fn tiles(&self) -> Result<BTreeSet<Tile>, CopyError> {
        let objects: Vec<Path> =
            self.store.list(Some(&self.folder)).map_ok(|object| object.location).try_collect().await?;
        let names = objects.iter().filter_map(|path| path.as_ref().strip_prefix(self.folder.as_ref()));
        Ok(names.filter_map(|name| Tile::parse(name.trim_start_matches('/'))).collect())
    }

    /// Makes sure that the log's key is there.
    pub(super) async fn put_log_key(&self, key: Vec<u8>) -> Result<(), CopyError> {
        self.put_once(&self.path(LOG_KEY), key, attributes(TEXT, NO_CACHE)).await
    }

    /// Makes sure that a tile is there.
    pub(super) async fn put_tile(&self, tile: &Tile, bytes: Vec<u8>) -> Result<(), CopyError> {
        self.put_once(&self.path(&tile.path()), bytes, attributes(BYTES, IMMUTABLE)).await
    }

    /// Compares a tile that is there.
    pub(super) async fn compare_tile(&self, tile: &Tile, bytes: &[u8]) -> Result<(), CopyError> {
        self.compare(&self.path(&tile.path()), bytes).await
    }

    /// Removes a tile, if it is there.
    pub(super) async fn remove_tile(&self, tile: &Tile) -> Result<(), CopyError> {
        match self.store.delete(&self.path(&tile.path())).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The checkpoint that the bucket shows; who signed it is not verified.
    pub(super) async fn shown(&self) -> Result<Option<Shown>, CopyError> {
        let found = match self.store.get(&self.path(CHECKPOINT)).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
        let checkpoint = SignedCheckpoint::parse(&found.bytes().await?).map_err(CopyError::Foreign)?;
        Ok(Some(Shown { checkpoint, version }))
    }

    /// Replaces this checkpoint, or none; says whether it did, which it does not if another one stands there by now.
    pub(super) async fn replace(&self, shown: Option<Shown>, checkpoint: &SignedCheckpoint) -> Result<bool, CopyError> {
        let mode = shown.map_or(PutMode::Create, |shown| PutMode::Update(shown.version));
        let options = PutOptions { mode, attributes: attributes(TEXT, NO_CACHE), ..PutOptions::default() };
        let payload = PutPayload::from(checkpoint.as_bytes().to_vec());
        match self.store.put_opts(&self.path(CHECKPOINT), payload, options).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn put_once(&self, path: &Path, bytes: Vec<u8>, attributes: Attributes) -> Result<(), CopyError> {
        let options = PutOptions { mode: PutMode::Create, attributes, ..PutOptions::default() };
        match self.store.put_opts(path, PutPayload::from(bytes.clone()), options).await {
            Ok(_) => Ok(()),
            Err(object_store::Error::AlreadyExists { .. }) => self.compare(path, &bytes).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn compare(&self, path: &Path, bytes: &[u8]) -> Result<(), CopyError> {
        match self.store.get(path).await?.bytes().await? == bytes {
            true => Ok(()),
            false => Err(CopyError::Conflict(path.clone())),
        }
    }

    fn path(&self, name: &str) -> Path {
        name.split('/').fold(self.folder.clone(), Path::join)
    }
}

/// What is served with an object.
fn attributes(content_type: &'static str, cache_control: &'static str) -> Attributes {
    Attributes::from_iter([
        (Attribute::ContentType, AttributeValue::from(content_type)),
        (Attribute::CacheControl, AttributeValue::from(cache_control)),
    ])
}
