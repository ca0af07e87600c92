//! The board's server: many elections behind one address. Implements specs/server.md.
//!
//! A request's way: a connection (`serving`), the log and the rates (`gate`), the table of places ([`routes`]), a handler
//! that parses, calls and renders (`handlers`), the election that it is for ([`hosted`]), and the answer ([`view`] or
//! [`problem`]). Handlers never wait for a sequencer but to hand something in: what they tell comes from its last
//! snapshot, from the published files, or from the store.

pub mod problem;

pub mod folder;
pub(crate) mod headers;
pub mod limits;
mod receipts;
mod shares;

pub mod hosted;
pub mod pages;
pub mod view;

mod answers;
mod gate;
mod handlers;
mod metrics;
pub mod routes;

pub mod database;

mod backup;

mod backup_command;
mod new_command;
mod serve_command;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_client::passphrase::Passphrase;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub use self::backup_command::BackupArguments;
pub use self::new_command::NewArguments;
pub use self::serve_command::ServeArguments;

use self::answers::Answers;
use self::folder::{BoardFolder, FolderFault};
use self::hosted::Hosted;
use self::limits::{Limits, Rates};
use self::pages::{Pages, PagesFault};
use crate::bucket::{Bucket, BucketArguments, BucketFault};
use crate::sequencer::SequencerError;
use crate::serving::{self, Entrance, Tls, TlsArguments, TlsFault};
use crate::storage::{BoardStore, StoreError, StoreLocation};
use crate::witnessing::{WitnessFault, Witnessing};

/// How long whoever comes too early should wait.
const BUSY_FOR: Duration = Duration::from_secs(1);

/// Requests that have begun may take this long to end when the server stops.
const PATIENCE: Duration = Duration::from_secs(30);

