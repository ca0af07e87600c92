//! Tabella's ballots, and the floor below which no verifier on this curve can be.

use std::collections::BTreeMap;
use std::hint::black_box;

use anyhow::{Result, anyhow, ensure};
use curve25519_dalek::traits::VartimeMultiscalarMul;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_crypto::ballot::{Context, Prefix};
use tabella_crypto::batch::{Submission, verify_batch};
use tabella_crypto::credential::VotingKey;
use tabella_crypto::group::{Point, Scalar, decode_point, random_scalar};
use tabella_election::message::{self, Ballot, encode};

use crate::clock::Best;
use crate::contests::Row;

/// The points that a batch is to have at least, so that its fixed points do not weigh on it.
const POINTS: usize = 8_000;

/// The terms of one multiscalar multiplication of the floor, as in a batch.
const TERMS: usize = 8_000;

/// The most ballots that are encrypted to take a time.
const ENCRYPTED: usize = 8;

/// Ballots of one contest, and the times that they took so far.
pub struct Bench {
    context: Context,
    voter: VotingKey,
    coordinates: Vec<u64>,
    rng: ChaCha20Rng,
    ballots: Vec<(Prefix, Vec<u8>)>,
    /// The points of the encryptions, and as many scalars.
    encodings: Vec<[u8; 32]>,
    scalars: Vec<Scalar>,
    encrypt: Best,
    verify: Best,
    floor: Best,
}

impl Bench {
    /// Makes a batch of ballots, `most` at most.
    pub fn new(row: &Row, most: u32) -> Result<Self> {
        row.contest.judge()?;
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let shape = row.contest.shape()?;
        let keys: Vec<Point> = shape.slots().iter().map(|_| Point::mul_base(&random_scalar(&mut rng))).collect();
        let length = POINTS.div_ceil(keys.len() + 7).clamp(1, most as usize);
        let context = Context::new([1; 32], 0, shape, keys)?;
        let voter = VotingKey::derive(&[1; 32], &[2; 16]).map_err(|fault| anyhow!("{fault}"))?;
        let coordinates = row.contest.fill(&row.selection)?.to_vec();
        let mut bench = Self {
            context,
            voter,
            coordinates,
            rng,
            ballots: Vec::new(),
            encodings: Vec::new(),
            scalars: Vec::new(),
            encrypt: Best::default(),
            verify: Best::default(),
            floor: Best::default(),
        };
        for _ in 0..length {
            let ballot = bench.cast()?;
            bench.encodings.push(ballot.0.r);
            bench.encodings.extend(&ballot.0.ciphertexts);
            bench.ballots.push(ballot);
        }
        bench.scalars = bench.encodings.iter().map(|_| random_scalar(&mut bench.rng)).collect();
        Ok(bench)
    }

    fn cast(&mut self) -> Result<(Prefix, Vec<u8>)> {
        let draft = self.context.encrypt(&self.voter, None, &self.coordinates, 0, &mut self.rng)?;
        Ok((draft.prefix().clone(), draft.cast(&mut self.rng)?))
    }

    /// Takes each time once more.
    pub fn round(&mut self) -> Result<()> {
        let mut encrypt = self.encrypt;
        for _ in 0..self.encrypted() {
            encrypt.time(|| self.cast())?;
        }
        self.encrypt = encrypt;

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
            ballots.map(|(prefix, proof)| Submission { context: &self.context, prefix, proof }).collect();
        let verified = self.verify.time(|| verify_batch(&submissions, [3; 32]));
        ensure!(verified.iter().all(Result::is_ok), "a ballot does not verify");
        Ok(())
    }

    fn encrypted(&self) -> usize {
        self.ballots.len().min(ENCRYPTED)
    }

    /// Slots and coordinates.
    pub fn size(&self) -> (usize, usize) {
        (self.context.shape().slots().len(), self.context.shape().free())
    }

    /// How many ballots are verified together.
    pub fn batch(&self) -> usize {
        self.ballots.len()
    }

    /// The bytes of a ballot's payload.
    pub fn bytes(&self) -> usize {
        let Some((prefix, proof)) = self.ballots.first() else { return 0 };
        let prefix = message::Prefix {
            credential: prefix.credential.into(),
            link: prefix.link.map(Into::into),
            r: prefix.r.into(),
            contests: BTreeMap::from([(0, prefix.ciphertexts.as_flattened().to_vec().into())]),
            b: prefix.b.into(),
        };
        encode(&Ballot { prefix, proof: proof.clone().into() }).len()
    }

    /// Microseconds to encrypt and prove a ballot.
    pub fn encrypt(&self) -> f64 {
        self.encrypt.micros_each(1)
    }

    /// Microseconds a ballot to verify it in a batch.
    pub fn verify(&self) -> f64 {
        self.verify.micros_each(self.batch())
    }

    /// Microseconds a ballot for what nobody can avoid.
    pub fn floor(&self) -> f64 {
        self.floor.micros_each(self.batch())
    }
}
