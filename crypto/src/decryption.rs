//! Decryption: a trustee's part of opening sums of ciphertexts, with one proof for all of it. Implements
//! specs/tally.md#decryption.
//!
//! The same serves a rehearsal, in which the trustees decrypt a point of which nobody knows the logarithm. Implements
//! specs/ceremony.md#rehearsal.

mod proof;

use std::collections::{BTreeMap, BTreeSet};
use std::iter::zip;
use std::sync::Arc;

use curve25519_dalek::traits::{MultiscalarMul, VartimeMultiscalarMul};
use rand_core::CryptoRng;
use thiserror::Error;
use zeroize::Zeroizing;

use self::proof::{Announcement, Proof};
use crate::group::{ENCODED, EncodingFault, Point, Scalar, decode_point, encode_point, hash_to_group};
use crate::nonce::Nonces;
use crate::polynomial::{Index, lagrange_at_zero};
use crate::qualified::ElectionKeys;
use crate::secret::SecretScalars;
use crate::transcript::Transcript;
use crate::trustee::KeyShare;

/// Slots whose sums cover the same ballots, and so share one aggregate R_g.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The slots' numbers, from 1.
    pub slots: Vec<usize>,
    /// R_g, recomputed from the ballots: never taken from a trustee or a request.
    pub aggregate: Point,
}

/// Why no statement can be made of groups and ciphertexts: the caller's mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StatementFault {
    /// There is no group: nothing is to be decrypted.
    #[error("there is nothing to decrypt")]
    NoGroup,
    /// A slot that the election has not, or that stands in the groups twice.
    #[error("slot {0} does not exist or occurs twice")]
    Slot(usize),
    /// There is not one ciphertext for each slot.
    #[error("there are {found} ciphertexts for {slots} slots")]
    Ciphertexts {
        /// How many slots the groups have.
        slots: usize,
        /// How many ciphertexts were given.
        found: usize,
    },
}

/// What is decrypted: the same for all trustees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    keys: Arc<ElectionKeys>,
    purpose: Purpose,
    groups: Vec<Group>,
    ciphertexts: Vec<Point>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Share { counted_hash: [u8; 32] },
    Rehearsal { round: u64 },
}

/// A trustee's decryption with its proof, as it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decryption {
    /// D_j for each slot of each group, 32 bytes each.
    pub points: Vec<u8>,
    /// W_1 ‖ … ‖ W_γ ‖ V ‖ z_1 ‖ … ‖ z_γ.
    pub proof: Vec<u8>,
}

/// Why a trustee cannot decrypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProveFault {
    /// The key share belongs to other keys than the statement.
    #[error("the key share belongs to other keys")]
    OtherKeys,
    /// The decryption does not verify: the key share is damaged, or the computer broken.
    #[error("the trustee's own decryption is wrong: {0}")]
    SelfCheck(ShareFault),
}

/// Why a decryption is refused. The trustee is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ShareFault {
    /// The trustee is not qualified.
    #[error("the trustee is not qualified")]
    NotQualified,
    /// Points or proof have not the length for which the groups call.
    #[error("the decryption or its proof has a wrong length")]
    Length,
    /// A point or scalar is not canonical.
    #[error("in the decryption: {0}")]
    Encoding(#[from] EncodingFault),
    /// The proof is wrong.
    #[error("the proof of the decryption is wrong")]
    Proof,
}

/// Why decryptions cannot be combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CombineFault {
    /// There are fewer than the threshold.
    #[error("{needed} decryptions are needed and {found} were given")]
    TooFew {
        /// The threshold t.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// A decryption was verified for another statement.
    #[error("the decryption of trustee {} is of another statement", .0.get())]
    OtherStatement(Index),
    /// Two decryptions of one trustee.
    #[error("there are two decryptions of trustee {}", .0.get())]
    RepeatedTrustee(Index),
}

/// A decryption that was verified, with the statement for which it was. Only [`Statement::verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedShare {
    statement: Arc<Statement>,
    trustee: Index,
    points: Vec<Point>,
}

impl VerifiedShare {
    /// Whose share it is.
    pub fn trustee(&self) -> Index {
        self.trustee
    }

    /// The statement for which it was verified.
    pub fn statement(&self) -> &Arc<Statement> {
        &self.statement
    }

    /// D_j for each slot of each group, in order.
    pub fn points(&self) -> &[Point] {
        &self.points
    }
}

/// R_test, whose logarithm nobody knows. Implements specs/ceremony.md#rehearsal.
pub fn test_point(keys: &ElectionKeys, round: u64) -> Point {
    let attempt = keys.attempt();
    let number = attempt.number.to_be_bytes();
    let data = [&attempt.election[..], &number, &keys.hash(), &round.to_be_bytes()].concat();
    hash_to_group("rehearsal", &data)
}

