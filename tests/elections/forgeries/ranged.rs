//! Ballots and challenges with ranged slots: whatever is changed in what belongs to the range proof is found.

use std::sync::Arc;

use tabella_election::message::{Allocation, Ballot, Challenge, ContestKind, Manifest};
use tabella_election::{Code, Kind};

use super::votes::{at, bad_points, bad_scalars, other_point};
use super::{IDENTITY, NEITHER, Subject, Table, overwrite};
use crate::scene::Scene;
use crate::scene::samples::{MEMBERS, Vote, contest, numbers, options, question, quick, style};

/// Two options, low and high limbs.
const VALUES: usize = 4;

/// The elements of the range proof: A, S, T_1, T_2; t, its blinding, e; L and R of six rounds; a, b.
const RANGE: usize = 21;

/// The places of elements behind it.
const T: usize = VALUES + RANGE;
const RANGED_S: usize = T + 4;
const F: usize = RANGED_S + 1;

/// An option and its slack; three limbs.
const COORDINATES: usize = 5;
const Z: usize = F + COORDINATES;
const OMEGA: usize = Z + 2;
const RANGED_OMEGA: usize = Z + 3;

fn ranged() -> Manifest {
    let funds = ContestKind::Allocation(Allocation { amount: 100_000, range: true });
    Manifest {
        contests: vec![contest("motion", 1, 0, 1, true), question("funds", 2, funds)],
        styles: vec![style("Members", &[0, 1])],
        ..quick()
    }
}

fn vote(chosen: &[usize], amounts: &[u64]) -> Vote {
    Vote::from([(0, options(chosen)), (1, numbers(amounts))])
}

pub(super) fn forge(table: &mut Table) {
    let mut scene = Scene::open(ranged(), &[(1, MEMBERS), (2, MEMBERS)]);
    scene.vote(1, &vote(&[0], &[30_000, 70_000]));
    let first = scene.fill_in(0, Kind::Ballot, &vote(&[0], &[70_000, 30_000]));
    let other: Ballot = tabella_election::message::decode(&first).unwrap();
    let payload = scene.fill_in(0, Kind::Ballot, &vote(&[0], &[70_000, 30_000]));
    let challenge = scene.fill_in(0, Kind::Challenge, &vote(&[0], &[70_000, 30_000]));
    let scene = Arc::new(scene);
    let mut subject = table.vote::<Ballot>(&scene, Kind::Ballot, &payload);
    assert_eq!(subject.valid.proof.len(), 32 * (RANGED_OMEGA + 1));
    elements(&mut subject);
    places(&mut subject, &other);
    orders(&mut subject);
    openings(&mut table.vote::<Challenge>(&scene, Kind::Challenge, &challenge));
}

/// What an element is, by its place in the proof.
enum Sort {
    Point,
    Scalar,
    /// Whatever is wrong in it is wrong in the range proof.
    OfRange,
}

fn sort(place: usize) -> Sort {
    match place {
        VALUES..T => Sort::OfRange,
        0..VALUES | T..F => Sort::Point,
        _ => Sort::Scalar,
    }
}

/// Each element replaced, left out, or there twice.
fn elements(subject: &mut Subject<'_, Ballot>) {
    let valid = subject.valid.proof.to_vec();
    for place in 0..=RANGED_OMEGA {
        let own = at(&valid, place);
        let neighbour = at(&valid, if place > 0 { place - 1 } else { 1 });
        let mut with = |what: &str, code: Code, bytes: [u8; 32]| {
            subject.with(&format!("element {place}: {what}"), code, |ballot| {
                overwrite(&mut ballot.proof, 32 * place, bytes);
            });
        };
        let bad: Vec<(&str, [u8; 32], Code)> = match sort(place) {
            Sort::Point => {
                with("another point", Code::ProofInvalid, other_point());
                with("the identity", Code::ProofInvalid, IDENTITY);
                bad_points(own).map(|(name, bytes)| (name, bytes, Code::PointInvalid)).into()
            }
            Sort::Scalar => {
                with("another scalar", Code::ProofInvalid, at(&valid, if place == F { Z } else { F }));
                with("0", Code::ProofInvalid, IDENTITY);
                bad_scalars(own).map(|(name, bytes)| (name, bytes, Code::ScalarInvalid)).into()
            }
            Sort::OfRange => {
                with("another point or scalar", Code::ProofInvalid, other_point());
                with("the element before", Code::ProofInvalid, neighbour);
                let bad = [("all ones", NEITHER), ("0", IDENTITY)];
                bad.map(|(name, bytes)| (name, bytes, Code::ProofInvalid)).into()
            }
        };
        bad.into_iter().for_each(|(name, bytes, code)| with(name, code, bytes));
        subject
            .with(&format!("element {place} left out"), Code::BallotLength, |ballot| {
                _ = ballot.proof.drain(32 * place..32 * (place + 1));
            })
            .with(&format!("element {place} twice"), Code::BallotLength, |ballot| {
                _ = ballot.proof.splice(32 * place..32 * place, own);
            });
    }
}

