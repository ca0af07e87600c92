//! A voter who knows every trustee's secret still has one vote: the forgeries decrypt to more, and both implementations
//! refuse them in a real record.

mod kinds;
mod openings;
mod prover;

use std::sync::Arc;

use curve25519_dalek::traits::Identity;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_crypto::ballot::Prefix;
use tabella_crypto::group::{Point, Scalar, decode_point, decode_scalar, encode_point};
use tabella_crypto::polynomial::{Index, lagrange_at_zero};
use tabella_election::message::{Ballot, Roll, Voter, encode};
use tabella_election::{Code, Kind, ballot};

use self::prover::{Claim, Style, integer};
use crate::forgeries::Forgery;
use crate::scene::record::assert_valid;
use crate::scene::samples::{self, MEMBERS, manifest, member_vote};
use crate::scene::{Scene, resigned, totals};

/// The free bits of a member who votes for the first candidate and for no seat: options 1 and 2 and blank of "chair",
/// options 1 to 3 and two of slack of "seats".
const LEGAL: [i64; 8] = [1, 0, 0, 0, 0, 0, 1, 1];

/// The secret of the voter of a style who cheats.
fn kappa(style: u64) -> Scalar {
    Scalar::from(0xc4ea7 + style)
}

/// The cheater of a style.
fn cheater(style: u64) -> Voter {
    Voter { credential: encode_point(&Point::mul_base(&kappa(style))).into(), weight: 1, style }
}

/// The voting is open, one honest ballot is cast, and the cheater is on the roll.
fn scene() -> Scene {
    let mut scene = Scene::new(manifest());
    scene.play_to(Kind::Roll);
    scene.draw_voters(&[(1, MEMBERS), (1, MEMBERS)]);
    let roll = resigned::<Roll>(&scene.control(Kind::Roll), &samples::registrar(), |roll| {
        roll.voters.push(cheater(MEMBERS));
        roll.voters.sort_by_key(|voter| voter.credential);
    });
    scene.accept(Kind::Roll, &roll);
    scene.provide(Kind::Open);
    scene.vote(0, &member_vote(Some(1), &[0]));
    scene
}

/// What the ballots of a style share.
pub fn style_of(scene: &Scene, index: u64) -> Style {
    let election = scene.board().election();
    let style = election.style(index).unwrap();
    let keys = scene.board().poll().unwrap().keys();
    Style {
        election: election.id().0,
        index,
        shape: election.shape(style).unwrap(),
        keys: election.style_slots(style).map(|slot| keys.slot_keys()[slot - 1]).collect(),
    }
}

/// x_{ij}, found in what the trustee keeps: whatever the layout is, these are the 32 bytes that give X_{ij}.
pub fn share_of(scene: &Scene, trustee: Index, slot: usize) -> Scalar {
    let keys = Arc::clone(scene.board().poll().unwrap().keys());
    let public = keys.public_shares(trustee).unwrap()[slot];
    let bytes = scene.trustee(trustee.get()).to_secret_bytes();
    let scalars = bytes.windows(32).filter_map(|window| decode_scalar(window.try_into().unwrap()).ok());
    scalars.into_iter().find(|scalar| Point::mul_base(scalar) == public).unwrap()
}

/// The secret key of a slot of the election, put together from the trustees' shares.
fn secret_key(scene: &Scene, slot: usize) -> Scalar {
    let threshold = scene.board().election().manifest().threshold;
    let trustees: Vec<Index> = (1..=threshold).map(|index| Index::new(index).unwrap()).collect();
    let coefficients = lagrange_at_zero(&trustees.iter().copied().collect());
    let shares = trustees.iter().map(|trustee| share_of(scene, *trustee, slot));
    let secret = coefficients.iter().zip(shares).map(|(coefficient, share)| coefficient * share).sum();
    assert_eq!(Point::mul_base(&secret), scene.board().poll().unwrap().keys().slot_keys()[slot]);
    secret
}