impl Statement {
    /// The decryption of the open groups. `ciphertexts` are the C_j of their slots, in order.
    pub fn share(
        keys: Arc<ElectionKeys>,
        counted_hash: [u8; 32],
        groups: Vec<Group>,
        ciphertexts: Vec<Point>,
    ) -> Result<Self, StatementFault> {
        if groups.is_empty() {
            return Err(StatementFault::NoGroup);
        }
        let mut seen = BTreeSet::new();
        for slot in groups.iter().flat_map(|group| &group.slots).copied() {
            if !(1..=keys.slot_keys().len()).contains(&slot) || !seen.insert(slot) {
                return Err(StatementFault::Slot(slot));
            }
        }
        if ciphertexts.len() != seen.len() {
            return Err(StatementFault::Ciphertexts { slots: seen.len(), found: ciphertexts.len() });
        }
        Ok(Self { keys, purpose: Purpose::Share { counted_hash }, groups, ciphertexts })
    }

    /// A rehearsal: all slots in one group, of a point that the statement computes itself.
    pub fn rehearsal(keys: Arc<ElectionKeys>, round: u64) -> Self {
        let slots = (1..=keys.slot_keys().len()).collect();
        let groups = vec![Group { slots, aggregate: test_point(&keys, round) }];
        Self { keys, purpose: Purpose::Rehearsal { round }, groups, ciphertexts: Vec::new() }
    }

    /// Decrypts with a trustee's key share, and proves it. The proof is checked before it is given out.
    pub fn prove(self: &Arc<Self>, share: &KeyShare, rng: &mut impl CryptoRng) -> Result<Decryption, ProveFault> {
        if share.keys_hash() != self.keys.hash() {
            return Err(ProveFault::OtherKeys);
        }
        let secrets = SecretScalars::collect(self.slots().count(), self.of_slots(share.scalars()).copied());
        let decrypt = |(group, secrets): (&Group, &[Scalar])| -> Vec<_> {
            secrets.iter().map(|secret| encode_point(&(secret * group.aggregate))).collect()
        };
        let points: Vec<_> = zip(&self.groups, self.by_group(&secrets)).flat_map(decrypt).collect();
        let proof = self.prove_points(share.trustee(), &secrets, &points, rng);
        let decryption = Decryption { points: points.into_flattened(), proof: proof.encode() };
        self.verify(share.trustee(), &decryption.points, &decryption.proof).map_err(ProveFault::SelfCheck)?;
        Ok(decryption)
    }

    /// Checks a trustee's decryption: lengths, encodings and the proof, in this order.
    pub fn verify(self: &Arc<Self>, trustee: Index, points: &[u8], proof: &[u8]) -> Result<VerifiedShare, ShareFault> {
        let public_shares = self.keys.public_shares(trustee).ok_or(ShareFault::NotQualified)?;
        if points.len() != ENCODED * self.slots().count() || proof.len() != ENCODED * (2 * self.groups.len() + 1) {
            return Err(ShareFault::Length);
        }
        let (encodings, _) = points.as_chunks();
        let points = encodings.iter().map(decode_point).collect::<Result<Vec<_>, _>>()?;
        let proof = Proof::decode(proof.as_chunks().0, self.groups.len())?;
        let public_shares: Vec<_> = self.of_slots(public_shares).copied().collect();
        if !self.proof_holds(trustee, encodings, &points, &public_shares, &proof) {
            return Err(ShareFault::Proof);
        }
        Ok(VerifiedShare { statement: Arc::clone(self), trustee, points })
    }

    /// Combines decryptions to Σ_i λ_i·D_{ij} for each slot of each group, in order: what is to be subtracted from C_j.
    ///
    /// Of more than t decryptions, those of the t lowest indexes count. Implements specs/tally.md#result.
    pub fn combine(&self, shares: &[VerifiedShare]) -> Result<Vec<Point>, CombineFault> {
        let mut by_trustee = BTreeMap::new();
        for share in shares {
            if *share.statement != *self {
                return Err(CombineFault::OtherStatement(share.trustee));
            }
            if by_trustee.insert(share.trustee, share).is_some() {
                return Err(CombineFault::RepeatedTrustee(share.trustee));
            }
        }
        let needed = self.keys.attempt().parameters.threshold();
        if by_trustee.len() < needed {
            return Err(CombineFault::TooFew { needed, found: by_trustee.len() });
        }
        let lowest: BTreeMap<_, _> = by_trustee.into_iter().take(needed).collect();
        let coefficients = lagrange_at_zero(&lowest.keys().copied().collect());
        let combined = |slot: usize| {
            let points: Vec<_> = lowest.values().filter_map(|share| share.points.get(slot)).collect();
            Point::vartime_multiscalar_mul(&coefficients, points)
        };
        Ok((0..self.slots().count()).map(combined).collect())
    }

