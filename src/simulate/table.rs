//! What stands between the roles: the board, which numbers what they hand in, and their reading of it.

use std::fs::File;
use std::io::{BufWriter, Write};

use anyhow::{Context, Result, anyhow};
use rand_core::Rng;
use tabella_board::key::{LogKey, LogVerifier};
use tabella_board::origin::Origin;
use tabella_election::Kind;
use tabella_election::bytes::Hash;
use tabella_election::log::Log;
use tabella_election::rules::Board;
use tabella_record::examination::Seeds;
use tabella_record::ledger::Ledger;
use tokio::task::block_in_place;
use zeroize::Zeroizing;

use super::progress::Progress;
use super::voters::Visit;
use super::{Simulation, manifest};
use crate::sequencer::{Sequencer, Submission, Worker};
use crate::storage::SqliteStore;
use crate::witnessing::Witnessing;

/// Where the voters' codes and trackers are written, within the folder of the simulation.
pub const VOTERS_FILE: &str = "roles/voters/codes.csv";

/// The board of a simulation and what everybody has read of it.
pub struct Table {
    sequencer: Sequencer,
    worker: Worker,
    store: SqliteStore,
    log_key: LogVerifier,
    reader: Ledger,
    codes: BufWriter<File>,
}

impl Table {
    /// Makes the log's key, its store and its record, and starts the sequencer.
    pub async fn set(simulation: &Simulation<'_>, progress: &Progress) -> Result<Self> {
        let folder = simulation.folders.role("board")?;
        let mut seed = Zeroizing::new([0; 32]);
        simulation.seed.of("board", 0).fill_bytes(seed.as_mut());
        folder.write_secret("log.key", seed.as_ref())?;
        let key = LogKey::from_seed(Origin::parse(&manifest::origin_of(&simulation.id))?, &seed);
        let log_key = key.verifier().clone();

        progress.say(&format!("Board: {} begins in {}", log_key.origin(), simulation.folders.record().display()));
        let store = SqliteStore::open(&folder.path("board.sqlite")).await?;
        let (sequencer, worker) = Sequencer::start(
            store.clone(),
            simulation.folders.record(),
            key,
            simulation.seed.of("board", 1),
            Witnessing::default(),
        )
        .await?;
        let reader = Ledger::new(log_key.clone(), Seeds::new(simulation.seed.of("reader", 0)));
        let mut codes = BufWriter::new(simulation.folders.role("voters")?.create("codes.csv")?);
        writeln!(codes, "voter,code,tracker")?;
        Ok(Self { sequencer, worker, store, log_key, reader, codes })
    }

    /// The log's public key.
    pub fn log_key(&self) -> &LogVerifier {
        &self.log_key
    }

    /// The policy of a log without witnesses.
    pub fn policy(&self) -> String {
        format!("log {}\nquorum none\n", self.log_key)
    }

    /// Hands in one payload; when it is numbered, everybody reads it.
    pub async fn submit(&mut self, kind: Kind, payload: Vec<u8>) -> Result<()> {
        let handed_in = self.sequencer.submit(kind, payload).await;
        handed_in.with_context(|| format!("the board did not take a `{kind}`"))?;
        self.catch_up()
    }

    /// Hands in ballots or challenges of different voters. They are read when the caller catches up.
    pub async fn submit_votes(&self, kind: Kind, payloads: Vec<Vec<u8>>) -> Result<()> {
        if payloads.is_empty() {
            return Ok(());
        }
        let submissions = payloads.into_iter().map(|payload| Submission { kind, payload }).collect();
        for answer in self.sequencer.submit_many(submissions).await? {
            answer.with_context(|| format!("the board did not take a `{kind}`"))?;
        }
        Ok(())
    }

    /// Reads and judges what is new in the published record.
    pub fn catch_up(&mut self) -> Result<()> {
        block_in_place(|| self.reader.catch_up(self.sequencer.record()))
            .context("the board does not keep its own rules")
    }

    /// The state of the election, as everybody reads it.
    pub fn board(&self) -> Result<&Board> {
        self.reader.board().ok_or_else(|| anyhow!("the board has no manifest yet"))
    }

    /// The log, as everybody reads it.
    pub fn log(&self) -> impl Log + '_ {
        self.reader.log(self.sequencer.record())
    }

    /// The latest checkpoint, for the next control entry.
    pub fn anchor(&self) -> Result<String> {
        let checkpoint = self.sequencer.record().checkpoint()?.context("the board has no checkpoint yet")?;
        Ok(String::from_utf8(checkpoint)?)
    }

    /// The leaf hash of the last entry.
    pub fn last_leaf(&self) -> Hash {
        (*self.reader.chain().last_leaf().as_bytes()).into()
    }

    /// Writes down what these voters keep; the first has the number `first`.
    pub fn keep_codes(&mut self, first: u64, visits: &[Visit]) -> Result<()> {
        for (number, visit) in (first..).zip(visits) {
            writeln!(self.codes, "{number},{},{}", visit.code.to_text().as_str(), visit.tracker)?;
        }
        Ok(())
    }

    /// Stops the board. The election has ended: what is in the record's folder is exactly the record.
    pub async fn clear(self) -> Result<()> {
        let Self { sequencer, worker, store, mut codes, .. } = self;
        codes.flush()?;
        drop(sequencer);
        worker.ended().await?;
        store.close().await;
        Ok(())
    }
}
