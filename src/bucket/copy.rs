//! What is copied into a bucket, in which order: the log's key, the tiles, and then the checkpoint that calls for them; never one
//! that goes back. Whatever fails is tried again until it succeeds. Implements specs/server.md#bucket.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::key::LogVerifier;
use tabella_board::tile::{AuthenticatedTiles, Tile};
use tabella_board::tree::ConsistencyProof;
use tabella_election::kind::Phase;
use tabella_record::files::Record;
use tabella_record::publication::{ShowError, replaces};
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use super::objects::{Bucket, CopyError};
use crate::sequencer::{Role, Snapshot};

/// Tiles that are on the way at a time.
const AT_A_TIME: usize = 16;

/// The time between two copies that succeeded: each leaves partial tiles, which are removed only later.
const PAUSE: Duration = Duration::from_secs(1);

/// The rest after a failure, which doubles with each that follows.
const LONGEST_REST: Duration = Duration::from_secs(60);

/// How often a long copy says how far it is.
const PROGRESS: Duration = Duration::from_secs(5);

/// How far the copy of a board is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BucketState {
    /// Entries under the checkpoint that the bucket shows, as far as this process knows.
    pub size: u64,
    /// Whether the last attempt failed.
    pub is_failing: bool,
}

/// What a process knows about the bucket. Whatever it does not know it finds out.
#[derive(Debug, Default)]
pub struct Copied {
    /// The tiles that were there when it first looked.
    found: Option<BTreeSet<Tile>>,
    /// The tiles that are there with the right bytes.
    settled: BTreeSet<Tile>,
    /// Those among all these that are not full.
    partial: BTreeSet<Tile>,
}

/// Copies what a board publishes into a bucket.
#[derive(Debug)]
pub struct Copier {
    /// Where the copy stands.
    pub bucket: Bucket,
    /// What is copied.
    pub record: Record,
    /// Whose log it is.
    pub verifier: LogVerifier,
}

impl Copier {
    /// Copies what is published whenever it has changed, as long as this process is the sequencer; a last time when the board ends.
    pub(crate) async fn run(
        self,
        mut snapshots: watch::Receiver<Arc<Snapshot>>,
        mut roles: watch::Receiver<Role>,
        state: watch::Sender<BucketState>,
    ) {
        let (mut copied, mut trouble, mut rest) = (Copied::default(), None::<String>, PAUSE);
        loop {
            let is_last = snapshots.has_changed().is_err();
            let is_finished = is_finished(&snapshots.borrow_and_update());
            if *roles.borrow_and_update() != Role::Sequencer {
                // Another process copies.
                (copied, trouble) = (Copied::default(), None);
                state.send_replace(BucketState::default());
            } else {
                match self.copy(&mut copied, is_finished).await {
                    Ok(size) => {
                        if trouble.take().is_some() {
                            tracing::info!(origin = self.origin(), size, "the bucket shows what is published again");
                        }
                        state.send_replace(BucketState { size, is_failing: false });
                    }
                    Err(error) => {
                        self.complain(&error, &mut trouble);
                        state.send_modify(|state| state.is_failing = true);
                    }
                }
            }
            if is_last {
                return;
            }
            let is_failing = trouble.is_some();
            rest = if is_failing { (rest * 2).min(LONGEST_REST) } else { PAUSE };
            let mut end = snapshots.clone();
            let again = async {
                sleep(rest).await;
                if !is_failing {
                    tokio::select! {
                        _ = snapshots.changed() => {}
                        _ = roles.changed() => {}
                    }
                }
            };
            tokio::select! {
                () = again => {}
                _ = end.wait_for(|_| false) => {}
            }
        }
    }

    /// Copies what is published now; returns how many entries it has. `is_finished` if nothing will come after it.
    ///
    /// Fails without having shown anything that is not there whole. What was copied by then stays, and need not be copied again.
    pub async fn copy(&self, copied: &mut Copied, is_finished: bool) -> Result<u64, CopyError> {
        let Some(checkpoint) = self.record.signed_checkpoint()? else { return Ok(0) };
        let size = checkpoint.unverified().head.size;
        self.copy_tiles(size, copied).await?;
        self.show(&checkpoint).await?;
        self.remove_superseded(size, copied, is_finished).await;
        Ok(size)
    }

