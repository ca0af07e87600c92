//! A board that may be killed and started again, and the payloads of a small election.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ed25519_dalek::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, SeedableRng};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tabella::sequencer::{Numbered, Sequencer, SequencerError, Submission, SubmitError, Worker};
use tabella::storage::{BoardStore, PostgresAddress, StoreLocation};
use tabella::witnessing::Witnessing;
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::entry::Entry;
use tabella_board::key::LogKey;
use tabella_board::origin::Origin;
use tabella_board::tile::{Layer, Tile, decode_bundle};
use tabella_election::message::{
    Body, Choice, Contest, ContestKind, ContestOption, Counting, Manifest, Roll, Signed, Style, Trustee, Voter,
};
use tabella_election::{Code, ElectionId, Rejection, SignerKey};
use tabella_record::directory::RecordDirectory;
use tempfile::TempDir;

use crate::postgres::CLUSTER;

pub const ORIGIN: &str = "example.org/e";

/// In which store a board is.
#[derive(Debug, Clone, Copy)]
pub enum StoreKind {
    Sqlite,
    Postgres,
}

/// Makes two tests of each function: one for each kind of store.
macro_rules! for_both_stores {
    ($($test:ident)*) => {
        mod in_sqlite {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test(crate::scene::StoreKind::Sqlite).await;
                }
            )*
        }

        mod in_postgres {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test(crate::scene::StoreKind::Postgres).await;
                }
            )*
        }
    };
}
pub(crate) use for_both_stores;

/// A store and a record that outlive the sequencers that run on them.
pub struct Disk {
    directory: TempDir,
    /// The database, if the store is in no file of the directory.
    database: Option<String>,
}

/// A sequencer that runs on a [`Disk`].
pub struct Running {
    pub sequencer: Sequencer,
    pub store: BoardStore,
    worker: Worker,
}

impl Disk {
    pub fn new(kind: StoreKind) -> Self {
        let database = match kind {
            StoreKind::Sqlite => None,
            StoreKind::Postgres => Some(CLUSTER.new_database().unwrap()),
        };
        Self { directory: tempfile::tempdir().unwrap(), database }
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("board.sqlite")
    }

    pub async fn open_store(&self) -> BoardStore {
        self.location().open().await.unwrap()
    }

    fn location(&self) -> StoreLocation {
        match &self.database {
            None => StoreLocation::File(self.file()),
            Some(database) => {
                let address = CLUSTER.address_with_password(database);
                StoreLocation::Postgres(PostgresAddress::parse(&address).unwrap())
            }
        }
    }

    pub fn record(&self) -> PathBuf {
        self.directory.path().join("record")
    }

    pub async fn start(&self) -> Result<Running, SequencerError> {
        self.start_with(log_key(), &self.record()).await
    }

    pub async fn start_with(&self, key: LogKey, record: &Path) -> Result<Running, SequencerError> {
        self.start_drawing(key, record, ChaCha20Rng::from_seed([7; 32])).await
    }

    /// Starts a sequencer that draws the weights of batches here.
    pub async fn start_drawing(
        &self,
        key: LogKey,
        record: &Path,
        rng: impl CryptoRng + Send + 'static,
    ) -> Result<Running, SequencerError> {
        let store = self.location().open().await?;
        let directory = Arc::new(RecordDirectory::open(record)?);
        let (sequencer, worker) = Sequencer::start(store.clone(), directory, key, rng, Witnessing::default()).await?;
        Ok(Running { sequencer, store, worker })
    }

    /// Runs a sequencer for these payloads, one after the other. All must be accepted.
    pub async fn run(&self, submissions: impl IntoIterator<Item = Submission>) {
        let running = self.start().await.unwrap();
        for submission in submissions {
            running.sequencer.submit(submission.kind, submission.payload).await.unwrap();
        }
        running.stop().await.unwrap();
    }

    /// Why no sequencer starts here.
    pub async fn refusal(&self) -> SequencerError {
        match self.start().await {
            Ok(_) => panic!("the sequencer starts"),
            Err(error) => error,
        }
    }

    /// Runs a statement without any of the store's care.
    pub async fn execute(&self, statement: String) {
        let statement = sqlx::raw_sql(AssertSqlSafe(statement));
        match &self.database {
            None => {
                let options = SqliteConnectOptions::new().filename(self.file());
                SqliteConnection::connect_with(&options).await.unwrap().execute(statement).await.map(drop).unwrap();
            }
            Some(database) => {
                let address = CLUSTER.address_with_password(database);
                PgConnection::connect(&address).await.unwrap().execute(statement).await.map(drop).unwrap();
            }
        }
    }

    /// Drops a trigger of a table.
    pub async fn drop_trigger(&self, trigger: &str, table: &str) {
        let of_table = self.database.as_ref().map(|_| format!(" on {table}")).unwrap_or_default();
        self.execute(format!("drop trigger {trigger}{of_table}")).await;
    }

    /// From now on the sequencer stops if it puts anything into the queue.
    pub async fn forbid_waiting(&self) {
        let refusal = match &self.database {
            None => "begin select raise(abort, 'it waits'); end",
            Some(_) => "for each row execute function refuse('it waits')",
        };
        self.execute(format!("create trigger nothing_waits before insert on pending {refusal}")).await;
    }

    /// Bytes as a statement writes them.
    pub fn literal(&self, bytes: &[u8]) -> String {
        let digits = data_encoding::HEXLOWER.encode(bytes);
        if self.database.is_none() { format!("x'{digits}'") } else { format!("'\\x{digits}'") }
    }

    /// All that is on this disk, on another. No sequencer may be running.
    pub fn copy(&self) -> Self {
        let database = self.database.as_deref().map(|database| CLUSTER.copy_of(database).unwrap());
        let copy = Self { directory: tempfile::tempdir().unwrap(), database };
        copy_tree(self.directory.path(), copy.directory.path());
        copy
    }

