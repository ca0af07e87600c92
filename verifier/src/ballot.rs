//! Ballots and challenges as they stand in entries, and trackers. Implements specs/ballot.md#ballot, #tracker and #challenge.

use crate::cbor::{self, Malformed};
use crate::checks::Code;
use crate::group::{self, Point};
use crate::manifest::Manifest;
use crate::range::{self, RangeProof};
use crate::shape::{ContestShape, Shape};
use crate::transcript::{Transcript, transcript};
use crate::tree::Hash;
use ciborium::Value;
use curve25519_dalek::{RistrettoPoint, Scalar};
use std::sync::Arc;

/// Coordinates of an opening go up to here: those of ranged slots.
const LARGEST_COORDINATE: u64 = 65_535;
/// Length of a tracker in bytes.
const TRACKER: usize = 20;
/// The tracker of a ballot.
pub type Tracker = [u8; TRACKER];

/// What all ballots of a style are proved against.
#[derive(Clone)]
pub struct Statement {
    pub shape: Shape,
    /// The slots of the style's ballot, counted from 0 through all contests.
    pub slots: Vec<usize>,
    /// Index and number of slots of each contest.
    contests: Vec<(u64, usize)>,
    ballot: Transcript,
    challenge: Transcript,
    tracker: Transcript,
}

impl Statement {
    /// The statement of a style; `shapes` are those of all contests, `keys` the PK_j of all slots.
    pub fn new(
        manifest: &Manifest,
        shapes: &[Arc<ContestShape>],
        election: &Hash,
        style: usize,
        keys: &[Point],
    ) -> Option<Self> {
        let description = manifest.styles.get(style)?;
        let shape = Shape::of_style(manifest, description, shapes);
        let digest = shape.digest(style);
        let ranges = manifest.slot_ranges();
        let slots: Vec<usize> = manifest
            .contests_of(description)
            .flat_map(|(index, _)| ranges.get(index).cloned().unwrap_or_default())
            .collect();
        let style_keys: Vec<&Point> = slots.iter().filter_map(|slot| keys.get(*slot)).collect();
        let begin = |transcript: Transcript| transcript.absorb("election", election).absorb("shape", &digest);
        Some(Self {
            contests: manifest
                .contests_of(description)
                .map(|(index, contest)| (index as u64, contest.slots()))
                .collect(),
            ballot: begin(transcript!("ballot")).absorb_points("keys", style_keys.iter().copied()),
            challenge: begin(transcript!("challenge")).absorb_points("keys", style_keys),
            tracker: begin(transcript!("tracker")),
            shape,
            slots,
        })
    }

    /// Points of a ballot that are its own: R, the C_j, B, K, T, T0, S, K_a, and with ranged slots the V_j, S' and those of
    /// the range proof.
    pub fn points(&self) -> usize {
        let ranged = self.shape.ranged.len();
        self.slots.len() + 7 + ranged + usize::from(ranged > 0) + range::proof_points(ranged)
    }

    /// Length of a proof's parts in bytes: V_j, range proof, commitments, responses. The first two are 0 without ranged
    /// slots.
    fn proof_lengths(&self) -> [usize; 4] {
        let coordinates = self.shape.coordinates;
        match self.shape.ranged.len() {
            0 => [0, 0, 32 * 4, 32 * (coordinates + 3)],
            values => [32 * values, range::proof_length(values), 32 * 5, 32 * (coordinates + 4)],
        }
    }
}

/// The first five fields: they exist before a voter chooses to cast or to challenge.
#[derive(Debug)]
pub struct Prefix {
    pub credential: [u8; 32],
    pub link: Option<Tracker>,
    pub r: [u8; 32],
    contests: Vec<(u64, Vec<u8>)>,
    b: [u8; 32],
}

impl Prefix {
    fn decode([credential, link, r, contests, b]: [&Value; 5]) -> Result<Self, Malformed> {
        Ok(Self {
            credential: cbor::fixed(credential)?,
            link: cbor::nullable(link, cbor::fixed)?,
            r: cbor::fixed(r)?,
            contests: cbor::map(contests, |bytes| cbor::bytes(bytes).map(<[u8]>::to_vec))?,
            b: cbor::fixed(b)?,
        })
    }

    /// Check 2 and the first half of check 3: the style's contests, each with its slots.
    fn check_contests(&self, statement: &Statement, contests: u64) -> Result<(), Code> {
        if self.contests.iter().any(|(index, _)| *index >= contests) {
            return Err(Code::ContestUnknown);
        }
        if !self.contests.iter().map(|(index, _)| index).eq(statement.contests.iter().map(|(index, _)| index)) {
            return Err(Code::ContestSet);
        }
        let fits = |((_, bytes), (_, slots)): (&(u64, Vec<u8>), &(u64, usize))| bytes.len() == 32 * slots;
        if self.contests.iter().zip(&statement.contests).all(fits) { Ok(()) } else { Err(Code::BallotLength) }
    }

