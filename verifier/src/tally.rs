//! The counted set, its groups, the shares and the result. Implements specs/tally.md.

use crate::checks::Code;
use crate::contest::Contest;
use crate::decryption::{Occasion, OpenGroup, Statement};
use crate::group::Point;
use crate::keys::Keys;
use crate::manifest::Manifest;
use crate::transcript::transcript;
use crate::tree::Hash;
use crate::voting::{Head, Sums, Voting};
use curve25519_dalek::traits::Identity;
use curve25519_dalek::{RistrettoPoint, Scalar};
use std::collections::{BTreeMap, BTreeSet};

/// Contests that occur in the same set of styles, with the counted ballots of these styles.
#[derive(Clone, Debug)]
pub struct Group {
    contests: Vec<usize>,
    slots: Vec<usize>,
    pub ballots: u64,
    /// Sum of the weights of the ballots.
    pub weight: u64,
    pub state: State,
    r: RistrettoPoint,
}

/// What is decrypted of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// No ballots: all totals are 0.
    Empty,
    /// Fewer ballots than the minimum: nothing.
    Withheld,
    Open,
}

/// The tally from `close` on.
#[derive(Debug)]
pub struct Tally {
    counted_hash: Hash,
    groups: Vec<Group>,
    /// The open groups, in order, and the C_j of their slots.
    open: Vec<OpenGroup>,
    ciphertexts: Vec<Point>,
    /// D_j of each accepted share, by trustee.
    shares: BTreeMap<u64, Vec<Point>>,
}

/// A decryption share as it was sent.
#[derive(Clone, Copy, Debug)]
pub struct Share<'a> {
    pub keys_hash: &'a Hash,
    pub counted_hash: &'a Hash,
    pub trustee: u64,
    pub decryption: &'a [u8],
    pub proof: &'a [u8],
}

impl Tally {
    /// Fixes the counted set at the `close` entry with leaf hash `close`.
    pub fn begin(manifest: &Manifest, election: &Hash, voting: &Voting, close: &Hash) -> Self {
        let groups = groups(manifest, voting.sums());
        let open: Vec<OpenGroup> = groups
            .iter()
            .filter(|group| group.state == State::Open)
            .map(|group| OpenGroup { slots: group.slots.clone(), r: group.r.into() })
            .collect();
        let slots = open.iter().flat_map(|group| &group.slots);
        let ciphertexts =
            slots.filter_map(|slot| voting.sums().slots.get(*slot)).map(|sum| Point::from(*sum)).collect();
        let counted_hash = counted_hash(election, close, voting.heads().values());
        Self { counted_hash, groups, open, ciphertexts, shares: BTreeMap::new() }
    }

    /// The group of a contest.
    pub fn group_of(&self, contest: usize) -> Option<&Group> {
        self.groups.iter().find(|group| group.contests.contains(&contest))
    }

    /// Whether some group has too few ballots to be decrypted.
    pub fn withholds(&self) -> bool {
        self.groups.iter().any(|group| group.state == State::Withheld)
    }

    /// Whether a share of this trustee was accepted.
    pub fn has_share_of(&self, trustee: u64) -> bool {
        self.shares.contains_key(&trustee)
    }

    /// Judges a share by all but its anchor; gives its D_j, which [`Tally::add_share`] takes.
    pub fn check_share(&self, keys: &Keys, election: &Hash, share: &Share<'_>) -> Result<Vec<Point>, Code> {
        let shares = keys.shares.get(&share.trustee).ok_or(Code::TrusteeLeftOut)?;
        if *share.keys_hash != keys.hash {
            return Err(Code::KeysMismatch);
        }
        if *share.counted_hash != self.counted_hash {
            return Err(Code::CountedMismatch);
        }
        if self.has_share_of(share.trustee) {
            return Err(Code::Duplicate);
        }
        if self.open.is_empty() {
            return Err(Code::ShareNotNeeded);
        }
        let statement = Statement {
            occasion: Occasion::Share { counted_hash: self.counted_hash },
            election,
            keys_hash: &keys.hash,
            trustee: share.trustee,
            groups: &self.open,
            ciphertexts: &self.ciphertexts,
            shares,
        };
        statement.check(share.decryption, share.proof)
    }

    /// Accepts the D_j of a share that was found right.
    pub fn add_share(&mut self, trustee: u64, decryption: Vec<Point>) {
        self.shares.insert(trustee, decryption);
    }

    /// Checks 1 to 4 of a result.
    pub fn check_result(
        &self,
        manifest: &Manifest,
        counted_hash: &Hash,
        results: &[Option<Vec<u64>>],
    ) -> Result<(), Code> {
        if *counted_hash != self.counted_hash {
            return Err(Code::CountedMismatch);
        }
        if !self.open.is_empty() && (self.shares.len() as u64) < manifest.threshold {
            return Err(Code::SharesMissing);
        }
        if !self.has_right_shape(manifest, results) {
            return Err(Code::ResultShape);
        }
        if self.totals_are_right(manifest, results) { Ok(()) } else { Err(Code::ResultTotal) }
    }

    fn has_right_shape(&self, manifest: &Manifest, results: &[Option<Vec<u64>>]) -> bool {
        let fits = |(index, (contest, result)): (usize, (&Contest, &Option<Vec<u64>>))| {
            let withheld = self.group_of(index).is_some_and(|group| group.state == State::Withheld);
            match result {
                Some(totals) => !withheld && totals.len() == contest.slots(),
                None => withheld,
            }
        };
        results.len() == manifest.contests.len() && manifest.contests.iter().zip(results).enumerate().all(fits)
    }

