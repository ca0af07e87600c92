//! The key ceremony: an honest one to start from, and what must fail when one thing of it is changed.

mod complaints;
mod dealings;
mod envelopes;
mod keys;
mod polynomials;
mod secrets;
mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use tabella_crypto::dealing::{Attempt, DealRound, Dealing};
use tabella_crypto::group::{Point, decode_proper_point};
use tabella_crypto::polynomial::{Index, Parameters};
use tabella_crypto::qualified::ElectionKeys;
use tabella_crypto::trustee::{CommitSecret, Commitment, DealSecret, KeyShare};

/// The leaf hash of the entry that ended the round of confirming.
pub const CONFIRMED: [u8; 32] = [3; 32];

pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub fn index(number: u64) -> Index {
    Index::new(number).unwrap()
}

pub fn attempt(slots: usize, threshold: usize) -> Attempt {
    let parameters = Parameters::new(slots, threshold).unwrap();
    Attempt { election: [1; 32], number: 1, parameters }
}

/// The trustees after the first round: they have committed and are about to deal.
pub struct Committed {
    pub round: DealRound,
    pub secrets: BTreeMap<Index, CommitSecret>,
    pub published: BTreeMap<Index, Commitment>,
}

impl Committed {
    pub fn new(trustees: u64, threshold: usize, slots: usize) -> Self {
        let attempt = attempt(slots, threshold);
        let trustees: BTreeSet<_> = (1..=trustees).map(index).collect();
        let mut rng = rng(1);
        let (mut secrets, mut published) = (BTreeMap::new(), BTreeMap::new());
        for trustee in &trustees {
            let (secret, commitment) = CommitSecret::draw(attempt, *trustee, &trustees, &mut rng);
            secrets.insert(*trustee, secret);
            published.insert(*trustee, commitment);
        }
        Self { round: DealRound { attempt, history: [2; 32], trustees }, secrets, published }
    }

    pub fn commitment(&self, dealer: Index) -> [u8; 32] {
        self.published[&dealer].commitment
    }

    /// The key that `recipient` made for `dealer`.
    pub fn envelope_key(&self, recipient: Index, dealer: Index) -> Point {
        decode_proper_point(&self.published[&recipient].envelope_keys[&dealer]).unwrap()
    }

    /// The keys that the other trustees made for `dealer`.
    pub fn envelope_keys(&self, dealer: Index) -> BTreeMap<Index, Point> {
        self.round.recipients(dealer).map(|recipient| (recipient, self.envelope_key(recipient, dealer))).collect()
    }

    pub fn deal(mut self) -> Dealt {
        let (mut secrets, mut bytes) = (BTreeMap::new(), BTreeMap::new());
        for (dealer, secret) in std::mem::take(&mut self.secrets) {
            let keys = self.envelope_keys(dealer);
            let (secret, dealing) = secret.deal(&self.round, &keys, &mut rng(dealer.get())).unwrap();
            secrets.insert(dealer, secret);
            bytes.insert(dealer, dealing);
        }
        Dealt { committed: self, secrets, bytes }
    }
}

/// The trustees after the second round: they have dealt, and are about to confirm.
pub struct Dealt {
    pub committed: Committed,
    pub secrets: BTreeMap<Index, DealSecret>,
    pub bytes: BTreeMap<Index, Vec<u8>>,
}

impl Dealt {
    pub fn new(trustees: u64, threshold: usize, slots: usize) -> Self {
        Committed::new(trustees, threshold, slots).deal()
    }

    pub fn round(&self) -> &DealRound {
        &self.committed.round
    }

    pub fn dealing(&self, dealer: Index) -> Dealing {
        Dealing::verify(&self.bytes[&dealer], self.round(), dealer, &self.committed.commitment(dealer)).unwrap()
    }

    pub fn dealings(&self) -> Vec<Dealing> {
        self.bytes.keys().map(|dealer| self.dealing(*dealer)).collect()
    }

    pub fn finish(self) -> Finished {
        let dealings = self.dealings();
        let dealings: Vec<_> = dealings.iter().collect();
        let keys = Arc::new(ElectionKeys::from_dealings(&dealings, &CONFIRMED).unwrap());
        let share = |(trustee, secret): (Index, DealSecret)| {
            let (secret, confirmation) = secret.confirm(&dealings).unwrap();
            assert!(confirmation.complaints.is_empty(), "nobody complains of an honest dealer");
            (trustee, secret.finish(&keys).unwrap())
        };
        Finished { shares: self.secrets.into_iter().map(share).collect(), keys: Arc::clone(&keys) }
    }
}

/// The keys that a ceremony gave.
pub struct Finished {
    pub keys: Arc<ElectionKeys>,
    pub shares: BTreeMap<Index, KeyShare>,
}

impl Finished {
    pub fn new(trustees: u64, threshold: usize, slots: usize) -> Self {
        Dealt::new(trustees, threshold, slots).finish()
    }
}
