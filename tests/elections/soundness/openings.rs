//! Encryptions of votes that break a rule, opened as what they are: to show that a device encrypts what no ballot may
//! hold is no challenge.

use tabella_crypto::group::Scalar;
use tabella_election::message::{Challenge, decode, encode};
use tabella_election::{Code, Kind, ballot};

use super::kinds::{cases, scene};
use super::prover::Claim;
use super::{assert_refused_with, claim, rng, style_of};
use crate::scene::Scene;
use crate::scene::record::assert_valid;

/// The claim, opened truly.
fn opened(scene: &Scene, style: u64, claim: &Claim, opening: &[u64]) -> Vec<u8> {
    let form = style_of(scene, style);
    let prefix = claim.prefix(&form);
    let signature = claim.sign_opening(&form, &prefix, opening, &mut rng(3));
    let election = scene.board().election();
    encode(&Challenge {
        prefix: ballot::split(&prefix, election, election.style(style).unwrap()),
        opening: opening.to_vec(),
        r_opened: claim.r.to_bytes().into(),
        signature: signature.into(),
    })
}

#[test]
fn the_same_vote_in_other_bits_needs_a_signature_of_its_own() {
    let cases = cases();
    let mut scene = scene(&cases);
    let points = cases.iter().position(|case| case.name == "score").unwrap() as u64;
    // 3 points for the second option, of weights 1 and 2, of which there are two.
    let (own, other) = ([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0]);
    let claim = claim(&scene, points, cases[0].legal);
    let mut changed: Challenge = decode(&opened(&scene, points, &claim, &own)).unwrap();
    changed.opening = other.to_vec();
    assert_refused_with(Code::ChallengeSignature, "other bits", &scene, Kind::Challenge, &encode(&changed));
    let payload = opened(&scene, points, &claim, &other);
    scene.accept(Kind::Challenge, &payload);
    scene.play_on();
    assert_valid(&scene.record().verify());
}

#[test]
fn true_openings_are_accepted_and_those_of_no_vote_are_not() {
    let cases = cases();
    let mut scene = scene(&cases);
    let mut refused = 0;
    for (index, case) in (0..).zip(&cases) {
        let numbers = |coordinates: &[i64]| -> Option<Vec<u64>> {
            coordinates.iter().map(|coordinate| u64::try_from(*coordinate).ok()).collect()
        };
        for (name, coordinates, ..) in case.illegal {
            // What is below nothing cannot even be written down.
            let Some(opening) = numbers(coordinates) else { continue };
            let payload = opened(&scene, index, &claim(&scene, index, coordinates), &opening);
            let name = format!("{}: {name}", case.name);
            assert_refused_with(Code::OpeningInvalid, &name, &scene, Kind::Challenge, &payload);
            refused += 1;
        }
        for huge in [2, 65_535, 65_536, u64::MAX] {
            let mut opening = numbers(case.legal).unwrap();
            let mut claim = claim(&scene, index, case.legal);
            (opening[0], claim.coordinates[0]) = (huge, Scalar::from(huge));
            // A limb may be 2; 65,535 is too much beside the others here.
            let is_legal = huge == 2 && ["funds", "shares"].contains(&case.name);
            let payload = opened(&scene, index, &claim, &opening);
            if is_legal {
                assert_eq!(scene.clone().send(Kind::Challenge, &payload), Ok(()), "{}: {huge}", case.name);
            } else {
                let name = format!("{}: {huge}", case.name);
                assert_refused_with(Code::OpeningInvalid, &name, &scene, Kind::Challenge, &payload);
            }
        }
        let truly = opened(&scene, index, &claim(&scene, index, case.legal), &numbers(case.legal).unwrap());
        scene.accept(Kind::Challenge, &truly);
    }
    assert!(refused > 15);
    scene.play_on();
    assert_valid(&scene.record().verify());
    assert_eq!(scene.board().counts().challenged, cases.len() as u64);
}