/// Elements in the places of others, and of another ballot.
fn places(subject: &mut Subject<'_, Ballot>, other: &Ballot) {
    let mut exchanged = |what: &str, one: usize, another: usize| {
        subject.with(&format!("{what} exchanged"), Code::ProofInvalid, |ballot| {
            let (first, second) = (at(&ballot.proof, one), at(&ballot.proof, another));
            overwrite(&mut ballot.proof, 32 * one, second);
            overwrite(&mut ballot.proof, 32 * another, first);
        });
    };
    exchanged("V_1 and V_2", 0, 1);
    exchanged("V_2 and V_4", 1, 3);
    exchanged("V_1 and S'", 0, RANGED_S);
    exchanged("S and S'", T + 2, RANGED_S);
    exchanged("ω and ω'", OMEGA, RANGED_OMEGA);
    exchanged("A and S of the range proof", VALUES, VALUES + 1);
    exchanged("a and b of the range proof", T - 2, T - 1);
    let taken = |from: usize, to: usize| other.proof[32 * from..32 * to].to_vec();
    let mut of_other = |what: &str, from: usize, to: usize| {
        let bytes = taken(from, to);
        subject.with(&format!("{what} of another ballot"), Code::ProofInvalid, |ballot| {
            _ = ballot.proof.splice(32 * from..32 * to, bytes);
        });
    };
    of_other("all V", 0, VALUES);
    of_other("the range proof", VALUES, T);
    of_other("all V and the range proof", 0, T);
    of_other("S'", RANGED_S, F);
    of_other("ω'", RANGED_OMEGA, RANGED_OMEGA + 1);
    of_other("everything", 0, RANGED_OMEGA + 1);
    subject
        .with("all limbs exchanged", Code::ProofInvalid, |ballot| {
            ballot.prefix.contests.get_mut(&1).unwrap().rotate_left(64);
        })
        .with("a V in the place of the range proof's first element", Code::ProofInvalid, |ballot| {
            ballot.proof[..32 * T].rotate_left(32);
        })
        .with("no ranged slots", Code::BallotLength, |ballot| {
            ballot.proof.truncate(32 * RANGED_OMEGA);
            _ = ballot.proof.drain(32 * RANGED_S..32 * F);
            _ = ballot.proof.drain(..32 * T);
        })
        .with("a range proof of two numbers", Code::BallotLength, |ballot| {
            // A round less: an L and an R.
            _ = ballot.proof.drain(32 * (VALUES + 7)..32 * (VALUES + 9));
        })
        .with("a range proof of eight numbers", Code::BallotLength, |ballot| {
            let round: Vec<u8> = ballot.proof[32 * (VALUES + 7)..32 * (VALUES + 9)].to_vec();
            _ = ballot.proof.splice(32 * (VALUES + 7)..32 * (VALUES + 7), round);
        });
}

/// What is wrong first: points, then scalars, then the identity, then the proof and all that belongs to it.
fn orders(subject: &mut Subject<'_, Ballot>) {
    subject
        .with("an S' that is no point and an f that is no scalar", Code::PointInvalid, |ballot| {
            overwrite(&mut ballot.proof, 32 * RANGED_S, NEITHER);
            overwrite(&mut ballot.proof, 32 * F, NEITHER);
        })
        .with("an ω' that is no scalar and an R that is the identity", Code::ScalarInvalid, |ballot| {
            overwrite(&mut ballot.proof, 32 * RANGED_OMEGA, NEITHER);
            ballot.prefix.r.0 = IDENTITY;
        })
        .with("a range proof of ones and an ω' that is no scalar", Code::ScalarInvalid, |ballot| {
            ballot.proof[32 * VALUES..32 * T].fill(0xff);
            overwrite(&mut ballot.proof, 32 * RANGED_OMEGA, NEITHER);
        })
        .with("a range proof of ones and an R that is the identity", Code::IdentityPoint, |ballot| {
            ballot.proof[32 * VALUES..32 * T].fill(0xff);
            ballot.prefix.r.0 = IDENTITY;
        })
        .with("a range proof of ones", Code::ProofInvalid, |ballot| ballot.proof[32 * VALUES..32 * T].fill(0xff));
}

/// The option, its slack, and three limbs: 4,464 and 1, and the high one of the other amount.
fn openings(subject: &mut Subject<'_, Challenge>) {
    assert_eq!(subject.valid.opening, [0, 0, 4_464, 1, 0]);
    let mut opened = |what: &str, opening: [u64; COORDINATES]| {
        subject.with(&format!("opened as {what}"), Code::OpeningInvalid, |challenge| {
            challenge.opening = opening.to_vec();
        });
    };
    opened("another vote", [0, 0, 4_465, 1, 0]);
    opened("the same amount in other limbs", [0, 0, 70_000, 0, 0]);
    opened("a limb of 65,536", [0, 0, 65_536, 1, 0]);
    opened("a limb of 64 bits", [0, 0, u64::MAX, 1, 0]);
    opened("a high limb of 64 bits", [0, 0, 4_464, 1, u64::MAX]);
    opened("limbs of 64 bits", [u64::MAX; COORDINATES]);
    opened("a bit of 2", [2, 0, 4_464, 1, 0]);
    opened("a bit of 65,536", [65_536, 0, 4_464, 1, 0]);
    opened("more than the amount", [0, 0, 65_535, 1, 1]);
    opened("a blank vote", [1, 0, 4_464, 1, 0]);
}
