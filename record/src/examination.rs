//! Verifying ballots in parallel, before their order is known. Implements specs/ballot.md#proof, "Batches".

use std::sync::{Arc, Mutex, PoisonError};

use rand_core::CryptoRng;
use rayon::prelude::*;
use tabella_election::Kind;
use tabella_election::rules::{Examined, Poll};

/// Ballots of which one core verifies the proofs together.
const EXAMINED_TOGETHER: usize = 128;

/// Bytes of the seed of a batch's weights.
const SEED_LENGTH: usize = 32;

/// Where the seeds of batches come from: fresh ones, and secret until the ballots are fixed.
#[derive(Clone)]
pub struct Seeds(Arc<Mutex<dyn CryptoRng + Send>>);

impl Seeds {
    /// Seeds from this source. It has no influence on what is accepted.
    pub fn new(rng: impl CryptoRng + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(rng)))
    }

    fn fresh(&self) -> [u8; SEED_LENGTH] {
        let mut seed = [0; SEED_LENGTH];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut seed);
        seed
    }
}

/// Examines ballots and challenges on all cores; the results stand in their order.
pub fn examine(poll: &Poll, payloads: &[(Kind, &[u8])], seeds: &Seeds) -> Vec<Examined> {
    let examine_together = |payloads: &[(Kind, &[u8])]| {
        let inspected = payloads.iter().map(|(kind, payload)| poll.inspect(*kind, payload)).collect();
        poll.examine(inspected, seeds.fresh())
    };
    payloads.par_chunks(EXAMINED_TOGETHER).flat_map_iter(examine_together).collect()
}

/// Whether entries of this kind are ballots or challenges, of which a poll examines the proofs.
pub fn is_of_voter(kind: Kind) -> bool {
    matches!(kind, Kind::Ballot | Kind::Challenge)
}
