//! The copy in a bucket. Tests specs/server.md#bucket.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    ObjectStoreExt, PutMultipartOptions, PutOptions, PutPayload, PutResult,
};
use tabella::bucket::{Bucket, Copied, Copier, CopyError};
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::hash::Hash;
use tabella_board::key::LogKey;
use tabella_board::origin::Origin;
use tabella_board::tile::{Layer, Tile, encode_bundle, encode_hashes};
use tabella_board::tree::{MemoryNodes, Tree, TreeHead};
use tabella_record::directory::RecordDirectory;
use tabella_record::files::{Record, TileError};
use tabella_record::publication::{ShowError, show};
use tempfile::TempDir;

use crate::scene::{files, log_key};

/// A record that grows, of entries that are made up.
struct Growing {
    place: TempDir,
    directory: RecordDirectory,
    entries: Vec<Vec<u8>>,
    key: LogKey,
}

impl Growing {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let directory = RecordDirectory::open(place.path()).unwrap();
        let key = log_key();
        directory.write_log_key(key.verifier()).unwrap();
        Self { place, directory, entries: vec![], key }
    }

    /// Publishes more entries, so that there are `size`.
    fn grow(&mut self, size: usize) {
        let old = self.entries.len();
        self.entries.extend((old..size).map(|index| format!("entry {index}").into_bytes()));
        let mut nodes = MemoryNodes::new();
        self.entries.iter().for_each(|entry| nodes.append(Hash::of_entry(entry)));
        let content = |tile: &Tile| match tile.layer() {
            Layer::Hashes(_) => Ok::<_, TileError>(encode_hashes(tile, &nodes).unwrap()),
            Layer::Entries => {
                let first = tile.index() as usize * 256;
                Ok(encode_bundle(&self.entries[first..first + usize::from(tile.width())]).unwrap())
            }
        };
        self.directory.write_tiles(Tile::added(old as u64, size as u64), content).unwrap();
        show(&self.directory, &self.checkpoint(size)).unwrap();
    }

    fn checkpoint(&self, size: usize) -> SignedCheckpoint {
        SignedCheckpoint::sign(&self.key, self.head(size))
    }

    fn head(&self, size: usize) -> TreeHead {
        let mut tree = Tree::new();
        self.entries[..size].iter().for_each(|entry| tree.append(Hash::of_entry(entry)));
        tree.head()
    }

    fn copier(&self, store: &Arc<impl ObjectStore>) -> Copier {
        copier(store, self.directory.record().clone(), &self.key)
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let name = |path: &FilePath| path.to_str().unwrap().to_owned();
        files(self.place.path()).into_iter().map(|(path, bytes)| (name(&path), bytes)).collect()
    }
}

fn copier(store: &Arc<impl ObjectStore>, record: Record, key: &LogKey) -> Copier {
    let store: Arc<dyn ObjectStore> = Arc::clone(store) as _;
    let bucket = Bucket::new(store, Path::from("2026/may")).of_election("e");
    Copier { bucket, record, verifier: key.verifier().clone() }
}

fn at(name: &str) -> Path {
    Path::parse(format!("2026/may/e/{name}")).unwrap()
}

async fn read(store: &impl ObjectStore, name: &str) -> Option<Vec<u8>> {
    Some(store.get(&at(name)).await.ok()?.bytes().await.unwrap().to_vec())
}

async fn objects(store: &impl ObjectStore) -> BTreeMap<String, Vec<u8>> {
    let listed: Vec<ObjectMeta> = store.list(None).try_collect().await.unwrap();
    let mut found = BTreeMap::new();
    for object in listed {
        let name = object.location.as_ref().strip_prefix("2026/may/e/").unwrap().to_owned();
        found.insert(name.clone(), read(store, &name).await.unwrap());
    }
    found
}

/// The size of the log that the bucket shows, all files of which must be there.
async fn shown(store: &impl ObjectStore) -> u64 {
    let Some(bytes) = read(store, "checkpoint").await else { return 0 };
    let size = SignedCheckpoint::parse(&bytes).unwrap().unverified().head.size;
    let found = objects(store).await;
    assert!(found.contains_key("log.vkey"));
    for tile in Tile::of_log(size) {
        let is_there = found.contains_key(&tile.path()) || found.contains_key(&tile.full().path());
        assert!(is_there, "{tile} of {size} is not there");
    }
    size
}

