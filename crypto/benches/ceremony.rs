//! The key ceremony and decryption with 5 trustees, any 3 of whom decrypt.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use tabella_crypto::dealing::{Attempt, DealRound, Dealing};
use tabella_crypto::decryption::{Decryption, Group, Statement};
use tabella_crypto::group::{Point, Scalar, decode_proper_point};
use tabella_crypto::polynomial::{Index, Parameters};
use tabella_crypto::qualified::ElectionKeys;
use tabella_crypto::trustee::{CommitSecret, Commitment, DealSecret};

const TRUSTEES: u64 = 5;
const THRESHOLD: usize = 3;
const SLOTS: [usize; 2] = [5, 50];

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(1)
}

/// A ceremony whose trustees have dealt.
struct Ceremony {
    round: DealRound,
    published: BTreeMap<Index, Commitment>,
    commit_secrets: BTreeMap<Index, Vec<u8>>,
    deal_secrets: BTreeMap<Index, Vec<u8>>,
    bytes: BTreeMap<Index, Vec<u8>>,
}

impl Ceremony {
    fn new(slots: usize) -> Self {
        let parameters = Parameters::new(slots, THRESHOLD).unwrap();
        let attempt = Attempt { election: [1; 32], number: 1, parameters };
        let trustees: BTreeSet<_> = (1..=TRUSTEES).filter_map(Index::new).collect();
        let round = DealRound { attempt, history: [2; 32], trustees };
        let mut rng = rng();
        let (mut published, mut commit_secrets) = (BTreeMap::new(), BTreeMap::new());
        for trustee in &round.trustees {
            let (secret, commitment) = CommitSecret::draw(attempt, *trustee, &round.trustees, &mut rng);
            commit_secrets.insert(*trustee, secret.to_secret_bytes().to_vec());
            published.insert(*trustee, commitment);
        }
        let (deal_secrets, bytes) = (BTreeMap::new(), BTreeMap::new());
        let mut ceremony = Self { round, published, commit_secrets, deal_secrets, bytes };
        for trustee in ceremony.round.trustees.clone() {
            let (secret, bytes) = ceremony.deal(ceremony.commit_secret(trustee), trustee);
            ceremony.deal_secrets.insert(trustee, secret.to_secret_bytes().to_vec());
            ceremony.bytes.insert(trustee, bytes);
        }
        ceremony
    }

    fn commit_secret(&self, trustee: Index) -> CommitSecret {
        CommitSecret::from_secret_bytes(&self.commit_secrets[&trustee]).unwrap()
    }

    fn deal_secret(&self, trustee: Index) -> DealSecret {
        DealSecret::from_secret_bytes(&self.deal_secrets[&trustee]).unwrap()
    }

    fn deal(&self, secret: CommitSecret, dealer: Index) -> (DealSecret, Vec<u8>) {
        let key = |recipient| decode_proper_point(&self.published[&recipient].envelope_keys[&dealer]).unwrap();
        let keys = self.round.recipients(dealer).map(|recipient| (recipient, key(recipient))).collect();
        secret.deal(&self.round, &keys, &mut rng()).unwrap()
    }

    fn verify(&self, dealer: Index) -> Dealing {
        Dealing::verify(&self.bytes[&dealer], &self.round, dealer, &self.published[&dealer].commitment).unwrap()
    }

    fn dealings(&self) -> Vec<Dealing> {
        self.bytes.keys().map(|dealer| self.verify(*dealer)).collect()
    }
}

fn ceremony(criterion: &mut Criterion) {
    let first = Index::new(1).unwrap();
    for slots in SLOTS {
        let ceremony = Ceremony::new(slots);
        let dealings = ceremony.dealings();
        let dealings: Vec<_> = dealings.iter().collect();
        criterion.bench_function(&name("deal", slots), |bencher| {
            let secret = || ceremony.commit_secret(first);
            bencher.iter_batched(secret, |secret| ceremony.deal(secret, first), BatchSize::SmallInput);
        });
        criterion.bench_function(&name("verify a dealing", slots), |bencher| {
            bencher.iter(|| ceremony.verify(black_box(first)));
        });
        criterion.bench_function(&name("confirm all dealings", slots), |bencher| {
            let secret = || ceremony.deal_secret(first);
            bencher.iter_batched(secret, |secret| secret.confirm(&dealings).unwrap(), BatchSize::SmallInput);
        });
        criterion.bench_function(&name("compute the keys", slots), |bencher| {
            bencher.iter(|| ElectionKeys::from_dealings(black_box(&dealings), &[3; 32]).unwrap());
        });
    }
}

fn decryption(criterion: &mut Criterion) {
    for slots in SLOTS {
        let ceremony = Ceremony::new(slots);
        let dealings = ceremony.dealings();
        let dealings: Vec<_> = dealings.iter().collect();
        let keys = Arc::new(ElectionKeys::from_dealings(&dealings, &[3; 32]).unwrap());
        let point = |number: usize| Point::mul_base(&Scalar::from(number as u64));
        let groups = vec![Group { slots: (1..=slots).collect(), aggregate: point(1_000) }];
        let ciphertexts = (0..slots).map(point).collect();
        let statement = Arc::new(Statement::share(Arc::clone(&keys), [4; 32], groups, ciphertexts).unwrap());

        let key_share = |trustee| ceremony.deal_secret(trustee).confirm(&dealings).unwrap().0.finish(&keys).unwrap();
        let key_shares: Vec<_> = keys.qualified().take(THRESHOLD).map(key_share).collect();
        let decryption = statement.prove(&key_shares[0], &mut rng()).unwrap();
        let verify = |decryption: &Decryption, trustee| {
            statement.verify(trustee, &decryption.points, &decryption.proof).unwrap()
        };
        let shares: Vec<_> = key_shares
            .iter()
            .map(|share| verify(&statement.prove(share, &mut rng()).unwrap(), share.trustee()))
            .collect();

        criterion.bench_function(&name("decrypt", slots), |bencher| {
            bencher.iter(|| statement.prove(black_box(&key_shares[0]), &mut rng()).unwrap());
        });
        criterion.bench_function(&name("verify a decryption", slots), |bencher| {
            bencher.iter(|| verify(black_box(&decryption), key_shares[0].trustee()));
        });
        criterion.bench_function(&name("combine decryptions", slots), |bencher| {
            bencher.iter(|| statement.combine(black_box(&shares)).unwrap());
        });
    }
}

fn name(what: &str, slots: usize) -> String {
    format!("{what}/{slots} slots")
}

criterion_group!(benches, ceremony, decryption);
criterion_main!(benches);