    /// R and the C_j in order.
    fn ciphertexts(&self) -> Result<Ciphertexts, Code> {
        let r = Point::decode(&self.r)?;
        let slots = self.contests.iter().flat_map(|(_, bytes)| bytes.chunks(32)).map(Point::decode);
        Ok(Ciphertexts { r, slots: slots.collect::<Result<_, _>>()? })
    }

    /// The rows "credential", "link", "ciphertexts" and "B".
    fn absorb_into(&self, transcript: &Transcript) -> Transcript {
        let slots = self.contests.iter().map(|(_, bytes)| bytes.as_slice());
        let ciphertexts: Vec<u8> = std::iter::once(self.r.as_slice()).chain(slots).collect::<Vec<_>>().concat();
        transcript
            .clone()
            .absorb("credential", &self.credential)
            .absorb("link", self.link.as_ref().map_or(&[], |link| link.as_slice()))
            .absorb("ciphertexts", &ciphertexts)
            .absorb("B", &self.b)
    }

    /// The tracker of a ballot with this prefix.
    pub fn tracker(&self, statement: &Statement) -> Tracker {
        let hash = self.absorb_into(&statement.tracker).hash();
        hash.first_chunk().copied().unwrap_or_default()
    }
}

/// R and the C_j of a ballot.
#[derive(Clone, Debug)]
pub struct Ciphertexts {
    pub r: Point,
    pub slots: Vec<Point>,
}

/// A ballot: a prefix and its proof T ‖ T0 ‖ S ‖ K_a ‖ f_1 ‖ … ‖ f_m ‖ z ‖ η ‖ ω, with more if there are ranged slots.
#[derive(Debug)]
pub struct Ballot {
    pub prefix: Prefix,
    proof: Vec<u8>,
}

/// The points and scalars of a ballot, and the challenges of its proof.
pub struct Opened {
    pub credential: Point,
    pub ciphertexts: Ciphertexts,
    pub b: Point,
    /// T, T0, S, K_a.
    pub commitments: [Point; 4],
    pub f: Vec<Scalar>,
    /// z, η, ω.
    pub responses: [Scalar; 3],
    pub y: Scalar,
    pub x: Scalar,
    pub ranged: Option<Ranged>,
}

/// What a ballot with ranged slots has besides.
pub struct Ranged {
    /// V_j of each ranged slot.
    pub values: Vec<Point>,
    /// S'.
    pub commitment: Point,
    /// ω'.
    pub response: Scalar,
    /// The ballot's transcript after y.
    transcript: Transcript,
    range_proof: Vec<u8>,
}

impl Ranged {
    /// The range proof; none if it is not written as it must be.
    pub fn range_proof(&self) -> Option<RangeProof> {
        RangeProof::read(self.transcript.clone(), &self.values, &self.range_proof)
    }
}

impl Ballot {
    /// Decodes the payload of a ballot.
    pub fn decode(payload: &[u8]) -> Result<Self, Code> {
        let read = || -> Result<Self, Malformed> {
            let value = cbor::decode(payload)?;
            let [k, link, r, contests, b, proof] = cbor::tuple(&value)?;
            Ok(Self { prefix: Prefix::decode([k, link, r, contests, b])?, proof: cbor::bytes(proof)?.to_owned() })
        };
        read().map_err(|_| Code::PayloadMalformed)
    }

    /// Checks 2 and 3; `contests` is their number in the manifest.
    pub fn check_form(&self, statement: &Statement, contests: u64) -> Result<(), Code> {
        self.prefix.check_contests(statement, contests)?;
        let length: usize = statement.proof_lengths().iter().sum();
        if self.proof.len() == length { Ok(()) } else { Err(Code::BallotLength) }
    }

    /// The parts of the proof: V_j, range proof, commitments, responses.
    fn parts(&self, statement: &Statement) -> Option<[&[u8]; 4]> {
        let [values, range_proof, commitments, _] = statement.proof_lengths();
        let (values, rest) = self.proof.split_at_checked(values)?;
        let (range_proof, rest) = rest.split_at_checked(range_proof)?;
        let (commitments, responses) = rest.split_at_checked(commitments)?;
        Some([values, range_proof, commitments, responses])
    }

    /// Check 6, and the challenges y and x.
    pub fn open(&self, statement: &Statement) -> Result<Opened, Code> {
        let [value_bytes, range_proof, commitment_bytes, response_bytes] =
            self.parts(statement).ok_or(Code::BallotLength)?;
        let ciphertexts = self.prefix.ciphertexts()?;
        let b = Point::decode(&self.prefix.b)?;
        let mut commitments = group::points(commitment_bytes)?;
        let values = group::points(value_bytes)?;
        let mut f = group::scalars(response_bytes)?;
        let mut responses = f.split_off(statement.shape.coordinates.min(f.len()));
        ciphertexts.r.not_identity()?;
        let mut transcript = self.prefix.absorb_into(&statement.ballot);
        if !values.is_empty() {
            transcript = transcript.absorb("values", value_bytes);
        }
        let y = transcript.scalar("y");
        let ranged = if values.is_empty() {
            None
        } else {
            let after_y = transcript.clone();
            transcript = transcript.absorb("range", range_proof);
            let commitment = commitments.pop().ok_or(Code::BallotLength)?;
            let response = responses.pop().ok_or(Code::BallotLength)?;
            Some(Ranged { values, commitment, response, transcript: after_y, range_proof: range_proof.to_vec() })
        };
        let x = transcript.absorb("commitments", commitment_bytes).scalar("x");
        let credential = Point::decode(&self.prefix.credential)?;
        let commitments = commitments.try_into().map_err(|_| Code::BallotLength)?;
        let responses = responses.try_into().map_err(|_| Code::BallotLength)?;
        Ok(Opened { credential, ciphertexts, b, commitments, f, responses, y, x, ranged })
    }