/// What a slot of a style's ballot decrypts to; its slots are counted from 0.
fn worth(scene: &Scene, style: u64, prefix: &Prefix, slot: usize) -> Point {
    let point = |bytes: &[u8; 32]| decode_point(bytes).unwrap();
    let election = scene.board().election();
    let of_election = election.style_slots(election.style(style).unwrap()).nth(slot).unwrap() - 1;
    point(&prefix.ciphertexts[slot]) - point(&prefix.r) * secret_key(scene, of_election)
}

fn payload(scene: &Scene, style: u64, prefix: &Prefix, proof: Vec<u8>) -> Vec<u8> {
    let election = scene.board().election();
    let prefix = ballot::split(prefix, election, election.style(style).unwrap());
    encode(&Ballot { prefix, proof: proof.into() })
}

/// The ballot of a claim, proven by the formulas.
fn proven(scene: &Scene, style: u64, claim: &Claim) -> (Prefix, Vec<u8>) {
    let form = style_of(scene, style);
    let prefix = claim.prefix(&form);
    let proof = claim.prove(&form, &prefix, &mut rng(1_000));
    (prefix.clone(), payload(scene, style, &prefix, proof.encode()))
}

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn claim(scene: &Scene, style: u64, coordinates: &[i64]) -> Claim {
    Claim::new(&style_of(scene, style), kappa(style), coordinates, &mut rng(1 + style))
}

/// Both implementations refuse the ballot, and count the others as if it were not there.
#[track_caller]
fn assert_refused(name: &str, scene: &Scene, payload: &[u8]) {
    assert_refused_with(Code::ProofInvalid, name, scene, Kind::Ballot, payload);
}

#[track_caller]
fn assert_refused_with(code: Code, name: &str, scene: &Scene, kind: Kind, payload: &[u8]) {
    let entry = scene.entry(kind, payload);
    let forgery = Forgery { name: name.to_owned(), code, scene: Arc::new(scene.clone()), entry };
    assert_eq!(forgery.judged_by_the_rules(), Ok(()));
    assert_eq!(forgery.judged_by_the_verifier(), Ok(()));
}

#[test]
fn the_prover_is_believed_when_it_tells_the_truth() {
    let mut scene = scene();
    let (prefix, payload) = proven(&scene, MEMBERS, &claim(&scene, MEMBERS, &LEGAL));
    assert_eq!(worth(&scene, MEMBERS, &prefix, 0), Point::mul_base(&Scalar::ONE));
    scene.accept(Kind::Ballot, &payload);
    scene.play_on();
    assert_eq!(scene.result(), [totals(&[1, 1, 0], Some(0)), totals(&[1, 0, 0, 0], None)]);
    assert_valid(&scene.record().verify());
}

/// Votes that break a rule: their bits, and a slot with what it is worth.
const ILLEGAL: [(&str, [i64; 8], usize, i64); 6] = [
    ("two votes for one candidate", [2, 0, 0, 0, 0, 0, 1, 1], 0, 2),
    ("a vote for each of two candidates", [1, 1, 0, 0, 0, 0, 1, 1], 1, 1),
    ("a vote taken from a candidate", [1, -1, 0, 0, 0, 0, 1, 1], 1, -1),
    ("a thousand votes", [1_000, -999, 0, 0, 0, 0, 1, 1], 0, 1_000),
    ("a blank vote and a vote", [1, 0, 1, 0, 0, 0, 1, 1], 3, 1),
    ("three seats of two", [1, 0, 0, 1, 1, 1, 0, 0], 7, -1),
];

/// The ciphertexts are honest; the R beside them decrypts the first to 1,000.
fn worth_a_thousand(scene: &Scene) -> (Prefix, Vec<u8>) {
    let mut claim = claim(scene, MEMBERS, &LEGAL);
    claim.added_to_r = Point::mul_base(&(-Scalar::from(999_u64) * secret_key(scene, 0).invert()));
    proven(scene, MEMBERS, &claim)
}

/// Two votes: who knows y and x can hide in B what the broken rule leaves over.
fn mended(scene: &Scene) -> Vec<u8> {
    let style = style_of(scene, MEMBERS);
    let claim = claim(scene, MEMBERS, &[2, 0, 0, 0, 0, 0, 1, 1]);
    let mut prefix = claim.prefix(&style);
    let proof = claim.prove(&style, &prefix, &mut rng(2));
    let (rest, x) = proof.rest_of_first(&style, &prefix);
    assert_ne!(rest, Point::identity());
    prefix.b = encode_point(&(decode_point(&prefix.b).unwrap() - rest * (x * x).invert()));
    payload(scene, MEMBERS, &prefix, proof.encode())
}

