//! What all processors do together, by the time that passes: an idle machine is needed.

use std::num::NonZero;
use std::thread::available_parallelism;

use anyhow::{Result, ensure};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use rayon::{ThreadPool, ThreadPoolBuilder};
use tabella_crypto::batch::{Submission, verify_batch};
use tabella_verifier::measure::Ballots;

use crate::clock::Best;
use crate::memory;
use crate::ours::{Booth, ENCRYPTED};

/// The most ballots that the verifier takes together, and the most bytes of them: as many as in a record.
const BALLOTS: usize = 4_096;
const BYTES: usize = 8 << 20;

/// A thread on each processor, and the times that they took so far.
pub struct Crowd {
    pool: ThreadPool,
    observed: Ballots,
    /// How many ballots the verifier judges.
    observed_ballots: usize,
    encrypt: Best,
    verify: Best,
    observe: Best,
    memory: Option<u64>,
}

impl Crowd {
    /// For these ballots, over and over; `observed` makes of payloads what the verifier judges.
    pub fn new(payloads: &[Vec<u8>], observed: impl FnOnce(Vec<Vec<u8>>) -> Result<Ballots>) -> Result<Self> {
        let threads = available_parallelism().map_or(1, NonZero::get);
        let mut bytes = 0;
        let fits = |payload: &&Vec<u8>| {
            bytes += payload.len();
            bytes <= BYTES
        };
        let many: Vec<Vec<u8>> = payloads.iter().cycle().take(BALLOTS).take_while(fits).cloned().collect();
        Ok(Self {
            pool: ThreadPoolBuilder::new().num_threads(threads).build()?,
            observed_ballots: many.len(),
            observed: observed(many)?,
            encrypt: Best::default(),
            verify: Best::default(),
            observe: Best::default(),
            memory: None,
        })
    }

    /// Takes each time once more.
    pub fn round(&mut self, booth: &Booth, submissions: &[Submission<'_>]) -> Result<()> {
        let Self { pool, observed, .. } = self;
        let encrypted = self.encrypt.wait(|| {
            pool.broadcast(|thread| -> Result<()> {
                let mut rng = ChaCha20Rng::seed_from_u64(thread.index() as u64);
                (0..ENCRYPTED).try_for_each(|_| booth.cast(&mut rng).map(drop))
            })
        });
        encrypted.into_iter().collect::<Result<()>>()?;

        let verified = self.verify.wait(|| pool.broadcast(|_| verify_batch(submissions, [3; 32])));
        ensure!(verified.iter().flatten().all(Result::is_ok), "a ballot does not verify");

        memory::forget();
        let judged = self.observe.wait(|| pool.install(|| observed.judge(&[3; 32])));
        self.memory = self.memory.max(memory::most());
        ensure!(judged.iter().all(Result::is_ok), "the verifier refuses a ballot");
        Ok(())
    }

    /// How many threads there are.
    pub fn threads(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// Ballots encrypted and proved a second.
    pub fn encrypt(&self) -> f64 {
        self.encrypt.per_second(ENCRYPTED * self.threads())
    }

    /// Ballots verified a second, each thread with a batch of so many.
    pub fn verify(&self, batch: usize) -> f64 {
        self.verify.per_second(batch * self.threads())
    }

    /// Ballots that the verifier judged a second.
    pub fn observe(&self) -> f64 {
        self.observe.per_second(self.observed_ballots)
    }

    /// The most memory in bytes that the process had while the verifier judged: all ballots, and what else is measured.
    pub fn memory(&self) -> Option<u64> {
        self.memory
    }
}