    /// R and the C_j of a ballot that was accepted before.
    pub fn ciphertexts(&self) -> Result<Ciphertexts, Code> {
        self.prefix.ciphertexts()
    }
}

/// A challenge: a prefix, the coordinates, r, and K_a ‖ ω.
#[derive(Debug)]
pub struct Challenge {
    pub prefix: Prefix,
    opening: Vec<u64>,
    r: [u8; 32],
    signature: [u8; 64],
}

impl Challenge {
    /// Decodes the payload of a challenge.
    pub fn decode(payload: &[u8]) -> Result<Self, Code> {
        let read = || -> Result<Self, Malformed> {
            let value = cbor::decode(payload)?;
            let [k, link, r, contests, b, opening, r_opened, signature] = cbor::tuple(&value)?;
            Ok(Self {
                prefix: Prefix::decode([k, link, r, contests, b])?,
                opening: cbor::list(opening, cbor::uint)?,
                r: cbor::fixed(r_opened)?,
                signature: cbor::fixed(signature)?,
            })
        };
        read().map_err(|_| Code::PayloadMalformed)
    }

    /// Check 1 but for the credential.
    pub fn check_form(&self, statement: &Statement, contests: u64) -> Result<(), Code> {
        self.prefix.check_contests(statement, contests)?;
        if self.opening.len() == statement.shape.coordinates { Ok(()) } else { Err(Code::BallotLength) }
    }

    /// Checks 3 to 5; `keys` are the PK_j of all slots.
    pub fn check(&self, statement: &Statement, keys: &[RistrettoPoint]) -> Result<(), Code> {
        let (k_a, omega) = self.signature.split_at(32);
        let ciphertexts = self.prefix.ciphertexts()?;
        Point::decode(&self.prefix.b)?;
        let k_a = Point::decode(k_a)?;
        let r = group::scalar(&self.r)?;
        let omega = group::scalar(omega)?;
        ciphertexts.r.not_identity()?;
        if !self.opens(statement, keys, &ciphertexts, &r) {
            return Err(Code::OpeningInvalid);
        }
        let mut transcript = self
            .prefix
            .absorb_into(&statement.challenge)
            .absorb_numbers("opening", self.opening.iter().copied())
            .absorb("r", &self.r)
            .absorb("K_a", &k_a.bytes);
        let credential = Point::decode(&self.prefix.credential)?;
        let signed = RistrettoPoint::mul_base(&omega) == k_a.point + transcript.scalar("c") * credential.point;
        if signed { Ok(()) } else { Err(Code::ChallengeSignature) }
    }

    /// The values of the slots of each contest, once it was checked.
    pub fn held(&self, statement: &Statement) -> Vec<(u64, Vec<u64>)> {
        let coordinates: Vec<Scalar> = self.opening.iter().map(|coordinate| Scalar::from(*coordinate)).collect();
        let values = statement.shape.slots_at(&coordinates, &Scalar::ONE);
        let mut values =
            values.iter().map(|value| value.as_bytes().first_chunk().map_or(0, |low| u64::from_le_bytes(*low)));
        statement.contests.iter().map(|(contest, slots)| (*contest, values.by_ref().take(*slots).collect())).collect()
    }

    /// The coordinates are small and keep all constraints and ranges, R = r·G, and C_j = u_j·G + r·PK_j.
    fn opens(&self, statement: &Statement, keys: &[RistrettoPoint], ciphertexts: &Ciphertexts, r: &Scalar) -> bool {
        let Statement { shape, slots, .. } = statement;
        if self.opening.iter().any(|coordinate| *coordinate > LARGEST_COORDINATE) {
            return false;
        }
        let coordinates: Vec<Scalar> = self.opening.iter().map(|coordinate| Scalar::from(*coordinate)).collect();
        if !shape.is_kept_by(&coordinates) || !shape.keeps_ranges(&self.opening) {
            return false;
        }
        let encrypts = |((value, slot), ciphertext): ((&Scalar, &usize), &Point)| {
            keys.get(*slot).is_some_and(|key| ciphertext.point == RistrettoPoint::mul_base(value) + r * key)
        };
        let values = shape.slots_at(&coordinates, &Scalar::ONE);
        ciphertexts.r.point == RistrettoPoint::mul_base(r)
            && ciphertexts.slots.len() == slots.len()
            && values.iter().zip(slots).zip(&ciphertexts.slots).all(encrypts)
    }
}