/// The victim's K, signed with the cheater's κ; then κ = 0 and K taken out of R, where a sum of equations would not
/// see it.
fn in_the_name_of_another(scene: &Scene) -> [(&'static str, Vec<u8>); 2] {
    let victim = decode_point(&scene.voters[1].1.credential.0).unwrap();
    let ways =
        [("another's K", kappa(MEMBERS), Point::identity()), ("another's K taken out of R", Scalar::ZERO, -victim)];
    ways.map(|(name, kappa, added_to_r)| {
        let style = style_of(scene, MEMBERS);
        let claim = Claim { kappa, added_to_r, ..claim(scene, MEMBERS, &LEGAL) };
        let prefix = Prefix { credential: encode_point(&victim), ..claim.prefix(&style) };
        let proof = claim.prove(&style, &prefix, &mut rng(2));
        (name, payload(scene, MEMBERS, &prefix, proof.encode()))
    })
}

/// All of these, as forgeries.
pub fn forgeries() -> Vec<Forgery> {
    let scene = Arc::new(scene());
    let illegal = ILLEGAL.map(|(name, bits, ..)| (name, proven(&scene, MEMBERS, &claim(&scene, MEMBERS, &bits)).1));
    let chosen = [("a thousand votes by another R", worth_a_thousand(&scene).1), ("a mended B", mended(&scene))];
    let payloads = illegal.into_iter().chain(chosen).chain(in_the_name_of_another(&scene));
    payloads
        .map(|(name, payload)| Forgery {
            name: format!("ballot: {name}"),
            code: Code::ProofInvalid,
            scene: Arc::clone(&scene),
            entry: scene.entry(Kind::Ballot, &payload),
        })
        .collect()
}

#[test]
fn votes_that_break_a_rule_are_refused() {
    let scene = scene();
    for (name, bits, slot, value) in ILLEGAL {
        let (prefix, payload) = proven(&scene, MEMBERS, &claim(&scene, MEMBERS, &bits));
        assert_eq!(worth(&scene, MEMBERS, &prefix, slot), Point::mul_base(&integer(value)), "{name}");
        assert_refused(name, &scene, &payload);
    }
}

#[test]
fn ciphertexts_that_are_not_what_was_proven_are_refused() {
    let scene = scene();
    let secret = secret_key(&scene, 0);
    let key = style_of(&scene, MEMBERS).keys[0];
    // One vote more, and the same vote made of the key, which only its holders can do.
    for (name, added) in [
        ("a vote added", Point::mul_base(&Scalar::ONE)),
        ("a vote added by the key", key * secret.invert()),
        ("a vote less", -Point::mul_base(&Scalar::ONE) * Scalar::from(2_u64)),
    ] {
        let mut claim = claim(&scene, MEMBERS, &LEGAL);
        claim.added_to_ciphertexts[0] = added;
        let (prefix, payload) = proven(&scene, MEMBERS, &claim);
        assert_eq!(worth(&scene, MEMBERS, &prefix, 0), Point::mul_base(&Scalar::ONE) + added, "{name}");
        assert_refused(name, &scene, &payload);
    }
}

#[test]
fn a_ballot_worth_a_thousand_votes_is_refused_because_r_is_proven_too() {
    let scene = scene();
    let (prefix, payload) = worth_a_thousand(&scene);
    assert_eq!(worth(&scene, MEMBERS, &prefix, 0), Point::mul_base(&Scalar::from(1_000_u64)));
    assert_refused("another R", &scene, &payload);
}

#[test]
fn two_votes_are_refused_because_b_is_fixed_before_y() {
    let scene = scene();
    assert_refused("a mended B", &scene, &mended(&scene));
}

#[test]
fn a_ballot_in_the_name_of_another_is_refused() {
    let scene = scene();
    for (name, payload) in in_the_name_of_another(&scene) {
        assert_refused(name, &scene, &payload);
    }
}