#[tokio::test]
async fn the_bucket_holds_what_the_record_holds_with_the_headers_of_the_server() {
    let (mut board, store) = (Growing::new(), Arc::new(InMemory::new()));
    let (copier, mut copied) = (board.copier(&store), Copied::default());
    assert_eq!(copier.copy(&mut copied, false).await.unwrap(), 0);
    for size in [1, 3, 255, 257, 600] {
        board.grow(size);
        assert_eq!(copier.copy(&mut copied, false).await.unwrap(), size as u64);
        assert_eq!(shown(&*store).await, size as u64);
    }
    // Partial tiles of the same full one stay until that is there.
    assert!(read(&*store, "tile/0/002.p/88").await.is_some());
    assert_eq!(read(&*store, "tile/0/000.p/255").await, None);
    board.directory.finish(600).unwrap();
    copier.copy(&mut copied, true).await.unwrap();
    assert_eq!(objects(&*store).await, board.files());

    for (name, content_type, cache_control) in [
        ("checkpoint", "text/plain; charset=utf-8", "no-cache"),
        ("log.vkey", "text/plain; charset=utf-8", "no-cache"),
        ("tile/0/001", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("tile/entries/002.p/88", "application/octet-stream", "public, max-age=31536000, immutable"),
    ] {
        let attributes = store.get(&at(name)).await.unwrap().attributes;
        let expected = [(Attribute::ContentType, content_type), (Attribute::CacheControl, cache_control)];
        assert_eq!(attributes, Attributes::from_iter(expected), "{name}");
    }
}

#[tokio::test]
async fn what_fails_at_any_moment_leaves_a_whole_record_and_is_completed() {
    for fails_at in 0.. {
        let mut board = Growing::new();
        let store = Arc::new(Failing { within: InMemory::new(), puts: AtomicUsize::new(usize::MAX) });
        let (copier, mut copied) = (board.copier(&store), Copied::default());
        board.grow(200);
        copier.copy(&mut copied, false).await.unwrap();
        board.grow(700);
        store.puts.store(fails_at, Ordering::SeqCst);
        let outcome = copier.copy(&mut copied, false).await;
        let size = shown(&store.within).await;
        if outcome.is_ok() {
            assert_eq!(
                (size, fails_at),
                (700, 8),
                "two full tiles of two kinds, two partial ones, one above, and the checkpoint"
            );
            return;
        }
        assert!(matches!(outcome, Err(CopyError::Store(_))));
        assert_eq!(size, 200);
        store.puts.store(usize::MAX, Ordering::SeqCst);
        // By the same process, or by one that begins anew.
        let mut copied = if fails_at % 2 == 0 { copied } else { Copied::default() };
        copier.copy(&mut copied, true).await.unwrap();
        assert_eq!(shown(&store.within).await, 700);
        board.directory.finish(700).unwrap();
        assert_eq!(objects(&store.within).await, board.files());
    }
}

#[tokio::test]
async fn other_bytes_are_never_overwritten() {
    for name in ["log.vkey", "tile/0/000", "tile/entries/001.p/44"] {
        let (mut board, store) = (Growing::new(), Arc::new(InMemory::new()));
        board.grow(300);
        store.put(&at(name), PutPayload::from_static(b"other")).await.unwrap();
        let error = board.copier(&store).copy(&mut Copied::default(), false).await.unwrap_err();
        assert!(matches!(error, CopyError::Conflict(path) if path == at(name)), "{name}");
        assert_eq!(read(&*store, name).await.unwrap(), b"other");
        assert_eq!(read(&*store, "checkpoint").await, None);
    }
}

#[tokio::test]
async fn an_old_copy_of_a_board_does_not_take_the_bucket_back() {
    let (mut board, store) = (Growing::new(), Arc::new(InMemory::new()));
    board.grow(5);
    let (old, mut copied) = (board.copier(&store), Copied::default());
    let mut newer = Growing::new();
    newer.grow(5);
    newer.grow(9);
    newer.copier(&store).copy(&mut Copied::default(), false).await.unwrap();
    let error = old.copy(&mut copied, false).await.unwrap_err();
    assert!(matches!(error, CopyError::Show(ShowError::PublishedAhead { published: 9, size: 5 })), "{error:?}");
    assert_eq!(shown(&*store).await, 9);
}

#[tokio::test]
async fn a_sequencer_that_was_overtaken_does_not_take_the_bucket_back() {
    let (mut slow, mut fast) = (Growing::new(), Growing::new());
    slow.grow(5);
    fast.grow(9);
    let within = Arc::new(InMemory::new());
    let (faster, key) = (fast.copier(&within), log_key());
    // Between the moment in which the slow one looks at the checkpoint, and the one in which it replaces it.
    let store = Arc::new(Overtaking { within: Arc::clone(&within), faster });
    let error = copier(&store, slow.directory.record().clone(), &key).copy(&mut Copied::default(), false).await;
    assert!(matches!(error, Err(CopyError::Show(ShowError::PublishedAhead { published: 9, size: 5 }))), "{error:?}");
    assert_eq!(shown(&*within).await, 9);
}

#[tokio::test]
async fn a_checkpoint_of_another_history_stays_as_evidence() {
    let (mut board, store) = (Growing::new(), Arc::new(InMemory::new()));
    board.grow(5);
    let sign = |size| SignedCheckpoint::sign(&board.key, TreeHead { size, root: Hash::of_entry(b"other") });
    let stranger = LogKey::from_seed(Origin::parse(crate::scene::ORIGIN).unwrap(), &[77; 32]);
    let foreign = SignedCheckpoint::sign(&stranger, board.head(3));
    for (there, expected) in [(sign(3), "other entries"), (sign(5), "other entries"), (foreign, "is not this log's")] {
        let bytes = there.as_bytes().to_vec();
        store.put(&at("checkpoint"), PutPayload::from(bytes.clone())).await.unwrap();
        let error = board.copier(&store).copy(&mut Copied::default(), false).await.unwrap_err();
        assert!(matches!(error, CopyError::Show(_) | CopyError::Foreign(_)), "{error:?}");
        assert!(format!("{error} {:?}", std::error::Error::source(&error).map(ToString::to_string)).contains(expected));
        assert_eq!(read(&*store, "checkpoint").await.unwrap(), bytes);
    }
}

/// A store that fails for ever after so many puts.
#[derive(Debug)]
struct Failing {
    within: InMemory,
    puts: AtomicUsize,
}

/// A store in which somebody else shows a checkpoint just before this one does.
#[derive(Debug)]
struct Overtaking {
    within: Arc<InMemory>,
    faster: Copier,
}

impl Failing {
    async fn before_put(&self, _: &Path) -> object_store::Result<()> {
        let left = self.puts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map(drop).map_err(|_| object_store::Error::Generic { store: "failing", source: "it is broken".into() })
    }
}

impl Overtaking {
    async fn before_put(&self, location: &Path) -> object_store::Result<()> {
        if *location == at("checkpoint") {
            self.faster.copy(&mut Copied::default(), false).await.unwrap();
        }
        Ok(())
    }
}

/// A store that does something before each put, and passes on all else.
macro_rules! passes_on {
    ($store:ident) => {
        impl fmt::Display for $store {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(stringify!($store))
            }
        }

        #[async_trait]
        impl ObjectStore for $store {
            async fn put_opts(
                &self,
                location: &Path,
                payload: PutPayload,
                options: PutOptions,
            ) -> object_store::Result<PutResult> {
                self.before_put(location).await?;
                self.within.put_opts(location, payload, options).await
            }

            async fn put_multipart_opts(
                &self,
                location: &Path,
                options: PutMultipartOptions,
            ) -> object_store::Result<Box<dyn MultipartUpload>> {
                self.within.put_multipart_opts(location, options).await
            }

            async fn get_opts(&self, location: &Path, options: GetOptions) -> object_store::Result<GetResult> {
                self.within.get_opts(location, options).await
            }

            fn delete_stream(
                &self,
                locations: BoxStream<'static, object_store::Result<Path>>,
            ) -> BoxStream<'static, object_store::Result<Path>> {
                self.within.delete_stream(locations)
            }

            fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
                self.within.list(prefix).boxed()
            }

            async fn list_with_delimiter(&self, prefix: Option<&Path>) -> object_store::Result<ListResult> {
                self.within.list_with_delimiter(prefix).await
            }

            async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> object_store::Result<()> {
                self.within.copy_opts(from, to, options).await
            }
        }
    };
}

passes_on!(Failing);
passes_on!(Overtaking);
