//! Ballots and challenges of every kind that are refused: specs/ballot.md#shape and #ranged.

use serde_json::Value;
use tabella_crypto::group::{Point, Scalar, encode_point};
use tabella_election::message::{Ballot, encode};
use tabella_election::{Code, EncodedPoint, Kind};

use super::hostile::NO_POINT;
use super::submission::Submission;
use crate::ceremony::put;
use crate::glass::ballot::{Draft, Masks, Style, Vote};
use crate::glass::dealing::ORDER;
use crate::glass::range::Nonces;
use crate::messages::add_order;
use crate::source::Source;
use crate::stories::{
    BITS, KINDS, LIMBS, LISTS, POSITIONAL, QUADRATIC, RANGE, RANGE_LIMBS, RANKING, SCORE, SEVERAL, TIES,
    vote_of_several,
};

/// Coordinates that are no vote of the style. Each breaks one rule of the kind, whatever else follows from that.
const NO_VOTES: [(&str, u64, &[u64]); 24] = [
    ("score: more points than the maximum", SCORE, &[1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0]),
    ("score: fewer points than the minimum", SCORE, &[0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 1]),
    ("score: more points for one option than the most", SCORE, &[2, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0]),
    ("positional: the first rank twice", POSITIONAL, &[1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ("positional: the second rank twice", POSITIONAL, &[1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]),
    ("positional: a rank left out", POSITIONAL, &[1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]),
    ("positional: an option with two ranks", POSITIONAL, &[1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
    ("positional: the last option with two ranks", POSITIONAL, &[0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]),
    ("quadratic: more than the credits", QUADRATIC, &[1, 1, 1, 0, 0, 0, 0, 0, 0, 0]),
    ("quadratic: credits that are nowhere", QUADRATIC, &[1, 0, 0, 0, 0, 0, 1, 1, 0, 1]),
    ("quadratic: a bit that is 2", QUADRATIC, &[2, 0, 0, 0, 0, 0, 1, 0, 1, 0]),
    ("ranking: a cycle", RANKING, &[1, 0, 1, 1, 1, 1]),
    ("ranking: a cycle the other way", RANKING, &[0, 1, 1, 0, 1, 1]),
    ("ranking with ties: each above the other", TIES, &[1, 1, 1, 1, 0, 0]),
    ("ranking with ties: a cycle", TIES, &[1, 0, 0, 1, 1, 0]),
    ("ranking with ties: level with a third, and yet above", TIES, &[0, 1, 0, 0, 0, 0]),
    ("lists: two lists", LISTS, &[1, 1, 1, 0, 0, 1, 1, 0, 0]),
    ("lists: an option of another list", LISTS, &[1, 0, 1, 1, 0, 1, 0, 0, 0]),
    ("lists: slack of another list", LISTS, &[1, 0, 1, 1, 0, 0, 0, 1, 0]),
    ("allocation: more than the amount", BITS, &[1, 0, 1, 1, 0, 0, 0, 0]),
    ("allocation: less than the amount", BITS, &[0, 1, 0, 0, 0, 0, 0, 0]),
    (
        "allocation: more than a large amount",
        LIMBS,
        &[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ),
    ("range: more than the amount", RANGE, &[1_000, 1]),
    ("range: a coordinate above 65,535", RANGE, &[65_536, 0]),
];

/// The same for two limbs. The limbs are low, high and high: the second low one is 2^32 − 1 less all else.
const NO_LIMBS: [(&str, [u64; 3]); 4] = [
    ("range: a low limb above 65,535", [0, 65_534, 0]),
    ("range: a limb above 65,535 where all else is right", [65_536, 65_534, 0]),
    ("range: a high limb above 65,535", [0, 65_536, 0]),
    ("range: a low limb below 0", [1, 65_535, 1]),
];

pub fn vectors(source: &mut Source) -> Vec<Value> {
    let limbs = NO_LIMBS.iter().map(|(name, limbs)| (*name, RANGE_LIMBS, &limbs[..]));
    let no_votes = NO_VOTES.into_iter().chain(limbs);
    let mut vectors: Vec<Value> = no_votes
        .flat_map(|(name, style, coordinates)| {
            let voting = Voting::new(source, style, coordinates.to_vec());
            [voting.bad_ballot(name, &voting.ballot(), Some(Code::ProofInvalid)), voting.bad_opening(name, source)]
        })
        .collect();
    vectors.extend(other_values(source));
    vectors.extend(bad_range_proofs(source));
    vectors.extend(ranged(source));
    vectors
}

/// A voter of a style about to cast a first ballot.
struct Voting {
    number: u64,
    style: Style,
    vote: Vote,
    draft: Draft,
    masks: Masks,
}

impl Voting {
    fn new(source: &mut Source, number: u64, coordinates: Vec<u64>) -> Self {
        let style = KINDS.style(number);
        let vote = Vote::draw(source, KINDS.voters[number as usize].kappa, None, coordinates);
        let masks = Masks::draw(source, &style.shape);
        Self { number, draft: style.draft(&vote), vote, style, masks }
    }

    fn ballot(&self) -> Ballot {
        KINDS.ballot(self.number, &self.vote, &self.draft, &self.style.prove(&self.vote, &self.draft, &self.masks))
    }

    /// With a range proof of these values, then changed.
    fn forged(&self, values: &[u64], change: &dyn Fn(&mut Vec<u8>)) -> Ballot {
        let Self { number, style, vote, draft, masks } = self;
        KINDS.ballot(*number, vote, draft, &style.prove_with(vote, draft, masks, values, change))
    }

    fn bad_ballot(&self, name: &str, ballot: &Ballot, expected: Option<Code>) -> Value {
        self.bad(Kind::Ballot, name, encode(ballot), expected)
    }

    fn bad_opening(&self, name: &str, source: &mut Source) -> Value {
        let opening = self.style.challenge(&self.vote, &self.draft, &source.scalar());
        let challenge = KINDS.challenge(self.number, &self.vote, &self.draft, &opening);
        self.bad(Kind::Challenge, name, encode(&challenge), Some(Code::OpeningInvalid))
    }

    /// The files name this voter alone: no other has to do with it.
    fn bad(&self, kind: Kind, name: &str, payload: Vec<u8>, expected: Option<Code>) -> Value {
        let own = self.number as usize;
        let submission = Submission { scene: &KINDS.scene, roll: &KINDS.voters[own..=own], head: None, used: &[] };
        submission.bad(&KINDS, kind, name, payload, expected)
    }
}

/// Proofs of ranges that hold, but for other values than the slots have.
fn other_values(source: &mut Source) -> Vec<Value> {
    let cases: [(&str, u64, &[u64], &[u64]); 3] = [
        ("range: values exchanged", RANGE, &[1, 2], &[2, 1, 997]),
        ("range: another sum", RANGE, &[1, 2], &[1, 2, 998]),
        ("range: a low limb modulo 65,536", RANGE_LIMBS, &[0, 65_534, 0], &[0, 65_534, 65_535, 0]),
    ];
    let case = |(name, style, coordinates, values): (&str, u64, &[u64], &[u64])| {
        let voting = Voting::new(source, style, coordinates.to_vec());
        voting.bad_ballot(name, &voting.forged(values, &|_| {}), Some(Code::ProofInvalid))
    };
    cases.map(case).to_vec()
}

/// Range proofs that do not hold, in ballots that are right for them but for that.
fn bad_range_proofs(source: &mut Source) -> Vec<Value> {
    let voting = Voting::new(source, RANGE, vec![1, 2]);
    let at = voting.style.layout();
    let other = Voting::new(source, RANGE, vec![1, 2]).ballot().proof[at.range..at.t].to_vec();
    let point = encode_point(&Point::mul_base(&source.scalar()));
    let scalar = source.scalar().to_bytes();
    let changed = |change: &dyn Fn(&mut Vec<u8>)| voting.forged(&[1, 2, 997], change);
    let replaced = |place: usize, value: [u8; 32]| changed(&|proof| *proof = put(proof, place, value));
    let end = at.t - at.range;

    // The equations of these two hold, whatever the identity stands for.
    let zeros = vec![Scalar::ZERO; voting.masks.range.r.len()];
    let without_t_2 = Nonces { tau_2: Scalar::ZERO, r_prime: zeros.clone(), ..voting.masks.range.clone() };
    let without_s = Nonces { rho: Scalar::ZERO, tau_1: Scalar::ZERO, r: zeros, ..without_t_2.clone() };
    let with = |range: Nonces| {
        let masks = Masks { range, ..voting.masks.clone() };
        let proof = voting.style.prove(&voting.vote, &voting.draft, &masks);
        KINDS.ballot(RANGE, &voting.vote, &voting.draft, &proof)
    };
    let cases = [
        ("of another ballot", changed(&|proof| proof.clone_from(&other))),
        ("of zeros", changed(&|proof| proof.fill(0))),
        ("of no points and scalars", changed(&|proof| proof.fill(0xff))),
        ("another A", replaced(0, point)),
        ("another T_2", replaced(96, point)),
        ("another t_x", replaced(128, scalar)),
        ("another tau_x", replaced(160, scalar)),
        ("another e", replaced(192, scalar)),
        ("another L_1", replaced(224, point)),
        ("another last R", replaced(end - 96, point)),
        ("another a", replaced(end - 64, scalar)),
        ("another b", replaced(end - 32, scalar)),
        ("b not canonical", changed(&|proof| add_order(&mut proof[end - 32..]))),
        ("L_1 no point", replaced(224, NO_POINT)),
        ("T_2 the identity", with(without_t_2)),
        ("S, T_1 and T_2 the identity", with(without_s)),
    ];
    cases
        .into_iter()
        .map(|(name, ballot)| voting.bad_ballot(&format!("range proof: {name}"), &ballot, Some(Code::ProofInvalid)))
        .collect()
}

/// One change each to a ballot with a range proof, and to its order of checks.
fn ranged(source: &mut Source) -> Vec<Value> {
    let coordinates = KINDS.coordinates(SEVERAL, &vote_of_several());
    let voting = Voting::new(source, SEVERAL, coordinates);
    let right = voting.ballot();
    let (at, proof) = (voting.style.layout(), &right.proof[..]);
    let point = encode_point(&Point::mul_base(&source.scalar()));
    let scalar = source.scalar().to_bytes();
    let with = |proof: Vec<u8>| Ballot { proof: proof.into(), ..right.clone() };
    let changed = |place: usize, value: [u8; 32]| with(put(proof, place, value));
    let range = |value: &[u8]| with([&proof[..at.range], value, &proof[at.t..]].concat());
    let first_two = [&proof[32..64], &proof[..32], &proof[64..]].concat();
    let mut identity = changed(at.omega_prime, ORDER);
    identity.prefix.r = EncodedPoint([0; 32]);
    let cases = [
        ("good", right.clone(), None),
        (
            "no V, no range proof",
            with([&proof[at.t..at.s_prime], &proof[at.f..at.omega_prime]].concat()),
            length_code(),
        ),
        ("a V too few", with(proof[32..].to_vec()), length_code()),
        ("range proof of another length", range(&proof[at.range + 32..at.t]), length_code()),
        ("range proof a byte longer", range(&[&proof[at.range..at.t], &[0]].concat()), length_code()),
        ("V no point", changed(at.values, NO_POINT), Some(Code::PointInvalid)),
        ("last V no point", changed(at.range - 32, NO_POINT), Some(Code::PointInvalid)),
        ("S' no point", changed(at.s_prime, NO_POINT), Some(Code::PointInvalid)),
        ("omega' no scalar", changed(at.omega_prime, ORDER), Some(Code::ScalarInvalid)),
        (
            "S' no point and omega' no scalar",
            with(put(&put(proof, at.s_prime, NO_POINT), at.omega_prime, ORDER)),
            Some(Code::PointInvalid),
        ),
        ("R the identity and omega' no scalar", identity, Some(Code::ScalarInvalid)),
        ("another V", changed(at.values, point), invalid()),
        ("V the identity", changed(at.values, [0; 32]), invalid()),
        ("two V exchanged", with(first_two), invalid()),
        ("another S'", changed(at.s_prime, point), invalid()),
        ("another omega'", changed(at.omega_prime, scalar), invalid()),
        ("another f of a ranged slot", changed(at.z - 32, scalar), invalid()),
        ("omega' exchanged with omega", with(exchanged(proof, at.omega, at.omega_prime)), invalid()),
        ("S' of zeros, omega' zero", with(put(&put(proof, at.s_prime, [0; 32]), at.omega_prime, [0; 32])), invalid()),
    ];
    cases
        .into_iter()
        .map(|(name, ballot, expected)| voting.bad_ballot(&format!("ranged: {name}"), &ballot, expected))
        .collect()
}

fn length_code() -> Option<Code> {
    Some(Code::BallotLength)
}

fn invalid() -> Option<Code> {
    Some(Code::ProofInvalid)
}

fn exchanged(proof: &[u8], one: usize, two: usize) -> Vec<u8> {
    let at = |place: usize| proof[place..place + 32].try_into().unwrap();
    put(&put(proof, one, at(two)), two, at(one))
}