    /// The tiles; before the first of them the log's key, which never changes.
    async fn copy_tiles(&self, size: u64, copied: &mut Copied) -> Result<(), CopyError> {
        if copied.found.is_none() {
            self.bucket.put_log_key(self.verifier.to_file().into_bytes()).await?;
            let found = self.bucket.tiles().await?;
            copied.partial.extend(found.iter().filter(|tile| !tile.is_full()));
            copied.found = Some(found);
        }
        let found = copied.found.as_ref();
        let missing: Vec<Tile> = Tile::of_log(size).filter(|tile| !copied.settled.contains(tile)).collect();
        let (of, mut told) = (missing.len(), Instant::now());
        let settling = missing.into_iter().map(|tile| {
            let is_there = found.is_some_and(|found| found.contains(&tile));
            async move { self.settle(tile, is_there).await.map(|()| tile) }
        });
        let mut settling = stream::iter(settling).buffer_unordered(AT_A_TIME);
        let mut done = 0_usize;
        while let Some(tile) = settling.try_next().await? {
            done += 1;
            copied.settled.insert(tile);
            if !tile.is_full() {
                copied.partial.insert(tile);
            }
            if told.elapsed() >= PROGRESS {
                told = Instant::now();
                tracing::info!(origin = self.origin(), done, of, "copying the record into the bucket");
            }
        }
        Ok(())
    }

    /// Makes sure that a tile is in the bucket, with these bytes.
    async fn settle(&self, tile: Tile, is_there: bool) -> Result<(), CopyError> {
        let record = self.record.clone();
        let read = spawn_blocking(move || record.exact_tile(&tile)).await;
        let bytes = read.map_err(|_| CopyError::Interrupted)??;
        match is_there {
            true => self.bucket.compare_tile(&tile, &bytes).await,
            false => self.bucket.put_tile(&tile, bytes).await,
        }
    }

    /// Shows the checkpoint, unless the bucket shows it or a newer one already.
    async fn show(&self, checkpoint: &SignedCheckpoint) -> Result<(), CopyError> {
        loop {
            let shown = self.bucket.shown().await?;
            if let Some(shown) = &shown
                && !self.is_to_replace(&shown.checkpoint, checkpoint)?
            {
                return Ok(());
            }
            // Somebody else was faster: what it shows now is looked at again.
            if self.bucket.replace(shown, checkpoint).await? {
                return Ok(());
            }
        }
    }

    fn is_to_replace(&self, shown: &SignedCheckpoint, checkpoint: &SignedCheckpoint) -> Result<bool, CopyError> {
        let (old, new) = (shown.verify(&self.verifier).map_err(CopyError::Foreign)?.head, checkpoint.unverified().head);
        let is_to_replace = replaces(checkpoint, shown).map_err(CopyError::Show)?;
        if old.size < new.size {
            let proof = ConsistencyProof::prove(&AuthenticatedTiles::new(&self.record, new), old.size, new.size);
            proof?.verify(old, new).map_err(|_| CopyError::Show(ShowError::PublishedDiffers(old.size)))?;
        }
        Ok(is_to_replace && shown.as_bytes() != checkpoint.as_bytes())
    }

    /// Removes partial tiles as they are removed from the record. Where that is not allowed they stay, and harm nobody.
    async fn remove_superseded(&self, size: u64, copied: &mut Copied, is_finished: bool) {
        let is_superseded = |tile: &Tile| if is_finished { !tile.is_in_log(size) } else { tile.full().is_in_log(size) };
        let superseded: Vec<Tile> = copied.partial.iter().filter(|tile| is_superseded(tile)).copied().collect();
        copied.partial.retain(|tile| !is_superseded(tile));
        copied.settled.retain(|tile| tile.is_full() || !is_superseded(tile));
        let removing = superseded.into_iter().map(|tile| async move { self.bucket.remove_tile(&tile).await });
        let removed: Result<Vec<()>, CopyError> =
            stream::iter(removing).buffer_unordered(AT_A_TIME).try_collect().await;
        if let Err(error) = removed {
            let error = &error as &dyn std::error::Error;
            tracing::debug!(origin = self.origin(), error, "superseded tiles stay in the bucket");
        }
    }

    /// Once for each kind of failure: the log would be full of them.
    fn complain(&self, error: &CopyError, trouble: &mut Option<String>) {
        let text = error.to_string();
        if trouble.as_ref() != Some(&text) {
            let error = error as &dyn std::error::Error;
            tracing::error!(
                origin = self.origin(),
                error,
                "the bucket does not show what is published; the board goes on, and this is tried again"
            );
        }
        *trouble = Some(text);
    }

    fn origin(&self) -> &str {
        self.verifier.origin().as_str()
    }
}

/// Whether nothing will be published after this.
fn is_finished(snapshot: &Snapshot) -> bool {
    snapshot.state.as_ref().is_some_and(|state| state.phase == Phase::Finished)
}
