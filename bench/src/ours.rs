//! Tabella's ballots, and the floor below which no verifier on this curve can be.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::iter;

use anyhow::{Context as _, Result, anyhow, ensure};
use curve25519_dalek::traits::VartimeMultiscalarMul;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_board::entry::{Entry, Place};
use tabella_board::origin::Origin;
use tabella_crypto::ballot::{Context, Prefix};
use tabella_crypto::batch::{Submission, verify_batch};
use tabella_crypto::credential::VotingKey;
use tabella_crypto::group::{Point, Scalar, decode_point, encode_point, random_scalar};
use tabella_election::bytes::SignerKey;
use tabella_election::message::{self, Ballot, Contest, Manifest, Style, encode};
use tabella_verifier::measure::Ballots;

use crate::clock::Best;
use crate::contests::Row;
use crate::crowd::Crowd;

/// The manifest hash of the election.
const ELECTION: [u8; 32] = [1; 32];

/// The log: its name stands in each entry.
const ORIGIN: &str = "elections.example.org/bench";

/// The place of an entry in it: among a million ballots.
const INDEX: u64 = 1_000_000;

/// The points that a batch is to have at least, so that its fixed points do not weigh on it.
const POINTS: usize = 8_000;

/// The terms of one multiscalar multiplication of the floor, as in a batch.
const TERMS: usize = 8_000;

/// The ballots that a thread encrypts to take a time.
pub const ENCRYPTED: usize = 8;

/// Ballots of one contest, and the times that they took so far.
pub struct Bench {
    booth: Booth,
    rng: ChaCha20Rng,
    ballots: Vec<(Prefix, Vec<u8>)>,
    /// The points of the encryptions, and as many scalars.
    encodings: Vec<[u8; 32]>,
    scalars: Vec<Scalar>,
    encrypt: Best,
    verify: Best,
    /// The same ballots at the verifier.
    observed: Ballots,
    observe: Best,
    floor: Best,
    crowd: Crowd,
}

impl Bench {
    /// Makes a batch of ballots, `most` at most.
    pub fn new(row: &Row, most: u32) -> Result<Self> {
        row.contest.judge()?;
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let shape = row.contest.shape()?;
        let keys: Vec<Point> = shape.slots().iter().map(|_| Point::mul_base(&random_scalar(&mut rng))).collect();
        let length = POINTS.div_ceil(keys.len() + 7).clamp(1, most as usize);
        let encoded_keys: Vec<[u8; 32]> = keys.iter().map(encode_point).collect();
        let context = Context::new(ELECTION, 0, shape, keys)?;
        let voter = VotingKey::derive(&[1; 32], &[2; 16]).map_err(|fault| anyhow!("{fault}"))?;
        let coordinates = row.contest.fill(&row.selection)?.to_vec();
        let booth = Booth { context, voter, coordinates };
        let ballots: Vec<(Prefix, Vec<u8>)> = (0..length).map(|_| booth.cast(&mut rng)).collect::<Result<_>>()?;
        let encodings: Vec<[u8; 32]> =
            ballots.iter().flat_map(|(prefix, _)| iter::once(&prefix.r).chain(&prefix.ciphertexts)).copied().collect();
        let scalars = encodings.iter().map(|_| random_scalar(&mut rng)).collect();
        let credentials: Vec<[u8; 32]> = ballots.iter().map(|(prefix, _)| prefix.credential).collect();
        let payloads: Vec<Vec<u8>> = ballots.iter().map(payload).collect();
        let manifest = encode(&manifest(&row.contest));
        let observed = |payloads| {
            Ballots::new(&manifest, &ELECTION, &encoded_keys, &credentials, payloads)
                .map_err(|code| anyhow!("the verifier refuses the contest: {code:?}"))
        };
        Ok(Self {
            crowd: Crowd::new(&payloads, observed)?,
            observed: observed(payloads)?,
            booth,
            rng,
            ballots,
            encodings,
            scalars,
            encrypt: Best::default(),
            verify: Best::default(),
            observe: Best::default(),
            floor: Best::default(),
        })
    }