    /// Puts the record of another disk in the place of this one's.
    pub fn take_record(&self, other: &Self) {
        fs::remove_dir_all(self.record()).unwrap();
        copy_tree(&other.record(), &self.record());
    }

    /// The files of the record, after making it exactly one.
    pub fn finished_record(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let size = self.published().unverified().head.size;
        RecordDirectory::open(self.record()).unwrap().finish(size).unwrap();
        files(&self.record())
    }

    pub fn published(&self) -> SignedCheckpoint {
        SignedCheckpoint::parse(&fs::read(self.record().join("checkpoint")).unwrap()).unwrap()
    }

    /// The published checkpoint, as an entry carries it.
    pub fn anchor(&self) -> String {
        fs::read_to_string(self.record().join("checkpoint")).unwrap()
    }

    /// The published entries.
    pub fn entries(&self) -> Vec<Vec<u8>> {
        let bundles =
            Tile::of_log(self.published().unverified().head.size).filter(|tile| tile.layer() == Layer::Entries);
        bundles
            .flat_map(|tile| {
                let bundle = fs::read(self.record().join(tile.path())).unwrap();
                decode_bundle(&bundle, tile.width()).unwrap().into_iter().map(<[u8]>::to_vec).collect::<Vec<_>>()
            })
            .collect()
    }

    /// What was handed in for the published entries.
    pub fn submissions(&self) -> Vec<Submission> {
        let submission = |bytes: Vec<u8>| {
            let entry = Entry::parse(&bytes).unwrap();
            Submission { kind: entry.kind.parse().unwrap(), payload: entry.payload }
        };
        self.entries().into_iter().map(submission).collect()
    }
}

impl Running {
    /// Hands in a payload; gives its index.
    pub async fn submit(&self, submission: Submission) -> Result<u64, SubmitError> {
        Ok(self.sequencer.submit(submission.kind, submission.payload).await?.index)
    }

    /// Lets the sequencer end.
    pub async fn stop(self) -> Result<(), SequencerError> {
        drop(self.sequencer);
        let ended = self.worker.ended().await;
        self.store.close().await;
        ended
    }
}

/// All files below a directory, by their paths from it.
pub fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = PathBuf::from(path.file_name().unwrap());
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(below, bytes)| (name.join(below), bytes)));
        } else {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

fn copy_tree(from: &Path, to: &Path) {
    for (path, bytes) in files(from) {
        let path = to.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

pub fn log_key() -> LogKey {
    LogKey::from_seed(Origin::parse(ORIGIN).unwrap(), &[3; 32])
}

pub fn authority() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

fn registrar() -> SigningKey {
    SigningKey::from_bytes(&[2; 32])
}

pub fn trustee() -> SigningKey {
    SigningKey::from_bytes(&[4; 32])
}

fn public(key: &SigningKey) -> SignerKey {
    SignerKey(key.verifying_key().to_bytes())
}

/// A signed payload.
pub fn signed<T: Body>(body: T, key: &SigningKey) -> Submission {
    Submission { kind: T::KIND, payload: Signed::sign(body, key).payload() }
}

/// One question with two answers, one trustee.
pub fn manifest_body() -> Manifest {
    let option = |id: &str| ContestOption { id: id.into(), title: id.into() };
    let choice = Choice { min: 1, max: 1, blank: false };
    Manifest {
        version: 1,
        id: "e".into(),
        title: "An election".into(),
        simulation: true,
        origin: ORIGIN.into(),
        log: SignerKey(log_key().verifier().public_key()),
        policy: format!("log {}\nquorum none\n", log_key().verifier()),
        contests: vec![Contest {
            id: "question".into(),
            title: "Yes or no?".into(),
            options: vec![option("yes"), option("no")],
            kind: ContestKind::Choice(choice),
            counting: Counting(None),
        }],
        styles: vec![Style { name: "all".into(), contests: vec![0] }],
        authority: public(&authority()),
        registrar: public(&registrar()),
        trustees: vec![Trustee { name: "Trustee".into(), key: public(&trustee()) }],
        threshold: 1,
        quorum: 1,
        minimum: 1,
        assets: vec![],
    }
}

pub fn manifest() -> Submission {
    signed(manifest_body(), &authority())
}

pub fn election() -> ElectionId {
    ElectionId(Signed::sign(manifest_body(), &authority()).body_hash().0)
}

/// A revision of the roll with these voters: it may follow any revision before it.
pub fn roll_of(revision: u64, voters: Vec<Voter>) -> Submission {
    signed(Roll { election: election(), revision, chunk: 1, chunks: 1, voters, previous: [0; 32].into() }, &registrar())
}

pub fn roll(revision: u64) -> Submission {
    roll_of(revision, vec![])
}

/// A manifest and revisions of the roll: a log of `size` entries.
pub fn log_of(size: u64) -> impl Iterator<Item = Submission> {
    std::iter::once(manifest()).chain((1..size).map(roll))
}

/// A disk with a log of `size` entries, on which nothing runs.
pub async fn disk_with(kind: StoreKind, size: u64) -> Disk {
    let disk = Disk::new(kind);
    disk.run(log_of(size)).await;
    disk
}

/// Why a payload was rejected.
pub fn code(error: SubmitError) -> Code {
    match error {
        SubmitError::Rejected(rejection) => rejection.code,
        error => panic!("{error}"),
    }
}

/// What became of payloads.
pub fn codes(outcomes: Vec<Result<Numbered, Rejection>>) -> Vec<Result<(), Code>> {
    outcomes.into_iter().map(|outcome| outcome.map(drop).map_err(|rejection| rejection.code)).collect()
}
