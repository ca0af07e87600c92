//! The keys that a ceremony makes. Implements specs/ceremony.md#qualified and #keys.

use crate::ceremony::Rules;
use crate::dealing::evaluate;
use crate::group::Point;
use crate::message::Context;
use crate::transcript::transcript;
use crate::tree::Hash;
use curve25519_dalek::RistrettoPoint;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What the qualified dealings add up to.
#[derive(Debug)]
pub struct Keys {
    pub context: Context,
    /// Q.
    pub qualified: BTreeSet<u64>,
    /// PK_j for each slot.
    pub public: Vec<Point>,
    /// X_{ij} for each member i of Q and each slot j.
    pub shares: BTreeMap<u64, Vec<Point>>,
    pub hash: Hash,
    /// Whether Q is too small, or a PK_j is the identity or equals another.
    pub failed: bool,
}

impl Keys {
    /// `sums` are the sums over Q of the commitments A_{djl}, slot by slot; `context` has the leaf hash of the round
    /// that ended *confirm*.
    pub fn make(rules: &Rules, context: Context, qualified: BTreeSet<u64>, sums: &[RistrettoPoint]) -> Self {
        let polynomials: Vec<&[RistrettoPoint]> = sums.chunks(rules.threshold.max(1)).collect();
        let at = |x: u64| -> Vec<Point> {
            polynomials.iter().map(|polynomial| Point::from(evaluate(polynomial.iter(), x))).collect()
        };
        let public = at(0);
        let shares: BTreeMap<u64, Vec<Point>> = qualified.iter().map(|member| (*member, at(*member))).collect();
        let hash = transcript!("keys")
            .absorb("election", &rules.election)
            .absorb_number("attempt", context.attempt)
            .absorb("history", &context.history)
            .absorb_numbers("qualified", qualified.iter().copied())
            .absorb_points("keys", &public)
            .absorb_points("shares", shares.values().flatten())
            .hash();
        let distinct: HashSet<[u8; 32]> = public.iter().map(|key| key.bytes).collect();
        let unusable = distinct.len() < public.len() || public.iter().any(|key| key.not_identity().is_err());
        let failed = qualified.len() < rules.quorum || unusable;
        Self { context, qualified, public, shares, hash, failed }
    }
}