    /// v is at most the weight of the ballots × the largest value of a slot, and v·G = C_j − Σ λ_i·D_{ij}; without
    /// ballots v = 0.
    fn totals_are_right(&self, manifest: &Manifest, results: &[Option<Vec<u64>>]) -> bool {
        // For each slot its total, 0 where it is withheld, and the largest value of a ballot.
        let of_contest = |(result, contest): (&Option<Vec<u64>>, &Contest)| -> Vec<(u64, u64)> {
            let largest = contest.largest_of_a_slot();
            let totals = result.clone().unwrap_or_else(|| vec![0; contest.slots()]);
            totals.into_iter().map(|total| (total, largest)).collect()
        };
        let slots: Vec<(u64, u64)> = results.iter().zip(&manifest.contests).flat_map(of_contest).collect();
        let plain = self.decrypted(manifest.threshold);
        let mut plain = plain.iter();
        self.groups.iter().all(|group| {
            let mut totals = group.slots.iter().map(|slot| slots.get(*slot).copied().unwrap_or((u64::MAX, 0)));
            match group.state {
                State::Withheld => true,
                State::Empty => totals.all(|(total, _)| total == 0),
                State::Open => totals.all(|(total, largest)| {
                    let opened = plain.next() == Some(&RistrettoPoint::mul_base(&Scalar::from(total)));
                    opened && u128::from(total) <= u128::from(group.weight) * u128::from(largest)
                }),
            }
        })
    }

    /// C_j − Σ_{i∈I} λ_i·D_{ij} for all slots of the open groups, I the t lowest indexes of accepted shares.
    fn decrypted(&self, threshold: u64) -> Vec<RistrettoPoint> {
        let threshold = usize::try_from(threshold).unwrap_or(usize::MAX);
        let chosen: Vec<(u64, &Vec<Point>)> =
            self.shares.iter().take(threshold).map(|(trustee, share)| (*trustee, share)).collect();
        let indexes: Vec<u64> = chosen.iter().map(|(trustee, _)| *trustee).collect();
        let mut plain: Vec<RistrettoPoint> = self.ciphertexts.iter().map(|point| point.point).collect();
        for (trustee, share) in chosen {
            let coefficient = lagrange(trustee, &indexes);
            plain.iter_mut().zip(share).for_each(|(plain, part)| *plain -= coefficient * part.point);
        }
        plain
    }
}

/// λ_i = Π_{l∈I, l≠i} l/(l−i) mod q.
fn lagrange(i: u64, indexes: &[u64]) -> Scalar {
    let others = indexes.iter().filter(|other| **other != i);
    let (numerator, denominator) = others.fold((Scalar::ONE, Scalar::ONE), |(numerator, denominator), l| {
        (numerator * Scalar::from(*l), denominator * (Scalar::from(*l) - Scalar::from(i)))
    });
    numerator * denominator.invert()
}

/// The groups, ordered by their first contest.
fn groups(manifest: &Manifest, sums: &Sums) -> Vec<Group> {
    let ranges = manifest.slot_ranges();
    let mut groups: Vec<(BTreeSet<usize>, Group)> = Vec::new();
    for (contest, range) in ranges.into_iter().enumerate() {
        let styles: BTreeSet<usize> = manifest
            .styles
            .iter()
            .enumerate()
            .filter(|(_, style)| style.contests.contains(&(contest as u64)))
            .map(|(index, _)| index)
            .collect();
        match groups.iter_mut().find(|(known, _)| *known == styles) {
            Some((_, group)) => {
                group.contests.push(contest);
                group.slots.extend(range);
            }
            None => {
                let group = new_group(manifest, sums, &styles, contest, range.collect());
                groups.push((styles, group));
            }
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn new_group(manifest: &Manifest, sums: &Sums, styles: &BTreeSet<usize>, contest: usize, slots: Vec<usize>) -> Group {
    let of_styles = |counts: &[u64]| styles.iter().filter_map(|style| counts.get(*style)).sum::<u64>();
    let ballots = of_styles(&sums.ballots);
    let state = match ballots {
        0 => State::Empty,
        few if few < manifest.minimum => State::Withheld,
        _ => State::Open,
    };
    let r = styles.iter().filter_map(|style| sums.r.get(*style)).fold(RistrettoPoint::identity(), |sum, r| sum + r);
    Group { contests: vec![contest], slots, ballots, weight: of_styles(&sums.weights), state, r }
}

/// The counted hash.
fn counted_hash<'a>(election: &Hash, close: &Hash, heads: impl Iterator<Item = &'a Head>) -> Hash {
    let in_order: BTreeMap<u64, Hash> = heads.map(|head| (head.index, head.leaf)).collect();
    let leaves: Vec<u8> = in_order.values().flatten().copied().collect();
    transcript!("counted")
        .absorb("election", election)
        .absorb("close", close)
        .absorb_number("count", in_order.len() as u64)
        .absorb("ballots", &leaves)
        .hash()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lagrange_coefficients_find_the_value_at_zero() {
        let polynomial = |x: u64| Scalar::from(7 + 3 * x + 5 * x * x);
        let indexes = [2, 3, 5];
        let sum: Scalar = indexes.iter().map(|i| lagrange(*i, &indexes) * polynomial(*i)).sum();
        assert_eq!(sum, Scalar::from(7u64));
        assert_eq!(lagrange(4, &[4]), Scalar::ONE);
    }
}
