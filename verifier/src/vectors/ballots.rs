//! Ballots and challenges, good and bad.

use super::*;
use crate::ballot::{Ballot, Challenge, Statement};
use crate::roll::Voter;
use crate::shape;
use crate::voting::{Pending, Voting};
use std::collections::HashMap;
use std::sync::Arc;

struct Setup {
    election: [u8; 32],
    manifest: Manifest,
    keys: Vec<Point>,
}

fn setup(vector: &Value) -> Setup {
    let setup = &vector["setup"];
    Setup {
        election: fixed(&setup["election"]),
        manifest: manifest(&setup["contests"], &setup["styles"], 1, 1),
        keys: list(&setup["keys"], point),
    }
}

impl Setup {
    fn statement(&self, style: usize) -> Statement {
        let shapes = shape::of_contests(&self.manifest);
        Statement::new(&self.manifest, &shapes, &self.election, style, &self.keys).unwrap()
    }

    fn voting(&self, roll: impl IntoIterator<Item = ([u8; 32], usize)>) -> Voting {
        let voters: HashMap<[u8; 32], Voter> =
            roll.into_iter().map(|(credential, style)| (credential, Voter { weight: 1, style })).collect();
        Voting::open(&self.manifest, &self.election, &self.keys, Arc::new(voters))
    }
}

fn style(value: &Value) -> usize {
    usize::try_from(integer(value)).unwrap()
}

/// Judges a payload from its decoding on.
fn judge(voting: &mut Voting, payload: Vec<u8>, is_challenge: bool) -> Result<(), Code> {
    let pending = Pending { index: 1, leaf: [1; 32], payload, is_challenge, proof: None };
    let examined = voting.examine(&[pending], &[7; 32]).pop().unwrap()?;
    voting.settle(examined, 1, [1; 32]).map(|_| ())
}

#[test]
fn good_ballots_have_the_challenges_and_trackers_of_the_vectors() {
    for vector in vectors("ballot", "ballot") {
        let name = text(&vector["name"]);
        let setup = setup(&vector);
        let number = style(&vector["style"]);
        let statement = setup.statement(number);
        assert_eq!(statement.shape.digest(number), fixed::<32>(&vector["shape_digest"]), "{name}");
        let payload = hex(&vector["payload"]);
        let ballot = Ballot::decode(&payload).unwrap();
        assert_eq!(ballot.prefix.tracker(&statement), fixed(&vector["tracker"]), "{name}");
        let opened = ballot.open(&statement).unwrap();
        assert_eq!((opened.y, opened.x), (scalar(&vector["y"]), scalar(&vector["x"])), "{name}");
        let (y, x) = (opened.y, opened.x);
        let p_f = statement.shape.constraints_at(&opened.f, &x, &y);
        assert_eq!(p_f, scalar(&vector["p_f"]), "{name}");
        let slots = statement.shape.slots_at(&opened.f, &x);
        let l_f = slots.iter().rev().fold(Scalar::ZERO, |sum, slot| (sum + *slot) * y);
        assert_eq!(l_f, scalar(&vector["l_f"]), "{name}");

        let credential = fixed(&vector["credential"]);
        let mut voting = setup.voting([(credential, number)]);
        let head = (!vector["link"].is_null()).then(|| fixed(&vector["link"]));
        voting.assume(credential, head, []);
        assert_eq!(judge(&mut voting, payload, false), Ok(()), "{name}");
    }
}

#[test]
fn the_bad_ballots_of_a_batch_are_named_and_no_other() {
    for vector in vectors("ballot", "ballot").into_iter().take(3) {
        let (setup, good) = (setup(&vector), hex(&vector["payload"]));
        let voting = setup.voting([(fixed(&vector["credential"]), style(&vector["style"]))]);
        // The lowest byte of the last scalars: of ω, η, z, f_m.
        let bad = |place: usize| {
            let mut payload = good.clone();
            let byte = payload.len() - 32 * (1 + place % 4);
            payload[byte] ^= 1;
            payload
        };
        let is_bad = |place: &usize| [0, 17, 18, 99].contains(place);
        let payloads = (0..100).map(|place| if is_bad(&place) { bad(place) } else { good.clone() });
        let pending =
            payloads.map(|payload| Pending { index: 1, leaf: [1; 32], payload, is_challenge: false, proof: None });
        let outcomes = voting.examine(&Vec::from_iter(pending), &[7; 32]);
        for (place, examined) in outcomes.into_iter().enumerate() {
            let expected = if is_bad(&place) { Err(Code::ProofInvalid) } else { Ok(()) };
            assert_eq!(examined.unwrap().outcome(), expected, "{}: {place}", text(&vector["name"]));
        }
    }
}

#[test]
fn good_challenges_have_the_trackers_of_the_vectors() {
    for vector in vectors("ballot", "challenge") {
        let name = text(&vector["name"]);
        let setup = setup(&vector);
        let number = style(&vector["style"]);
        let statement = setup.statement(number);
        let payload = hex(&vector["payload"]);
        let challenge = Challenge::decode(&payload).unwrap();
        assert_eq!(challenge.prefix.tracker(&statement), fixed(&vector["tracker"]), "{name}");
        let mut voting = setup.voting([(fixed(&vector["credential"]), number)]);
        assert_eq!(judge(&mut voting, payload, true), Ok(()), "{name}");
    }
}

#[test]
fn bad_ballots_and_challenges_have_their_codes() {
    for kind in ["bad_ballot", "bad_challenge"] {
        for vector in vectors("ballot", kind) {
            let setup = setup(&vector);
            let roll = list(&vector["roll"], |line| (fixed(&line["credential"]), style(&line["style"])));
            let mut voting = setup.voting(roll);
            let payload = hex(&vector["payload"]);
            // The head is that of the credential in the payload, if one can be read.
            let ballot = Ballot::decode(&payload).map(|ballot| ballot.prefix);
            let prefix = ballot.or_else(|_| Challenge::decode(&payload).map(|challenge| challenge.prefix));
            let head = (!vector["head"].is_null()).then(|| fixed(&vector["head"]));
            let credential = prefix.map_or([0; 32], |prefix| prefix.credential);
            voting.assume(credential, head, list(&vector["used"], fixed));
            assert_code(judge(&mut voting, payload, kind == "bad_challenge"), &vector);
        }
    }
}