    fn prove_points(
        &self,
        trustee: Index,
        secrets: &SecretScalars,
        encodings: &[[u8; ENCODED]],
        rng: &mut impl CryptoRng,
    ) -> Proof {
        let mut transcript = self.transcript(trustee, encodings);
        let weights = weights(&mut transcript, encodings.len());
        let mut nonces = Nonces::fork(&transcript, rng).with("shares", &secrets.encode(0));
        let nonces = SecretScalars::collect(self.groups.len(), self.groups.iter().map(|_| nonces.scalar("w")));

        let announcement = Announcement {
            nonces: nonces.iter().map(Point::mul_base).collect(),
            sum: Point::multiscalar_mul(nonces.iter(), &self.aggregates()),
        };
        let challenge = announcement.challenge(transcript);
        let responses = zip(self.by_group(&weights), self.by_group(secrets)).zip(nonces.iter());
        let responses = responses.map(|((weights, secrets), nonce)| {
            let weighted: Zeroizing<Scalar> = Zeroizing::new(zip(weights, secrets).map(|(rho, x)| rho * x).sum());
            nonce + challenge * *weighted
        });
        Proof { responses: responses.collect(), announcement }
    }

    /// Whether z_g·G = W_g + c·Σ_{j∈g} ρ_j·X_{ij} for each g, and Σ_g z_g·R_g = V + c·Σ_j ρ_j·D_j.
    fn proof_holds(
        &self,
        trustee: Index,
        encodings: &[[u8; ENCODED]],
        points: &[Point],
        public_shares: &[Point],
        proof: &Proof,
    ) -> bool {
        let mut transcript = self.transcript(trustee, encodings);
        let weights = weights(&mut transcript, points.len());
        let Proof { announcement, responses } = proof;
        let challenge = announcement.challenge(transcript);

        // Variable time: all of it is published.
        let knows_its_shares = zip(self.by_group(&weights), self.by_group(public_shares))
            .zip(zip(&announcement.nonces, responses))
            .all(|((weights, public_shares), (nonce, response))| {
                let public = Point::vartime_multiscalar_mul(weights, public_shares);
                Point::mul_base(response) == nonce + challenge * public
            });
        let decrypted = Point::vartime_multiscalar_mul(&weights, points);
        let answered = Point::vartime_multiscalar_mul(responses, &self.aggregates());
        knows_its_shares && answered == announcement.sum + challenge * decrypted
    }

    /// The transcript up to the decryption.
    fn transcript(&self, trustee: Index, decryption: &[[u8; ENCODED]]) -> Transcript {
        let (label, counted) = match self.purpose {
            Purpose::Share { counted_hash } => ("tabella/1/share", counted_hash.to_vec()),
            Purpose::Rehearsal { round } => ("tabella/1/rehearsal", round.to_be_bytes().to_vec()),
        };
        let ciphertexts: Vec<_> = self.ciphertexts.iter().map(encode_point).collect();
        let mut transcript = Transcript::new(label);
        transcript.absorb("election", &self.keys.attempt().election);
        transcript.absorb("keys", &self.keys.hash());
        transcript.absorb("counted", &counted);
        transcript.absorb_u64("trustee", trustee.get());
        for group in &self.groups {
            let slots: Vec<u8> = group.slots.iter().flat_map(|slot| (*slot as u64).to_be_bytes()).collect();
            transcript.absorb("slots", &slots);
            transcript.absorb_point("R", &group.aggregate);
        }
        transcript.absorb_points("ciphertexts", &ciphertexts);
        transcript.absorb_points("decryption", decryption);
        transcript
    }

    fn aggregates(&self) -> Vec<Point> {
        self.groups.iter().map(|group| group.aggregate).collect()
    }

    /// The slots of all groups, in order.
    fn slots(&self) -> impl Iterator<Item = usize> {
        self.groups.iter().flat_map(|group| &group.slots).copied()
    }

    /// Of something that every slot of the election has, that of the groups' slots, in order.
    fn of_slots<'a, Item>(&self, all: &'a [Item]) -> impl Iterator<Item = &'a Item> {
        self.slots().filter_map(|slot| all.get(slot.checked_sub(1)?))
    }

    /// Cuts something that every slot of the groups has, in order, into the parts of the groups.
    fn by_group<'a, Item>(&self, mut items: &'a [Item]) -> impl Iterator<Item = &'a [Item]> {
        self.groups.iter().map_while(move |group| {
            let (part, rest) = items.split_at_checked(group.slots.len())?;
            items = rest;
            Some(part)
        })
    }
}

fn weights(transcript: &mut Transcript, count: usize) -> Vec<Scalar> {
    (0..count).map(|_| transcript.weight("rho")).collect()
}
