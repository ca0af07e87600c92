//! Ballots of all shapes, with range proofs of several sizes and without, in one batch: of the bad ones among them each is
//! named, and no other.

use crate::failures;
use crate::papers;
use crate::poll::payload;
use crate::prover::{Device, Lies};
use crate::tampering::{NO_POINT, set};
use crate::world::{Dishonesty, Draft, Plan, begin};
use curve25519_dalek::Scalar;
use std::collections::BTreeSet;
use tabella_verifier::source::Memory;
use tabella_verifier::{Options, verify};

/// Ballots that are wrong in one equation alone, all else made to fit.
const LIES: [(&str, Dishonesty); 5] = [
    ("E1", |device| {
        // A bit of 2; a ranged slot alone has no constraint.
        let bit = device.coordinates.iter().rposition(|coordinate| *coordinate <= 1).unwrap();
        device.coordinates[bit] = 2;
    }),
    ("E2", |device| {
        let mut votes = device.votes();
        votes[0] += 1;
        device.lies.encrypted = Some(votes);
    }),
    ("E3", |device| device.lies.kappa = Some(Scalar::ONE)),
    ("E4", |device| {
        let votes = device.votes();
        let mut in_range: Vec<u64> = device.form.shape.ranged.iter().map(|slot| votes[*slot]).collect();
        in_range[0] ^= 1;
        device.lies.in_range = Some(in_range);
    }),
    ("R2", |device| {
        // More than 16 bits in all commitments, and a proof of the low ones.
        let first = device.coordinates.len() - 1;
        device.coordinates[first] += 65_536;
    }),
];

/// Whether a ballot of this form can be wrong in this.
fn applies(lie: &str, device: &Device<'_>) -> bool {
    let shape = &device.form.shape;
    match lie {
        "E1" => shape.ranged.is_empty(),
        "E4" => !shape.ranged.is_empty(),
        // The last coordinate is a ranged slot.
        "R2" => {
            !shape.ranged.is_empty() && device.form.contests.last().is_some_and(|(contest, _)| [2, 9].contains(contest))
        }
        _ => true,
    }
}

/// Puts what is no point at the beginning of the range proof: after the V_j.
fn break_range_proof(draft: &mut Draft, values: usize) {
    set(&mut draft.items()[5], 32 * values, &NO_POINT);
}

#[test]
fn the_bad_ones_among_ballots_of_all_shapes_are_named() {
    let (mut world, keys) = begin(Plan { paper: papers::kinds_apart(), ..Plan::default() }, None);
    let forms = world.plan.paper.forms();
    let voters = world.voters.clone();
    let (mut bad, mut lied, mut good) = (Vec::new(), BTreeSet::new(), 0);
    for (number, voter) in voters.iter().enumerate() {
        let name = format!("mixed {number}");
        let device = Device {
            election: world.election,
            keys: &keys.public,
            form: &forms[voter.style],
            voter,
            link: None,
            coordinates: world.plan.paper.coordinates(voter.style, number % 5),
            name: &name,
            lies: Lies::default(),
        };
        for (lie, change) in LIES.iter().filter(|(lie, _)| applies(lie, &device)) {
            let name = format!("{name} {lie}");
            let mut dishonest = Device { name: &name, ..device.clone() };
            change(&mut dishonest);
            bad.push(world.board.entries.len() as u64);
            lied.insert(*lie);
            world.append(&payload("ballot", dishonest.ballot()));
        }
        let ranged = device.form.shape.ranged.len();
        if ranged > 0 {
            let mut draft = payload("ballot", device.ballot());
            break_range_proof(&mut draft, ranged);
            bad.push(world.board.entries.len() as u64);
            world.append(&draft);
        }
        world.append(&payload("ballot", device.ballot()));
        good += 1;
    }
    assert_eq!((lied.len(), good, voters.iter().map(|voter| voter.style).max()), (LIES.len(), 14, Some(11)));
    let options = Options { expected: None, unfinished: true, seed: [3; 32] };
    let report = verify(&Memory::new(world.board.files()), &options, &|_, _| ()).unwrap();
    let expected: Vec<_> = bad.iter().map(|index| ("proof_invalid".to_owned(), Some(*index), None)).collect();
    assert_eq!(failures(&report), expected);
}