    /// Takes each time once more.
    pub fn round(&mut self) -> Result<()> {
        for _ in 0..ENCRYPTED {
            self.encrypt.time(|| self.booth.cast(&mut self.rng))?;
        }

        let (encodings, scalars) = (&self.encodings, &self.scalars);
        let points = self.floor.time(|| -> Result<Vec<Point>, _> {
            let points: Vec<Point> = encodings.iter().map(decode_point).collect::<Result<_, _>>()?;
            for (scalars, points) in scalars.chunks(TERMS).zip(points.chunks(TERMS)) {
                black_box(Point::vartime_multiscalar_mul(scalars, points));
            }
            Ok::<_, tabella_crypto::group::EncodingFault>(points)
        })?;
        black_box(points);

        let ballots = self.ballots.iter();
        let submissions: Vec<Submission<'_>> =
            ballots.map(|(prefix, proof)| Submission { context: &self.booth.context, prefix, proof }).collect();
        let verified = self.verify.time(|| verify_batch(&submissions, [3; 32]));
        ensure!(verified.iter().all(Result::is_ok), "a ballot does not verify");

        let judged = self.observe.time(|| self.observed.judge(&[3; 32]));
        ensure!(judged.iter().all(Result::is_ok), "the verifier refuses a ballot");
        self.crowd.round(&self.booth, &submissions)
    }

    /// Slots and coordinates.
    pub fn size(&self) -> (usize, usize) {
        (self.booth.context.shape().slots().len(), self.booth.context.shape().free())
    }

    /// How many ballots are verified together.
    pub fn batch(&self) -> usize {
        self.ballots.len()
    }

    /// The bytes of a ballot's whole entry in the log.
    pub fn bytes(&self) -> Result<usize> {
        let ballot = self.ballots.first().context("no ballot")?;
        let place = Place { origin: Origin::parse(ORIGIN)?, index: INDEX, prev: ELECTION.into() };
        Ok(Entry { place, kind: "ballot".to_owned(), payload: payload(ballot) }.encode()?.len())
    }

    /// Microseconds to encrypt and prove a ballot.
    pub fn encrypt(&self) -> f64 {
        self.encrypt.micros_each(1)
    }

    /// Microseconds a ballot to verify it in a batch.
    pub fn verify(&self) -> f64 {
        self.verify.micros_each(self.batch())
    }

    /// Microseconds a ballot at the verifier: in a batch too, and from the payload on.
    pub fn observe(&self) -> f64 {
        self.observe.micros_each(self.batch())
    }

    /// Microseconds a ballot for what nobody can avoid.
    pub fn floor(&self) -> f64 {
        self.floor.micros_each(self.batch())
    }

    /// The same on all processors.
    pub fn crowd(&self) -> &Crowd {
        &self.crowd
    }
}

/// A voter who always votes the same.
pub struct Booth {
    context: Context,
    voter: VotingKey,
    coordinates: Vec<u64>,
}

impl Booth {
    /// Encrypts a vote and proves it.
    pub fn cast(&self, rng: &mut ChaCha20Rng) -> Result<(Prefix, Vec<u8>)> {
        let draft = self.context.encrypt(&self.voter, None, &self.coordinates, 0, rng)?;
        Ok((draft.prefix().clone(), draft.cast(rng)?))
    }
}

/// What stands in the ballot's entry.
fn payload((prefix, proof): &(Prefix, Vec<u8>)) -> Vec<u8> {
    let prefix = message::Prefix {
        credential: prefix.credential.into(),
        link: prefix.link.map(Into::into),
        r: prefix.r.into(),
        contests: BTreeMap::from([(0, prefix.ciphertexts.as_flattened().to_vec().into())]),
        b: prefix.b.into(),
    };
    encode(&Ballot { prefix, proof: proof.clone().into() })
}

/// A manifest with this contest; nothing else of it is of importance to a ballot.
fn manifest(contest: &Contest) -> Manifest {
    let nobody = SignerKey([0; 32]);
    Manifest {
        version: 1,
        id: "bench".to_owned(),
        title: "bench".to_owned(),
        simulation: true,
        origin: ORIGIN.to_owned(),
        log: nobody,
        policy: String::new(),
        contests: vec![contest.clone()],
        styles: vec![Style { name: "all voters".to_owned(), contests: vec![0] }],
        authority: nobody,
        registrar: nobody,
        trustees: Vec::new(),
        threshold: 1,
        quorum: 1,
        minimum: 1,
        assets: Vec::new(),
    }
}