/// The server does not start, or could not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// There is nothing to serve.
    #[error("there is no board in {}; make one with `tabella board new`", .0.display())]
    NoBoards(PathBuf),
    /// A folder cannot be read, or its key not unsealed.
    #[error(transparent)]
    Folder(#[from] FolderFault),
    /// The store cannot be opened.
    #[error("the store cannot be opened; is the disk there, and writable?")]
    Store(#[from] StoreError),
    /// A board's history is not in order, or it had to stop.
    #[error("the board of {id}: {source}")]
    Board {
        /// The election.
        id: String,
        /// Why.
        source: SequencerError,
    },
    /// The pages cannot be served.
    #[error(transparent)]
    Pages(#[from] PagesFault),
    /// The bucket cannot be used.
    #[error(transparent)]
    Bucket(#[from] BucketFault),
    /// The server has no certificate to show.
    #[error(transparent)]
    Tls(#[from] TlsFault),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

impl StartError {
    /// Whether it is the witnesses of one election who are not there.
    fn is_silence(&self) -> bool {
        let Self::Board { source, .. } = self else { return false };
        matches!(source, SequencerError::Witnesses(WitnessFault::Silent { .. }))
    }
}

/// Where the server listens.
#[derive(Debug, Clone, clap::Args)]
pub struct Addresses {
    /// Address and port to listen on; port 0 is any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Address and port at which a monitoring program finds /metrics. Not for the public
    #[arg(long, value_name = "ADDRESS")]
    pub metrics: Option<SocketAddr>,
    /// How it speaks where it listens; its metrics are told plainly.
    #[command(flatten)]
    pub tls: TlsArguments,
}

/// How a server behaves, beside the boards that it has.
#[derive(Debug, Clone, clap::Args)]
pub struct Settings {
    /// Where it listens.
    #[command(flatten)]
    pub addresses: Addresses,
    /// A folder of pages that voters load, as `cargo xtask web` builds it; give it again for another edition. An election is shown the
    /// edition that its manifest fixes. Default: `pages` beside the program
    #[arg(long, value_name = "DIR")]
    pub pages: Vec<PathBuf>,
    /// What it grants whom.
    #[command(flatten)]
    pub limits: Limits,
    /// How it goes about with witnesses.
    #[command(flatten)]
    pub witnessing: Witnessing,
    /// Where what it publishes is copied.
    #[command(flatten)]
    pub bucket: BucketArguments,
}

/// What all handlers share.
pub struct Application {
    /// By id; `None` if too few of its witnesses were there when the server started.
    elections: BTreeMap<String, Option<Arc<Hosted>>>,
    answers: Answers,
    pages: Pages,
    limits: Limits,
    rates: Rates,
    streams: Arc<Semaphore>,
    /// True once the server is stopping: streams end then.
    stopping: watch::Receiver<bool>,
}

/// A server that listens, and whose boards run.
pub struct Server {
    entrance: Entrance,
    metrics: Option<Entrance>,
    application: Arc<Application>,
    stop: watch::Sender<bool>,
    workers: Vec<JoinHandle<Result<(), StartError>>>,
    copiers: Vec<JoinHandle<()>>,
    store: BoardStore,
}

impl Server {
    /// Starts all boards below `data`, whose logs are in the store at `location`, and listens. `seed` makes the randomness that weighs proofs.
    ///
    /// Fails if a board's history is not in order: then nothing runs. A board whose witnesses are silent is left out, if there are others.
    pub async fn start(
        data: &Path,
        location: &StoreLocation,
        settings: Settings,
        passphrase: &Passphrase,
        seed: [u8; 32],
    ) -> Result<Self, StartError> {
        let Settings { addresses, pages, limits, witnessing, bucket } = settings;
        let folders = BoardFolder::all(data)?;
        if folders.is_empty() {
            return Err(StartError::NoBoards(data.to_owned()));
        }
        let keys = folders.iter().map(|folder| folder.log_key(passphrase)).collect::<Result<Vec<_>, _>>()?;
        let bucket: Option<Bucket> = bucket.open()?;
        let pages = Pages::read(&pages)?;
        if pages.is_empty() {
            tracing::warn!(
                "there are no pages: voters vote with `tabella voter`. `cargo xtask web` builds pages; see --pages"
            );
        }
        // Before anything is judged, so that a wrong address is told at once.
        let entrance = listen(addresses.listen, addresses.tls.read()?).await?;
        let metrics = match addresses.metrics {
            Some(address) => Some(listen(address, None).await?),
            None => None,
        };
        let store = location.open().await?;
        let mut rng = ChaCha20Rng::from_seed(seed);
        let starting = folders.iter().zip(keys).map(|(folder, key)| {
            Hosted::start(folder, key, store.clone(), &limits, witnessing.clone(), ChaCha20Rng::from_rng(&mut rng))
        });
        let (mut elections, mut workers, mut copiers) = (BTreeMap::new(), Vec::new(), Vec::new());
        for (folder, started) in folders.iter().zip(join_all(starting).await) {
            let hosted = match started {
                Ok((mut hosted, worker)) => {
                    copiers.extend(bucket.as_ref().map(|bucket| hosted.copy_into(bucket)));
                    workers.push(tokio::spawn(watch_over(folder.id().to_owned(), worker)));
                    Some(Arc::new(hosted))
                }
                Err(error) if error.is_silence() && folders.len() > 1 => {
                    tracing::error!(error = &error as &dyn std::error::Error, "a board is not served; the others are");
                    None
                }
                Err(error) => return Err(error),
            };
            elections.insert(folder.id().to_owned(), hosted);
        }
        let (stop, stopping) = watch::channel(false);
        let rates = Rates::new(&limits);
        let streams = Arc::new(Semaphore::new(limits.event_streams.get()));
        let application =
            Arc::new(Application { elections, answers: Answers::default(), pages, limits, rates, streams, stopping });
        Ok(Self { entrance, metrics, application, stop, workers, copiers, store })
    }

    /// Where the server listens.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.entrance.address()
    }

    /// What the addresses of its places begin with.
    pub fn scheme(&self) -> &'static str {
        self.entrance.scheme()
    }

    /// Where a monitoring program finds the metrics, if anywhere.
    pub fn metrics_address(&self) -> Option<std::io::Result<SocketAddr>> {
        self.metrics.as_ref().map(Entrance::address)
    }

    /// Answers requests until `stop` ends. Then takes no more, finishes those that have begun, and returns when everything that
    /// was handed in is numbered.
    ///
    /// Fails if a board had to stop by itself.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), StartError> {
        let Self { entrance, metrics, application, stop: stopping, workers, copiers, store } = self;
        let grant = application.limits.grant();
        let router = routes::router(&application);
        let monitored = metrics.map(|entrance| {
            let (router, mut end) = (metrics::router(&application), stopping.subscribe());
            tokio::spawn(async move {
                let end = async { drop(end.wait_for(|stopping| *stopping).await) };
                serving::until(entrance, router, grant, end).await.finish(BUSY_FOR).await;
            })
        });
        let connections = serving::until(entrance, router, grant, stop).await;
        tracing::info!("stopping");
        stopping.send_replace(true);
        connections.finish(PATIENCE).await;
        if let Some(monitored) = monitored {
            drop(monitored.await);
        }
        // The sequencers end when nobody can hand in anything any more.
        drop(application);
        let mut ended = Ok(());
        for worker in workers {
            ended = ended.and(worker.await.unwrap_or(Ok(())));
        }
        // What is missing in the bucket is copied after the next start.
        drop(timeout(PATIENCE, join_all(copiers)).await);
        store.close().await;
        tracing::info!("stopped");
        ended
    }
}

async fn listen(address: SocketAddr, tls: Option<Tls>) -> Result<Entrance, StartError> {
    Entrance::listen(address, tls).await.map_err(|source| StartError::Listen { address, source })
}

/// Tells the operator why a board stopped. The others go on.
async fn watch_over(id: String, worker: crate::sequencer::Worker) -> Result<(), StartError> {
    let ended = worker.ended().await.map_err(|source| StartError::Board { id, source });
    if let Err(error) = &ended {
        tracing::error!(error = error as &dyn std::error::Error, "a board has stopped and takes no entries any more");
    }
    ended
}
